"""One pass over a text: which groups of the lexicon occur in which sentence, and where."""

import re
from collections.abc import Iterable
from operator import itemgetter
from typing import NamedTuple

from vocbus.pipeline.lexicon import WORD, Group, Lexicon, Phrase, two_steps

Span = tuple[int, int]

_STOP = re.compile(r"[!?。！？；;\n.]")
_COMMA = re.compile(r"[,，、]")
#: A sentence longer than this is cut at its commas, speech-to-text and chat come without full stops; and without
#: commas at LONGEST_CLAUSE, so that what is done in a sentence stays bounded.
LONGEST_SENTENCE = 160
LONGEST_CLAUSE = 400
#: How far to both sides of a phrase its group may look.
REACH = 32

# A negation and at most two words, or two Han characters, up to the phrase.
_NEGATED_EN = re.compile(
    r"\b(?:not|no|never|without|hardly|nothing|cannot|"
    r"(?:do|does|did|is|are|was|were|has|have|had|ca|could|would|wo|should|ai)n'?t)\s+(?:[a-z']+\s+){0,2}\Z"
)
_NEGATED_ZH = re.compile(r"(?:没有?|沒有?|不是|并非|並非|不|无|無|别|別|未|唔|冇)[一-鿿]{0,2}\Z")
# Where 不 negates nothing: 不但, 差不多, 信不信.
_NOT_NEGATED_ZH = re.compile(
    r"(?:不但|不仅|不僅|不光|不止|不得不|要不|不然|不过|不過|不管|动不动|差不多|不断|不斷|([一-鿿])不\1)[一-鿿]*\Z"
)
#: How far before a Chinese phrase its negation may begin, and the characters that it begins with.
REACH_ZH = 6
_NEGATES_ZH = frozenset("没沒不并並无無别別未唔冇")


#: Where a phrase stands in the text, and the mask of its groups.
Hit = tuple[int, int, int]


class Sentence(NamedTuple):
    """What occurs in a sentence: the mask of all groups together, and every hit in the order of their ends."""

    mask: int
    hits: list[Hit]


def scan(text: str, lexicon: Lexicon) -> list[Sentence]:
    """Sentences of a folded text that hold anything, in order. Spans count from the start of the text.

    A phrase that runs over the end of a sentence belongs to the one it ends in.
    """
    padded = f"\n{text}\n"
    sentences: list[Sentence] = []
    stops = iter(_stops(padded))
    begin, stop = 0, next(stops)
    hits: list[Hit] = []
    shields: list[Span] = []
    total, word = 0, WORD
    for last, (length, edge, mask, checked) in _matches(padded, lexicon):
        end = last + 1
        start = end - length
        if edge and ((edge & 1 and padded[start - 1] in word) or (edge & 2 and padded[end] in word)):
            continue
        if end > stop:
            if hits:
                sentences.append(_unshielded(hits, shields) if shields else Sentence(total, hits))
                hits, shields, total = [], [], 0
            while end > stop:
                begin, stop = stop, next(stops)
        if mask:
            hits.append((start - 1, last, mask))
            total |= mask
        for group in checked:
            hit = _checked(padded, begin, start, end, group)
            if hit is not None:
                if group.shield:
                    shields.append(hit[:2])
                else:
                    hits.append(hit)
                    total |= hit[2]
    if hits:
        sentences.append(_unshielded(hits, shields) if shields else Sentence(total, hits))
    return sentences


def _matches(padded: str, lexicon: Lexicon) -> Iterable[tuple[int, Phrase]]:
    """Phrases by the index of their last character, in its order."""
    latin = lexicon.latin.iter(padded)
    if padded.isascii():
        return latin  # type: ignore[no-any-return]  # the automaton has no types
    # Two steps make a character; a phrase found across them, from a low byte to a high one, is none.
    matches = [(last >> 1, phrase) for last, phrase in lexicon.wide.iter(two_steps(padded)) if last & 1]
    wide = len(matches)
    matches += latin
    if len(matches) > wide:
        matches.sort(key=itemgetter(0))
    return matches


def _unshielded(hits: list[Hit], shields: list[Span]) -> Sentence:
    """The sentence of these hits, but for those that stand inside a shield."""
    for start, end in shields:
        hits = [hit for hit in hits if hit[0] < start or hit[1] > end]
    mask = 0
    for hit in hits:
        mask |= hit[2]
    return Sentence(mask, hits)


def _checked(padded: str, begin: int, start: int, end: int, group: Group) -> Hit | None:
    """The hit of a phrase whose group looks at the words around it, or None when it does not count."""
    mask = group.mask
    if group.after is not None:
        following = group.after.match(padded, end, end + REACH)
        if following is None:
            return None
        end = following.end()
    if group.before is not None:
        preceding = padded[max(begin, start - REACH) : start]
        match = group.before.search(preceding)
        if match is None:
            return None
        start -= len(preceding) - match.start()
    elif group.negated is not None:
        negated_from = _negation(padded, begin, start)
        if negated_from is not None:
            if not group.negated:
                return None
            mask, start = group.negated, negated_from
    # The end may reach into the padding.
    return max(start - 1, 0), min(end, len(padded) - 1) - 1, mask


def _negation(padded: str, begin: int, start: int) -> int | None:
    """Where the negation of a phrase that starts at `start` begins, or None when there is none."""
    if padded[start] > "\u2e7f":
        preceding = padded[max(begin, start - REACH_ZH) : start]
        if _NEGATES_ZH.isdisjoint(preceding):
            return None
        negation = _NEGATED_ZH.search(preceding)
        if negation is None or _NOT_NEGATED_ZH.search(preceding) is not None:
            return None
    else:
        negation = _NEGATED_EN.search(padded[max(begin, start - REACH) : start])
        if negation is None:
            return None
    return start - (negation.end() - negation.start())


def _stops(padded: str) -> list[int]:
    """Ends of the sentences; the last is the end of the text."""
    stops = [match.end() for match in _STOP.finditer(padded, 1)]
    if "." in padded:
        # A full stop is followed by a space, else it stands inside a number or an address.
        stops = [stop for stop in stops if padded[stop - 1] != "." or padded[stop].isspace()]
    if not stops or stops[-1] < len(padded):
        stops.append(len(padded))
    begin = 0
    cuts: list[int] = []
    for stop in stops:
        if stop - begin > LONGEST_SENTENCE:
            cuts += _cuts(padded, begin, stop)
        begin = stop
    return sorted(stops + cuts) if cuts else stops


def _cuts(padded: str, begin: int, stop: int) -> Iterable[int]:
    """Where to cut a long sentence."""
    for comma in _COMMA.finditer(padded, begin, stop):
        if comma.end() - begin > LONGEST_CLAUSE:
            yield from range(begin + LONGEST_CLAUSE, comma.end(), LONGEST_CLAUSE)
        if comma.end() - begin > LONGEST_SENTENCE // 2:
            yield comma.end()
            begin = comma.end()
    yield from range(begin + LONGEST_CLAUSE, stop, LONGEST_CLAUSE)
