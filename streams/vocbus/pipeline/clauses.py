"""Texts as hashed n-grams, clause by clause: what the statistical model sees.

A text is a sequence of tokens: a Han character is one, so is a run of letters and digits, so are `?` and `!`. Features
are the n-grams of one to TOKENS tokens and, for misspelt words, those of LETTERS letters inside a word. None reaches
over the end of a clause, so that a text without one of its clauses is exactly the sum of the others.

Everything is array arithmetic over a whole batch. The hash of a run of characters c[a:b] is
(c[a]·K^a + … + c[b-1]·K^(b-1))·K^-a mod 2^64 (K is odd, so it has an inverse), scrambled as in MurmurHash3.
"""

import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from importlib import resources
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from vocbus.pipeline.documents import read_yaml
from vocbus.pipeline.folding import fold_character

Ints = npt.NDArray[np.int64]
Hashes = npt.NDArray[np.uint64]

#: Features are numbered 0 to 2**BITS - 1.
BITS = 18
#: Longest n-gram of tokens, and the length of the letter n-grams inside words.
TOKENS, LETTERS = 3, 4
#: A clause without punctuation is cut where it has this much: a Han character weighs one, a word two.
LONGEST_CLAUSE = 48

_MULTIPLIER = 0x9E3779B97F4A7C15
_K = np.uint64(_MULTIPLIER)
_SCRAMBLE = np.uint64(0xFF51AFD7ED558CCD)
_STOP, _SPACE, _MARK, _WORD, _HAN = range(5)
_STOPS = "\n.,;:()[]{}…—。、《》「」『』【】|"
_PUNCTUATION = frozenset(_STOPS + "?!")
_WITHIN_WORDS = "0'"
#: Above it are ideographs that no bank's customer writes; they are read as nothing.
_HIGHEST = 0x1FB00


class Features(NamedTuple):
    """Features of a batch of texts, in the order of their clauses.

    `feature[j]` is the number of the j-th one, `clause[j]` the clause that it stands in. Clause c is of text
    `text[c]` and spans its characters `start[c]:end[c]`; clauses are in reading order, and none is empty.
    """

    feature: Ints
    clause: Ints
    text: Ints
    start: Ints
    end: Ints


def features(texts: Sequence[str]) -> Features:
    """Features of all texts. A text without a letter, digit or mark has no clause."""
    joined = "\n".join(texts) + "\n"
    raw = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    folding, kinds = _tables()
    raw = np.minimum(raw, len(folding) - 1)
    code = folding[raw]
    kind = kinds[code]
    offsets = np.zeros(len(texts) + 1, np.int64)
    np.cumsum(np.fromiter(map(len, texts), np.int64, len(texts)) + 1, out=offsets[1:])
    _spare_decimals(code, kind)

    word = kind == _WORD
    first = word.copy()
    first[1:] &= ~word[:-1]
    begins = np.flatnonzero(first | (kind == _HAN) | (kind == _MARK))
    ends = begins + 1
    ends[kind[begins] == _WORD] = np.flatnonzero(word & ~np.append(word[1:], False)) + 1
    if not len(begins):
        nothing = np.zeros(0, np.int64)
        return Features(nothing, nothing, nothing, nothing, nothing)

    clause, heads = _clauses(kind, begins, offsets)
    sums = np.zeros(len(code) + 1, np.uint64)
    power, inverse = _powers(len(code))
    np.cumsum(code.astype(np.uint64) * power[: len(code)], out=sums[1:])

    token = _scrambled((sums[ends] - sums[begins]) * inverse[begins])
    found = [token]
    places = [clause]
    gram = token
    for n in range(1, min(TOKENS, len(token))):
        gram = _scrambled(gram[:-1] * _K + token[n:])
        inside = clause[:-n] == clause[n:]
        found.append(gram[inside])
        places.append(clause[:-n][inside])
    words = kind[begins] == _WORD
    owner = np.repeat(clause[words], (ends - begins)[words])
    at = np.flatnonzero(word)
    reach = LETTERS - 1
    if len(at) > reach:
        # Letters of one word: the last of them is as many places on in the list of letters as in the text.
        inside = np.flatnonzero(at[reach:] - at[:-reach] == reach)
        start = at[inside]
        found.append(_scrambled((sums[start + LETTERS] - sums[start]) * inverse[start] + np.uint64(LETTERS)))
        places.append(owner[inside])

    feature = (np.concatenate(found) >> np.uint64(64 - BITS)).astype(np.int64)
    place = np.concatenate(places)
    order = np.argsort(place, kind="stable")
    last = np.append(heads[1:], len(begins)) - 1
    text = np.searchsorted(offsets, begins[heads], side="right") - 1
    return Features(feature[order], place[order], text, begins[heads] - offsets[text], ends[last] - offsets[text])


def _clauses(kind: npt.NDArray[np.uint8], begins: Ints, offsets: Ints) -> tuple[Ints, Ints]:
    """The clause of every token, and the first token of every clause.

    A clause ends after a mark and at a stop; a long one is cut into pieces.
    """
    stops = np.cumsum(kind == _STOP)[begins]
    marked = kind[begins] == _MARK
    fresh = np.ones(len(begins), bool)
    # A mark belongs to what it ends.
    fresh[1:] = ((stops[1:] != stops[:-1]) & ~marked[1:]) | (marked[:-1] & ~marked[1:])
    fresh[1:] |= np.searchsorted(offsets, begins[1:], side="right") != np.searchsorted(
        offsets, begins[:-1], side="right"
    )
    cuts = _cuts(np.where(kind[begins] == _WORD, 2, 1), np.flatnonzero(fresh))
    fresh[cuts[~marked[cuts]]] = True
    return np.cumsum(fresh) - 1, np.flatnonzero(fresh)


def _cuts(weight: Ints, heads: Ints) -> Ints:
    """Tokens at which long clauses are cut. Where depends on what stands between the cut before and this one alone."""
    through = np.append(0, np.cumsum(weight))
    ends = np.append(heads[1:], len(weight))
    at = heads
    cuts = []
    while len(at):
        at = np.searchsorted(through, through[at] + LONGEST_CLAUSE)
        inside = at < ends
        at, ends = at[inside], ends[inside]
        cuts.append(at)
    return np.concatenate(cuts)


def _spare_decimals(code: npt.NDArray[np.uint32], kind: npt.NDArray[np.uint8]) -> None:
    """Takes the point and the comma of 1,234.50 for part of the number."""
    digit = code == ord("0")
    between = np.flatnonzero((kind[1:-1] == _STOP) & digit[:-2] & digit[2:]) + 1
    kind[between] = np.where((code[between] == ord(".")) | (code[between] == ord(",")), _WORD, _STOP)


def _scrambled(hashes: Hashes) -> Hashes:
    hashes = (hashes ^ (hashes >> np.uint64(33))) * _SCRAMBLE
    return hashes ^ (hashes >> np.uint64(29))


_power_cache: list[Hashes] = []


def _powers(length: int) -> tuple[Hashes, Hashes]:
    """K^0 … K^(length-1), and their inverses, mod 2^64."""
    if not _power_cache or len(_power_cache[0]) < length:
        size = 1 << max(16, length.bit_length())
        _power_cache[:] = [_progression(_MULTIPLIER, size), _progression(pow(_MULTIPLIER, -1, 1 << 64), size)]
    return _power_cache[0], _power_cache[1]


def _progression(ratio: int, size: int) -> Hashes:
    steps = np.full(size, np.uint64(ratio))
    steps[0] = 1
    return np.cumprod(steps)


@lru_cache(maxsize=1)
def _tables() -> tuple[npt.NDArray[np.uint32], npt.NDArray[np.uint8]]:
    """What each code point is read as, and the kind of what it is read as; all above the last are read as it."""
    code = np.full(_HIGHEST + 1, ord(" "), np.uint32)
    kind = np.zeros(_HIGHEST + 1, np.uint8)
    for point in range(_HIGHEST):
        folded = unicodedata.normalize("NFKC", fold_character(chr(point)))
        if _PUNCTUATION.issuperset(folded):
            # One character for "..." or "!!" is one of them.
            folded = folded[:1]
        code[point] = ord(folded) if len(folded) == 1 and ord(folded) < _HIGHEST else ord(" ")
        if folded.isdigit():
            code[point] = ord("0")
    text = (resources.files("vocbus.pipeline") / "rules" / "traditional.yaml").read_text("utf-8")
    for simplified, *forms in read_yaml("traditional", text)["characters"].split():
        code[[ord(form) for form in forms]] = ord(simplified)
    for point in set(code.tolist()):
        kind[point] = _kind(chr(point))
    return code, kind


def _kind(character: str) -> int:
    if character in "?!":
        return _MARK
    if character in _WITHIN_WORDS or (unicodedata.category(character)[0] in "LM" and not _is_ideograph(character)):
        return _WORD
    if character in _STOPS:
        return _STOP
    # Pictures say as much as a word.
    return _HAN if _is_ideograph(character) or unicodedata.category(character) == "So" else _SPACE


def _is_ideograph(character: str) -> bool:
    return "\u3040" <= character <= "\u30ff" or "\u3400" <= character <= "\u9fff" or "\uac00" <= character <= "\ud7a3"
