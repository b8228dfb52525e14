"""What an Interaction must fulfil beyond its Avro types, in one place for producers and for the bus.

Works on the plain record (times as epoch milliseconds), so that the hot path pays for no model objects.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

#: 2000-01-01 and 2100-01-01 in epoch milliseconds: a time outside is a unit error (seconds, microseconds).
EARLIEST_MS = 946_684_800_000
LATEST_MS = 4_102_444_800_000
_YEARS = "must lie between the years 2000 and 2100"


class Violation(NamedTuple):
    """A broken rule: where (field path) and which. Never holds a value."""

    path: str
    rule: str

    def __str__(self) -> str:
        return f"{self.path} {self.rule}"


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
