"""Publisher of interactions to Kafka, for channel systems: synchronous, batched, idempotent, acknowledged by all.

    with Publisher("broker1:9092", Codec(open_registry(Settings()))) as publisher:
        for interaction in interactions:
            publisher.publish(interaction)

The end of the block waits until Kafka has everything. A key goes to the partition that every Kafka client with the
default partitioner (murmur2) gives it, and events of one key keep their order.
"""

import threading
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

from kafka.errors import KafkaError, MessageSizeTooLargeError

from vocbus.contracts.codec import Codec
from vocbus.contracts.errors import Rejected, RejectReason, Retryable
from vocbus.contracts.models import Interaction
from vocbus.contracts.producing import (
    Position,
    PublishError,
    TopicMissing,
    close_producer,
    open_producer,
    typed_failure,
)
from vocbus.contracts.topics import RAW, catalogue

__all__ = ["Delivery", "Position", "PublishError", "Publisher", "TopicMissing"]

#: What kafka-python keeps for a record beside its bytes, roughly.
_OVERHEAD = 512
#: Seconds that records under way get when a block ends by an exception.
_GRACE = 5.0


class Delivery:
    """An event on its way to Kafka."""

    __slots__ = ("_future",)

    def __init__(self, future: Any) -> None:
        self._future = future

    @property
    def done(self) -> bool:
        """Acknowledged or failed."""
        return bool(self._future.is_done)

    @property
    def error(self) -> Retryable | PublishError | None:
        """Why it failed; None while it is under way and when it was acknowledged."""
        return None if self._future.exception is None else typed_failure(self._future.exception)

    def result(self, timeout: float | None = None) -> Position:
        """Waits for the acknowledgement. Raises what `error` holds, and Retryable after `timeout` seconds."""
        try:
            metadata = self._future.get(timeout)
        except KafkaError as error:
            raise typed_failure(error) from None
        return Position(metadata.topic, metadata.partition, metadata.offset)


class Publisher:
    """Publishes to one topic. Safe to share between threads.

    Memory is bounded: `publish` waits while `buffer_bytes` are under way. After a failed delivery it refuses
    everything, so that no later event of a customer overtakes a lost one: open a new publisher and publish again
    what was not acknowledged. The bus takes duplicates for one, by interaction_id.
    """

    def __init__(
        self,
        bootstrap: str,
        codec: Codec,
        *,
        topic: str = RAW,
        client_id: str = "vocbus-publisher",
        linger: float = 0.02,
        buffer_bytes: int = 32 * 1024 * 1024,
        connect_timeout: float = 10.0,
        delivery_timeout: float = 60.0,
    ) -> None:
        """Connects. `bootstrap` is host:port[,host:port…]; times are in seconds.

        Raises Retryable when Kafka or the schema registry does not answer, TopicMissing when the topic is not there,
        KeyError when the catalogue does not know it.
        """
        self.topic = topic
        self._encode = codec.encoder(topic)
        self._buffer_bytes = buffer_bytes
        self._delivery_timeout = delivery_timeout
        self._room = threading.Condition()
        self._pending_bytes = 0
        self._acknowledged = 0
        self._failure: Retryable | PublishError | None = None
        self._producer = open_producer(
            bootstrap,
            catalogue()[topic],
            client_id=client_id,
            linger=linger,
            connect_timeout=connect_timeout,
            delivery_timeout=delivery_timeout,
        )

    @property
    def acknowledged(self) -> int:
        """How many events Kafka has acknowledged."""
        return self._acknowledged

    def publish(self, interaction: Interaction, on_delivery: Callable[[Delivery], None] | None = None) -> Delivery:
        """Hand an interaction over; it is in Kafka when the delivery is done without an error.

        `on_delivery` is called on the sender's thread, also for a failure; it must not publish or wait.
        Raises Rejected for one that can never pass, Retryable or PublishError when nothing can be published.
        """
        value = self._encode(interaction.to_record())
        return self.publish_bytes(interaction.customer_ref.encode(), value, on_delivery)

    def publish_bytes(
        self, key: bytes | None, value: bytes | None, on_delivery: Callable[[Delivery], None] | None = None
    ) -> Delivery:
        """The same for an encoded event, as it stands."""
        size = len(key or b"") + len(value or b"") + _OVERHEAD
        self._reserve(size)
        try:
            future = self._producer.send(self.topic, value, key=key)
        except MessageSizeTooLargeError:
            self._release(size)
            raise Rejected(RejectReason.OVERSIZE, "is larger than the topic takes") from None
        except KafkaError as error:
            self._release(size)
            raise typed_failure(error) from None
        delivery = Delivery(future)
        future.add_both(self._settle, delivery, size, on_delivery)
        return delivery

    def flush(self, timeout: float | None = None) -> None:
        """Wait until everything handed over so far is in Kafka.

        Raises the first failure of a delivery, and Retryable after `timeout` seconds (default: those of a delivery).
        """
        try:
            self._producer.flush(self._delivery_timeout + 1 if timeout is None else timeout)
        except KafkaError as error:
            raise self._failure or typed_failure(error) from None
        if self._failure is not None:
            raise self._failure

    def close(self) -> None:
        """Wait a little for what is under way, then give it up and disconnect. `flush` first to be sure."""
        close_producer(self._producer, 0 if self._failure else _GRACE)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if kind is None:
                self.flush()
        finally:
            self.close()

    def _reserve(self, size: int) -> None:
        with self._room:
            if not self._room.wait_for(lambda: self._has_room(size), self._delivery_timeout):
                raise Retryable("kafka", f"acknowledged nothing for {self._delivery_timeout:g} s")
            if self._failure is not None:
                raise self._failure
            self._pending_bytes += size

    def _has_room(self, size: int) -> bool:
        free = self._buffer_bytes - self._pending_bytes
        return size <= free or self._pending_bytes == 0 or self._failure is not None

    def _release(self, size: int) -> None:
        with self._room:
            self._pending_bytes -= size
            self._room.notify_all()

    def _settle(
        self, delivery: Delivery, size: int, on_delivery: Callable[[Delivery], None] | None, _outcome: object
    ) -> None:
        error = delivery.error
        with self._room:
            self._pending_bytes -= size
            self._acknowledged += error is None
            self._failure = self._failure or error
            self._room.notify_all()
        if on_delivery is not None:
            on_delivery(delivery)
