"""Composition root of a worker: settings in, a Faust app with the agents of one role out."""

import logging
from collections.abc import Callable
from functools import lru_cache, partial
from typing import Any

import faust
from elasticsearch import AsyncElasticsearch
from faust.transport.drivers import TRANSPORTS

from vocbus.agents import flow
from vocbus.agents.backoff import until_done
from vocbus.agents.batching import SCHEME, Transport
from vocbus.agents.breaker import Breaker
from vocbus.agents.indexing import Indexing
from vocbus.agents.intake import Intake
from vocbus.agents.readiness import kafka_ready
from vocbus.agents.worker import EXIT_GAVE_UP, run
from vocbus.contracts.codec import Codec
from vocbus.contracts.errors import Retryable
from vocbus.contracts.identity import customer_token
from vocbus.contracts.registry import open_registry
from vocbus.contracts.settings import TOKEN_KEY_LENGTH, Settings
from vocbus.contracts.topics import catalogue
from vocbus.pipeline.decide import Pipeline
from vocbus.pipeline.ruleset import load_rules
from vocbus.sinks.documents import INDEXED
from vocbus.sinks.elasticsearch import ElasticsearchSink, Limits
from vocbus.sinks.sink import Sink

log = logging.getLogger(__name__)

#: Records that one fetch may bring; a chunk is at most this long.
CHUNK = 2_000

#: A dead letter is an event of up to 4 MiB and what surrounds it.
MAX_REQUEST_BYTES = 12 * 1024 * 1024


class App(faust.App):
    """A Faust app that keeps nothing on disk: tables live in memory, their changelogs in Kafka."""

    logger = logging.getLogger("faust.batching")

    def _create_directories(self) -> None: ...


def create_app(settings: Settings, role: str, *, instance: str | None = None) -> faust.App:
    """A Faust app on the batching transport, in the consumer group `<prefix>-<role>`.

    `instance` makes the worker a static member (KIP-345): after a restart under the same name it has its partitions
    back at once instead of after the session timeout.
    """
    TRANSPORTS.aliases[SCHEME] = f"{Transport.__module__}:{Transport.__qualname__}"
    return App(
        f"{settings.group_prefix}-{role}",
        broker=";".join(f"{SCHEME}://{server.strip()}" for server in (settings.kafka or "").split(",")),
        store="memory://",
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
    if settings.token_key is None or len(settings.token_key.get_secret_value()) < TOKEN_KEY_LENGTH:
        raise ValueError(f"VOCBUS_TOKEN_KEY must hold {TOKEN_KEY_LENGTH} characters or more")
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
        decide=Pipeline(tokenise=tokeniser(settings), rules=load_rules()).decide_all,
        encoder=codec.encoder,
        catalogue=catalogue(),
        max_event_bytes=settings.max_event_bytes,
        breaker=Breaker(),
    )
    flow.intake(app, decide, retry_limit=settings.retry_limit)
    return app


def index_app(settings: Settings, sink: Sink, *, instance: str | None = None) -> faust.App:
    """The worker that puts interactions, signals and outcomes into Elasticsearch."""
    codec = Codec(open_registry(settings))
    app = create_app(settings, "index", instance=instance)
    indexing = Indexing(
        decoder=codec.decoder,
        encoder=codec.encoder,
        sink=sink,
        catalogue=catalogue(),
        prefix=settings.index_prefix,
        breaker=Breaker(),
        retry_limit=settings.retry_limit,
    )
    flow.index(app, indexing, retry_limit=settings.retry_limit)
    return app


async def run_role(role: str, settings: Settings, *, instance: str | None, drain: float) -> int:
    """Run the worker of a role until it is told to stop or gives up; returns the exit status."""
    ready = partial(kafka_ready, settings.kafka or "", catalogue().topics)
    try:
        await until_done(ready, limit=settings.retry_limit)
        if role == "intake":
            app = await until_done(partial(_made, intake_app, settings, instance=instance), limit=settings.retry_limit)
            return await run(app, drain=drain)
        async with AsyncElasticsearch(settings.elasticsearch) as client:
            sink = ElasticsearchSink(client, Limits(retry_limit=settings.retry_limit))
            await sink.check([f"{settings.index_prefix}-{indexed.name}" for indexed in INDEXED.values()])
            return await run(index_app(settings, sink, instance=instance), drain=drain)
    except Retryable as error:
        log.error("giving up: %s", error)
        return EXIT_GAVE_UP


async def _made(make: Callable[..., faust.App], *args: Any, **kwargs: Any) -> faust.App:
    """The app; its encoders ask the registry, which may be away."""
    return make(*args, **kwargs)
