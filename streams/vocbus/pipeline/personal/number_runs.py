"""Cards, resident ids and phone numbers in a run of digits, however these are spaced, grouped or spoken."""

from collections.abc import Iterator
from typing import NamedTuple

from vocbus.pipeline.personal.digits import Piece, Run, merged
from vocbus.pipeline.personal.number_kinds import Setting, dated, named, possible
from vocbus.pipeline.personal.numbers import is_issued_card, looks_issued
from vocbus.pipeline.personal.spans import Span

#: Shortest and longest personal number, in digits.
SHORTEST, LONGEST = 7, 19
#: Groups looked at together. A longer run is a table of figures; no number has more groups than LONGEST.
WINDOW = 60
#: More digits than this, one by one, are no table: they may hide anything and are replaced as a whole.
SPELT_OUT = 4 * WINDOW


class _Finding(NamedTuple):
    first: int
    last: int
    digits: int
    kind: str
    value: str
    #: 1: one piece or grouped as such numbers are; 0: grouped in any other way.
    strength: int


def personal_numbers(run: Run, setting: Setting) -> Iterator[Span]:
    """Personal numbers of a run in reading order."""
    grouped = merged(run)
    found = list(_located(grouped, setting))
    if not found and grouped is not run and not setting.reference:
        # One digit more or less was spoken or heard: any stretch of them may be the number.
        grouped = _one_by_one(run)
        found = [one for one in _located(grouped, setting) if one.kind != "CARD" or is_issued_card(one.value)]
    read_out = all(piece.spoken for piece in run.pieces) and len(run.digits) >= 15
    if not found and read_out and looks_issued(run.digits) and not setting.reference:
        # One digit was said or heard wrongly.
        yield Span(run.start, run.end, "CARD", run.digits)
    for one in found:
        yield Span(grouped.pieces[one.first].start, grouped.pieces[one.last].end, one.kind, one.value)


def _one_by_one(run: Run) -> Run:
    """The run with each digit a piece of its own; where one word says several, each of them stands where it does."""
    pieces = []
    for piece in run.pieces:
        by_character = piece.end - piece.start == len(piece.digits)
        for i, digit in enumerate(piece.digits):
            start, end = (piece.start + i, piece.start + i + 1) if by_character else piece[:2]
            pieces.append(Piece(start, end, digit, True))
    return Run(pieces, [" "] * (len(pieces) - 1))


def _located(run: Run, setting: Setting) -> Iterator[_Finding]:
    """What to replace in a run, window by window, so that a long table costs no more than its length."""
    groups, separators = [piece.digits for piece in run.pieces], run.gaps
    digits = "".join(groups)
    if len(groups) > SPELT_OUT and len(digits) < 2 * len(groups):
        yield _Finding(0, len(groups) - 1, len(digits), "CARD", digits, 0)
        return
    start = 0
    while start < len(groups):
        stop = start + WINDOW
        here = setting if start == 0 else Setting(reference=setting.reference)
        heard = run.pieces[start].spoken and len(groups) == 1
        found = _chosen(_findings(groups[start:stop], separators[start : stop - 1], here, heard))
        # What begins near the end of the window may go on behind it: it is looked at again in the next one.
        certain = WINDOW if stop >= len(groups) else WINDOW - LONGEST
        done = certain
        for one in found:
            if one.first < certain:
                yield one._replace(first=one.first + start, last=one.last + start)
                done = max(done, one.last + 1)
        start += done


def _findings(groups: list[str], separators: list[str], setting: Setting, heard: bool) -> Iterator[_Finding]:
    """Every stretch of neighbouring groups that may be a personal number; `heard` if they are one spoken group."""
    dates = dated(groups, separators)
    for first in range(len(groups)):
        here = setting if first == 0 else Setting(reference=setting.reference)
        digits = ""
        for last in range(first, len(groups)):
            digits += groups[last]
            if len(digits) > LONGEST or last in dates:
                break
            if len(digits) >= SHORTEST and (here.plus or here.phone or possible(digits)):
                kind = named(groups[first : last + 1], separators[first:last], here, heard)
                if kind is not None:
                    yield _Finding(first, last, len(digits), *kind)


def _chosen(findings: Iterator[_Finding]) -> list[_Finding]:
    """What to replace: findings in their usual grouping first; of the others, all that overlap together."""
    ordered = sorted(findings, key=lambda found: (-found.strength, -found.digits, found.first))
    chosen: list[_Finding] = []
    for found in ordered:
        clash = [i for i, other in enumerate(chosen) if found.first <= other.last and other.first <= found.last]
        if not clash:
            chosen.append(found)
        elif not found.strength and all(not chosen[i].strength for i in clash):
            # One of them is the secret and it is not known which: none of their digits may stay.
            merged = [chosen[i] for i in clash]
            first, last = min(found.first, *(m.first for m in merged)), max(found.last, *(m.last for m in merged))
            chosen = [other for i, other in enumerate(chosen) if i not in clash]
            chosen.append(merged[0]._replace(first=first, last=last))
    return sorted(chosen)
