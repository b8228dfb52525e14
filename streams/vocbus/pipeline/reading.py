"""The reading of a contact: what its customer said, which rules fired on it, and where."""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import accumulate, islice
from typing import Any, NamedTuple

from vocbus.pipeline.folding import Folded, fold
from vocbus.pipeline.lexicon import Lexicon, Rule
from vocbus.pipeline.scan import Hit, Sentence, scan

SUBJECT_TURN, COMMENT_TURN = -1, -2
#: Of a customer who says more than so many characters only the beginning is read.
MOST_READ = 100_000
#: On these channels the subject is what staff noted, not what the customer wrote.
STAFF_SUBJECT = frozenset({"PHONE", "BRANCH", "FOLLOW_UP"})
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
        self.pieces = _beginning(said(record))
        self._lexicon = lexicon
        texts = [text for _, text in self.pieces]
        self._offsets = [0, *accumulate([len(text) + 1 for text in texts])]
        self._folded = Folded("\n".join(texts))
        self.sentences = scan(_unwrapped(self._folded.text, texts), lexicon)
        #: Rules that fired, with the sentences in which they did; whether some may fire where words are taken away.
        self.fired, self.held_back = _fired(self.sentences, lexicon)

    def places(self, rule: Rule) -> Iterator[tuple[int, int]]:
        """Where a rule fired: spans of the pieces joined by line breaks."""
        for sentence in self.fired[rule]:
            for start, end, mask in sentence.hits:
                if mask & rule.every:
                    begin, stop = self._folded.original(start, end)
                    # A phrase may take in the line break that ends its piece.
                    yield begin, min(stop, self._offsets[bisect_right(self._offsets, begin)] - 1)

    def fired_without(self, spans: Iterable[tuple[int, int]]) -> Iterable[Rule]:
        """Rules that fire where these spans of the pieces joined by line breaks, in order, are blank."""
        texts = [text for _, text in self.pieces]
        said = "\n".join(texts)
        left, last = [], 0
        for start, end in spans:
            left += [said[last:start], " " * (end - start)]
            last = end
        said = fold("".join([*left, said[last:]]))
        fired, _ = _fired(scan(_unwrapped(said, texts), self._lexicon), self._lexicon)
        return fired

    def products(self, sentences: Iterable[Sentence]) -> list[str]:
        """Products named in these sentences, the most often named first."""
        counts: dict[str, int] = {}
        every = sum(self._lexicon.products)
        for sentence in sentences:
            if sentence.mask & every:
                for _, _, mask in sentence.hits:
                    left = mask & every
                    while left:
                        lowest = left & -left
                        left ^= lowest
                        slug = self._lexicon.products[lowest]
                        counts[slug] = counts.get(slug, 0) + 1
        return sorted(counts, key=counts.__getitem__, reverse=True)


def _beginning(pieces: list[tuple[int, str]]) -> list[tuple[int, str]]:
    """The pieces up to MOST_READ characters."""
    if sum([len(text) for _, text in pieces]) <= MOST_READ:
        return pieces
    room = MOST_READ
    kept = []
    for turn, text in pieces:
        if room <= 0:
            break
        kept.append((turn, text[:room]))
        room -= len(text)
    return kept


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


def prose(text: str) -> str:
    """The text, of equal length, without quoted lines and with its paragraphs unwrapped."""
    if "\n" not in text:
        return text
    return _WRAPPED.sub(" ", _QUOTED.sub(lambda quoted: " " * len(quoted[0]), text))


def _unwrapped(folded: str, pieces: Sequence[str]) -> str:
    """The prose of the folded pieces, which are joined by line breaks."""
    if folded.count("\n") < len(pieces):
        return folded
    lines = iter(folded.split("\n"))
    return "\n".join([prose("\n".join(islice(lines, piece.count("\n") + 1))) for piece in pieces])


def _fired(sentences: list[Sentence], lexicon: Lexicon) -> tuple[dict[Rule, list[Sentence]], bool]:
    """Rules that fired, each with the sentences in which it did; and whether a rule was held back somewhere."""
    fired: dict[Rule, list[Sentence]] = {}
    contact = 0
    held_back = False
    anchors, anchored = lexicon.anchors, lexicon.anchored
    for sentence in sentences:
        mask = sentence[0]
        contact |= mask
        left = mask & anchors
        while left:
            lowest = left & -left
            left ^= lowest
            for rule in anchored[lowest]:
                if not _fires(rule, sentence):
                    held_back = True
                    continue
                found = fired.setdefault(rule, [])
                if not found or found[-1] is not sentence:
                    found.append(sentence)
    for rule in lexicon.contact_rules:
        if contact & rule.none:
            held_back = True
        elif all(contact & term for term in rule.all):
            fired[rule] = sentences
    return fired, held_back


def _fires(rule: Rule, sentence: Sentence) -> bool:
    mask = sentence[0]
    if mask & rule.none:
        return False
    for term in rule.all:
        if not mask & term:
            return False
    return rule.within is None or _near(rule, rule.within, sentence.hits)


def _near(rule: Rule, reach: int, hits: list[Hit]) -> bool:
    """Whether some phrase of the first term has one of every other term within reach."""
    first, *others = [[hit for hit in hits if hit[2] & term] for term in rule.all]
    return any(all(any(max(a[0], b[0]) - min(a[1], b[1]) <= reach for b in other) for other in others) for a in first)
