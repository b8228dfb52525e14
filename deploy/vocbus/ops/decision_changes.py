"""What two decisions about one contact differ in. Pure."""

from typing import Any, Literal, NamedTuple

from vocbus.contracts.errors import Rejected
from vocbus.contracts.rules import LABELS
from vocbus.pipeline.decide import Decided

#: In these a decision that stands on both sides is changed. Confidence and evidence alone change nothing that follows.
FIELDS = ("category", "severity", "polarity", "interest", "departments", "priority", "review")
Way = Literal["gained", "lost", "changed"]
WAYS: tuple[Way, ...] = ("gained", "lost", "changed")


class Change(NamedTuple):
    """A kind that two decisions about one contact differ in; `fields` tells in what, where it is changed.

    `before` and `after` have `decided`, FIELDS, `confidence` and the words of `evidence`. What is not decided has
    `review` and `confidence` all the same where it was just missed.
    """

    kind: str
    way: Way
    fields: list[str]
    before: dict[str, Any]
    after: dict[str, Any]


def changes(before: Decided | Rejected, after: Decided | Rejected) -> list[Change]:
    """The kinds that differ, in the order of the labels. What cannot be decided holds none."""
    found = []
    old, new = _states(before), _states(after)
    for kind in LABELS:
        was, now = old.get(kind, _ABSENT), new.get(kind, _ABSENT)
        fields = [field for field in FIELDS if was[field] != now[field]]
        if was["decided"] != now["decided"]:
            found.append(Change(kind, "gained" if now["decided"] else "lost", [], was, now))
        elif fields:
            found.append(Change(kind, "changed", fields, was, now))
    return found


_ABSENT: dict[str, Any] = {
    "decided": False,
    **dict.fromkeys(FIELDS),
    "review": False,
    "confidence": None,
    "evidence": [],
}


def _states(outcome: Decided | Rejected) -> dict[str, dict[str, Any]]:
    """What is said about each kind that was decided or just missed."""
    if isinstance(outcome, Rejected):
        return {}
    states = {
        doubt["kind"]: {**_ABSENT, "review": True, "confidence": doubt["confidence"]}
        for doubt in outcome.interaction["review"]
    }
    for signal in outcome.signals:
        states[signal["kind"]] = {
            "decided": True,
            **{field: signal[field] for field in FIELDS},
            "confidence": signal["confidence"],
            "evidence": [found["text"] for found in signal["evidence"]],
        }
    if outcome.interaction["inquiry"]:
        states["INQUIRY"] = {**_ABSENT, "decided": True}
    return states
