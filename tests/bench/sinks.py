"""The Elasticsearch sink as the index agent uses it, and a plain bulk loop over documents made beforehand."""

import asyncio
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

from elasticsearch import AsyncElasticsearch, Elasticsearch
from tests.bench.child import Child, Failed
from tests.bench.contestant import Job
from tests.bench.events import Load
from tests.bench.functions import TOKEN_KEY, open_codec

from vocbus.agents.app import CHUNK
from vocbus.agents.breaker import Breaker
from vocbus.agents.indexing import Indexing
from vocbus.contracts.identity import customer_token, signal_id
from vocbus.contracts.topics import INTERACTIONS, SIGNALS, catalogue
from vocbus.ops.indices_apply import reconcile_indices
from vocbus.pipeline.decide import Pipeline
from vocbus.sinks import bulk
from vocbus.sinks.documents import INDEXED, Document, document
from vocbus.sinks.elasticsearch import ElasticsearchSink, Limits

#: One chunk of encoded events of a topic, as the index agent gets them.
Chunk = tuple[str, list[bytes]]


def run_sink(job: Job) -> None:
    """What the index agent does to each chunk: decode, make documents, write."""
    codec = open_codec()
    chunks = [
        [SimpleNamespace(topic=topic, partition=0, offset=at, key=None, value=value) for at, value in enumerate(values)]
        for topic, values in _chunks(job.options["events"])
    ]

    async def write() -> dict[str, float]:
        sink = ElasticsearchSink(AsyncElasticsearch(job.elasticsearch))
        await sink.check([f"{job.options['prefix']}-{indexed.name}" for indexed in INDEXED.values()])
        indexing = Indexing(
            decoder=codec.decoder,
            encoder=codec.encoder,
            sink=sink,
            catalogue=catalogue(),
            prefix=job.options["prefix"],
            breaker=Breaker(),
            retry_limit=60,
        )
        begin, cpu = time.perf_counter(), time.process_time()
        for chunk in chunks:
            if letters := await indexing(chunk, 0):
                raise RuntimeError(f"{len(letters)} documents refused")
        took = {"seconds": time.perf_counter() - begin, "cpu": time.process_time() - cpu}
        await sink.close()
        return took

    job.tell(**asyncio.run(write()), documents=sum(map(len, chunks)))


def run_bulk_loop(job: Job) -> None:
    """Send bulk requests of the sink's size, as many at a time, over documents that are there already."""
    codec, limits = open_codec(), Limits()
    requests: list[list[bytes]] = []
    documents = 0
    for topic, values in _chunks(job.options["events"]):
        record = catalogue()[topic].record
        decode = codec.decoder(record)
        made = [document(record, decode(value), job.options["prefix"]) for value in values]
        documents += len(made)
        for part in bulk.parts(enumerate(made), limits.max_bytes, limits.max_count):
            requests.append([line for _, each in part for line in _lines(each)])

    async def send() -> dict[str, float]:
        client = AsyncElasticsearch(job.elasticsearch)
        remaining = iter(requests)

        async def drain() -> None:
            for lines in remaining:
                answer = await client.bulk(operations=lines, filter_path="errors")
                if answer["errors"]:
                    raise RuntimeError("a bulk request had errors")

        begin, cpu = time.perf_counter(), time.process_time()
        await asyncio.gather(*(drain() for _ in range(limits.in_flight)))
        took = {"seconds": time.perf_counter() - begin, "cpu": time.process_time() - cpu}
        await client.close()
        return took

    job.tell(**asyncio.run(send()), documents=documents)


def _lines(made: Document) -> tuple[bytes, bytes]:
    action = b'{"index":{"_index":"%b","_id":"%b","version":%d,"version_type":"external_gte"}}'
    return action % (made.index.encode(), made.id.encode(), made.version), made.body


def _chunks(events: int) -> Iterator[Chunk]:
    """What intake makes of a load of `events`: chunks of interactions and of signals in turn."""
    load, codec = Load(events), open_codec()
    encode = {topic: codec.encoder(topic) for topic in (INTERACTIONS, SIGNALS)}
    pipeline = Pipeline(tokenise=lambda tenant, ref: customer_token(TOKEN_KEY.encode(), "k1", tenant, ref))
    decided = [pipeline.decide(sample, 1_800_000_000_000) for sample in load.samples]
    waiting: dict[str, list[bytes]] = {INTERACTIONS: [], SIGNALS: []}
    for i in range(events):
        one, identity = decided[i % len(decided)], f"{load.name}-{i}"
        waiting[INTERACTIONS].append(encode[INTERACTIONS]({**one.interaction, "interaction_id": identity}))
        for signal in one.signals:
            own = {"interaction_id": identity, "signal_id": signal_id(identity, signal["kind"])}
            waiting[SIGNALS].append(encode[SIGNALS]({**signal, **own}))
        for topic, values in waiting.items():
            if len(values) >= CHUNK:
                yield topic, values[:CHUNK]
                del values[:CHUNK]
    yield from ((topic, values) for topic, values in waiting.items() if values)


def index(elasticsearch: str, folder: Path, name: str, events: int) -> float:
    """Run `sink` or `bulk_loop` over fresh indices; returns documents a second. Raises Failed for a missing one."""
    prefix = f"bench-{uuid.uuid4().hex[:8]}"
    client = Elasticsearch(elasticsearch)
    reconcile_indices(client, prefix)
    job = Job(str(folder / f"{name}.json"), elasticsearch=elasticsearch, options={"events": events, "prefix": prefix})
    with Child(name, job) as child:
        child.wait(120)
        told = child.wait_report(1)
    client.indices.refresh(index=f"{prefix}-*")
    stored = client.count(index=f"{prefix}-*")["count"]
    for made in client.indices.get(index=f"{prefix}-*"):
        client.indices.delete(index=made)
    for indexed in INDEXED.values():
        client.indices.delete_index_template(name=f"{prefix}-{indexed.name}")
    client.close()
    if stored != told["documents"]:
        raise Failed(f"{name}: {stored} documents stood in Elasticsearch instead of {told['documents']}")
    return float(told["documents"]) / float(told["seconds"])
