"""What records must fulfil beyond their Avro types, in one place for producers and for the bus.

Works on the plain record (times as epoch milliseconds), so that the hot path pays for no model objects.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

#: 2000-01-01 and 2100-01-01 in epoch milliseconds: a time outside is a unit error (seconds, microseconds).
EARLIEST_MS = 946_684_800_000
LATEST_MS = 4_102_444_800_000
_YEARS = "must lie between the years 2000 and 2100"

#: What can be said of an interaction: its kinds of signal, and the flag INQUIRY.
LABELS = ("COMPLAINT", "FEEDBACK", "SALES_SIGNAL", "INQUIRY")


class Violation(NamedTuple):
    """A broken rule: where (field path) and which. Never holds a value."""

    path: str
    rule: str

    def __str__(self) -> str:
        return f"{self.path} {self.rule}"


#: All broken rules of a plain record of one kind, empty when it may pass.
Rules = Callable[[Mapping[str, Any]], list[Violation]]


def interaction_violations(record: Mapping[str, Any]) -> list[Violation]:
    """All broken rules of an Interaction record, empty when it may pass."""
    found = [
        Violation(field, "must not be blank")
        for field in ("interaction_id", "tenant", "customer_ref")
        if not record[field].strip()
    ]
    started, answered, ended = record["started_at"], record.get("answered_at"), record.get("ended_at")
    for field, at in (("started_at", started), ("answered_at", answered), ("ended_at", ended)):
        if at is not None and not EARLIEST_MS <= at < LATEST_MS:
            found.append(Violation(field, _YEARS))
    for index, turn in enumerate(record["turns"]):
        at = turn.get("at")
        if at is not None and not EARLIEST_MS <= at < LATEST_MS:
            found.append(Violation(f"turns[{index}].at", _YEARS))
    if answered is not None and answered < started:
        found.append(Violation("answered_at", "must not be before started_at"))
    if ended is not None and ended < (started if answered is None else answered):
        found.append(Violation("ended_at", "must not be before started_at or answered_at"))
    satisfaction = record.get("satisfaction") or {}
    csat, nps = satisfaction.get("csat"), satisfaction.get("nps")
    if csat is not None and not 1 <= csat <= 5:
        found.append(Violation("satisfaction.csat", "must be 1 to 5"))
    if nps is not None and not 0 <= nps <= 10:
        found.append(Violation("satisfaction.nps", "must be 0 to 10"))
    said = any(turn["text"].strip() for turn in record["turns"])
    scored = csat is not None or nps is not None or bool((satisfaction.get("comment") or "").strip())
    if not said and not scored:
        found.append(Violation("turns", "must hold words, unless satisfaction holds an answer"))
    return found


def signal_violations(record: Mapping[str, Any]) -> list[Violation]:
    """All broken rules of a Signal record: the bounds of sentiment and interest."""
    found = _sentiment_violations(record)
    interest = record.get("interest")
    if interest is not None:
        if record["kind"] != "SALES_SIGNAL":
            found.append(Violation("interest", "belongs to sales signals alone"))
        if not 1 <= interest["strength"] <= 3:
            found.append(Violation("interest.strength", "must be 1 to 3"))
    return found


def classified_violations(record: Mapping[str, Any]) -> list[Violation]:
    """All broken rules of a ClassifiedInteraction record: the bounds of sentiment and of what is in doubt."""
    return _sentiment_violations(record) + [
        Violation(f"review[{index}].confidence", "must be 0 to 1")
        for index, candidate in enumerate(record.get("review") or ())
        if not 0 <= candidate["confidence"] <= 1
    ]


def outcome_violations(record: Mapping[str, Any]) -> list[Violation]:
    """All broken rules of an Outcome record."""
    found = [
        Violation(field, "must not be blank")
        for field in ("outcome_id", "tenant", "customer_token", "interaction_id", "department", "actor_ref")
        if not record[field].strip()
    ]
    if not EARLIEST_MS <= record["occurred_at"] < LATEST_MS:
        found.append(Violation("occurred_at", _YEARS))
    correction = record.get("correction")
    if (correction is not None) != (record["kind"] == "CORRECTED"):
        found.append(Violation("correction", "belongs to the kind CORRECTED, and to no other"))
    return found if correction is None else found + _correction_violations(correction)


def _correction_violations(correction: Mapping[str, Any]) -> list[Violation]:
    labels, known = correction["labels"], correction["known"]
    severity, category = correction.get("severity"), correction.get("category")
    checks = (
        ("labels", "must be COMPLAINT, FEEDBACK or SALES_SIGNAL, each once", _each_once(labels, LABELS[:-1])),
        ("known", f"must be some of {', '.join(LABELS)}, each once", bool(known) and _each_once(known, LABELS)),
        ("known", "must name every label", set(labels) <= set(known)),
        ("inquiry", "goes with INQUIRY in known", (correction.get("inquiry") is not None) == ("INQUIRY" in known)),
        ("severity", "must be 1 to 4", severity is None or 1 <= severity <= 4),
        ("severity", "belongs to the label COMPLAINT", severity is None or "COMPLAINT" in labels),
        ("polarity", "belongs to the label FEEDBACK", correction.get("polarity") is None or "FEEDBACK" in labels),
        ("category", "must not be blank", category is None or bool(category.strip())),
        ("category", "belongs to a label", category is None or bool(labels)),
    )
    return [Violation(f"correction.{field}", rule) for field, rule, kept in checks if not kept]


def _each_once(names: Sequence[str], allowed: Sequence[str]) -> bool:
    return len(set(names)) == len(names) and set(names) <= set(allowed)


def _sentiment_violations(record: Mapping[str, Any]) -> list[Violation]:
    sentiment = record.get("sentiment")
    # Written so that a number that is none (NaN) is refused too.
    kept = sentiment is None or -1 <= sentiment <= 1
    return [] if kept else [Violation("sentiment", "must be -1 to 1")]
