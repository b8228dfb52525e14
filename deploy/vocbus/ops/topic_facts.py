"""Turns the records of topics into the columns that conservation is judged by."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from vocbus.contracts.codec import Codec
from vocbus.contracts.errors import Rejected
from vocbus.contracts.identity import dead_letter_id
from vocbus.contracts.topics import Catalogue, retention_ms
from vocbus.ops.conservation.facts import DeadLetters, Events, Interactions, Routes, Signals
from vocbus.ops.conservation.ids import NO_ID, Ids, place
from vocbus.ops.topic_reader import Span, TopicReader


class TopicFacts:
    """Reads each topic once, within its span. Numbers ids and sets of departments as it meets them."""

    def __init__(
        self,
        reader: TopicReader,
        codec: Codec,
        catalogue: Catalogue,
        spans: Mapping[str, Span],
        interaction_ids: Ids,
        signal_ids: Ids,
        routes: Routes,
        now_ms: int,
        progress: Callable[[str, int, int], None],
    ) -> None:
        self.routes = routes
        self._reader, self._codec, self._catalogue, self._spans = reader, codec, catalogue, spans
        self._interaction_ids, self._signal_ids = interaction_ids, signal_ids
        self._now_ms, self._progress = now_ms, progress

    def events(self, topic: str, field: str, ids: Ids) -> Events:
        """Events by the id in one of their fields; one that does not decode has no id."""
        events = Events(topic, **self._kept(topic))
        for record, event in self._decoded(topic):
            number = NO_ID if event is None else ids.number(event[field])
            events.add(record.partition, record.offset, record.timestamp, number)
        return events

    def interactions(self, topic: str) -> Interactions:
        """Classified interactions with the signals that they list, and which of them are in doubt."""
        events = Interactions(topic, **self._kept(topic))
        for record, event in self._decoded(topic):
            number = NO_ID if event is None else self._interaction_ids.number(event["interaction_id"])
            events.add(record.partition, record.offset, record.timestamp, number)
            if event is None:
                continue
            if event["review"]:
                events.doubt()
            for signal in event["signals"]:
                route = self.routes.number(signal["departments"])
                events.list_signal(self._signal_ids.number(signal["signal_id"]), route)
        return events

    def signals(self, topic: str) -> Signals:
        """Signals, of the topic of all or of a department's."""
        events = Signals(topic, **self._kept(topic))
        for record, event in self._decoded(topic):
            where = record.partition, record.offset, record.timestamp
            if event is None:
                events.add_signal(*where, NO_ID, NO_ID, NO_ID)
                continue
            number = self._signal_ids.number(event["signal_id"])
            owner = self._interaction_ids.number(event["interaction_id"])
            events.add_signal(*where, number, owner, self.routes.number(event["departments"]))
        return events

    def dead_letters(self, topic: str, source: str) -> DeadLetters:
        """Dead letters of the events of a source topic."""
        letters = DeadLetters(topic, **self._kept(topic))
        for record, letter in self._decoded(topic):
            if letter is None:
                letters.unreadable.append(dead_letter_id(topic, record.partition, record.offset))
            elif letter["topic"] != source:
                letters.strays.append(letter["dead_letter_id"])
            else:
                letters.reasons[place(letter["partition"], letter["offset"])] = letter["reason"]
        return letters

    def _decoded(self, topic: str) -> Iterator[tuple[Any, dict[str, Any] | None]]:
        """Each record with what it decodes to."""
        decode, span = self._codec.decoder(self._catalogue[topic].record), self._spans[topic]
        for count, record in enumerate(self._reader.read(span), 1):
            try:
                event = decode(record.value)
            except Rejected:
                event = None
            yield record, event
            if count % 1_000 == 0 or count == len(span):
                self._progress(f"reading {topic}", count, len(span))

    def _kept(self, topic: str) -> dict[str, Any]:
        """What of the topic may be gone."""
        span = self._spans[topic]
        retention = retention_ms(self._catalogue[topic].retention)
        return {"truncated": span.truncated, "kept_since": span.kept_since(retention, self._now_ms)}
