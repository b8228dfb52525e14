"""The tables of an experiment: what is counted, and where it is put."""

from collections.abc import Callable

import numpy as np
import pytest

from vocbus.training import tables
from vocbus.training.corpus import Row
from vocbus.training.held_out import Outcome, Public

RowOf = Callable[..., Row]


@pytest.fixture
def found(row: RowOf) -> Outcome:
    """Four rows of two writers, one of them a conversation: hit, miss, false alarm and hit, in this order."""
    rows = [
        row("a", "COMPLAINT", source="en-a"),
        row("b", "COMPLAINT", source="en-b"),
        row("c", source="en-b"),
        row("d\ne", "COMPLAINT", source="zh-a", lang="zh"),
    ]
    confidence, yes = np.array([0.95, 0.38, 0.55, 0.85]), np.array([True, True, False, True])
    return Outcome(rows, confidence, yes, 0.5, (1.0, 0.0, 0.0, 0.0))


def cells(table: str, *begins: str) -> list[str]:
    """The cells of the one line that begins so."""
    lines = [line.strip("| ").split(" | ") for line in table.splitlines()]
    (line,) = [line for line in lines if line[: len(begins)] == list(begins)]
    return line[len(begins) :]


def test_sentences_and_conversations_are_told_apart_and_a_missed_goal_is_said(found: Outcome) -> None:
    table = tables.labels({"complaint": found})
    assert cells(table, "complaint", "en") == ["3", "2", "0.500", "0.500", "**0.500**", "0.80, missed", "–"]
    assert cells(table, "complaint", "zh") == ["0", "0", "–", "–", "**–**", "0.80", "1.000"]


def test_every_writer_has_a_column(found: Outcome) -> None:
    table = tables.parts({"complaint": found})
    assert cells(table, "kind") == ["language", "a", "b"]
    assert cells(table, "complaint", "en") == ["1.000", "0.000"]
    assert cells(table, "complaint", "zh") == ["1.000", "–"]


def test_each_verdict_stands_in_one_band_of_confidence(found: Outcome) -> None:
    table = tables.reliability({"complaint": found})
    assert cells(table, "0.35 to 0.60") == ["0.500 of 2"]
    assert cells(table, "0.90 and more") == ["1.000 of 1"]
    assert sum(int(line.split()[-2]) for line in table.splitlines()[2:]) == 4


def test_the_review_band_tells_what_is_wrong_in_it_and_beside_it(found: Outcome) -> None:
    assert cells(tables.review({"complaint": found}), "complaint") == ["50.0%", "1.000", "0.000", "1.000"]


def test_contestants_have_their_scores_and_their_rate(found: Outcome) -> None:
    table = tables.contestants([("one", {"complaint": found}, 12_345.6)], ("complaint",))
    assert cells(table, "one") == ["0.500", "1.000", "12,346"]


def test_a_source_is_scored_with_and_without_its_rows() -> None:
    yes = np.array([True, True, False])
    one = Public("bank", "sales", 3, yes, yes, ~yes)
    assert cells(tables.sources([one]), "bank", "sales signal") == ["3", "2", "1.000", "0.000"]


def test_a_table_replaces_what_stands_between_its_marks() -> None:
    page = "above\n<!-- dev -->\nold\n<!-- /dev -->\nbelow"
    assert tables.insert(page, "dev", "new") == "above\n<!-- dev -->\nnew\n<!-- /dev -->\nbelow"


def test_a_page_without_the_marks_is_refused() -> None:
    with pytest.raises(ValueError, match="needs the lines <!-- dev -->"):
        tables.insert("above", "dev", "new")
