"""The first gate of intake: an event that breaks its contract goes no further."""

from collections.abc import Mapping
from typing import Any

from vocbus.contracts.errors import Rejected, RejectReason
from vocbus.contracts.rules import interaction_violations


def validate(record: Mapping[str, Any]) -> None:
    """Raise Rejected(CONTRACT_VIOLATION) with every broken rule; the detail holds paths and rules, no values."""
    violations = interaction_violations(record)
    if violations:
        raise Rejected(RejectReason.CONTRACT_VIOLATION, "; ".join(map(str, violations)))


def check_size(payload: bytes | None, limit: int) -> None:
    """Raise Rejected(OVERSIZE) when the payload is longer than `limit` bytes."""
    if payload is not None and len(payload) > limit:
        raise Rejected(RejectReason.OVERSIZE, f"payload of {len(payload)} bytes is over the limit of {limit}")
