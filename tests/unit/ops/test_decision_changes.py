"""What two decisions differ in."""

from typing import Any

import pytest

from vocbus.contracts.errors import Rejected, RejectReason
from vocbus.ops.decision_changes import changes
from vocbus.pipeline.decide import Decided


def signal(kind: str = "COMPLAINT", **fields: Any) -> dict[str, Any]:
    return {
        "kind": kind,
        "category": "cards.fees",
        "severity": 2,
        "polarity": None,
        "interest": None,
        "departments": ["complaints"],
        "priority": 2,
        "review": False,
        "confidence": 0.8,
        "evidence": [{"turn": 0, "start": 0, "end": 5, "text": "words", "rule": "r"}],
        **fields,
    }


def decided(*signals: dict[str, Any], inquiry: bool = False, review: Any = ()) -> Decided:
    return Decided({"inquiry": inquiry, "review": list(review)}, list(signals))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("category", "cards.fraud"),
        ("severity", 4),
        ("polarity", "PRAISE"),
        ("interest", {"product": "cards", "strength": 3}),
        ("departments", ["complaints", "risk"]),
        ("priority", 1),
        ("review", True),
    ],
)
def test_a_signal_is_changed_in_what_has_consequences(field: str, value: Any) -> None:
    (change,) = changes(decided(signal()), decided(signal(**{field: value})))
    assert (change.kind, change.way, change.fields) == ("COMPLAINT", "changed", [field])
    assert change.after[field] == value


def test_confidence_and_evidence_alone_are_no_change() -> None:
    assert changes(decided(signal()), decided(signal(confidence=0.7, evidence=[]))) == []


def test_what_is_gained_and_lost_stands_in_the_order_of_the_labels() -> None:
    found = changes(decided(signal("SALES_SIGNAL"), inquiry=True), decided(signal("COMPLAINT")))
    assert [(change.kind, change.way) for change in found] == [
        ("COMPLAINT", "gained"),
        ("SALES_SIGNAL", "lost"),
        ("INQUIRY", "lost"),
    ]


def test_a_kind_that_was_just_missed_keeps_its_confidence() -> None:
    (change,) = changes(decided(review=[{"kind": "FEEDBACK", "confidence": 0.3}]), decided())
    assert (change.way, change.fields, change.before["confidence"]) == ("changed", ["review"], 0.3)


def test_what_cannot_be_decided_holds_nothing() -> None:
    rejected = Rejected(RejectReason.UNROUTABLE, "KeyError")
    (change,) = changes(decided(signal()), rejected)
    assert change.way == "lost"
    assert changes(rejected, rejected) == []
