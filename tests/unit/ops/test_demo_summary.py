"""What the demo counts."""

from collections import Counter

import pytest

from vocbus.contracts.errors import RejectReason
from vocbus.ops.demo_summary import Decision, Label, agreement, decision, shortfalls, tally

ALL = frozenset({"COMPLAINT", "FEEDBACK", "SALES_SIGNAL", "INQUIRY"})


def decided(*kinds: str, channel: str = "CHAT", inquiry: bool = False, departments: tuple[str, ...] = ()) -> Decision:
    return Decision(channel, "EN", frozenset(kinds), inquiry, departments)


def label(*found: str, language: str = "en", known: frozenset[str] = ALL) -> Label:
    return Label(language, frozenset(found), known)


def test_a_decision_is_read_from_the_classified_record() -> None:
    record = {
        "channel": "PHONE",
        "language": "ZH",
        "inquiry": True,
        "signals": [
            {"kind": "COMPLAINT", "departments": ["complaints", "risk"]},
            {"kind": "SALES_SIGNAL", "departments": ["sales"]},
        ],
    }
    assert decision(record) == Decision(
        "PHONE", "ZH", frozenset({"COMPLAINT", "SALES_SIGNAL"}), True, ("complaints", "risk", "sales")
    )


def test_the_tally_counts_interactions_by_channel_and_signals_by_kind_and_department() -> None:
    counts = tally(
        [
            decided("COMPLAINT", "FEEDBACK", departments=("complaints", "product")),
            decided("COMPLAINT", channel="PHONE", departments=("complaints",)),
            decided(channel="PHONE"),
        ]
    )
    assert counts.interactions == 3
    assert counts.channels == {"CHAT": 1, "PHONE": 2}
    assert counts.kinds == {"COMPLAINT": 2, "FEEDBACK": 1}
    assert counts.departments == {"complaints": 2, "product": 1}
    assert counts.plain == 1
    assert counts.by_channel == {
        ("CHAT", "COMPLAINT"): 1,
        ("CHAT", "FEEDBACK"): 1,
        ("PHONE", "COMPLAINT"): 1,
        ("PHONE", ""): 1,
    }


def test_agreement_tells_what_both_found_from_what_one_found_alone() -> None:
    decisions = {
        "both": decided("COMPLAINT"),
        "bus": decided("COMPLAINT"),
        "label": decided(),
        "neither": decided("FEEDBACK"),
    }
    labels = {"both": label("COMPLAINT"), "bus": label(), "label": label("COMPLAINT"), "neither": label()}
    row = next(row for row in agreement(decisions, labels) if row.kind == "COMPLAINT")
    assert (row.both, row.bus_alone, row.label_alone, row.neither) == (1, 1, 1, 1)
    assert row.precision == row.recall == 0.5


def test_agreement_leaves_out_kinds_that_nobody_looked_for_and_interactions_without_label_or_decision() -> None:
    decisions = {"seen": decided("COMPLAINT", "SALES_SIGNAL"), "unlabelled": decided("SALES_SIGNAL")}
    labels = {"seen": label("SALES_SIGNAL", known=frozenset({"SALES_SIGNAL"})), "undecided": label("SALES_SIGNAL")}
    (row,) = agreement(decisions, labels)
    assert (row.kind, row.both, row.bus_alone, row.label_alone) == ("SALES_SIGNAL", 1, 0, 0)


def test_agreement_is_told_by_language_and_takes_the_inquiry_for_a_kind() -> None:
    decisions = {"1": decided(inquiry=True), "2": decided()}
    labels = {
        "1": label("INQUIRY", language="zh", known=frozenset({"INQUIRY"})),
        "2": label("INQUIRY", known=frozenset({"INQUIRY"})),
    }
    rows = agreement(decisions, labels)
    assert [(row.kind, row.language, row.both, row.label_alone) for row in rows] == [
        ("INQUIRY", "en", 0, 1),
        ("INQUIRY", "zh", 1, 0),
    ]
    assert rows[0].precision is None
    assert rows[0].recall == 0.0


EXPECTED = Counter({RejectReason.UNDECODABLE: 2})


@pytest.mark.parametrize(
    ("undecided", "found", "expected", "clean", "problems"),
    [
        ([], EXPECTED, EXPECTED, True, 0),
        ([], EXPECTED, EXPECTED, False, 1),
        ([], Counter({RejectReason.UNDECODABLE: 1}), EXPECTED, True, 1),
        ([], EXPECTED + Counter({RejectReason.UNEXPECTED: 1}), EXPECTED, True, 1),
        (["i-1"], EXPECTED, EXPECTED, True, 1),
        (["i-1"], Counter({RejectReason.OVERSIZE: 1}), None, True, 0),
        (["i-1", "i-2"], Counter({RejectReason.OVERSIZE: 1}), None, True, 1),
        ([], Counter(), None, True, 0),
    ],
)
def test_a_run_falls_short_when_anything_is_missing_or_unexpected(
    undecided: list[str],
    found: Counter[RejectReason],
    expected: Counter[RejectReason] | None,
    clean: bool,
    problems: int,
) -> None:
    assert len(shortfalls(undecided, found, expected, clean=clean)) == problems


def test_a_shortfall_of_dead_letters_names_reason_and_counts() -> None:
    found = Counter({RejectReason.UNDECODABLE: 1})
    assert shortfalls([], found, EXPECTED, clean=True) == ["1 dead letters UNDECODABLE instead of 2"]
