"""A Faust agent as its documentation has it: one event at a time, `topic.send`, automatic acknowledgement.

`await topic.send(…)` hands a message to the producer's buffer and does not wait for Kafka; waiting for each would be
slower by far. So this one promises less than the others: an event is acknowledged before its messages are.
"""

import asyncio
from typing import Any

import faust
from tests.bench.contestant import Job

from vocbus.agents.worker import run
from vocbus.contracts.topics import RAW, catalogue


def run_stock_faust(job: Job) -> None:
    work = job.make_work()
    app = faust.App(
        job.group,
        broker=f"kafka://{job.kafka}",
        store="memory://",
        web_enabled=False,
        topic_allow_declare=False,
        topic_disable_leader=True,
        consumer_auto_offset_reset="earliest",
    )
    raw = app.topic(RAW, key_serializer="raw", value_serializer="raw")
    topics = {
        topic.name: app.topic(topic.name, key_serializer="raw", value_serializer="raw")
        for topic in catalogue()
        if topic.name != RAW
    }

    @app.agent(raw, name="intake")
    async def intake(stream: Any) -> None:
        async for value in stream:
            for topic, key, message in work(value):
                await topics[topic].send(key=key, value=message)

    asyncio.run(run(app, drain=20))
