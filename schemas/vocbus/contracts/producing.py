"""A kafka-python producer for one topic: idempotent, acknowledged by all, with failures whose type says what to do."""

import logging
from typing import NamedTuple

from kafka import KafkaProducer
from kafka.admin import KafkaAdminClient
from kafka.errors import (
    KafkaError,
    KafkaTimeoutError,
    MessageSizeTooLargeError,
    RecordListTooLargeError,
    RetriableError,
    UnknownTopicOrPartitionError,
)

from vocbus.contracts.errors import Retryable
from vocbus.contracts.topics import Topic

#: These log whole records at DEBUG.
_TALKATIVE = ("kafka.producer.kafka", "kafka.producer.sender", "kafka.protocol.parser", "kafka.net.connection")
#: Seconds that a producer's thread gets to end.
_GRACE = 5.0


class PublishError(Exception):
    """Kafka refused; trying again does not help."""


class TopicMissing(PublishError):
    """The topic does not exist."""


class Position(NamedTuple):
    """Where Kafka keeps an event."""

    topic: str
    partition: int
    offset: int


def open_producer(
    bootstrap: str,
    topic: Topic,
    *,
    client_id: str,
    linger: float,
    connect_timeout: float,
    delivery_timeout: float,
) -> KafkaProducer:
    """A connected producer. `bootstrap` is host:port[,host:port…]; times are in seconds.

    Raises Retryable when Kafka does not answer, TopicMissing when the topic is not there, else PublishError.
    """
    for name in _TALKATIVE:
        if logging.getLogger(name).level == logging.NOTSET:
            logging.getLogger(name).setLevel(logging.INFO)
    servers = bootstrap.split(",")
    try:
        _require_topic(servers, topic.name, connect_timeout)
        producer = KafkaProducer(
            bootstrap_servers=servers,
            client_id=client_id,
            acks="all",
            enable_idempotence=True,
            allow_auto_create_topics=False,
            linger_ms=int(linger * 1000),
            batch_size=256 * 1024,
            # Checksums are computed in Python over what compression leaves, so this doubles the rate too.
            compression_type="gzip",
            max_request_size=topic.max_message_bytes,
            max_block_ms=int(delivery_timeout * 1000),
            request_timeout_ms=int(min(delivery_timeout / 2, 30) * 1000),
            delivery_timeout_ms=int((delivery_timeout + linger) * 1000),
            bootstrap_timeout_ms=int(connect_timeout * 1000),
        )
        producer.partitions_for(topic.name)
    except KafkaError as error:
        raise typed_failure(error) from None
    return producer


def close_producer(producer: KafkaProducer, flush_timeout: float) -> None:
    """Wait so many seconds for what is under way, then give it up and disconnect."""
    try:
        producer.flush(flush_timeout)
    except KafkaError:
        # kafka-python's own close raises here and leaves its thread running.
        producer._sender.force_close()
        producer._sender.join(_GRACE)
    producer.close(_GRACE)


def _require_topic(servers: list[str], topic: str, timeout: float) -> None:
    """A producer waits for a missing topic to appear; a person wants to be told."""
    admin = KafkaAdminClient(bootstrap_servers=servers, bootstrap_timeout_ms=int(timeout * 1000))
    try:
        found = admin.describe_topics([topic])
    finally:
        admin.close()
    if any(entry["error_code"] == UnknownTopicOrPartitionError.errno for entry in found):
        raise TopicMissing(f"Kafka has no topic {topic}")


def typed_failure(error: Exception) -> Retryable | PublishError:
    """What a failure of kafka-python means to who publishes."""
    if isinstance(error, MessageSizeTooLargeError | RecordListTooLargeError):
        # Kafka's own refusal. kafka-python fails whatever is published after it with the same error, large or not.
        return PublishError("Kafka's topic takes only smaller events than the catalogue says")
    if isinstance(error, KafkaTimeoutError):
        return Retryable("kafka", "does not answer")
    name = type(error).__name__
    if isinstance(error, RetriableError):
        return Retryable("kafka", f"is not available ({name})")
    return PublishError(f"Kafka refused: {name}")
