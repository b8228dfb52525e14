"""Reads dead letters from their topics, and publishes replays of them."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

from kafka import KafkaProducer
from kafka.errors import KafkaError

from vocbus.contracts.codec import Codec
from vocbus.contracts.errors import Rejected
from vocbus.contracts.topics import Catalogue, retention_ms
from vocbus.ops.dead_letters import Letter, Outcome, Summary, replay_headers, replay_of, summary
from vocbus.ops.topic_reader import Span, TopicReader

#: Replays that are under way at once.
_WINDOW = 100

#: A dead letter holds an event of up to 4 MiB.
_MAX_REQUEST_BYTES = 12 * 1024 * 1024

#: Seconds until a replay that Kafka has not acknowledged counts as failed.
_DELIVERY_TIMEOUT = 60.0


class DeadLetterTopics:
    """The dead letters of a catalogue's topics."""

    def __init__(self, reader: TopicReader, codec: Codec, catalogue: Catalogue) -> None:
        self._reader, self._catalogue = reader, catalogue
        self._decode = codec.decoder("dead_letter")
        #: Messages in dead-letter topics that are no dead letters, as topic-partition-offset.
        self.unreadable: list[str] = []

    @property
    def names(self) -> list[str]:
        """The topics of dead letters."""
        return list(dict.fromkeys(topic.dlq for topic in self._catalogue if topic.dlq is not None))

    def letters(self, names: Iterable[str]) -> Iterator[Letter]:
        """The letters of these topics, each id once: it may have been delivered more than once."""
        seen: set[str] = set()
        for name in names:
            for letter in self._read(self._reader.span(name)):
                if letter.summary.id not in seen:
                    seen.add(letter.summary.id)
                    yield letter

    def again(self, chosen: Collection[Summary]) -> Iterator[Letter]:
        """The letters of these summaries in full."""
        for name in dict.fromkeys(letter.dlq for letter in chosen):
            places = {(letter.partition, letter.offset) for letter in chosen if letter.dlq == name}
            offsets: dict[int, list[int]] = {}
            for partition, offset in places:
                offsets.setdefault(partition, []).append(offset)
            span = Span(
                name,
                {partition: min(found) for partition, found in offsets.items()},
                {partition: max(found) + 1 for partition, found in offsets.items()},
            )
            for letter in self._read(span):
                if (letter.summary.partition, letter.summary.offset) in places:
                    yield letter

    def replays(self, topics: Iterable[str]) -> set[str]:
        """Ids of the letters of which a replay stands in these topics.

        They are read whole: to begin at the time of the oldest letter would trust the clocks of two computers.
        """
        return {
            origin
            for topic in topics
            for record in self._reader.read(self._reader.span(topic))
            if (origin := replay_of(record.headers)) is not None
        }

    def kept_since(self, topics: Iterable[str], now_ms: int) -> dict[str, int | None]:
        """By topic the time before which its events may have been deleted; None when none was."""
        return {
            topic: self._reader.span(topic).kept_since(retention_ms(self._catalogue[topic].retention), now_ms)
            for topic in topics
        }

    def _read(self, span: Span) -> Iterator[Letter]:
        for record in self._reader.read(span):
            where = record.topic, record.partition, record.offset
            try:
                letter = self._decode(record.value)
            except Rejected:
                self.unreadable.append("{}-{}-{}".format(*where))
                continue
            yield Letter(summary(letter, *where), letter)


def replay(bootstrap: str, letters: Iterable[Letter]) -> Iterator[Outcome]:
    """Publish the letters' events again; an outcome for each once Kafka has acknowledged it or given up."""
    producer = KafkaProducer(
        bootstrap_servers=bootstrap.split(","),
        bootstrap_timeout_ms=10_000,
        acks="all",
        enable_idempotence=True,
        allow_auto_create_topics=False,
        max_request_size=_MAX_REQUEST_BYTES,
        delivery_timeout_ms=int(_DELIVERY_TIMEOUT * 1000),
    )
    remaining = iter(letters)
    try:
        while window := [(letter, _send(producer, letter.record)) for letter in islice(remaining, _WINDOW)]:
            for letter, delivery in window:
                yield _outcome(letter.summary, delivery)
    finally:
        producer.close(timeout=10)


def _send(producer: KafkaProducer, letter: Mapping[str, Any]) -> Any:
    """The future of a delivery, or the error that stopped it."""
    try:
        return producer.send(
            letter["topic"], key=letter["key"], value=letter["payload"], headers=replay_headers(letter)
        )
    except KafkaError as error:
        return error


def _outcome(letter: Summary, delivery: Any) -> Outcome:
    if isinstance(delivery, KafkaError):
        return Outcome(letter, None, type(delivery).__name__)
    try:
        stored = delivery.get(timeout=_DELIVERY_TIMEOUT + 5)
    except KafkaError as error:
        return Outcome(letter, None, type(error).__name__)
    return Outcome(letter, f"{stored.topic}-{stored.partition}-{stored.offset}", None)
