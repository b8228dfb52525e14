"""A bus of its own for tests that leave topics in any state, and messages written to it without any agent."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import pytest
from click.testing import CliRunner, Result
from elasticsearch import Elasticsearch
from kafka import KafkaAdminClient, KafkaProducer, TopicPartition
from kafka.errors import NoError, RetriableError, TopicAlreadyExistsError, UnknownTopicOrPartitionError
from kafka.structs import OffsetAndMetadata

from vocbus.contracts.codec import Codec
from vocbus.contracts.identity import dead_letter_id, outcome_id, signal_id
from vocbus.contracts.registry import LockFileRegistry
from vocbus.contracts.topics import INTERACTIONS, OUTCOMES, RAW, REVIEW, SIGNALS, catalogue
from vocbus.ops.cli import vocbus
from vocbus.ops.embedded import servers as embedded
from vocbus.ops.topic_reader import TopicReader
from vocbus.sinks.documents import document

STARTED = 1_793_600_000_000  # in November 2026
DECISION = {"decided_at": STARTED, "rules_version": "test", "model_hash": None}


def raw_interaction(name: str) -> dict[str, Any]:
    return {
        "interaction_id": name,
        "tenant": "bank",
        "channel": "PHONE",
        "direction": "INBOUND",
        "customer_ref": f"customer of {name}",
        "started_at": STARTED,
        "turns": [{"speaker": "CUSTOMER", "text": "I was charged twice", "at": None}],
        "source": {"system": "test", "version": None},
    }


def signal(name: str, kind: str = "COMPLAINT", departments: tuple[str, ...] = ("complaints",)) -> dict[str, Any]:
    evidence = {"turn": 0, "start": 6, "end": 19, "text": "charged twice", "rule": "fees.twice"}
    return {
        "signal_id": signal_id(name, kind),
        "interaction_id": name,
        "tenant": "bank",
        "customer_token": f"k1.{name}",
        "kind": kind,
        "category": "fees.charged_twice",
        "severity": 2 if kind == "COMPLAINT" else None,
        "polarity": None,
        "sentiment": None,
        "interest": None,
        "confidence": 0.9,
        "review": False,
        "evidence": [evidence],
        "excerpt": "I was charged twice",
        "products": [],
        "channel": "PHONE",
        "language": "EN",
        "agent_ref": None,
        "team": None,
        "case_id": None,
        "occurred_at": STARTED,
        "departments": list(departments),
        "priority": 2,
        "decision": DECISION,
    }


def classified(name: str, signals: list[dict[str, Any]], review: tuple[str, ...] = ()) -> dict[str, Any]:
    record = {key: value for key, value in raw_interaction(name).items() if key != "customer_ref"}
    summary = ("signal_id", "kind", "category", "severity", "polarity", "confidence", "review", "departments")
    return {
        **record,
        "customer_token": f"k1.{name}",
        "language": "EN",
        "signals": [{key: each[key] for key in summary} for each in signals],
        "review": [{"kind": kind, "confidence": 0.5} for kind in review],
        "decision": DECISION,
    }


def correction(interaction: str, number: int = 0, **fields: Any) -> dict[str, Any]:
    """A correcting Outcome; the higher the number, the later it was made."""
    at = STARTED + 1_000 * number
    return {
        "outcome_id": outcome_id("CORRECTED", interaction, None, None, "A-1", at),
        "tenant": "bank",
        "kind": "CORRECTED",
        "customer_token": f"k1.{interaction}",
        "interaction_id": interaction,
        "signal_id": None,
        "case_id": None,
        "department": "training",
        "actor_ref": "A-1",
        "occurred_at": at,
        "correction": {
            "labels": [],
            "inquiry": None,
            "category": None,
            "severity": None,
            "polarity": None,
            "known": ["COMPLAINT", "FEEDBACK", "SALES_SIGNAL"],
            **fields,
        },
    }


@dataclass
class Bus:
    """Writes what channels and agents would write, and runs commands against it."""

    kafka: str
    elasticsearch: str
    group_prefix: str
    index_prefix: str
    codec: Codec = field(default_factory=lambda: Codec(LockFileRegistry()))

    def __post_init__(self) -> None:
        self.producer = KafkaProducer(bootstrap_servers=self.kafka, max_request_size=8_000_000)
        self.client = Elasticsearch(self.elasticsearch)

    def close(self) -> None:
        self.producer.close()
        self.client.close()

    def send(
        self,
        topic: str,
        record: dict[str, Any] | bytes | None,
        key: str = "key",
        headers: list[tuple[str, bytes]] | None = None,
    ) -> str:
        """Deliver a record, or bytes as they stand; returns topic-partition-offset."""
        value = self.codec.encode(topic, record) if isinstance(record, dict) else record
        stored = self.producer.send(topic, key=key.encode(), value=value, headers=headers or []).get(timeout=30)
        return dead_letter_id(stored.topic, stored.partition, stored.offset)

    def classify(
        self, name: str, *signals: dict[str, Any], review: tuple[str, ...] = (), leave_out: str | None = None
    ) -> None:
        """Deliver what intake makes of an interaction, except to one topic."""
        interaction = classified(name, list(signals), review)
        messages = [(INTERACTIONS, interaction), *([(REVIEW, interaction)] if review else [])]
        for each in signals:
            messages += [(topic, each) for topic in (SIGNALS, *(f"dept-{name}" for name in each["departments"]))]
        for topic, record in messages:
            if topic != leave_out:
                self.send(topic, record, name)

    def store(self, record_name: str, record: dict[str, Any], index: str | None = None) -> None:
        """Put a record's document into Elasticsearch."""
        made = document(record_name, record, self.index_prefix)
        self.client.index(index=index or made.index, id=made.id, document=record)

    def dead_letter(self, place: str, reason: str, **fields: Any) -> dict[str, Any]:
        """Deliver the dead letter of the event at a place."""
        topic, partition, offset = place.rsplit("-", 2)
        letter = {
            "dead_letter_id": place,
            "topic": topic,
            "partition": int(partition),
            "offset": int(offset),
            "key": b"customer",
            "payload": b"personal data",
            "headers": [],
            "stage": "decode",
            "reason": reason,
            "detail": "null value",
            "attempt": 1,
            "processor_version": "1",
            "failed_at": time.time_ns() // 1_000_000,
            **fields,
        }
        self.send(catalogue().dead_letters_of(topic), letter)
        return letter

    def commit(self, *, intake: bool = True, index: bool = True) -> None:
        """Let the agents' groups have committed everything that their topics hold now."""
        with TopicReader(self.kafka) as reader:
            ends = {topic: reader.span(topic).end for topic in (RAW, INTERACTIONS, SIGNALS, OUTCOMES)}
        roles = {"intake": [RAW] if intake else [], "index": [INTERACTIONS, SIGNALS, OUTCOMES] if index else []}
        admin = KafkaAdminClient(bootstrap_servers=self.kafka)
        for role, topics in roles.items():
            offsets = {
                TopicPartition(topic, partition): OffsetAndMetadata(end, "", -1)
                for topic in topics
                for partition, end in ends[topic].items()
            }
            if offsets:
                group = f"{self.group_prefix}-{role}"
                _until(partial(self._alter, admin, group, offsets), RetriableError)
        admin.close()

    @staticmethod
    def _alter(admin: KafkaAdminClient, group: str, offsets: dict[Any, Any]) -> None:
        for error in admin.alter_group_offsets(group, offsets).values():
            if error is not NoError:
                raise error

    def run(self, *arguments: str) -> Result:
        """Run a command of `vocbus` against these servers."""
        environment = {
            "VOCBUS_KAFKA": self.kafka,
            "VOCBUS_ELASTICSEARCH": self.elasticsearch,
            "VOCBUS_GROUP_PREFIX": self.group_prefix,
            "VOCBUS_INDEX_PREFIX": self.index_prefix,
        }
        return CliRunner().invoke(vocbus, arguments, env=environment, catch_exceptions=False)


@pytest.fixture(scope="session")
def own_servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """Kafka and Elasticsearch beside the session's, addresses."""
    data = tmp_path_factory.mktemp("own-servers")
    started = embedded.start(data, tied=True, kafka_heap_mb=256, elasticsearch_heap_mb=384)
    assert started.kafka is not None
    assert started.elasticsearch is not None
    yield started.kafka, started.elasticsearch
    embedded.stop(data)


@pytest.fixture
def bus(own_servers: tuple[str, str], request: pytest.FixtureRequest) -> Iterator[Bus]:
    """The bus with empty topics, and groups and indices of this test alone."""
    kafka, elasticsearch = own_servers
    _empty_topics(kafka)
    prefix = f"test{abs(hash(request.node.nodeid)):x}"
    bus = Bus(kafka, elasticsearch, prefix, prefix)
    yield bus
    bus.close()


def _empty_topics(kafka: str) -> None:
    """Delete the topics of the catalogue and make them anew; both take Kafka a moment."""
    admin = KafkaAdminClient(bootstrap_servers=kafka)
    names = list(catalogue().topics)
    try:
        there = set(admin.list_topics()) & set(names)
        if there:
            _until(lambda: admin.delete_topics(sorted(there)), UnknownTopicOrPartitionError)
            # Until its log is gone, a deleted topic still takes records, which are lost to the new one of its name.
            _until(lambda: _require_no_logs(admin, names), LogsLeft)
        new = {
            topic.name: {"num_partitions": topic.partitions, "replication_factor": 1, "configs": topic.configuration}
            for topic in catalogue()
        }
        _until(lambda: admin.create_topics(new), TopicAlreadyExistsError)
        admin.wait_for_topics(names, timeout_ms=30_000)
    finally:
        admin.close()


class LogsLeft(Exception):
    """The broker still holds logs of deleted topics."""


def _require_no_logs(admin: KafkaAdminClient, topics: list[str]) -> None:
    if any(folder["topics"] for broker in admin.describe_log_dirs(topics) for folder in broker["log_dirs"]):
        raise LogsLeft


def _until(action: Callable[[], Any], retried: type[Exception]) -> Any:
    """What the action gives once it does not raise this any more."""
    deadline = time.monotonic() + 30
    while True:
        try:
            return action()
        except retried:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)


@pytest.fixture
def make_raw() -> Callable[[str], dict[str, Any]]:
    """An Interaction record with this id."""
    return raw_interaction


@pytest.fixture
def make_signal() -> Callable[..., dict[str, Any]]:
    """A Signal record of an interaction, kind and departments."""
    return signal


@pytest.fixture
def make_classified() -> Callable[..., dict[str, Any]]:
    """A ClassifiedInteraction record with this id that lists these signals."""
    return classified


@pytest.fixture
def make_correction() -> Callable[..., dict[str, Any]]:
    """An Outcome record that corrects an interaction."""
    return correction
