"""From a rejected Kafka record to its dead letter, which keeps the event whole."""

import hashlib
from collections.abc import Callable
from importlib.metadata import version
from typing import Any, Protocol

from vocbus.agents.delivery import Outgoing
from vocbus.contracts.errors import Rejected, RejectReason, Retryable
from vocbus.contracts.identity import dead_letter_id
from vocbus.contracts.topics import Topic

#: Header that a replay sets: the attempt that the event is now at.
ATTEMPT = "vocbus-attempt"

#: What the schema's int can hold.
_LARGEST_INT = 2**31 - 1

#: Bytes that a record takes in Kafka beside its value: key, headers, batch.
RECORD_OVERHEAD = 8_192

PROCESSOR_VERSION = version("vocbus")


class KafkaRecord(Protocol):
    """What the agents need of a consumed record."""

    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: Any


def attempt_of(headers: Any) -> int:
    """Attempt that an event is at: 1 unless a replay says otherwise. Anybody may set headers: nonsense counts as 1."""
    for key, value in headers or ():
        if key == ATTEMPT and value is not None and len(value) <= 10 and value.isdigit() and int(value) <= _LARGEST_INT:
            return int(value)
    return 1


def rejection(error: Exception) -> Rejected:
    """What an error means for its event: itself, or UNEXPECTED with its type alone, since its words may hold values.

    Raises it again where it is Retryable: then the event is as good as before.
    """
    if isinstance(error, Retryable):
        raise error
    return error if isinstance(error, Rejected) else Rejected(RejectReason.UNEXPECTED, type(error).__name__)


def dead_letter(record: KafkaRecord, stage: str, rejected: Rejected, now_ms: int) -> dict[str, Any]:
    """DeadLetter record of an event that a stage rejected."""
    return {
        "dead_letter_id": dead_letter_id(record.topic, record.partition, record.offset),
        "topic": record.topic,
        "partition": record.partition,
        "offset": record.offset,
        "key": record.key,
        "payload": record.value,
        "headers": [{"key": key, "value": value} for key, value in record.headers or ()],
        "stage": stage,
        "reason": rejected.reason.value,
        "detail": rejected.detail,
        "attempt": attempt_of(record.headers),
        "processor_version": PROCESSOR_VERSION,
        "failed_at": now_ms,
    }


def dead_letter_message(
    record: KafkaRecord,
    stage: str,
    rejected: Rejected,
    now_ms: int,
    dlq: Topic,
    encode: Callable[[dict[str, Any]], bytes],
) -> Outgoing:
    """The dead letter of an event, ready for its topic.

    An event that even that topic cannot take (it came compressed) keeps its place, size and SHA-256 instead of its
    payload: the raw topic still has it until its retention ends.
    """
    letter = dead_letter(record, stage, rejected, now_ms)
    value = encode(letter)
    if len(value) + RECORD_OVERHEAD > dlq.max_message_bytes:
        payload = record.value or b""
        digest = hashlib.sha256(payload).hexdigest()
        kept = f"payload of {len(payload)} bytes, SHA-256 {digest}, is too large to keep"
        value = encode({**letter, "payload": None, "headers": [], "detail": f"{rejected.detail}; {kept}"})
    return Outgoing(dlq.name, record.key, value)
