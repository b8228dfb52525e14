"""The Kafka side of a race: topics of the catalogue made anew, filled, and counted."""

import time
from collections import Counter
from collections.abc import Callable, Collection, Iterable

from confluent_kafka import ConsumerGroupTopicPartitions, KafkaError, KafkaException, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic, OffsetSpec
from tests.bench.functions import Message

from vocbus.contracts.topics import RAW, catalogue

OUTPUTS = [topic.name for topic in catalogue() if topic.name != RAW]

#: What goes wrong is raised; a broker that is still loading, or has been stopped, is not worth a line.
QUIET = {"log_level": 2}

#: What is heard of topics that have just been made.
_NOT_YET = (
    KafkaError.NOT_LEADER_FOR_PARTITION,
    KafkaError.LEADER_NOT_AVAILABLE,
    KafkaError.UNKNOWN_TOPIC_OR_PART,
)


class Cluster:
    """Topics at a Kafka address."""

    def __init__(self, kafka: str) -> None:
        self.kafka = kafka
        self._connect()

    def _connect(self) -> None:
        self._admin = AdminClient({"bootstrap.servers": self.kafka, **QUIET})

    def recreate(self, names: Collection[str]) -> None:
        """Delete the topics and create them, empty, as the catalogue has them."""
        there = [name for name in names if name in self._topics()]
        if there:
            for done in self._admin.delete_topics(there).values():
                done.result()
            self._wait(lambda: not self._topics() & set(there), "topics did not go away")
        wanted = [
            NewTopic(name, catalogue()[name].partitions, 1, config=catalogue()[name].configuration) for name in names
        ]
        for done in self._admin.create_topics(wanted).values():
            done.result()
        self._wait(lambda: self._all_led(names), "topics did not come to be")
        # A client goes on asking for the epochs of the topics that are gone.
        self._connect()

    def fill(self, messages: Iterable[Message]) -> None:
        """Produce the messages the way the publisher does: murmur2, gzip, batches of up to 256 KiB, acks=all."""
        failures: list[KafkaError] = []
        producer = Producer(
            {
                "bootstrap.servers": self.kafka,
                **QUIET,
                "acks": "all",
                "enable.idempotence": True,
                "partitioner": "murmur2_random",
                "compression.type": "gzip",
                "batch.size": 256 * 1024,
                "linger.ms": 20,
                "queue.buffering.max.messages": 200_000,
                "on_delivery": lambda error, _: failures.append(error) if error else None,
            }
        )
        for topic, key, value in messages:
            while True:
                try:
                    producer.produce(topic, value, key)
                    break
                except BufferError:
                    producer.poll(0.1)
            producer.poll(0)
        producer.flush()
        if failures:
            raise KafkaException(failures[0])

    def counts(self, names: Collection[str]) -> dict[str, int]:
        """Messages in each of the topics, those without any left out."""
        deadline = time.monotonic() + 10
        while True:
            try:
                return self._counts(names)
            except KafkaException as error:
                if error.args[0].code() not in _NOT_YET or time.monotonic() > deadline:
                    raise
                time.sleep(0.1)

    def _counts(self, names: Collection[str]) -> dict[str, int]:
        partitions = [TopicPartition(name, p) for name in names for p in range(catalogue()[name].partitions)]
        counts: Counter[str] = Counter()
        for partition, found in self._admin.list_offsets({each: OffsetSpec.latest() for each in partitions}).items():
            counts[partition.topic] += found.result().offset
        return dict(+counts)

    def committed(self, group: str) -> int:
        """Raw events that a group has committed."""
        answer = self._admin.list_consumer_group_offsets([ConsumerGroupTopicPartitions(group)])[group].result()
        return sum(max(0, each.offset) for each in answer.topic_partitions if each.topic == RAW)

    def members(self, group: str) -> int:
        """Members of a group that have their partitions; 0 while it is not there or not ready."""
        try:
            described = self._admin.describe_consumer_groups([group])[group].result()
        except KafkaException:
            return 0
        return sum(bool(member.assignment.topic_partitions) for member in described.members)

    def _topics(self) -> set[str]:
        return set(self._admin.list_topics(timeout=10).topics)

    def _all_led(self, names: Collection[str]) -> bool:
        found = self._admin.list_topics(timeout=10).topics
        return all(name in found and all(p.leader >= 0 for p in found[name].partitions.values()) for name in names)

    @staticmethod
    def _wait(condition: Callable[[], bool], otherwise: str) -> None:
        deadline = time.monotonic() + 30
        while not condition():
            if time.monotonic() > deadline:
                raise TimeoutError(otherwise)
            time.sleep(0.02)
