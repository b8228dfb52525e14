"""Calibration: what a head and the rules say together, as the odds that the label holds.

It is fitted on the values that a head gives to writers whose rows it has not seen, so that it tells what to expect of
the next unknown one. The threshold is the best for the mean of both languages.
"""

import math
from collections.abc import Callable

import numpy as np
from sklearn.linear_model import LogisticRegression

from vocbus.pipeline.model import Kind
from vocbus.training.heads import Floats, Head, Sheet, classify_head

#: People look at what has at least the first and less than the second confidence.
DOUBT = (0.35, 0.6)
#: What a conversation counts in calibration beside a single text.
CONVERSATION = 4.0
#: Of thresholds that are as good but for so much F1, the highest is taken: in a bank's day signals are rarer than here.
AS_GOOD = 0.002
_THRESHOLDS = np.arange(0.26, 0.62, 0.01)


def calibrated(
    data: Sheet, own: int, head: str, rules: Floats, whole: Head, step: float, progress: Callable[[str], None]
) -> Kind:
    """The line of a kind whose head on all rows is `whole`, with weights in units of `step`."""
    values = unseen(data, own, head, progress)
    yes, _ = data.flags(head)
    pieces = np.array([math.log1p(row.text.count("\n")) for row in data.rows[:own]])
    slope, rule, spread, offset = combined(values, rules, pieces, yes[:own])
    odds = slope * values + rule * rules + spread * pieces + offset
    languages = np.array([row.lang for row in data.rows[:own]])
    threshold = best_threshold(1 / (1 + np.exp(-odds)), yes[:own], languages)
    low, high = (math.log(bound / (1 - bound)) for bound in DOUBT)
    return Kind(
        slope=_short(slope * step),
        offset=_short(slope * whole.offset + offset),
        rule=_short(rule),
        spread=_short(spread),
        threshold=_short(math.log(threshold / (1 - threshold))),
        low=min(_short(low), _short(math.log(threshold / (1 - threshold)))),
        high=_short(high),
    )


def unseen(data: Sheet, own: int, head: str, progress: Callable[[str], None]) -> Floats:
    """The value of a head for each of the first `own` rows, fitted without all that its writer wrote."""
    yes, known = data.flags(head)
    sources = np.array([row.source for row in data.rows])
    values = np.zeros(own)
    for source in sorted(set(sources[:own])):
        progress(f"{head}: without {source}")
        kept = known & (sources != source)
        mine = np.flatnonzero(sources[:own] == source)
        values[mine] = classify_head(data.features[kept], yes[kept], data.weight[kept])(data.features[mine])
    return values


def combined(values: Floats, rules: Floats, pieces: Floats, yes: np.ndarray) -> tuple[float, float, float, float]:
    """Slope of the head, worth of one point of the rules (never below zero) and of the pieces, and offset.

    Conversations are few in the corpus and many in a bank, so that each counts for several.
    """
    weight = np.where(pieces > 0, CONVERSATION, 1.0)

    def line(rules: Floats) -> LogisticRegression:
        columns = np.stack([values, rules, pieces], axis=1)
        fitted = LogisticRegression(C=100.0, solver="liblinear", random_state=0, tol=1e-8)
        return fitted.fit(columns, yes, sample_weight=weight)

    found = line(rules)
    if found.coef_[0][1] < 0:
        found = line(np.zeros(len(rules)))
    slope, rule, spread = (float(number) for number in found.coef_[0])
    return slope, max(rule, 0.0), spread, float(found.intercept_[0])


def best_threshold(confidence: Floats, yes: np.ndarray, languages: np.ndarray) -> float:
    """The confidence from which yes is said, so that the mean F1 of the languages is about the highest."""

    def f1(threshold: float) -> float:
        said = confidence >= threshold
        scores = []
        for language in sorted(set(languages)):
            here = languages == language
            right = (said & yes & here).sum()
            scores.append(2 * right / max(1, (said & here).sum() + (yes & here).sum()))
        return float(np.mean(scores))

    found = {float(threshold): f1(threshold) for threshold in _THRESHOLDS}
    enough = max(found.values()) - AS_GOOD
    return round(max(threshold for threshold, score in found.items() if score >= enough), 2)


def _short(number: float) -> float:
    """Seven digits, so that the last ones, which depend on the processor, are not written."""
    return float(f"{number:.7g}")
