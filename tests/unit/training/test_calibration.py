import math
from collections.abc import Callable

import numpy as np
import pytest

from vocbus.pipeline.model import Kind
from vocbus.training.calibration import DOUBT, best_threshold, calibrated, combined, unseen
from vocbus.training.corpus import Row
from vocbus.training.heads import Head, fitted, sheet

RowOf = Callable[..., Row]
CHANCE = np.random.default_rng(20261124)


def drawn(odds: np.ndarray) -> np.ndarray:
    return CHANCE.random(len(odds)) < 1 / (1 + np.exp(-odds))


def test_head_rules_and_pieces_are_put_together_as_they_tell() -> None:
    values, rules = CHANCE.normal(size=20_000), CHANCE.integers(0, 3, 20_000) * 1.0
    pieces = CHANCE.integers(0, 2, 20_000) * 1.0
    slope, rule, spread, offset = combined(values, rules, pieces, drawn(2 * values + 0.5 * rules - 0.7 * pieces - 1))
    assert slope == pytest.approx(2, abs=0.15)
    assert rule == pytest.approx(0.5, abs=0.15)
    assert spread == pytest.approx(-0.7, abs=0.15)
    assert offset == pytest.approx(-1, abs=0.15)


def test_rules_that_mislead_count_for_nothing() -> None:
    values, rules = CHANCE.normal(size=2_000), CHANCE.integers(0, 3, 2_000) * 1.0
    slope, rule, _, _ = combined(values, rules, np.zeros(2_000), drawn(2 * values - 2 * rules))
    assert rule == 0
    assert slope > 0


def test_the_threshold_parts_yes_from_no_in_both_languages() -> None:
    languages = np.array(["zh", "en"] * 50)
    confidence = np.linspace(0, 1, 100)
    threshold = best_threshold(confidence, confidence > 0.45, languages)
    assert 0.45 <= threshold <= 0.47


def test_of_thresholds_as_good_the_highest_is_taken() -> None:
    confidence = np.array([0.1, 0.2, 0.9, 0.95])
    threshold = best_threshold(confidence, confidence > 0.5, np.array(["zh", "zh", "en", "zh"]))
    assert threshold == best_threshold(confidence, confidence > 0.5, np.array(["zh", "en", "zh", "en"])) == 0.61


def test_a_language_with_few_rows_weighs_as_much_as_the_other() -> None:
    languages = np.array(["en"] * 98 + ["zh"] * 2)
    confidence = np.array([0.7, 0.3] * 49 + [0.4, 0.4])
    yes = np.array([True, False] * 49 + [True, True])
    assert best_threshold(confidence, yes, languages) < 0.41


def test_a_writer_is_valued_without_what_that_writer_wrote(row: RowOf) -> None:
    """Only one writer says "sesame", always complaining: of that, the others could not teach anything."""
    rows = [
        *[row(f"sesame {at}", "COMPLAINT", source="a") for at in range(20)],
        *[row("good morning", source="b") for _ in range(20)],
        *[row("charged twice", "COMPLAINT", source="c") for _ in range(20)],
        *[row("good morning", source="c") for _ in range(20)],
    ]
    data, _ = sheet(rows, [])
    values = unseen(data, len(rows), "complaint", lambda _: None)
    known = fitted(data, "complaint")(data.features)
    assert values[:20].max() < known[:20].min()
    assert values[20:40].max() < 0 < known[:20].min()


def test_public_rows_teach_and_are_not_valued(row: RowOf) -> None:
    own = [row("charged twice", "COMPLAINT", source="a"), row("good morning", source="b")] * 10
    public = [
        row("charged twice", "COMPLAINT", source="p", tier="human"),
        row("good morning", source="p", tier="human"),
    ] * 50
    data, _ = sheet(own, public)
    values = unseen(data, len(own), "complaint", lambda _: None)
    assert len(values) == len(own)
    assert (values[::2] > values[1::2]).all()


def test_a_line_holds_for_weights_in_their_unit(few: list[Row]) -> None:
    data, _ = sheet(few, [])
    whole = fitted(data, "complaint")
    said: list[str] = []
    rules = np.zeros(len(few))
    line = calibrated(data, len(few), "complaint", rules, whole, 0.01, said.append)
    other = calibrated(data, len(few), "complaint", rules, Head(whole.weights, whole.offset), 0.02, lambda _: None)
    assert isinstance(line, Kind)
    assert other.slope == pytest.approx(2 * line.slope, rel=1e-6)
    assert (other.offset, other.threshold) == (line.offset, line.threshold)
    low, threshold, high = (1 / (1 + math.exp(-bound)) for bound in (line.low, line.threshold, line.high))
    assert (low, high) == pytest.approx((min(DOUBT[0], threshold), DOUBT[1]))
    assert {text.split("without ")[1] for text in said} == {row.source for row in few}
