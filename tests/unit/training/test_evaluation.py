"""Measures of decisions against labels."""

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vocbus.training.corpus import LABELS
from vocbus.training.evaluation import CELLS, NOTHING, Gold, Judgement, Measure, Tally

ANY = st.sets(st.sampled_from(LABELS))


def gold(*labels: str, lang: str = "en", **fields: Any) -> Gold:
    return Gold.of({"lang": lang, "labels": labels, **fields})


def judged(*labels: str, review: tuple[str, ...] = ()) -> Judgement:
    return Judgement(frozenset(labels), frozenset(review), {})


def measured(*rows: tuple[Gold, Judgement]) -> Mapping[tuple[str, str], Measure]:
    tally = Tally()
    for row in rows:
        tally.add(*row)
    return {(measure.label, measure.lang): measure for measure in tally.measures()}


def test_precision_recall_and_f1_count_what_is_decided_surely_or_for_review() -> None:
    complaint = measured(
        (gold("COMPLAINT"), judged("COMPLAINT")),
        (gold("COMPLAINT"), judged("COMPLAINT", review=("COMPLAINT",))),
        (gold("COMPLAINT"), judged(review=("COMPLAINT",))),
        (gold("COMPLAINT"), judged()),
        (gold(), judged("COMPLAINT")),
    )["COMPLAINT", "en"]
    assert (complaint.rows, complaint.positive) == (5, 4)
    assert (complaint.precision, complaint.recall, complaint.f1) == (0.6667, 0.5, 0.5714)


def test_the_confusion_has_a_cell_for_each_way_to_be_right_or_wrong() -> None:
    complaint = measured(
        (gold("COMPLAINT"), judged("COMPLAINT")),
        (gold("COMPLAINT"), judged("COMPLAINT", review=("COMPLAINT",))),
        (gold(), judged(review=("COMPLAINT",))),
        (gold(), judged()),
        (gold(), judged()),
    )["COMPLAINT", "en"]
    assert complaint.confusion == {
        "yes": {"sure": 1, "decided_for_review": 1, "missed_for_review": 0, "not": 0},
        "no": {"sure": 0, "decided_for_review": 0, "missed_for_review": 1, "not": 2},
    }


def test_a_label_counts_only_on_rows_that_know_it() -> None:
    measures = measured(
        (gold("COMPLAINT", known=["COMPLAINT"]), judged("COMPLAINT", "FEEDBACK")),
        (gold("FEEDBACK", known=["FEEDBACK", "INQUIRY"]), judged("FEEDBACK")),
    )
    assert {label: measures[label, "en"].rows for label in LABELS} == {
        "COMPLAINT": 1,
        "FEEDBACK": 1,
        "SALES_SIGNAL": 0,
        "INQUIRY": 1,
    }
    assert measures["FEEDBACK", "en"].precision == 1


def test_a_row_that_names_no_known_labels_knows_all() -> None:
    assert gold("FEEDBACK").verdicts() == {
        "COMPLAINT": False,
        "FEEDBACK": True,
        "SALES_SIGNAL": False,
        "INQUIRY": False,
    }


def test_a_row_that_knows_nothing_is_counted_and_harms_no_label() -> None:
    tally = Tally()
    assert tally.add(gold(known=[]), judged("COMPLAINT")) == []
    assert tally.rows == 1
    assert {measure.rows for measure in tally.measures()} == {0}


def test_the_inquiry_flag_of_a_row_stands_for_the_label() -> None:
    assert gold(inquiry=True).verdicts()["INQUIRY"] is True
    assert gold(inquiry=False).verdicts()["INQUIRY"] is False


def test_inquiry_has_no_review_band() -> None:
    inquiry = measured((gold("INQUIRY"), judged("INQUIRY")), (gold(), judged()))["INQUIRY", "en"]
    assert inquiry.confusion["yes"] == {"sure": 1, "decided_for_review": None, "missed_for_review": None, "not": 0}
    assert inquiry.f1 == 1


def test_what_nothing_defines_is_none() -> None:
    never = measured((gold(), judged()))["COMPLAINT", "en"]
    assert (never.precision, never.recall, never.f1) == (None, None, None)
    missed = measured((gold("COMPLAINT"), judged()))["COMPLAINT", "en"]
    assert (missed.precision, missed.recall, missed.f1) == (None, 0, 0)
    alarm = measured((gold(), judged("COMPLAINT")))["COMPLAINT", "en"]
    assert (alarm.precision, alarm.recall, alarm.f1) == (0, None, None)
    assert measured() == {}


def test_languages_are_measured_apart() -> None:
    measures = measured((gold("COMPLAINT", lang="zh"), judged("COMPLAINT")), (gold("COMPLAINT"), judged()))
    assert measures["COMPLAINT", "zh"].recall == 1
    assert measures["COMPLAINT", "en"].recall == 0


def test_a_row_tells_the_labels_that_were_misjudged() -> None:
    row = gold("COMPLAINT", "INQUIRY", known=["COMPLAINT", "INQUIRY", "FEEDBACK"])
    assert Tally().add(row, judged("FEEDBACK", "SALES_SIGNAL", "INQUIRY")) == ["COMPLAINT", "FEEDBACK"]
    assert Tally().add(gold(), NOTHING) == []


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"lang": "zh"}, "labels"),
        ({"lang": "fr", "labels": []}, "lang"),
        ({"lang": "en", "labels": ["PRAISE"]}, "labels.0"),
        ({"lang": "en", "labels": [], "known": "COMPLAINT"}, "known"),
    ],
)
def test_a_faulty_annotation_is_refused_by_field_and_without_its_values(fields: dict[str, Any], named: str) -> None:
    with pytest.raises(ValueError, match=rf"^{named}: ") as refused:
        Gold.of({**fields, "text": "secret words"})
    assert "secret" not in str(refused.value)
    assert "PRAISE" not in str(refused.value)


@given(st.lists(st.tuples(ANY, ANY, ANY, ANY)))
def test_every_row_that_knows_a_label_stands_in_one_cell(
    rows: list[tuple[set[str], set[str], set[str], set[str]]],
) -> None:
    measures = measured(
        *((gold(*labels, known=list(known)), judged(*did, review=tuple(doubt))) for labels, known, did, doubt in rows)
    )
    for measure in measures.values():
        knowing = [labels for labels, known, _, _ in rows if measure.label in known]
        assert measure.rows == len(knowing)
        assert measure.positive == sum(measure.label in labels for labels in knowing)
        if measure.label != "INQUIRY":
            assert sum(measure.confusion[truth][cell] or 0 for truth in ("yes", "no") for cell in CELLS) == measure.rows
        for share in (measure.precision, measure.recall, measure.f1):
            assert share is None or 0 <= share <= 1
