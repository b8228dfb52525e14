"""Classification: what a customer said becomes at most one verdict of each kind, with the words that carried it.

Two judges add up. The statistical model (`vocbus.pipeline.model`) gives the log odds of each kind; rules of the lexicon
that fire add theirs, once each, and the channel shifts them. At its threshold a verdict stands. Its confidence is the
logistic function of the sum, calibrated, so that of a hundred verdicts with 0.8 about eighty are right.
"""

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal, NamedTuple

import numpy as np

from vocbus.pipeline.carrying import Contact, carrying
from vocbus.pipeline.language import Language, detect
from vocbus.pipeline.lexicon import Lexicon, Rule
from vocbus.pipeline.model import HEADS, KINDS, POLARITIES, Model, Scores, Told
from vocbus.pipeline.reading import Evidence, Reading, prose
from vocbus.pipeline.taxonomy import GENERAL

Kind = Literal["COMPLAINT", "FEEDBACK", "SALES_SIGNAL"]
#: Kind, the head that decides it and its column, and the scores of rules that speak for it.
DECIDED: tuple[tuple[Kind, str, int, tuple[str, ...]], ...] = (
    ("COMPLAINT", "complaint", HEADS.index("complaint"), ("complaint",)),
    ("FEEDBACK", "feedback", HEADS.index("feedback"), POLARITIES),
    ("SALES_SIGNAL", "sales", HEADS.index("sales"), ("sales",)),
)
RULES = ("complaint", *POLARITIES, "sales")
_INQUIRY, _SENTIMENT = HEADS.index("inquiry"), HEADS.index("sentiment")
#: Of the severity of a complaint.
LOWEST, HIGHEST = 1, 4
#: Nothing is more certain than this, or less.
MOST_CONFIDENT = 0.99
#: So many characters are scored at once.
BLOCK = 200_000
#: Praise in a mood below this is in doubt: it may be meant otherwise.
ANGRY, PRAISE = -0.2, "PRAISE"
#: What one step of satisfaction from the middle is worth.
MOOD = 0.5
_WORD = re.compile(r"\w")
_LOCALES: dict[str, Language] = {"zh": "ZH", "en": "EN"}


class Interest(NamedTuple):
    """What a sales signal is after: a product of the taxonomy; strength 1 (asks) to 3 (wants it now)."""

    product: str | None
    strength: int


class Verdict(NamedTuple):
    """One decision. `severity` (1 to 4) for complaints, `polarity` for feedback, `interest` for sales signals;
    `category` is product.issue; `review` tells that people should look."""

    kind: Kind
    category: str
    severity: int | None
    polarity: str | None
    interest: Interest | None
    confidence: float
    review: bool
    evidence: tuple[Evidence, ...]


class Doubt(NamedTuple):
    """A kind that people should look at, decided or just missed."""

    kind: Kind
    confidence: float


class Classification(NamedTuple):
    """What a contact says. `products` are those its words name; `sentiment` is -1 to 1."""

    language: Language
    inquiry: bool
    sentiment: float | None
    verdicts: tuple[Verdict, ...]
    doubts: tuple[Doubt, ...]
    products: tuple[str, ...]


def classify(records: Sequence[Mapping[str, Any]], lexicon: Lexicon, model: Model) -> list[Classification]:
    """What the customers of redacted Interaction records say, in order. Only the customer's own words count."""
    readings = [Reading(record, lexicon) for record in records]
    texts = ["\n".join([prose(text) for _, text in reading.pieces]) for reading in readings]
    classified: list[Classification] = []
    for block in _blocks(texts):
        classified += _classify(records[block], readings[block], texts[block], lexicon, model)
    return classified


def _blocks(texts: Sequence[str]) -> Iterator[slice]:
    """Stretches of texts of at most BLOCK characters, or of one text: what is scored at once stays in memory."""
    start = characters = 0
    for at, text in enumerate(texts):
        characters += len(text)
        if characters > BLOCK and at > start:
            yield slice(start, at)
            start, characters = at, len(text)
    if start < len(texts):
        yield slice(start, len(texts))


def _classify(
    records: Sequence[Mapping[str, Any]],
    readings: Sequence[Reading],
    texts: Sequence[str],
    lexicon: Lexicon,
    model: Model,
) -> list[Classification]:
    scores = model.score(texts)
    odds = model.odds(scores).tolist()
    judged = [
        _Judged(record, reading, row, int(size) if _WORD.search(text) else 0, lexicon, model)
        for record, reading, text, row, size in zip(records, readings, texts, odds, scores.sizes, strict=True)
    ]
    signalling = np.array([at for at, one in enumerate(judged) if one.kinds], dtype=np.int64)
    told = dict(zip(signalling.tolist(), model.tell(scores, signalling), strict=True))
    return [one.classification(at, scores, told.get(at)) for at, one in enumerate(judged)]


class _Judged:
    """One contact on its way from scores to verdicts."""

    __slots__ = (
        "heads",
        "inquiry",
        "kinds",
        "lexicon",
        "model",
        "odds",
        "priors",
        "reading",
        "record",
        "rules",
        "size",
    )

    def __init__(
        self, record: Mapping[str, Any], reading: Reading, row: list[float], size: int, lexicon: Lexicon, model: Model
    ) -> None:
        self.record, self.reading, self.size, self.lexicon, self.model = record, reading, size, lexicon, model
        self.heads = row
        self.priors = _priors(record, lexicon)
        if len(reading.pieces) > 1:
            again = math.log(len(reading.pieces))
            for head in KINDS:
                self.priors[head] += model.kinds[head].spread * again
        self.rules = dict.fromkeys(RULES, 0.0)
        for rule in reading.fired:
            for score, weight in rule.adds.items():
                self.rules[score] += weight
        self.odds: dict[Kind, float] = {}
        self.kinds: list[Kind] = []
        # Without words there is no verdict, whatever the channel and the survey's answers say.
        self.inquiry = bool(size) and row[_INQUIRY] + self.priors["inquiry"] >= model.kinds["inquiry"].threshold
        for kind, head, column, names in DECIDED:
            line = model.kinds[head]
            self.odds[kind] = row[column] + line.rule * sum([self.rules[name] for name in names]) + self.priors[head]
            if size and self.odds[kind] >= line.threshold:
                self.kinds.append(kind)

    def classification(self, at: int, scores: Scores, told: Told | None) -> Classification:
        """The verdicts of the text at this place of the batch; `told` are its details, where it has any."""
        verdicts, doubts = [], []
        named = self.reading.products(self.reading.sentences)
        contact = None if told is None else Contact(self.reading, scores, at)
        for kind, head, column, names in DECIDED:
            line, odds = self.model.kinds[head], self.odds[kind]
            doubtful = bool(self.size) and (line.low <= odds < line.high or self._contradicted(kind))
            if doubtful:
                doubts.append(Doubt(kind, _confidence(odds)))
            if kind in self.kinds and contact is not None and told is not None:
                evidence = carrying(contact, line, column, names, line.threshold - self.priors[head])
                verdicts.append(self._verdict(kind, odds, doubtful, names, named, evidence, told))
        return Classification(
            language=_language(self.reading, self.record.get("locale")),
            inquiry=self.inquiry,
            sentiment=round(max(-1.0, min(1.0, self.heads[_SENTIMENT])), 2) if self.size else None,
            verdicts=tuple(verdicts),
            doubts=tuple(doubts),
            products=tuple(named),
        )

    def _verdict(
        self,
        kind: Kind,
        odds: float,
        doubtful: bool,
        names: tuple[str, ...],
        named: list[str],
        evidence: tuple[Evidence, ...],
        told: Told,
    ) -> Verdict:
        support = [rule for rule in self.reading.fired if any(rule.adds.get(name, 0) > 0 for name in names)]
        support.sort(key=lambda rule: -max(rule.adds.values()))
        product = self._product(support, named, told.product)
        issue = next((rule.issue for rule in support if rule.issue), told.issues[kind])
        severity = polarity = interest = None
        if kind == "COMPLAINT":
            hot = max([rule.severity for rule in support if rule.severity], default=LOWEST)
            severity = max(hot, min(HIGHEST, round(told.severity)))
        elif kind == "FEEDBACK":
            polarity = self._polarity()
        else:
            strength = max([rule.strength for rule in support if rule.strength], default=1)
            interest = Interest(None if product == GENERAL else product, max(strength, 1 if self.inquiry else 2))
        return Verdict(kind, f"{product}.{issue}", severity, polarity, interest, _confidence(odds), doubtful, evidence)

    def _polarity(self) -> str:
        return max(POLARITIES, key=lambda name: self.heads[HEADS.index(name)] + self.rules[name]).upper()

    def _contradicted(self, kind: Kind) -> bool:
        """Whether rules or mood say otherwise: a grave rule fires and there is no complaint; praise in anger."""
        if kind == "COMPLAINT":
            return kind not in self.kinds and any(rule.severity == HIGHEST for rule in self.reading.fired)
        return (
            kind == "FEEDBACK" and kind in self.kinds and self.heads[_SENTIMENT] < ANGRY and self._polarity() == PRAISE
        )

    def _product(self, support: list[Rule], named: list[str], likeliest: str) -> str:
        """Of the rule; else the likeliest by the text, if it is named; else what is named, what the channel knows."""
        for rule in support:
            if rule.product:
                return rule.product
        known = [slug for slug in self.record.get("products") or () if slug in self.lexicon.products.values()]
        return likeliest if likeliest in named else next(iter((*named, *known)), likeliest)


def _priors(record: Mapping[str, Any], lexicon: Lexicon) -> dict[str, float]:
    """What the channel and the answers of a survey tell before a word is read, in log odds."""
    channel = record["channel"]
    shifts = {head: lexicon.priors.get(head, {}).get(channel, 0.0) for head in KINDS}
    satisfaction = record.get("satisfaction")
    if satisfaction:
        csat, nps = satisfaction.get("csat"), satisfaction.get("nps")
        mood = csat - 3 if csat is not None else 0 if nps is None else -2 if nps <= 6 else 1 if nps >= 9 else 0
        shifts["complaint"] -= MOOD * mood
    return shifts


def _confidence(odds: float) -> float:
    return round(min(MOST_CONFIDENT, max(1 - MOST_CONFIDENT, 1 / (1 + math.exp(-odds)))), 3)


def _language(reading: Reading, locale: str | None) -> Language:
    """Language of the words; where these do not tell, that of the channel's locale (BCP 47)."""
    language = detect(" ".join([text for _, text in reading.pieces]))
    if language == "UNKNOWN" and locale:
        return _LOCALES.get(locale[:2].lower(), "UNKNOWN")
    return language
