"""Events that can never pass: each must end as a dead letter with its reason, and must hold up nothing else."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from vocbus.contracts.codec import Codec
from vocbus.contracts.errors import RejectReason
from vocbus.contracts.models import to_millis
from vocbus.contracts.topics import RAW, SIGNALS

#: First byte of an event, and an id that no registry has given (Confluent wire format).
_MAGIC, _NO_SCHEMA = b"\x00", (0x7FFFFFF0).to_bytes(4, "big")

_AT = 1_793_600_000_000

_INTERACTION: Mapping[str, Any] = {
    "interaction_id": "poison",
    "tenant": "demo-bank",
    "channel": "CHAT",
    "direction": "INBOUND",
    "customer_ref": "C-100999",
    "started_at": _AT,
    "turns": [{"speaker": "CUSTOMER", "text": "How long does a transfer take?", "at": None}],
    "source": {"system": "poison"},
}

_SIGNAL: Mapping[str, Any] = {
    "signal_id": "poison",
    "interaction_id": "poison",
    "tenant": "demo-bank",
    "customer_token": "poison",
    "kind": "COMPLAINT",
    "category": "cards.fees",
    "confidence": 0.5,
    "evidence": [],
    "excerpt": "",
    "channel": "CHAT",
    "language": "EN",
    "occurred_at": _AT,
    "departments": ["complaints"],
    "priority": 2,
    "decision": {"decided_at": _AT, "rules_version": "none"},
}


class Poison(NamedTuple):
    """A raw event, what is wrong with it, and the reason that its dead letter must give."""

    why: str
    value: bytes | None
    reason: RejectReason


def poison(codec: Codec) -> list[Poison]:
    """Whatever a producer that goes its own way, or a broken disk, can put on a topic."""
    good = codec.encode(RAW, _INTERACTION)
    header, body = good[:5], good[5:]
    long_turn = {"speaker": "CUSTOMER", "text": "x" * 2_000_000, "at": None}
    return [
        Poison("empty value", b"", RejectReason.UNDECODABLE),
        Poison("null value", None, RejectReason.UNDECODABLE),
        Poison("JSON instead of Avro", b'{"interaction_id": "poison"}', RejectReason.UNDECODABLE),
        Poison("wrong magic byte", b"\x07" + good[1:], RejectReason.UNDECODABLE),
        Poison("header cut short", good[:3], RejectReason.UNDECODABLE),
        Poison("body cut short", good[: len(good) // 2], RejectReason.UNDECODABLE),
        Poison("body missing", header, RejectReason.UNDECODABLE),
        Poison("bytes left over", good + b"\x00", RejectReason.UNDECODABLE),
        Poison(
            "noise instead of a body", header + bytes(251 - 7 * i % 251 for i in range(64)), RejectReason.UNDECODABLE
        ),
        Poison("schema id that nobody gave", _MAGIC + _NO_SCHEMA + body, RejectReason.UNKNOWN_SCHEMA),
        Poison(
            "a signal on the topic of interactions", codec.encode(SIGNALS, _SIGNAL), RejectReason.CONTRACT_VIOLATION
        ),
        Poison("2 MB of text", codec.encode(RAW, {**_INTERACTION, "turns": [long_turn]}), RejectReason.OVERSIZE),
    ]


def unruly(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The plain record of an interaction's JSON fields, whether or not it keeps the rules of the contract.

    A producer in another language has the schema alone; the twin would refuse here what intake is to refuse.
    """
    record = dict(fields)
    for name in ("started_at", "answered_at", "ended_at"):
        record[name] = _millis(record.get(name))
    record["turns"] = [{**turn, "at": _millis(turn.get("at"))} for turn in record["turns"]]
    return record


def _millis(at: str | None) -> int | None:
    return None if at is None else to_millis(datetime.fromisoformat(at))
