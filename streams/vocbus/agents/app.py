"""Composition root of a worker: settings in, a Faust app with the agents of one role out."""

import os
import tempfile
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

import faust
from elasticsearch import AsyncElasticsearch
from faust.transport.drivers import TRANSPORTS

from vocbus.agents import flow
from vocbus.agents.batching import SCHEME, Transport
from vocbus.agents.breaker import Breaker
from vocbus.agents.indexing import Indexing
from vocbus.agents.intake import Intake
from vocbus.agents.worker import run
from vocbus.contracts.codec import Codec
from vocbus.contracts.identity import customer_token
from vocbus.contracts.registry import open_registry
from vocbus.contracts.settings import Settings
from vocbus.contracts.topics import catalogue
from vocbus.pipeline.decide import Pipeline
from vocbus.pipeline.ruleset import load_rules
from vocbus.sinks.documents import INDEXED
from vocbus.sinks.elasticsearch import ElasticsearchSink, Limits
from vocbus.sinks.sink import Sink

#: Records that one fetch may bring; a chunk is at most this long.
CHUNK = 2_000

#: A dead letter is an event of up to 4 MiB and what surrounds it.
MAX_REQUEST_BYTES = 12 * 1024 * 1024


def create_app(settings: Settings, role: str, *, instance: str | None = None) -> faust.App:
    """A Faust app on the batching transport, in the consumer group `<prefix>-<role>`.

    `instance` makes the worker a static member (KIP-345): after a restart under the same name it has its partitions
    back at once instead of after the session timeout.
    """
    TRANSPORTS.aliases[SCHEME] = f"{Transport.__module__}:{Transport.__qualname__}"
    return faust.App(
        f"{settings.group_prefix}-{role}",
        broker=";".join(f"{SCHEME}://{server.strip()}" for server in (settings.kafka or "").split(",")),
        store="memory://",
        datadir=Path(tempfile.gettempdir()) / f"vocbus-faust-{os.getuid()}",
        web_enabled=False,
        topic_allow_declare=False,
        topic_disable_leader=True,
        stream_wait_empty=True,
        stream_buffer_maxsize=4,
        consumer_auto_offset_reset="earliest",
        consumer_group_instance_id=instance,
        broker_max_poll_records=CHUNK,
        broker_commit_interval=0.3,
        broker_session_timeout=settings.session_timeout,
        broker_heartbeat_interval=settings.session_timeout / 3,
        broker_request_timeout=max(30.0, settings.session_timeout + 5),
        broker_rebalance_timeout=30.0,
        producer_max_batch_size=1_000_000,
        producer_max_request_size=MAX_REQUEST_BYTES,
        producer_request_timeout=20.0,
    )


def tokeniser(settings: Settings) -> Callable[[str, str], str]:
    """(tenant, customer_ref) → customer_token under the configured key. Raises ValueError without one."""
    if settings.token_key is None or len(settings.token_key.get_secret_value()) < 32:
        raise ValueError("VOCBUS_TOKEN_KEY must hold the key of the customer pseudonyms, 32 characters or more")
    key, key_id = settings.token_key.get_secret_value().encode(), settings.token_key_id

    @lru_cache(maxsize=65_536)
    def tokenise(tenant: str, customer_ref: str) -> str:
        return customer_token(key, key_id, tenant, customer_ref)

    return tokenise


def intake_app(settings: Settings, *, instance: str | None = None) -> faust.App:
    """The worker that decides raw interactions."""
    codec = Codec(open_registry(settings))
    app = create_app(settings, "intake", instance=instance)
    decide = Intake(
        decode=codec.decoder("interaction"),
        decide=Pipeline(tokenise=tokeniser(settings), rules=load_rules()).decide,
        encoder=codec.encoder,
        catalogue=catalogue(),
        max_event_bytes=settings.max_event_bytes,
        breaker=Breaker(),
    )
    flow.intake(app, decide, retry_limit=settings.retry_limit)
    return app


def index_app(settings: Settings, sink: Sink, *, instance: str | None = None) -> faust.App:
    """The worker that puts interactions and signals into Elasticsearch."""
    codec = Codec(open_registry(settings))
    app = create_app(settings, "index", instance=instance)
    indexing = Indexing(
        decoder=codec.decoder,
        encoder=codec.encoder,
        sink=sink,
        catalogue=catalogue(),
        prefix=settings.index_prefix,
    )
    flow.index(app, indexing, retry_limit=settings.retry_limit)
    return app


async def run_role(role: str, settings: Settings, *, instance: str | None, drain: float) -> int:
    """Run the worker of a role until it is told to stop or gives up; returns the exit status."""
    if role == "intake":
        return await run(intake_app(settings, instance=instance), drain=drain)
    sink = ElasticsearchSink(AsyncElasticsearch(settings.elasticsearch), Limits(retry_limit=settings.retry_limit))
    try:
        await sink.check([f"{settings.index_prefix}-{indexed.name}" for indexed in INDEXED.values()])
        return await run(index_app(settings, sink, instance=instance), drain=drain)
    finally:
        await sink.close()
