"""Classification by rules: what a customer said becomes at most one verdict of each kind, with its evidence.

Each rule that fires adds its weights to scores, once, however often it fires. A score starts at the prior of
the channel; at zero and above the verdict stands. Confidence is the logistic function of the score, so that the
weights read as log odds: a weight of 2 brings what was one to seven to about even.
"""

import math
from collections.abc import Mapping
from typing import Any, Literal, NamedTuple

from vocbus.pipeline.language import Language, detect
from vocbus.pipeline.lexicon import Lexicon, Rule
from vocbus.pipeline.reading import Evidence, Reading
from vocbus.pipeline.taxonomy import GENERAL, OTHER

#: Scores are certain only to this degree: rules do not know what they do not know.
MOST_CONFIDENT = 0.99
#: No answer of a survey lifts a score above this by itself: without words there is no verdict.
HIGHEST_PRIOR = -0.5
#: Sums are rounded, so that their order does not matter at the threshold.
DIGITS = 6
#: Of a complaint whose rules do not tell: a clear grievance.
USUAL_SEVERITY = 2
_LOCALES: dict[str, Language] = {"zh": "ZH", "en": "EN"}

Kind = Literal["COMPLAINT", "FEEDBACK", "SALES_SIGNAL"]


class Verdict(NamedTuple):
    """One decision. `severity` (1 to 4) for complaints, `polarity` for feedback; `category` is product.issue."""

    kind: Kind
    category: str
    severity: int | None
    polarity: str | None
    confidence: float
    evidence: tuple[Evidence, ...]


class Classification(NamedTuple):
    """What a contact says, as far as rules can tell. `products` are those its words name."""

    language: Language
    inquiry: bool
    verdicts: tuple[Verdict, ...]
    products: tuple[str, ...]


def classify(record: Mapping[str, Any], rules: Lexicon) -> Classification:
    """What the customer of a redacted Interaction record says. Only the customer's own words count."""
    reading = Reading(record, rules)
    base = _priors(record, rules)
    scores = dict(base)
    for rule in reading.fired:
        for score, weight in rule.adds.items():
            scores[score] = round(scores[score] + weight, DIGITS)
    products = reading.products(reading.sentences)
    known = [slug for slug in record.get("products") or () if slug in rules.products.values()]

    def verdict(kind: Kind, score: str, polarity: str | None = None) -> Verdict:
        support = [rule for rule in reading.fired if rule.adds.get(score, 0) > 0]
        support.sort(key=lambda rule: -rule.adds[score])
        severity = None
        if kind == "COMPLAINT":
            severity = max([rule.severity for rule in support if rule.severity], default=USUAL_SEVERITY)
        return Verdict(
            kind=kind,
            category=f"{_product(support, reading, products, known)}.{_issue(support)}",
            severity=severity,
            polarity=polarity,
            confidence=min(MOST_CONFIDENT, round(1 / (1 + math.exp(-scores[score])), 3)),
            evidence=reading.evidence(_carrying(support, base[score], score)),
        )

    verdicts = []
    complains = scores["complaint"] >= 0
    if complains:
        verdicts.append(verdict("COMPLAINT", "complaint"))
    # Criticism with a remedy in view is the complaint itself.
    opinions = ("praise", "suggestion") if complains else ("praise", "suggestion", "criticism")
    opinion = max(opinions, key=scores.__getitem__)
    if scores[opinion] >= 0:
        verdicts.append(verdict("FEEDBACK", opinion, opinion.upper()))
    if scores["sales"] >= 0:
        verdicts.append(verdict("SALES_SIGNAL", "sales"))
    return Classification(
        language=_language(reading, record.get("locale")),
        inquiry=scores["inquiry"] >= 0,
        verdicts=tuple(verdicts),
        products=tuple(products),
    )


def _priors(record: Mapping[str, Any], rules: Lexicon) -> dict[str, float]:
    """Where the scores start: the channel's priors, moved by the answers of a survey."""
    channel = record["channel"]
    scores = {score: prior.get(channel, prior["default"]) for score, prior in rules.priors.items()}
    satisfaction = record.get("satisfaction")
    if satisfaction:
        csat, nps = satisfaction.get("csat"), satisfaction.get("nps")
        mood = csat - 3 if csat is not None else 0 if nps is None else -1.5 if nps <= 6 else 1 if nps >= 9 else 0
        for score, sign in (("complaint", -0.5), ("criticism", -0.5), ("praise", 0.5)):
            scores[score] = min(scores[score] + sign * mood, HIGHEST_PRIOR)
    return scores


def _carrying(support: list[Rule], base: float, score: str) -> list[Rule]:
    """The strongest rules without which the score would stay below zero."""
    left = round(base + sum([rule.adds[score] for rule in support]), DIGITS)
    carrying = []
    for rule in support:
        if left < 0:
            break
        carrying.append(rule)
        left = round(left - rule.adds[score], DIGITS)
    return carrying


def _product(support: list[Rule], reading: Reading, named: list[str], known: list[str]) -> str:
    """Of the rule, else of the sentence that the strongest rule fired in, else of the contact, else of the channel."""
    for rule in support:
        if rule.product:
            return rule.product
    near = reading.products(reading.fired[support[0]])
    return (near or named or known or [GENERAL])[0]


def _issue(support: list[Rule]) -> str:
    for rule in support:
        if rule.issue:
            return rule.issue
    return OTHER


def _language(reading: Reading, locale: str | None) -> Language:
    """Language of the words; where these do not tell, that of the channel's locale (BCP 47)."""
    language = detect(" ".join([text for _, text in reading.pieces]))
    if language == "UNKNOWN" and locale:
        return _LOCALES.get(locale[:2].lower(), "UNKNOWN")
    return language
