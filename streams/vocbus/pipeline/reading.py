"""The reading of a contact: what its customer said, which rules fired on it, and where."""

import re
from bisect import bisect_right
from collections.abc import Iterable, Mapping
from itertools import accumulate
from typing import Any, NamedTuple

from vocbus.pipeline.folding import Folded
from vocbus.pipeline.lexicon import Lexicon, Rule
from vocbus.pipeline.scan import Hit, Sentence, scan

SUBJECT_TURN, COMMENT_TURN = -1, -2
#: On these channels the subject is what staff noted, not what the customer wrote.
STAFF_SUBJECT = frozenset({"PHONE", "BRANCH", "FOLLOW_UP"})
#: More places than this say nothing more, and a signal must stay small enough for its topic.
MOST_EVIDENCE = 50
# A line break inside a paragraph is a space; an empty line ends the sentence.
_WRAPPED = re.compile(r"(?<!\n)\n(?!\n)")
# What a mail quotes of the mail it answers.
_QUOTED = re.compile(r"^[ \t]*[>|＞].*$", re.MULTILINE)


class Evidence(NamedTuple):
    """Words that carried a verdict: code points of the redacted turn (-1 subject, -2 survey comment)."""

    turn: int
    start: int
    end: int
    text: str
    rule: str


class Reading:
    """What the customer said in pieces of (turn, text), the sentences of it, and the rules that fired."""

    def __init__(self, record: Mapping[str, Any], lexicon: Lexicon) -> None:
        self.pieces = said(record)
        self._products = lexicon.products
        self._folded = [Folded(text) for _, text in self.pieces]
        texts = [_prose(folded.text) if "\n" in folded.text else folded.text for folded in self._folded]
        self._starts = [0, *accumulate([len(text) + 1 for text in texts])]
        self.sentences = scan("\n".join(texts), lexicon)
        self.fired = _fired(self.sentences, lexicon)

    def evidence(self, rules: Iterable[Rule]) -> tuple[Evidence, ...]:
        """Where the rules fired, in reading order. Overlapping places are one, under the first rule of them."""
        firing: dict[int, tuple[Sentence, list[tuple[int, Rule]]]] = {}
        for ranked in enumerate(rules):
            for sentence in self.fired[ranked[1]]:
                firing.setdefault(id(sentence), (sentence, []))[1].append(ranked)
        places: list[tuple[int, int, int, str]] = []
        for sentence, here in firing.values():
            wanted = 0
            for _, rule in here:
                wanted |= rule.every
            for start, end, mask in sentence.hits:
                if mask & wanted:
                    for rank, rule in here:
                        if mask & rule.every:
                            places.append((start, end, rank, rule.id))
                            break
        places.sort()
        merged = places[:1]
        for place in places[1:]:
            before = merged[-1]
            if place[0] < before[1]:
                merged[-1] = (before[0], max(place[1], before[1]), *min(before[2:], place[2:]))
            else:
                merged.append(place)
        return tuple([self._evidence(start, end, name) for start, end, _, name in merged[:MOST_EVIDENCE]])

    def _evidence(self, start: int, end: int, rule: str) -> Evidence:
        at = bisect_right(self._starts, start) - 1
        turn, text = self.pieces[at]
        offset = self._starts[at]
        # A phrase may take in the line break that ends its piece.
        start, end = self._folded[at].original(start - offset, min(end, self._starts[at + 1] - 1) - offset)
        return Evidence(turn, start, end, text[start:end], rule)

    def products(self, sentences: Iterable[Sentence]) -> list[str]:
        """Products named in these sentences, the most often named first."""
        counts: dict[str, int] = {}
        every = sum(self._products)
        for sentence in sentences:
            if sentence.mask & every:
                for _, _, mask in sentence.hits:
                    left = mask & every
                    while left:
                        lowest = left & -left
                        left ^= lowest
                        slug = self._products[lowest]
                        counts[slug] = counts.get(slug, 0) + 1
        return sorted(counts, key=counts.__getitem__, reverse=True)


def said(record: Mapping[str, Any]) -> list[tuple[int, str]]:
    """What counts as said by the customer: CUSTOMER turns, or those of an UNKNOWN speaker where there are none;
    the subject where the customer wrote it; the survey comment."""
    pieces = [(i, turn["text"]) for i, turn in enumerate(record["turns"]) if turn["speaker"] == "CUSTOMER"]
    if not pieces:
        pieces = [(i, turn["text"]) for i, turn in enumerate(record["turns"]) if turn["speaker"] == "UNKNOWN"]
    subject = record.get("subject")
    if subject and record["channel"] not in STAFF_SUBJECT:
        pieces.insert(0, (SUBJECT_TURN, subject))
    satisfaction = record.get("satisfaction")
    if satisfaction and satisfaction.get("comment"):
        pieces.append((COMMENT_TURN, satisfaction["comment"]))
    return pieces


def _prose(text: str) -> str:
    """The text, of equal length, without quoted lines and with its paragraphs unwrapped."""
    return _WRAPPED.sub(" ", _QUOTED.sub(lambda quoted: " " * len(quoted[0]), text))


def _fired(sentences: list[Sentence], lexicon: Lexicon) -> dict[Rule, list[Sentence]]:
    """Rules that fired, each with the sentences in which it did."""
    fired: dict[Rule, list[Sentence]] = {}
    contact = 0
    anchors, anchored = lexicon.anchors, lexicon.anchored
    for sentence in sentences:
        mask = sentence[0]
        contact |= mask
        left = mask & anchors
        while left:
            lowest = left & -left
            left ^= lowest
            for rule in anchored[lowest]:
                if mask & rule.none:
                    continue
                for term in rule.all:
                    if not mask & term:
                        break
                else:
                    if rule.within is None or _near(rule, rule.within, sentence.hits):
                        found = fired.setdefault(rule, [])
                        if not found or found[-1] is not sentence:
                            found.append(sentence)
    for rule in lexicon.contact_rules:
        if not contact & rule.none and all(contact & term for term in rule.all):
            fired[rule] = sentences
    return fired


def _near(rule: Rule, reach: int, hits: list[Hit]) -> bool:
    """Whether some phrase of the first term has one of every other term within reach."""
    first, *others = [[hit for hit in hits if hit[2] & term] for term in rule.all]
    return any(all(any(max(a[0], b[0]) - min(a[1], b[1]) <= reach for b in other) for other in others) for a in first)
