"""A worker of its own process for test_faust_loses_events: reads numbered events until there are no more.

    faust_worker.py MODE KAFKA TOPIC LOG [RAISES_AT]

Each number that the agent is done with goes to LOG. RAISES_AT lists the events, as "5,8", at which the agent raises
when it first meets them. Exit status 3 says that the worker crashed.
"""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import faust
from faust.transport.drivers import TRANSPORTS
from mode import CrashingSupervisor

from vocbus.agents.batching import SCHEME, ChunkSchema, Transport

MODE, KAFKA, TOPIC, LOG = sys.argv[1:5]
IDLE_S = 4.0

TRANSPORTS.aliases[SCHEME] = f"{Transport.__module__}:{Transport.__qualname__}"
app = faust.App(
    f"group-{TOPIC}",
    broker=f"{SCHEME if MODE.startswith('chunks') else 'kafka'}://{KAFKA}",
    store="memory://",
    datadir=Path(LOG).parent,
    web_enabled=False,
    topic_disable_leader=True,
    topic_allow_declare=False,
    consumer_auto_offset_reset="earliest",
    broker_commit_interval=0.3,
    broker_session_timeout=6.0,
    broker_heartbeat_interval=2.0,
)
raises_at = {int(number) for number in "".join(sys.argv[5:]).split(",") if number}
last_event = [0.0]


def handle(number: int) -> None:
    """What the agents do with an event: fail where they are told to, else note that it is done."""
    last_event[0] = asyncio.get_running_loop().time()
    if number in raises_at:
        raises_at.remove(number)
        raise ValueError("told to fail")
    with open(LOG, "a") as log:
        log.write(f"{number}\n")
        log.flush()
        os.fsync(log.fileno())


def define_agent() -> None:
    raw = app.topic(TOPIC, value_serializer="raw", key_serializer="raw")

    if MODE == "for":

        @app.agent(raw)
        async def plain(stream: Any) -> None:
            async for value in stream:
                handle(int(value))

    elif MODE == "restart":

        @app.agent(raw)
        async def manual_ack(stream: Any) -> None:
            async for event in stream.noack().events():
                handle(int(event.value))
                event.ack()

    elif MODE == "with":

        @app.agent(raw)
        async def with_event(stream: Any) -> None:
            async for event in stream.noack().events():
                async with event:
                    handle(int(event.value))

    elif MODE == "take":

        @app.agent(raw)
        async def take(stream: Any) -> None:
            async for values in stream.take(4, within=1.0):
                for value in values:
                    handle(int(value))

    elif MODE == "serializer":

        @app.agent(app.topic(TOPIC, value_type=int, value_serializer="json"))
        async def decoded(stream: Any) -> None:
            async for value in stream:
                handle(value)

    elif MODE.startswith("chunks"):

        @app.agent(app.topic(TOPIC, schema=ChunkSchema()), concurrency=1, supervisor_strategy=CrashingSupervisor)
        async def chunks(stream: Any) -> AsyncIterator[int]:
            async for event in stream.noack().events():
                for record in event.value:
                    # With its own decoding the agent can tell a bad event and go on; 5 is the one that tests make bad.
                    handle(int(record.value) if record.value.isdigit() else 5)
                event.ack()
                yield len(event.value)


async def main() -> None:
    define_agent()
    app.finalize()
    await app.start()
    loop = asyncio.get_running_loop()
    last_event[0] = loop.time() + 6  # joining the group takes a moment
    while loop.time() - last_event[0] < IDLE_S:
        if app.crashed:
            os._exit(3)
        await asyncio.sleep(0.1)
    await asyncio.wait({asyncio.ensure_future(app.stop())}, timeout=8)
    # An unacknowledged event can keep Faust waiting for ever; its offsets are committed by now.
    os._exit(0)


if __name__ == "__main__":
    asyncio.run(main())
