"""Numbers given in pieces: with other words in between, or over several turns of one speaker.

Pieces count as one number only if together they have the check digit of a card that an issuer's prefix begins, or of a
resident id: figures that merely stand near each other hardly ever do.
"""

import re
from collections.abc import Callable, Iterator, Sequence

from vocbus.pipeline.personal.digits import Run
from vocbus.pipeline.personal.numbers import is_issued_card, is_resident_id
from vocbus.pipeline.personal.phones import is_mobile
from vocbus.pipeline.personal.spans import Span

#: Characters between two pieces, and pieces of one number, at most; digits of each but the last at least.
LONGEST_PAUSE, MOST_PIECES, SHORTEST_PIECE = 16, 8, 3
_NUMBER_WENT_ON = re.compile(r"[\n$£€¥%/]|\d\.\d")


def interrupted(text: str, runs: Sequence[Run], is_quantity: Callable[[str, int, int], bool]) -> Iterator[Span]:
    """Numbers whose runs of digits other words interrupt, such as "4327 0526, hang on, 2603 9167"."""
    usable = [run for run in runs if len(run.digits) <= 16]
    first = 0
    while first < len(usable):
        digits, found = "", None
        for last in range(first, min(first + MOST_PIECES, len(usable))):
            run = usable[last]
            if last > first and not _near(text, usable[last - 1].end, run.start):
                break
            if is_quantity(text, run.start, run.end) or len(digits) + len(run.digits) > 19:
                break
            digits += run.digits
            kind = _whole(digits) if last > first else None
            if kind is not None:
                found = (last, Span(usable[first].start, run.end, kind, digits))
            if len(run.digits) < SHORTEST_PIECE:
                break
        if found is None:
            first += 1
        else:
            yield found[1]
            first = found[0] + 1


def _near(text: str, end: int, start: int) -> bool:
    return start - end <= LONGEST_PAUSE and _NUMBER_WENT_ON.search(text, end, start) is None


def _whole(digits: str) -> str | None:
    if len(digits) in (15, 16, 17, 18, 19) and is_issued_card(digits):
        return "CARD"
    return "ID" if len(digits) == 18 and is_resident_id(digits) else None


def pieces_over_turns(turns: Sequence[str]) -> list[tuple[int, int, str, str]]:
    """Stretches (first, end, kind, value) of digit-only turns of one speaker that are one number together."""
    found: list[tuple[int, int, str, str]] = []
    first = 0
    while first < len(turns):
        digits = turns[first]
        for last in range(first + 1, min(first + MOST_PIECES, len(turns))):
            digits += turns[last]
            kind = _whole(digits) or ("PHONE" if is_mobile(digits) else None)
            if kind is not None:
                found.append((first, last + 1, kind, digits))
                first = last
                break
        first += 1
    return found
