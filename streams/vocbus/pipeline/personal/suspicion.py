"""A first, cheap test of a text as written: what kinds of personal data could be in it, and where.

Most texts pass it unsuspected in two or three microseconds: one look for a few digits close together, one for Chinese
marks by their first characters, one pass of an automaton (Aho-Corasick) over the Latin ones.
"""

import re
from bisect import bisect_left
from collections.abc import Sequence
from itertools import accumulate
from typing import NamedTuple

import ahocorasick

from vocbus.pipeline.personal import marks
from vocbus.pipeline.personal.digits import HAN_DIGITS
from vocbus.pipeline.personal.plain import VARIANTS, plain
from vocbus.pipeline.personal.plates import PROVINCES

_SEPARATORS = r"\s\-\u00ad\u2010-\u2015\u2212\ufe58\ufe63\uff0d._\u00b7\u30fb\uff0e\u200b-\u200d\u2060\ufeff,，()（）"
_PAUSES = "、。；…~个嗯呃啊额哦那然后对加"
#: What may stand between the digits of one number, in text as written.
BETWEEN = f"[{_SEPARATORS}]{{0,3}}"
_ASCII_DIGITS = re.compile(rf"[0-9](?:{BETWEEN}[0-9]){{2}}")
_HAN, _LATIN = marks.words_by_script()
_DIGIT_CHARACTERS = HAN_DIGITS + "○" + "".join(VARIANTS.get(c, "") for c in HAN_DIGITS)
_PLATE_HEADS = PROVINCES + "".join(VARIANTS.get(c, "") for c in PROVINCES)
_HAN_DIGIT = re.compile(f"[{_DIGIT_CHARACTERS}]")
_WRITTEN_DIGIT = re.compile(r"\d")
# Digits of any kind with little between them, among it pauses of speech.
_ANY_DIGITS = re.compile(rf"[\d{_DIGIT_CHARACTERS}](?:[{_SEPARATORS}{_PAUSES}]{{0,4}}[\d{_DIGIT_CHARACTERS}]){{2}}")
_PLATE_HEAD = re.compile(rf"[{_PLATE_HEADS}] ?[a-zA-Zａ-ｚＡ-Ｚ]")
_LETTER = re.compile("[a-zA-Zａ-ｚＡ-Ｚ]")
# What the automaton does not read as it is: full-width letters, and the letter whose lower case is longer.
_WIDE = re.compile("[ａ-ｚＡ-Ｚ\u0130]")
_SELF = re.compile("[我这這本](?:[是系係人]|[里裡]是)|[写寫](?:的是|成了?)")
#: What counts only if a capital follows.
_CAPITAL_NEXT = marks.INTRODUCED | marks.DEAR | marks.CAPITAL_TITLE | marks.ROLE


class Suspicion(NamedTuple):
    """The bits of all marks together, and where each of them ends, in a text as written and in its plain spelling."""

    bits: int
    places: list[tuple[int, int]]

    def ends(self, bits: int) -> list[int]:
        """Where marks of any of these bits end, in order."""
        return sorted([end for end, found in self.places if found & bits]) if self.bits & bits else []


NONE = Suspicion(0, [])


def _by_first_character(words: dict[str, int]) -> str:
    """A pattern of the words, longest first, with one branch for each first character."""
    branches: dict[str, list[str]] = {}
    for word in sorted(words, key=len, reverse=True):
        branches.setdefault(word[0], []).append(word[1:])
    return "|".join(f"{first}(?:{'|'.join(map(re.escape, rest))})" for first, rest in branches.items())


def _latin_automaton() -> ahocorasick.Automaton:
    automaton = ahocorasick.Automaton(ahocorasick.STORE_INTS)
    for word, bits in _LATIN.items():
        automaton.add_word(word, bits)
    automaton.make_automaton()
    return automaton


_HAN_MARKS = re.compile(_by_first_character(_HAN))
_latin_marks = _latin_automaton().iter


def suspicions(texts: Sequence[str]) -> list[Suspicion]:
    """What each text may hold; without bits for most."""
    # One pass over all: what is done for each text costs more than what is done for each character of a short one.
    places = _places("\0".join(texts)) if len(texts) != 1 else _places(texts[0])
    if not places:
        return [NONE] * len(texts)
    if len(texts) == 1:
        return [_together(places)]
    starts = [0, *accumulate([len(text) + 1 for text in texts])]
    of_text: dict[int, list[tuple[int, int]]] = {}
    for end, bits in places:
        at = bisect_left(starts, end) - 1
        of_text.setdefault(at, []).append((end - starts[at], bits))
    return [_together(of_text[i]) if i in of_text else NONE for i in range(len(texts))]


def suspicion(text: str) -> Suspicion:
    """What one text may hold."""
    places = _places(text)
    return _together(places) if places else NONE


def _together(places: list[tuple[int, int]]) -> Suspicion:
    bits = 0
    for _, found in places:
        bits |= found
    return Suspicion(bits, places)


def _places(text: str) -> list[tuple[int, int]]:
    """The ends of all marks in a text, with their bits."""
    places: list[tuple[int, int]] = []
    if text.isascii():
        if _ASCII_DIGITS.search(text):
            places += [(found.end(), marks.DIGITS) for found in _ASCII_DIGITS.finditer(text)]
        _add_latin(text, places)
        return places
    if _ANY_DIGITS.search(text):
        places += [(found.end(), _digits_of(found[0])) for found in _ANY_DIGITS.finditer(text)]
    if _HAN_MARKS.search(text):
        places += [(found.end(), _HAN[found[0]]) for found in _HAN_MARKS.finditer(text)]
    if _SELF.search(text):
        places += [(found.end(), marks.HAN_SELF) for found in _SELF.finditer(text)]
    if _LETTER.search(text):
        if _PLATE_HEAD.search(text):
            places += [(found.end(), marks.PLATE) for found in _PLATE_HEAD.finditer(text)]
        _add_latin(plain(text) if _WIDE.search(text) else text, places)
    return places


def _digits_of(text: str) -> int:
    """Whether digits are written, spoken or both."""
    written = marks.DIGITS if _WRITTEN_DIGIT.search(text) else 0
    return written | (marks.SPOKEN if _HAN_DIGIT.search(text) else 0)


def _add_latin(text: str, places: list[tuple[int, int]]) -> None:
    """Add the Latin marks to the places."""
    for last, mark in _latin_marks(text.lower()):
        capital = mark & _CAPITAL_NEXT == 0 or text[last + 1 : last + 2].isupper()
        bits = mark if capital else mark & ~_CAPITAL_NEXT
        if bits:
            places.append((last + 1, bits))
