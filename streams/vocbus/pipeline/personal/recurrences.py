"""Values that a cue has given away once, wherever else the interaction repeats them without a cue."""

import re
from collections.abc import Iterable, Iterator, Sequence

import ahocorasick

from vocbus.pipeline.personal import marks
from vocbus.pipeline.personal.announced import is_quantity
from vocbus.pipeline.personal.chinese_surnames import SURNAMES
from vocbus.pipeline.personal.common_words import COMMON, PEOPLES
from vocbus.pipeline.personal.digits import runs
from vocbus.pipeline.personal.plain import plain
from vocbus.pipeline.personal.spans import Span
from vocbus.pipeline.personal.suspicion import Suspicion

#: A repeated number has this many digits or more; a year is none.
SHORTEST = 4
_YEAR = re.compile(r"(?:19|20)\d\d")
# A known first name with another surname: married, or misspelt.
_OTHER_NAME = re.compile(r" ([A-Z][a-z][A-Za-z'\-]*)")
#: Surname and two characters.
_FULL_HAN = 3
_IN_WORDS = frozenset({"NAME", "SECRET", "IM", "PLATE", "PASSPORT", "ID", "ACCOUNT"})

#: Type and value, as a span gave them.
Known = tuple[str, str]


class Recurrences:
    """Finds known values in plain texts: numbers in any spelling, names in parts too, where they have a capital."""

    def __init__(self, known: Iterable[Known]) -> None:
        self._numbers: dict[str, Known] = {}
        words: dict[str, Known] = {}
        given: dict[str, Known] = {}
        for kind, value in known:
            if value.isdigit():
                if len(value) >= SHORTEST and not _YEAR.fullmatch(value):
                    self._numbers[value] = (kind, value)
            elif kind in _IN_WORDS:
                words.setdefault(value.lower(), (kind, value))
                if kind == "NAME" and value.isascii():
                    for part in value.split():
                        words.setdefault(part, (kind, value))
                elif kind == "NAME" and len(value) == _FULL_HAN:
                    given.setdefault(value[1:], (kind, value))
        self._longest = max(map(len, self._numbers), default=0)
        self._words = ahocorasick.Automaton()
        for word, named in words.items():
            if _telling(word):
                self._words.add_word(word, (len(word), named))
        self._given = {part: named for part, named in given.items() if part not in words}
        for part, named in self._given.items():
            self._words.add_word(part, (len(part), named))
        self._words.make_automaton()

    def candidates(self, texts: Sequence[str], suspected: Sequence[Suspicion]) -> list[int]:
        """Places of the texts, as written, that may hold a known value."""
        counted = marks.DIGITS | marks.SPOKEN if self._numbers else 0
        # All texts at once, since most hold none.
        if len(self._words) and any(True for _ in self._words.iter(plain("\0".join(texts)).lower())):
            return list(range(len(texts)))
        return [i for i, each in enumerate(suspected) if each.bits & counted]

    def find(self, text: str, suspected: Suspicion) -> Iterator[Span]:
        """Known values in a plain text."""
        if len(self._words):
            low = text.lower()
            for last, (length, (kind, value)) in self._words.iter(low):
                start, end = last + 1 - length, last + 1
                if text[start:end] in self._given:
                    if text[start - 1 : start] in SURNAMES and start > 0:
                        yield Span(start - 1, end, kind, value)
                    continue
                if _apart(text, start, end) and (kind != "NAME" or not text[start].islower() or " " in text[start:end]):
                    other = _OTHER_NAME.match(text, end) if kind == "NAME" and " " in value else None
                    if other is not None and low[start:end] != value and other[1].lower() not in COMMON | PEOPLES:
                        end = other.end()
                    yield Span(start, end, kind, value)
        if self._numbers and suspected.bits & (marks.DIGITS | marks.SPOKEN):
            yield from self._repeated_numbers(text, suspected)

    def _repeated_numbers(self, text: str, suspected: Suspicion) -> Iterator[Span]:
        for run in runs(text, suspected.ends(marks.SPOKEN), SHORTEST):
            for first, piece in enumerate(run.pieces):
                digits = ""
                for last in run.pieces[first : first + self._longest]:
                    digits += last.digits
                    if len(digits) > self._longest:
                        break
                    if digits in self._numbers and not is_quantity(text, piece.start, last.end):
                        yield Span(piece.start, last.end, *self._numbers[digits])


def _telling(word: str) -> bool:
    """Whether a word stands for its value wherever it is: not one that says something else as well."""
    return len(word) >= (3 if word.isascii() else 2) and word not in COMMON and word not in PEOPLES


def _apart(text: str, start: int, end: int) -> bool:
    """Whether a stretch in Latin letters or digits is a word of its own."""
    return not (
        (start > 0 and _latin(text[start]) and _latin(text[start - 1]))
        or (end < len(text) and _latin(text[end - 1]) and _latin(text[end]))
    )


def _latin(character: str) -> bool:
    return character.isascii() and character.isalnum()
