import asyncio
from types import SimpleNamespace
from typing import Any

import pytest

from vocbus.agents.breaker import Breaker, BreakerOpen
from vocbus.agents.indexing import PART, Indexing
from vocbus.contracts.codec import Codec
from vocbus.contracts.errors import Retryable
from vocbus.contracts.registry import LockFileRegistry
from vocbus.contracts.topics import catalogue
from vocbus.sinks.memory import MemorySink

CODEC = Codec(LockFileRegistry())
NOW = 1_793_600_000_000


def indexing(sink: Any, decoder: Any = CODEC.decoder) -> Indexing:
    return Indexing(
        decoder=decoder,
        encoder=CODEC.encoder,
        sink=sink,
        catalogue=catalogue(),
        prefix="vocbus",
        breaker=Breaker(run=3),
        retry_limit=10,
    )


def event(number: int, topic: str = "interactions", value: bytes | None = None) -> Any:
    record = {
        "interaction_id": f"i-{number}",
        "tenant": "t",
        "channel": "CHAT",
        "direction": "INBOUND",
        "customer_token": "k1.x",
        "started_at": NOW,
        "turns": [],
        "source": {"system": "test"},
        "decision": {"decided_at": NOW, "rules_version": "1"},
    }
    encoded = CODEC.encode("interactions", record) if value is None else value
    return SimpleNamespace(topic=topic, partition=0, offset=number, key=b"k", value=encoded, headers=())


async def test_all_events_of_a_chunk_are_stored_over_several_parts() -> None:
    sink = MemorySink()
    assert await indexing(sink)([event(number) for number in range(2 * PART + 7)], NOW) == []
    assert len(sink.sources("vocbus-interactions-2026.11")) == 2 * PART + 7


async def test_what_cannot_be_decoded_is_dead_lettered_and_the_rest_stored() -> None:
    sink = MemorySink()
    (letter,) = await indexing(sink)([event(0), event(1, value=b"poison"), event(2)], NOW)
    assert letter.topic == "interactions-dlq"
    assert CODEC.decode(letter.value, "dead_letter")["reason"] == "UNDECODABLE"
    assert set(sink.sources("vocbus-interactions-2026.11")) == {"i-0", "i-2"}


OUTCOME = {
    "outcome_id": "o-1",
    "tenant": "t",
    "kind": "CORRECTED",
    "customer_token": "k1.x",
    "interaction_id": "i-1",
    "department": "training",
    "actor_ref": "A-1",
    "occurred_at": NOW,
    "correction": {"labels": ["COMPLAINT"], "known": ["COMPLAINT"]},
}


async def test_an_outcome_is_stored_by_its_id_in_the_month_of_its_event() -> None:
    sink = MemorySink()
    assert await indexing(sink)([event(0, "outcomes", CODEC.encode("outcomes", OUTCOME))], NOW) == []
    assert sink.sources("vocbus-outcomes-2026.11")["o-1"]["correction"]["labels"] == ["COMPLAINT"]


async def test_an_outcome_that_breaks_a_rule_is_dead_lettered() -> None:
    wrong = OUTCOME | {"correction": {"labels": ["COMPLAINT"], "known": ["FEEDBACK"]}}
    sink = MemorySink()
    (letter,) = await indexing(sink)([event(0, "outcomes", CODEC.encode("outcomes", wrong))], NOW)
    assert letter.topic == "outcomes-dlq"
    found = CODEC.decode(letter.value, "dead_letter")
    assert (found["reason"], found["detail"]) == ("CONTRACT_VIOLATION", "correction.known must name every label")
    assert not sink.sources("vocbus-outcomes-2026.11")


async def test_a_refused_document_is_dead_lettered_with_its_own_event() -> None:
    sink = MemorySink(refuse=lambda document: "mapping [x]" if document.id == f"i-{PART + 3}" else None)
    (letter,) = await indexing(sink)([event(number) for number in range(PART + 10)], NOW)
    found = CODEC.decode(letter.value, "dead_letter")
    assert (found["reason"], found["stage"], found["offset"]) == ("SINK_REFUSED", "index", PART + 3)


async def test_a_store_that_stays_away_fails_the_chunk_and_leaves_no_write_behind() -> None:
    class Away(MemorySink):
        async def write(self, documents: Any) -> Any:
            if documents[0].id == "i-0":
                raise Retryable("elasticsearch", "connection refused")
            await asyncio.Event().wait()

    with pytest.raises(Retryable, match="connection refused"):
        await indexing(Away())([event(number) for number in range(PART + 1)], NOW)
    await asyncio.sleep(0)
    assert len(asyncio.all_tasks()) == 1


def failing(times: int, error: Exception) -> Any:
    """A decoder that raises the first `times` it is used."""
    left = [error] * times

    def decode(value: bytes | None) -> Any:
        if left:
            raise left.pop()
        return CODEC.decode(value, "classified_interaction")

    return lambda _: decode


async def test_a_bug_is_dead_lettered_as_unexpected_without_the_words_of_its_message() -> None:
    sink = MemorySink()
    (letter,) = await indexing(sink, failing(1, KeyError("13800138000")))([event(0), event(1)], NOW)
    found = CODEC.decode(letter.value, "dead_letter")
    assert (found["reason"], found["detail"]) == ("UNEXPECTED", "KeyError")
    assert set(sink.sources("vocbus-interactions-2026.11")) == {"i-1"}


async def test_too_many_bugs_stop_the_worker() -> None:
    with pytest.raises(BreakerOpen):
        await indexing(MemorySink(), failing(3, KeyError()))([event(number) for number in range(3)], NOW)


async def test_a_registry_that_is_away_is_waited_for() -> None:
    sink = MemorySink()
    decoder = failing(2, Retryable("registry", "connection refused", retry_after=0))
    assert await indexing(sink, decoder)([event(0)], NOW) == []
    assert set(sink.sources("vocbus-interactions-2026.11")) == {"i-0"}
