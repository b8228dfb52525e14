"""Mappings rendered from the Avro schemas."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from vocbus.contracts.schemas import SchemaVersion, latest
from vocbus.ops import mappings
from vocbus.ops.mappings import TEXT, properties, template, template_name
from vocbus.sinks.documents import INDEXED


def avro_fields(schema: Any, path: str = "") -> Iterator[str]:
    """Paths of all fields in a schema without named references, as its JSON spells them."""
    for branch in schema if isinstance(schema, list) else [schema]:
        inner = branch
        while isinstance(inner, dict) and inner["type"] == "array":
            inner = inner["items"]
        if isinstance(inner, dict) and inner["type"] == "record":
            for field in inner["fields"]:
                yield f"{path}{field['name']}"
                yield from avro_fields(field["type"], f"{path}{field['name']}.")


def mapped_fields(found: dict[str, Any], path: str = "") -> Iterator[str]:
    for name, spec in found.items():
        yield f"{path}{name}"
        yield from mapped_fields(spec.get("properties", {}), f"{path}{name}.")


def at(found: dict[str, Any], path: str) -> dict[str, Any]:
    first, _, rest = path.partition(".")
    return at(found[first]["properties"], rest) if rest else found[first]


@pytest.mark.parametrize("record", INDEXED)
def test_every_field_of_the_schema_is_mapped_and_no_other(record: str) -> None:
    definition = latest(record).definition
    assert sorted(mapped_fields(properties(record))) == sorted(avro_fields(definition))


@pytest.mark.parametrize("record", INDEXED)
def test_every_indexed_record_says_which_fields_hold_words_and_each_is_text(record: str) -> None:
    found = properties(record)
    for path in TEXT[record]:
        assert at(found, path)["type"] == "text"


def test_field_types_follow_from_the_schema() -> None:
    interaction = properties("classified_interaction")
    assert interaction["started_at"] == {"type": "date"}
    assert interaction["answered_at"] == {"type": "date"}
    assert at(interaction, "turns.at") == {"type": "date"}
    assert interaction["channel"]["type"] == "keyword"
    assert interaction["products"]["type"] == "keyword"
    assert at(interaction, "satisfaction.csat") == {"type": "integer"}
    assert at(interaction, "consent.recording") == {"type": "boolean"}
    assert at(interaction, "signals.confidence") == {"type": "double"}
    assert interaction["sentiment"] == {"type": "double"}
    assert at(interaction, "review.kind")["type"] == at(interaction, "signals.kind")["type"] == "keyword"
    assert at(interaction, "signals.review") == {"type": "boolean"}
    assert at(properties("signal"), "interest.strength") == {"type": "integer"}
    assert at(properties("outcome"), "correction.labels")["type"] == "keyword"
    assert interaction["attributes"]["type"] == "flattened"
    assert interaction["redactions"]["type"] == "flattened"


def test_language_analyzers_become_sub_fields_of_text_alone() -> None:
    found = properties("signal", ("cjk", "english"))
    assert found["excerpt"] == {
        "type": "text",
        "fields": {"cjk": {"type": "text", "analyzer": "cjk"}, "english": {"type": "text", "analyzer": "english"}},
    }
    assert "fields" not in found["kind"]
    assert properties("signal")["excerpt"] == {"type": "text"}


def test_a_template_is_strict_and_covers_the_months_of_its_record_alone() -> None:
    body = template("signal", "bank", {"index.number_of_replicas": "1"})
    assert template_name("signal", "bank") == "bank-signals"
    assert body["index_patterns"] == ["bank-signals-*"]
    assert body["template"]["mappings"]["dynamic"] == "strict"
    assert body["template"]["settings"] == {"index.number_of_replicas": "1"}
    assert body["_meta"]["managed_by"] == "vocbus"


def schema_of(monkeypatch: pytest.MonkeyPatch, *fields: Any) -> None:
    definition = {"type": "record", "name": "Signal", "fields": list(fields)}
    version = SchemaVersion("signal", 1, json.dumps(definition))
    monkeypatch.setattr(mappings, "latest", lambda _record: version)


def test_a_type_defined_once_and_named_later_is_mapped_both_times(monkeypatch: pytest.MonkeyPatch) -> None:
    place = {"type": "record", "name": "Place", "fields": [{"name": "city", "type": "string"}]}
    schema_of(monkeypatch, {"name": "here", "type": place}, {"name": "there", "type": ["null", "Place"]})
    found = properties("signal")
    assert found["there"] == found["here"] == {"properties": {"city": {"type": "keyword", "ignore_above": 8191}}}


@pytest.mark.parametrize(
    ("field", "said"),
    [
        ({"name": "blob", "type": "bytes"}, "blob: Avro type bytes"),
        ({"name": "either", "type": ["string", "int"]}, "either: a union"),
        ({"name": "none", "type": ["null"]}, "none: a union"),
    ],
)
def test_a_type_without_a_place_in_an_index_is_an_error_that_names_the_field(
    monkeypatch: pytest.MonkeyPatch, field: dict[str, Any], said: str
) -> None:
    schema_of(monkeypatch, field)
    with pytest.raises(ValueError, match=said):
        properties("signal")


def test_an_unindexed_record_has_no_template() -> None:
    with pytest.raises(KeyError):
        template("dead_letter", "vocbus", {})
