"""Every agent in the order of the data. Each takes chunks, does one thing and acknowledges after delivery.

A chunk is acknowledged only when everything that came of it has been acknowledged by Kafka or Elasticsearch. What an
agent raises stops the worker (CrashingSupervisor): the chunk is not acknowledged and comes again after the restart.
"""

import asyncio
import logging
import time
from collections import Counter
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
from vocbus.contracts.errors import RejectReason
from vocbus.contracts.topics import INTERACTIONS, OUTCOMES, RAW, SIGNALS

log = logging.getLogger(__name__)

Chunk = list[KafkaRecord]

#: Events that are decided before their delivery begins, and between two looks at the network.
SLICE, STEP = 400, 50

#: One in-order consumer a partition: with more, an acknowledgement could overtake an earlier chunk.
_AGENT: dict[str, Any] = {"concurrency": 1, "supervisor_strategy": CrashingSupervisor}


def now_ms() -> int:
    """Wall clock, epoch milliseconds."""
    return time.time_ns() // 1_000_000


def intake(app: faust.App, decide: Intake, *, retry_limit: float, clock: Callable[[], int] = now_ms) -> None:
    """interactions-raw → interactions, interactions-review, signals, dept-*, interactions-raw-dlq."""

    @app.agent(app.topic(RAW, schema=ChunkSchema()), name="intake", **_AGENT)
    async def intake_agent(stream: Any) -> AsyncIterator[int]:
        async for event in stream.noack().events():
            rejected: Counter[RejectReason] = Counter()
            delivery: asyncio.Task[None] | None = None
            for start in range(0, len(event.value), SLICE):
                part = event.value[start : start + SLICE]
                result = await _decided(decide, part, clock(), retry_limit)
                if delivery is not None:
                    await delivery
                # Kafka takes this part while the next one is decided; never two at once, to keep their order.
                delivery = asyncio.create_task(until_done(partial(deliver, app, result.messages), limit=retry_limit))
                rejected += result.rejected
            if delivery is not None:
                await delivery
            event.ack()
            counts = ", ".join(f"{reason} {count}" for reason, count in rejected.items())
            log.info("intake: %d events, %d rejected%s", len(event.value), rejected.total(), counts and f": {counts}")
            yield len(event.value)


def index(app: faust.App, indexing: Indexing, *, retry_limit: float, clock: Callable[[], int] = now_ms) -> None:
    """interactions, signals, outcomes → Elasticsearch; what cannot stand there → interactions-dlq, signals-dlq, …"""

    @app.agent(app.topic(INTERACTIONS, SIGNALS, OUTCOMES, schema=ChunkSchema()), name="index", **_AGENT)
    async def index_agent(stream: Any) -> AsyncIterator[int]:
        async for event in stream.noack().events():
            letters = await indexing(event.value, clock())
            await until_done(partial(deliver, app, letters), limit=retry_limit)
            event.ack()
            log.info("index: %d events, %d refused", len(event.value), len(letters))
            yield len(event.value)


async def _decided(decide: Intake, part: Chunk, at: int, retry_limit: float) -> ChunkResult:
    """Decide in small steps, between which the event loop can serve the network."""
    result = ChunkResult()
    for start in range(0, len(part), STEP):
        result.add(await until_done(partial(_step, decide, part[start : start + STEP], at), limit=retry_limit))
        await asyncio.sleep(0)
    return result


async def _step(decide: Intake, events: Chunk, at: int) -> ChunkResult:
    return decide(events, at)
