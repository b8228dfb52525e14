"""Reads back what came of the events of one run."""

from collections import Counter
from collections.abc import Collection, Mapping

from vocbus.contracts.codec import Codec
from vocbus.contracts.errors import RejectReason
from vocbus.contracts.topics import INTERACTIONS, RAW, catalogue
from vocbus.ops.demo_summary import Decision, decision
from vocbus.ops.topic_reader import Span, TopicReader

#: Topic of the dead letters of raw events.
DEAD_LETTERS = catalogue().dead_letters_of(RAW)


class Results:
    """What the topics hold beyond what they held when this was made."""

    def __init__(self, reader: TopicReader, codec: Codec) -> None:
        self._reader, self._codec = reader, codec
        self._before = {topic: reader.span(topic).end for topic in (RAW, INTERACTIONS, DEAD_LETTERS)}

    def decisions(self, ids: Collection[str]) -> Mapping[str, Decision]:
        """The last decision about each of these interactions."""
        decode = self._codec.decoder("classified_interaction")
        records = (decode(record.value) for record in self._reader.read(self._new(INTERACTIONS)))
        return {record["interaction_id"]: decision(record) for record in records if record["interaction_id"] in ids}

    def dead_letters(self) -> Counter[RejectReason]:
        """Dead letters of the raw events that came since, by reason; one that came twice counts once."""
        decode, before = self._codec.decoder("dead_letter"), self._before[RAW]
        letters = (decode(record.value) for record in self._reader.read(self._new(DEAD_LETTERS)))
        reasons = {
            letter["dead_letter_id"]: RejectReason(letter["reason"])
            for letter in letters
            if letter["topic"] == RAW and letter["offset"] >= before[letter["partition"]]
        }
        return Counter(reasons.values())

    def _new(self, topic: str) -> Span:
        return Span(topic, self._before[topic], self._reader.span(topic).end)
