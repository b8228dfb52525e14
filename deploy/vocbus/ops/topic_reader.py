"""Reads whole topics, from their first record to the last one that stood there at the start, outside of any group."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

import click
from kafka import KafkaConsumer, TopicPartition
from kafka.errors import KafkaTimeoutError

from vocbus.ops.outages import EXIT_UNREACHABLE

#: Seconds without a single record after which a read gives up: the broker is away.
_STALL = 60.0


class MissingTopic(click.ClickException):
    """A topic of the catalogue is not in Kafka."""

    exit_code = EXIT_UNREACHABLE

    def __init__(self, topic: str) -> None:
        super().__init__(f"Kafka has no topic {topic}. Create the topics with `vocbus topics apply`.")


@dataclass(frozen=True)
class Span:
    """The offsets that a topic holds, by partition: `begin` is the first one, `end` one past the last."""

    topic: str
    begin: dict[int, int]
    end: dict[int, int]

    @property
    def truncated(self) -> bool:
        """Whether records were deleted from its front, by retention or by hand."""
        return any(self.begin.values())

    def kept_since(self, retention_ms: int, now_ms: int) -> int | None:
        """Time (epoch ms) before which records may be gone, None when none is. Kafka deletes nothing that is younger
        than the retention; a retention of -1 is for ever."""
        return now_ms - retention_ms if self.truncated and retention_ms >= 0 else None

    def __len__(self) -> int:
        return sum(self.end.values()) - sum(self.begin.values())


class TopicReader:
    """A consumer without a group. Raises KafkaError, and MissingTopic for a topic that is not there."""

    def __init__(self, bootstrap: str) -> None:
        self._consumer = KafkaConsumer(
            bootstrap_servers=bootstrap.split(","),
            bootstrap_timeout_ms=10_000,
            enable_auto_commit=False,
            allow_auto_create_topics=False,
            auto_offset_reset="earliest",
            # The checksum is computed in pure Python here, which takes longer than all the rest; the broker has
            # checked it when it took the record.
            check_crcs=False,
            max_poll_records=2_000,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._consumer.close()

    def partitions(self, topic: str) -> list[Any]:
        """The TopicPartitions of a topic."""
        partitions = self._consumer.partitions_for_topic(topic)
        if not partitions:
            raise MissingTopic(topic)
        return [TopicPartition(topic, partition) for partition in sorted(partitions)]

    def span(self, topic: str) -> Span:
        """What the topic holds now."""
        partitions = self.partitions(topic)
        begin, end = self._consumer.beginning_offsets(partitions), self._consumer.end_offsets(partitions)
        return Span(
            topic,
            {place.partition: offset for place, offset in begin.items()},
            {place.partition: offset for place, offset in end.items()},
        )

    def read(self, span: Span) -> Iterator[Any]:
        """The kafka-python ConsumerRecords of the span; those of a partition in their order."""
        waiting = {
            TopicPartition(span.topic, partition): end
            for partition, end in span.end.items()
            if span.begin[partition] < end
        }
        if not waiting:
            return
        self._consumer.assign(list(waiting))
        for place in waiting:
            self._consumer.seek(place, span.begin[place.partition])
        heard = time.monotonic()
        while waiting:
            for place, records in self._consumer.poll(timeout_ms=1_000).items():
                heard = time.monotonic()
                end = waiting.get(place, 0)
                yield from (record for record in records if record.offset < end)
            # By position, not by the last record: control records and compaction leave gaps at the end.
            done = [place for place, end in waiting.items() if (self._consumer.position(place) or 0) >= end]
            for place in done:
                del waiting[place]
                self._consumer.pause(place)
            if time.monotonic() - heard > _STALL:
                raise KafkaTimeoutError(f"nothing came from {span.topic} for {_STALL:.0f} s")
        self._consumer.unsubscribe()

    def follow(self, topic: str, *, from_beginning: bool) -> Iterator[Any]:
        """The records of a topic as they come, without an end; None for each half second in which none came."""
        places = self.partitions(topic)
        self._consumer.assign(places)
        if from_beginning:
            self._consumer.seek_to_beginning(*places)
        else:
            self._consumer.seek_to_end(*places)
            # The end is looked up lazily; what comes between now and the first look would be missed.
            for place in places:
                self._consumer.position(place)
        while True:
            batch = self._consumer.poll(timeout_ms=500)
            for records in batch.values():
                yield from records
            if not batch:
                yield None
