"""A Faust transport that hands agents whole fetched batches and delivers whole batches.

Faust spends most of its time on bookkeeping once a message. Here one Faust message is a Chunk: all records that
one fetch brought for one partition. Flow control, conductor and stream run once a chunk.

What differs from Faust's own aiokafka transport:

- `Consumer.getmany` yields a message a chunk; its value is the list of records, its offset that of the last one.
- Offsets are kept by chunk, in the order of delivery. A commit never passes a chunk that is not acknowledged, also
  when an agent was restarted or acknowledged out of order, and it follows an acknowledgement soon, so that a crash
  repeats the last chunks at most.
- `Producer.deliver` puts messages in batches by partition, chosen by Kafka's default partitioner (murmur2), and
  returns when Kafka has acknowledged all of them. The producer is idempotent (KIP-98) with acks=all.
"""

import logging
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import faust
from aiokafka.errors import IllegalStateError, KafkaError
from faust.transport.drivers import aiokafka as driver
from faust.types import TP, Message
from faust.types.tuples import ConsumerMessage
from mode.utils.futures import notify

from vocbus.agents.delivery import Producer
from vocbus.agents.offsets import Offsets

#: URL scheme under which Faust finds this transport.
SCHEME = "batching"


class ChunkSchema(faust.Schema[Any, Any]):
    """Hands key and value to the agent as they are: decoding is the agent's own, since Faust acknowledges and
    forgets what its serializers cannot decode."""

    def compile(self, app: Any, **_: Any) -> Callable[..., Any]:
        create_event = app.create_event

        async def decode(message: Message, *, propagate: bool = False) -> Any:
            return create_event(message.key, message.value, {}, message)

        return decode


class Consumer(driver.Consumer):
    """Faust's aiokafka consumer with a chunk for a message and offsets kept by chunk."""

    logger = logging.getLogger("faust.batching")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offsets = Offsets()

    async def getmany(self, timeout: float) -> AsyncIterator[tuple[TP, Message]]:  # noqa: ASYNC109 - Faust's own name
        """Yield a message for each partition that the fetch brought records for."""
        records, active = await self._wait_next_records(timeout)
        generation = self.app.consumer_generation_id
        if records is None or self.should_stop:
            return
        if not self.flow_active:
            try:
                await self.perform_seek()
            except (IllegalStateError, KafkaError) as error:
                # A partition is just being taken away; Faust seeks again when the flow resumes.
                self.log.warning("no seek while partitions move: %s", type(error).__name__)
            return
        for topic_partition, chunk in records.items():
            if not self.flow_active or self.app.consumer_generation_id != generation:
                return
            tp = TP(topic_partition.topic, topic_partition.partition)
            if active is not None and tp not in active and tp not in self._buffered_partitions:
                continue
            self.app.monitor.track_tp_end_offset(tp, self.highwater(tp))
            message = self._chunk(tp, chunk)
            self.offsets.delivered(tp, message)
            yield tp, message

    def _chunk(self, tp: TP, records: list[Any]) -> Message:
        last = records[-1]
        return ConsumerMessage(
            tp.topic,
            tp.partition,
            last.offset,
            last.timestamp / 1000.0,
            last.timestamp_type,
            {},
            None,
            records,  # type: ignore[arg-type]  # a chunk in place of the value is the point of this transport
            None,
            tp=tp,
            generation_id=self.app.consumer_generation_id,
        )

    def ack(self, message: Message) -> bool:
        """Note that everything that came of a chunk is delivered."""
        message.acked = True
        self._unacked_messages.discard(message)
        self._n_acked += 1
        notify(self._waiting_for_ack)
        return True

    async def _add_gap(self, tp: TP, offset_from: int, offset_to: int) -> None:
        """Offsets that Kafka skips (compaction, control records) need no care: a chunk is a range."""

    def _filter_tps_with_pending_acks(self, topics: Any = None) -> Iterator[TP]:
        return (tp for tp in self.offsets.partitions() if topics is None or tp in topics or tp.topic in topics)

    def _new_offset(self, tp: TP) -> int | None:
        return self.offsets.committable(tp)

    async def on_partitions_revoked(self, revoked: set[TP]) -> None:
        """The base class first waits for chunks under way and commits them."""
        await super().on_partitions_revoked(revoked)
        self.offsets.forget(revoked)

    async def on_partitions_assigned(self, assigned: set[TP], generation_id: int = 0) -> None:
        """The base class then reads on from the committed offsets: what was under way comes again."""
        self.offsets.forget(self.offsets.partitions())
        await super().on_partitions_assigned(assigned, generation_id)


class Transport(driver.Transport):
    """`batching://host:port`: the aiokafka transport with chunks."""

    Consumer = Consumer
    Producer = Producer
