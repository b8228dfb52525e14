"""From a decision in doubt to a row to train with, over real workers."""

import json
from collections.abc import Callable
from importlib import resources
from typing import Any

import pytest
from elasticsearch import Elasticsearch

from vocbus.contracts.models import Interaction

pytestmark = [pytest.mark.servers, pytest.mark.timeout(400)]

SAMPLES = resources.files("vocbus.ops") / "samples" / "interactions.jsonl"


def test_what_is_in_doubt_is_put_before_people_and_nothing_else(bus: Any) -> None:
    lines = SAMPLES.read_text("utf-8").splitlines()
    bus.publish([Interaction.model_validate_json(line).to_record() for line in lines])
    bus.start("worker")

    report = bus.assert_clean()

    doubted = {"exists": {"field": "review.kind"}}
    with Elasticsearch(bus.servers.elasticsearch) as client:
        found = client.search(index="vocbus-interactions-*", query=doubted, size=1000, source=["review", "signals"])
    hits = [hit["_source"] for hit in found["hits"]["hits"]]
    assert 0 < len(hits) < len(lines)
    assert report["topics"]["review"] == len(hits)
    for hit in hits:
        marked = {signal["kind"] for signal in hit["signals"] if signal["review"]}
        assert marked <= {candidate["kind"] for candidate in hit["review"]}


def test_a_correction_goes_through_kafka_and_elasticsearch_into_the_training_rows(
    bus: Any, make_interaction: Callable[..., dict[str, Any]], until: Any
) -> None:
    text = "我的卡号6222021234567890128，九月已经扣过一次年费"
    bus.publish([make_interaction(1, text=text), make_interaction(2)])
    bus.start("worker")
    bus.assert_clean()

    for labels in ("FEEDBACK", "COMPLAINT"):
        done = bus.run("correct", "i-1", "--labels", labels, "--no-inquiry", "--by", "A-0031")
        assert done.returncode == 0, done.stderr
    until(lambda: bus.documents("outcomes") == 2, what="two outcomes stored")

    report = bus.assert_clean()
    assert report["topics"]["outcomes"] == report["elasticsearch"]["documents"]["outcomes"] == 2
    (row,) = map(json.loads, bus.run("corrections", "export").stdout.splitlines())
    assert (row["interaction_id"], row["lang"], row["labels"]) == ("i-1", "zh", ["COMPLAINT"])
    assert row["known"] == ["COMPLAINT", "FEEDBACK", "SALES_SIGNAL", "INQUIRY"]
    assert "[CARD_1]" in row["text"]
    assert "6222021234567890128" not in row["text"]


def test_an_outcome_that_breaks_a_rule_is_dead_lettered_and_accounted_for(bus: Any) -> None:
    wrong = {
        "outcome_id": "o-1",
        "tenant": "test-bank",
        "kind": "CORRECTED",
        "customer_token": "k1.x",
        "interaction_id": "i-1",
        "department": "training",
        "actor_ref": "A-1",
        "occurred_at": 1_793_600_000_000,
    }
    bus.publish_bytes([(b"k1.x", bus.encode("outcomes", wrong)), (b"k1.x", b"not avro")], topic="outcomes")
    bus.start("worker", "index")

    report = bus.verify()

    assert report["findings"] == []
    assert report["elasticsearch"]["dead_letters"] == {"CONTRACT_VIOLATION": 1, "UNDECODABLE": 1}
