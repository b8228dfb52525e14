"""A department's subscription: its signals, typed, each at least once.

    codec = Codec(open_registry(Settings()))
    with Subscriber("broker:9092", "complaints", codec) as signals:
        for signal in signals:
            open_ticket(signal)

A signal is done when the loop asks for the next one, or when `done()` is called; only then is its offset committed.
An exception, `break` or a crash leaves it open: it comes again. Handlers must therefore bear a repetition;
`signal_id` is the same each time.
"""

import logging
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Literal, Self

from kafka import KafkaConsumer, TopicPartition
from kafka.errors import CommitFailedError, RebalanceInProgressError
from kafka.structs import MemberState, OffsetAndMetadata
from pydantic import ValidationError

from vocbus.contracts.codec import Codec
from vocbus.contracts.errors import Rejected, RejectReason
from vocbus.contracts.models import Signal
from vocbus.contracts.topics import Catalogue, catalogue

log = logging.getLogger(__name__)

#: Milliseconds that one look for new signals may take; an interrupt is noticed between two looks.
_LOOK_MS = 500


@dataclass(frozen=True)
class Undecodable:
    """A message of the topic that is no signal: where it is and why. Never holds a value of it."""

    topic: str
    partition: int
    offset: int
    reason: RejectReason
    detail: str


def _log_undecodable(message: Undecodable) -> None:
    log.error(
        "%s-%d-%d is skipped: %s, %s",
        message.topic,
        message.partition,
        message.offset,
        message.reason,
        message.detail,
    )


class _Window:
    """The last ids that were done, at most `size` of them."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._ids: OrderedDict[str, None] = OrderedDict()

    def add(self, signal_id: str) -> None:
        self._ids[signal_id] = None
        if len(self._ids) > self._size:
            self._ids.popitem(last=False)

    def __contains__(self, signal_id: str) -> bool:
        return signal_id in self._ids


class Subscriber:
    """Iterates over the signals of a department. Not thread safe; several processes of a group share the topic.

    - `group`: consumer group whose offsets are committed; default `vocbus-department-<department>`.
    - `start`: where a group without offsets begins.
    - `dedup`: how many done signal ids are remembered; one of them that comes again is passed over. 0 turns it off.
      It spares repetitions inside this process, not those after a restart.
    - `idle`: the iteration ends after so many seconds without a signal, counted while the group is joined; None
      follows the topic for ever.
    - `on_undecodable`: told of each message that is no signal, which is then passed over; default: logged.
    - `kafka`: further settings of kafka-python's KafkaConsumer, such as `security_protocol` or `ssl_cafile`.

    Raises KeyError, naming the known ones, for an unknown department, KafkaError when Kafka cannot be reached, and
    while iterating Retryable when a schema registry is away.
    """

    def __init__(
        self,
        bootstrap: str,
        department: str,
        codec: Codec,
        *,
        group: str | None = None,
        start: Literal["earliest", "latest"] = "earliest",
        dedup: int = 10_000,
        idle: float | None = None,
        on_undecodable: Callable[[Undecodable], None] = _log_undecodable,
        kafka: Mapping[str, Any] | None = None,
        topics: Catalogue | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        topic = (catalogue() if topics is None else topics).department(department)
        self._decode = codec.decoder(topic.record)
        self._seen = _Window(dedup)
        self._idle, self._clock = idle, clock
        self._on_undecodable = on_undecodable
        self._open: tuple[Any, str | None] | None = None
        self._consumer = KafkaConsumer(
            topic.name,
            bootstrap_servers=bootstrap.split(","),
            group_id=group or f"vocbus-department-{department}",
            auto_offset_reset=start,
            enable_auto_commit=False,
            allow_auto_create_topics=False,
            **(kafka or {}),
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Leave the group. A signal that is not done comes again at the next start."""
        self._consumer.close(autocommit=False)

    def __iter__(self) -> Iterator[Signal]:
        """Signals in the order of their partitions, beginning with the one that was left open, if any."""
        self._reopen()
        last = self._clock()
        while self._idle is None or self._clock() - last < self._idle:
            record = self._next_record()
            if record is None:
                if self._consumer.group_metadata().state != MemberState.STABLE:
                    last = self._clock()
                continue
            # Open from here on, so that whatever is raised below leaves it to come again.
            self._open = record, None
            signal = self._signal(record)
            if signal is not None and signal.signal_id not in self._seen:
                self._open = record, signal.signal_id
                yield signal
            self.done()
            last = self._clock()

    def done(self) -> None:
        """The signal given last is handled: commit it. Needed only before leaving the loop early."""
        if self._open is None:
            return
        record, signal_id = self._open
        self._commit(record)
        if signal_id is not None:
            self._seen.add(signal_id)
        self._open = None

    def _next_record(self) -> Any:
        """One record at a time: each look keeps the membership alive, and a partition that moves to another
        member leaves no records of it in hand."""
        for records in self._consumer.poll(timeout_ms=_LOOK_MS, max_records=1).values():
            return records[0]
        return None

    def _signal(self, record: Any) -> Signal | None:
        try:
            return Signal.from_record(self._decode(record.value))
        except Rejected as rejected:
            reason, detail = rejected.reason, rejected.detail
        except ValidationError as error:
            reason = RejectReason.CONTRACT_VIOLATION
            detail = "; ".join(".".join(map(str, each["loc"])) for each in error.errors(include_input=False))
        self._on_undecodable(Undecodable(record.topic, record.partition, record.offset, reason, detail))
        return None

    def _commit(self, record: Any) -> None:
        place = TopicPartition(record.topic, record.partition)
        try:
            self._consumer.commit({place: OffsetAndMetadata(record.offset + 1, "", -1)})
        except (CommitFailedError, RebalanceInProgressError):
            # The partition went to another member meanwhile, which will have the signal again: at least once.
            log.warning("%s-%d-%d is done but was not committed", record.topic, record.partition, record.offset)

    def _reopen(self) -> None:
        """Go back to the signal at which an earlier iteration was left."""
        if self._open is None:
            return
        record, _ = self._open
        place = TopicPartition(record.topic, record.partition)
        if place in self._consumer.assignment():
            self._consumer.seek(place, record.offset)
        self._open = None
