"""Delivery of whole batches to Kafka, awaited before what caused them is acknowledged."""

import logging
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any, NamedTuple
from zlib import crc32

import faust
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError, KafkaTimeoutError
from aiokafka.partitioner import murmur2
from aiokafka.producer.message_accumulator import BatchBuilder
from faust.transport.drivers import aiokafka as driver

from vocbus.contracts.errors import Retryable


#: Kafka's own partitioner is pure Python here; customers come back, so their hashes are kept.
@lru_cache(maxsize=65_536)
def _hash(key: bytes) -> int:
    hashed: int = murmur2(key)
    return hashed


class Outgoing(NamedTuple):
    """A message to deliver."""

    topic: str
    key: bytes | None
    value: bytes


def partition_for(key: bytes, partitions: int) -> int:
    """Partition that Kafka's default partitioner gives a key."""
    return (_hash(key) & 0x7FFFFFFF) % partitions


class Producer(driver.Producer):
    """Faust's aiokafka producer, idempotent, with delivery of whole batches."""

    logger = logging.getLogger("faust.batching")

    def _settings_extra(self) -> Mapping[str, Any]:
        return {"acks": "all", "enable_idempotence": True}

    async def deliver(self, messages: Iterable[Outgoing]) -> None:
        """Deliver the messages, those of a partition in their order; return once Kafka has them all.

        Raises Retryable when Kafka cannot take them now. Some may have arrived then: delivery is at least once.
        """
        producer = self._ensure_producer()
        try:
            partitions: dict[str, int] = {}
            builders: dict[tuple[str, int], list[BatchBuilder]] = {}
            for topic, key, value in messages:
                if topic not in partitions:
                    partitions[topic] = len(await producer.partitions_for(topic))
                # Without a key any partition will do; the checksum spreads and repeats.
                place = crc32(value) % partitions[topic] if key is None else partition_for(key, partitions[topic])
                slot = (topic, place)
                batches = builders.get(slot)
                if batches is None:
                    batches = builders[slot] = [producer.create_batch()]
                if batches[-1].append(timestamp=None, key=key, value=value) is None:
                    batches.append(producer.create_batch())
                    batches[-1].append(timestamp=None, key=key, value=value)
            await self._send(producer, builders)
        except KafkaError as error:
            if not (error.retriable or isinstance(error, KafkaTimeoutError)):
                raise
            raise Retryable("kafka", f"delivery failed: {type(error).__name__}") from error

    async def _send(self, producer: AIOKafkaProducer, builders: Mapping[tuple[str, int], list[BatchBuilder]]) -> None:
        """Send the batches of a partition one after the other, those of different partitions together."""
        pending = []
        for (topic, partition), batches in builders.items():
            for batch in batches[:-1]:
                await (await producer.send_batch(batch, topic, partition=partition))
            pending.append(await producer.send_batch(batches[-1], topic, partition=partition))
        failures = []
        for future in pending:
            try:
                await future
            except KafkaError as error:
                failures.append(error)
        if failures:
            raise failures[0]


async def deliver(app: faust.App, messages: Iterable[Outgoing]) -> None:
    """`Producer.deliver` of an app that is on this transport."""
    producer = app.producer
    if not isinstance(producer, Producer):
        raise TypeError("the app must be on the batching transport")
    await producer.deliver(messages)
