"""Quix Streams with the same work, as its documentation has it: at least once, its own defaults otherwise."""

from typing import Any

from quixstreams import Application
from quixstreams.models import Serializer
from tests.bench.contestant import Job
from tests.bench.functions import Message

from vocbus.contracts.topics import RAW, catalogue


class _Value(Serializer):
    """Bytes of a message's value."""

    def __call__(self, message: Message, ctx: Any) -> bytes:
        return message[2]


def run_quix(job: Job) -> None:
    app = Application(
        job.kafka,
        consumer_group=job.group,
        auto_offset_reset="earliest",
        processing_guarantee="at-least-once",
        auto_create_topics=False,
        use_changelog_topics=False,
        loglevel="WARNING",
        # Keys on the partitions that Kafka's own clients give them, as everybody here does.
        producer_extra_config={"partitioner": "murmur2_random", "acks": "all"},
    )
    raw = app.topic(RAW, value_deserializer="bytes", key_deserializer="bytes")
    topics = {
        topic.name: app.topic(topic.name, value_serializer=_Value(), key_serializer="bytes")
        for topic in catalogue()
        if topic.name != RAW
    }
    events = app.dataframe(raw).apply(job.make_work(), expand=True)
    events.to_topic(lambda message, *_: topics[message[0]], key=lambda message: message[1])
    app.run()
