"""Every agent in the order of the data. Each takes chunks, does one thing and acknowledges after delivery.

A chunk is acknowledged only when everything that came of it has been acknowledged by Kafka or Elasticsearch. What an
agent raises stops the worker (CrashingSupervisor): the chunk is not acknowledged and comes again after the restart.
"""

import logging
import time
from collections.abc import AsyncIterator, Callable
from functools import partial
from typing import Any

import faust
from mode import CrashingSupervisor

from vocbus.agents.backoff import until_done
from vocbus.agents.batching import ChunkSchema
from vocbus.agents.dead_letters import KafkaRecord
from vocbus.agents.delivery import deliver
from vocbus.agents.indexing import Indexing
from vocbus.agents.intake import ChunkResult, Intake
from vocbus.contracts.topics import INTERACTIONS, RAW, SIGNALS

log = logging.getLogger(__name__)

Chunk = list[KafkaRecord]

#: One in-order consumer a partition: with more, an acknowledgement could overtake an earlier chunk.
_AGENT: dict[str, Any] = {"concurrency": 1, "supervisor_strategy": CrashingSupervisor}


def now_ms() -> int:
    """Wall clock, epoch milliseconds."""
    return time.time_ns() // 1_000_000


def intake(app: faust.App, decide: Intake, *, retry_limit: float, clock: Callable[[], int] = now_ms) -> None:
    """interactions-raw → interactions, signals, dept-*, interactions-raw-dlq."""

    @app.agent(app.topic(RAW, schema=ChunkSchema()), name="intake", **_AGENT)
    async def intake_agent(stream: Any) -> AsyncIterator[int]:
        async for event in stream.noack().events():
            result = await until_done(partial(_decided, decide, event.value, clock()), limit=retry_limit)
            await until_done(partial(deliver, app, result.messages), limit=retry_limit)
            event.ack()
            log.info(
                "intake: %d events, %d rejected %s",
                len(event.value),
                result.rejected.total(),
                ", ".join(f"{reason} {count}" for reason, count in result.rejected.items()),
            )
            yield len(event.value)


def index(app: faust.App, indexing: Indexing, *, retry_limit: float, clock: Callable[[], int] = now_ms) -> None:
    """interactions, signals → Elasticsearch; what it refuses → interactions-dlq, signals-dlq."""

    @app.agent(app.topic(INTERACTIONS, SIGNALS, schema=ChunkSchema()), name="index", **_AGENT)
    async def index_agent(stream: Any) -> AsyncIterator[int]:
        async for event in stream.noack().events():
            letters = await indexing(event.value, clock())
            await until_done(partial(deliver, app, letters), limit=retry_limit)
            event.ack()
            log.info("index: %d events, %d refused", len(event.value), len(letters))
            yield len(event.value)


async def _decided(decide: Intake, chunk: Chunk, at: int) -> ChunkResult:
    return decide(chunk, at)
