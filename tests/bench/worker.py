"""The worker under test: the product's own app, and its transport alone."""

import asyncio
from collections.abc import Iterable
from typing import Any

import faust
from tests.bench.contestant import Job
from tests.bench.functions import TOKEN_KEY, WORKS

from vocbus.agents import flow
from vocbus.agents.app import create_app, intake_app
from vocbus.agents.delivery import Outgoing
from vocbus.agents.intake import ChunkResult
from vocbus.agents.worker import run
from vocbus.contracts.settings import Settings


class FirstEvent(faust.Sensor):
    """Reports when the first chunk is handed to the agent."""

    def __init__(self, job: Job) -> None:
        super().__init__()
        self._job, self._waiting = job, True

    def on_message_in(self, tp: Any, offset: int, message: Any) -> None:
        if self._waiting:
            self._waiting = False
            self._job.tell_first_event()


def run_worker(job: Job) -> None:
    # The app's consumer group is the prefix with the role behind it.
    settings = Settings(kafka=job.kafka, token_key=TOKEN_KEY, group_prefix=job.group.removesuffix("-intake"))
    app = intake_app(settings) if job.work == "decision" else _transport_alone(settings, job.work)
    app.sensors.add(FirstEvent(job))
    asyncio.run(run(app, drain=20))


def _transport_alone(settings: Settings, name: str) -> faust.App:
    """The intake flow with another work in place of the decision."""
    work = WORKS[name]()
    app = create_app(settings, "intake")

    def each(records: Iterable[Any], now_ms: int) -> ChunkResult:
        messages = [Outgoing(*message) for record in records for message in work(record.value)]
        return ChunkResult(messages, passed=len(messages))

    flow.intake(app, each, retry_limit=settings.retry_limit)
    return app
