"""Texts a second of the ways to classify, by processor time on one thread."""

import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from sklearn.pipeline import FeatureUnion
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]  # it ships no type information

from vocbus.pipeline.classify import classify
from vocbus.pipeline.reading import Reading
from vocbus.pipeline.ruleset import Rules
from vocbus.training.corpus import LABELS, Row
from vocbus.training.peers import Encoder

#: Characters of a text, texts of a measurement, and how many of them are taken at once.
LENGTH, TEXTS, BATCH = 60, 2000, 50
#: A measurement goes on for so much processor time.
SECONDS = 2.0


def short_texts(rows: Sequence[Row]) -> list[str]:
    """The beginnings of rows that are long enough, Chinese and English alike in number."""
    found = []
    for language in ("zh", "en"):
        long = [row.text[:LENGTH] for row in rows if row.lang == language and len(row.text) >= LENGTH]
        found += long[:: max(1, len(long) // (TEXTS // 2))][: TEXTS // 2]
    # Mixed, as they come in a bank.
    return found[::2] + found[1::2]


def rates(texts: Sequence[str], rules: Rules, letters: FeatureUnion, encoder: Encoder | None) -> dict[str, float]:
    """Texts a second: reading by rules, scoring by n-grams, the whole of `classify`, and the peers with four labels."""
    lexicon, model = rules.lexicon, rules.model
    batches = [texts[start : start + BATCH] for start in range(0, len(texts), BATCH)]
    records = [[_record(text) for text in batch] for batch in batches]
    weights = np.zeros((letters.transform(texts[:1]).shape[1], len(LABELS)))
    runs: dict[str, Callable[[], Any]] = {
        "rules": lambda: [Reading(record, lexicon) for batch in records for record in batch],
        "n-grams": lambda: [model.odds(model.score(batch)) for batch in batches],
        "ships": lambda: [classify(batch, lexicon, model) for batch in records],
        "letters": lambda: letters.transform(texts).dot(weights),
    }
    if encoder is not None:
        heads = np.zeros((512, len(LABELS)))
        runs["encoder"] = lambda: encoder.encode(texts) @ heads
        runs["n-grams and encoder"] = lambda: (runs["n-grams"](), runs["encoder"]())
    with threadpool_limits(1):
        return {name: _rate(run, len(texts)) for name, run in runs.items()}


def _record(text: str) -> dict[str, Any]:
    turns = [{"speaker": "CUSTOMER", "text": text}]
    return {"channel": "CHAT", "subject": None, "satisfaction": None, "products": [], "turns": turns}


def _rate(run: Callable[[], Any], texts: int) -> float:
    run()
    rounds, begin = 0, time.process_time()
    while time.process_time() - begin < SECONDS:
        run()
        rounds += 1
    return rounds * texts / (time.process_time() - begin)
