"""From a rejected Kafka record to its dead letter, which keeps the event whole."""

from importlib.metadata import version
from typing import Any, Protocol

from vocbus.contracts.errors import Rejected
from vocbus.contracts.identity import dead_letter_id

#: Header that a replay sets: the attempt that the event is now at.
ATTEMPT = "vocbus-attempt"

#: More digits could not be written as the schema's 32-bit int.
_ATTEMPT_DIGITS = 9

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
        if key == ATTEMPT and value is not None and len(value) <= _ATTEMPT_DIGITS and value.isdigit():
            return int(value)
    return 1


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
