"""The promise of a sink, kept by Elasticsearch and by its twin in memory alike; then what only the real one has."""

import asyncio
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import orjson
import pytest
from elasticsearch import AsyncElasticsearch, Elasticsearch

from vocbus.contracts.errors import Retryable
from vocbus.contracts.models import ClassifiedInteraction, Signal
from vocbus.ops.embedded import servers as embedded
from vocbus.ops.indices_apply import reconcile_indices
from vocbus.sinks.documents import Document, document
from vocbus.sinks.elasticsearch import ElasticsearchSink, Limits
from vocbus.sinks.memory import MemorySink
from vocbus.sinks.sink import Sink

pytestmark = pytest.mark.servers

KNOWN = frozenset(Signal.model_fields)


@dataclass(frozen=True)
class Store:
    """A sink, the prefix of its indices, and a look at what an index holds: {id: source}."""

    sink: Sink
    prefix: str
    sources: Callable[[str], Awaitable[dict[str, Any]]]


def refuse_unknown_fields(document: Document) -> str | None:
    """What the strict mapping of Elasticsearch says of a field that the contract does not have."""
    if orjson.loads(document.body).keys() <= KNOWN:
        return None
    return "strict_dynamic_mapping_exception"


@pytest.fixture
async def elasticsearch(servers: Any) -> AsyncIterator[Store]:
    prefix = f"t{uuid.uuid4().hex[:8]}"
    with Elasticsearch(servers.elasticsearch) as admin:
        reconcile_indices(admin, prefix)

        async def sources(index: str) -> dict[str, Any]:
            admin.indices.refresh(index=index)
            found = admin.search(index=index, size=1000, query={"match_all": {}})
            return {hit["_id"]: hit["_source"] for hit in found["hits"]["hits"]}

        sink = ElasticsearchSink(AsyncElasticsearch(servers.elasticsearch), Limits(max_count=100))
        yield Store(sink, prefix, sources)
        await sink.close()
        for name in admin.indices.get(index=f"{prefix}-*"):
            admin.indices.delete(index=name)
        admin.indices.delete_index_template(name=f"{prefix}-*")


@pytest.fixture
async def memory() -> Store:
    sink = MemorySink(refuse=refuse_unknown_fields)

    async def sources(index: str) -> dict[str, Any]:
        return sink.sources(index)

    return Store(sink, "twin", sources)


@pytest.fixture(params=["memory", "elasticsearch"])
def store(request: pytest.FixtureRequest) -> Store:
    found: Store = request.getfixturevalue(request.param)
    return found


@pytest.fixture
def signal() -> Callable[..., dict[str, Any]]:
    def build(identity: str, excerpt: str = "x", decided_at: int = 1_764_000_000_000, **changes: Any) -> dict[str, Any]:
        record = Signal.model_validate(
            {
                "signal_id": identity,
                "interaction_id": "i1",
                "tenant": "t",
                "customer_token": "k1.x",
                "kind": "COMPLAINT",
                "category": "cards.fraud",
                "severity": 3,
                "confidence": 0.9,
                "evidence": [{"turn": 0, "start": 0, "end": 2, "text": excerpt[:2], "rule": "r"}],
                "excerpt": excerpt,
                "channel": "PHONE",
                "language": "ZH",
                "occurred_at": "2026-11-24T10:00:00+08:00",
                "departments": ["complaints"],
                "priority": 1,
                "decision": {"decided_at": decided_at, "rules_version": "1"},
            }
        ).to_record()
        return record | changes

    return build


def month(store: Store) -> str:
    return f"{store.prefix}-signals-2026.11"


async def test_documents_are_stored_whole(store: Store, signal: Callable[..., Any]) -> None:
    records = {f"s{n}": signal(f"s{n}", f"第{n}条") for n in range(250)}
    refusals = await store.sink.write([document("signal", record, store.prefix) for record in records.values()])
    assert refusals == []
    assert await store.sources(month(store)) == records


async def test_writing_again_changes_nothing(store: Store, signal: Callable[..., Any]) -> None:
    batch = [document("signal", signal("s1"), store.prefix), document("signal", signal("s1"), store.prefix)]
    assert await store.sink.write(batch) == []
    assert await store.sink.write(batch) == []
    assert await store.sources(month(store)) == {"s1": signal("s1")}


async def test_a_later_decision_replaces_an_earlier_one_and_never_the_reverse(
    store: Store, signal: Callable[..., Any]
) -> None:
    earlier, later = signal("s1", "earlier", 1_000), signal("s1", "later", 2_000)
    for record in (earlier, later, earlier):
        assert await store.sink.write([document("signal", record, store.prefix)]) == []
    assert (await store.sources(month(store)))["s1"]["excerpt"] == "later"


async def test_a_refused_document_does_not_hold_up_the_others(store: Store, signal: Callable[..., Any]) -> None:
    records = [signal("s1"), signal("s2", surplus="我的卡号"), signal("s3")]
    refusals = await store.sink.write([document("signal", record, store.prefix) for record in records])
    assert refusals == [(1, "strict_dynamic_mapping_exception")]
    assert (await store.sources(month(store))).keys() == {"s1", "s3"}


async def test_an_id_longer_than_512_bytes_is_refused(store: Store, signal: Callable[..., Any]) -> None:
    fits, too_long = "信" * 170 + "xx", "信" * 171
    refusals = await store.sink.write([document("signal", signal(each), store.prefix) for each in (too_long, fits)])
    assert refusals == [(0, "id longer than 512 bytes")]
    assert (await store.sources(month(store))).keys() == {fits}


async def test_each_month_has_its_index(store: Store, signal: Callable[..., Any]) -> None:
    october = signal("s2", occurred_at=1_793_000_000_000)
    await store.sink.write([document("signal", record, store.prefix) for record in (signal("s1"), october)])
    assert (await store.sources(f"{store.prefix}-signals-2026.10")).keys() == {"s2"}
    assert (await store.sources(month(store))).keys() == {"s1"}


async def test_nothing_to_write_is_fine(store: Store) -> None:
    assert await store.sink.write([]) == []


async def test_writers_at_the_same_time_lose_nothing(store: Store, signal: Callable[..., Any]) -> None:
    def batch(writer: int) -> list[Document]:
        return [document("signal", signal(f"{writer}-{n}"), store.prefix) for n in range(150)]

    assert await asyncio.gather(*(store.sink.write(batch(writer)) for writer in range(4))) == [[], [], [], []]
    assert len(await store.sources(month(store))) == 600


async def test_the_check_wants_the_templates(elasticsearch: Store) -> None:
    sink = elasticsearch.sink
    assert isinstance(sink, ElasticsearchSink)
    await sink.check([f"{elasticsearch.prefix}-signals", f"{elasticsearch.prefix}-interactions"])
    with pytest.raises(Retryable, match="vocbus indices apply"):
        await sink.check([f"{elasticsearch.prefix}-nothing"])


async def test_words_are_found_in_chinese_and_english(
    elasticsearch: Store, signal: Callable[..., Any], servers: Any
) -> None:
    texts = {"zh": "我的信用卡被盗刷了", "mixed": "用卡信心不足", "en": "Charged twice on my credit card"}
    await elasticsearch.sink.write(
        [document("signal", signal(name, text), elasticsearch.prefix) for name, text in texts.items()]
    )

    def found(query: str) -> set[str]:
        with Elasticsearch(servers.elasticsearch) as client:
            client.indices.refresh(index=month(elasticsearch))
            hits = client.search(index=month(elasticsearch), query={"match_phrase": {"excerpt": query}})["hits"]["hits"]
            return {hit["_id"] for hit in hits}

    assert found("信用卡") == {"zh"}
    assert found("盗刷") == {"zh"}
    assert found("credit card") == {"en"}


async def test_a_full_interaction_fits_its_mapping(elasticsearch: Store, servers: Any) -> None:
    long = "信" * 9_000  # longer than a keyword may be to be found, and longer than Lucene takes for one
    record = ClassifiedInteraction.model_validate(
        {
            "interaction_id": "i1",
            "tenant": "t",
            "channel": "CHAT",
            "direction": "INBOUND",
            "customer_token": "k1.x",
            "agent_ref": long,
            "started_at": "2026-11-24T10:00:00Z",
            "ended_at": "2026-11-24T10:05:00Z",
            "turns": [{"speaker": "CUSTOMER", "text": long * 10, "at": 1_764_000_000_000}],
            "products": ["credit-card", long],
            "satisfaction": {"csat": 1, "comment": "太差"},
            "related": {"case_id": "c1"},
            "consent": {"recording": True},
            "attributes": {"queue": "vip", "a.b": "x", ".": "y", "": "z", "long": long},
            "source": {"system": "s"},
            "language": "ZH",
            "redactions": {"CARD": 2, "PHONE": 1},
            "signals": [{"signal_id": "s1", "kind": "COMPLAINT", "category": "c", "confidence": 1.0}],
            "decision": {"decided_at": 1_764_000_000_000, "rules_version": "1"},
        }
    ).to_record()
    assert await elasticsearch.sink.write([document("classified_interaction", record, elasticsearch.prefix)]) == []
    index = f"{elasticsearch.prefix}-interactions-2026.11"
    assert await elasticsearch.sources(index) == {"i1": record}
    with Elasticsearch(servers.elasticsearch) as client:
        for query in (
            {"term": {"attributes.queue": "vip"}},
            {"exists": {"field": "redactions.CARD"}},
            {"range": {"started_at": {"gte": "2026-11-24", "lt": "2026-11-25"}}},
            {"match_phrase": {"satisfaction.comment": "太差"}},
        ):
            assert client.count(index=index, query=query)["count"] == 1


async def test_more_than_the_cluster_takes_in_one_request_is_halved(servers: Any, elasticsearch: Store) -> None:
    sink = ElasticsearchSink(AsyncElasticsearch(servers.elasticsearch), Limits(max_bytes=300_000_000, max_backoff=1.0))
    body = orjson.dumps({"excerpt": "x " * 2_500_000})
    # 120 MB: Elasticsearch takes 100 MB in a request, and this node a tenth of its heap.
    batch = [Document(month(elasticsearch), f"s{n}", 1, body) for n in range(24)]
    assert await sink.write(batch) == []
    await sink.close()
    with Elasticsearch(servers.elasticsearch) as client:
        client.indices.refresh(index=month(elasticsearch))
        assert client.count(index=month(elasticsearch))["count"] == 24


async def test_a_cluster_that_comes_back_is_waited_for_and_one_that_does_not_is_given_up(
    servers: Any, elasticsearch: Store, signal: Callable[..., Any]
) -> None:
    batch = [document("signal", signal(f"s{n}"), elasticsearch.prefix) for n in range(300)]
    embedded.kill_server(servers.data, "elasticsearch")
    impatient, patient = (
        ElasticsearchSink(AsyncElasticsearch(servers.elasticsearch), Limits(retry_limit=limit, max_backoff=0.3))
        for limit in (1.0, 200.0)
    )
    try:
        with pytest.raises(Retryable, match="ConnectionError"):
            await impatient.write(batch)
        waiting = asyncio.create_task(patient.write(batch))
        await asyncio.wait([waiting], timeout=0.5)
        assert not waiting.done()
    finally:
        await impatient.close()
        # In this thread, whose end would take the server with it.
        embedded.start_server(servers.data, "elasticsearch")
    assert await waiting == []
    await patient.close()
    assert len(await elasticsearch.sources(month(elasticsearch))) == 300


async def test_an_index_that_may_not_be_created_stops_the_writer_with_the_way_out(
    servers: Any, elasticsearch: Store, signal: Callable[..., Any]
) -> None:
    with Elasticsearch(servers.elasticsearch) as admin:
        admin.cluster.put_settings(persistent={"action.auto_create_index": "false"})
        try:
            with pytest.raises(Retryable, match=r"action\.auto_create_index"):
                await elasticsearch.sink.write([document("signal", signal("s1"), elasticsearch.prefix)])
        finally:
            admin.cluster.put_settings(persistent={"action.auto_create_index": None})
    assert await elasticsearch.sink.write([document("signal", signal("s1"), elasticsearch.prefix)]) == []


async def test_a_full_cluster_stops_the_writer_rather_than_turning_documents_into_dead_letters(
    servers: Any, elasticsearch: Store, signal: Callable[..., Any]
) -> None:
    with Elasticsearch(servers.elasticsearch) as admin:
        admin.cluster.put_settings(persistent={"cluster.max_shards_per_node": 1})
        try:
            with pytest.raises(Retryable, match="too many shards"):
                await elasticsearch.sink.write(
                    [
                        document("signal", signal(f"s{at}", occurred_at=at), elasticsearch.prefix)
                        for at in (1_764_000_000_000, 1_793_000_000_000)
                    ]
                )
        finally:
            admin.cluster.put_settings(persistent={"cluster.max_shards_per_node": None})


async def test_a_read_only_index_is_waited_for(servers: Any, elasticsearch: Store, signal: Callable[..., Any]) -> None:
    await elasticsearch.sink.write([document("signal", signal("s1"), elasticsearch.prefix)])
    with Elasticsearch(servers.elasticsearch) as admin:
        admin.indices.put_settings(index=month(elasticsearch), settings={"index.blocks.write": True})
        waiting = asyncio.create_task(
            elasticsearch.sink.write([document("signal", signal("s2"), elasticsearch.prefix)])
        )
        await asyncio.wait([waiting], timeout=0.3)
        assert not waiting.done()
        admin.indices.put_settings(index=month(elasticsearch), settings={"index.blocks.write": False})
    assert await waiting == []
    assert (await elasticsearch.sources(month(elasticsearch))).keys() == {"s1", "s2"}
