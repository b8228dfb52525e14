"""The pydantic twins and the .avsc files, held together field by field."""

from datetime import datetime
from enum import StrEnum
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin

import pytest

from vocbus.contracts.codec import Codec, parse
from vocbus.contracts.models import RECORDS, Record
from vocbus.contracts.registry import LockFileRegistry
from vocbus.contracts.rules import EARLIEST_MS, LABELS
from vocbus.contracts.samples import sample_values
from vocbus.contracts.schemas import latest, load_versions, packaged
from vocbus.contracts.topics import catalogue

PRIMITIVES = {str: ("string",), bytes: ("bytes",), bool: ("boolean",), float: ("double",), int: ("int", "long")}


def mismatches(path: str, annotation: Any, schema: Any, named: dict[str, Any]) -> list[str]:
    """Where a Python type and an Avro type differ."""
    if isinstance(schema, str) and schema in named:
        schema = named[schema]
    if isinstance(schema, dict) and "name" in schema:
        named[schema["name"]] = schema
    if get_origin(annotation) in (Union, UnionType):
        (inner,) = set(get_args(annotation)) - {NoneType}
        if not (isinstance(schema, list) and len(schema) == 2 and schema[0] == "null"):
            return [f"{path}: may be null in the twin alone"]
        return mismatches(path, inner, schema[1], named)
    if get_origin(annotation) is list:
        fits = isinstance(schema, dict) and schema["type"] == "array"
        return mismatches(f"{path}[]", get_args(annotation)[0], schema["items"], named) if fits else [path]
    if get_origin(annotation) is dict:
        fits = isinstance(schema, dict) and schema["type"] == "map" and get_args(annotation)[0] is str
        return mismatches(f"{path}{{}}", get_args(annotation)[1], schema["values"], named) if fits else [path]
    if hasattr(annotation, "__metadata__"):
        annotation = annotation.__origin__
    if annotation is datetime:
        return [] if schema == {"type": "long", "logicalType": "timestamp-millis"} else [path]
    if annotation in PRIMITIVES:
        return [] if schema in PRIMITIVES[annotation] else [f"{path}: {annotation.__name__} is {schema}"]
    if not isinstance(schema, dict) or schema.get("name") != annotation.__name__:
        return [f"{path}: {annotation} is {schema}"]
    if issubclass(annotation, StrEnum):
        same = [symbol.value for symbol in annotation] == schema["symbols"] and schema["default"] == schema["symbols"][
            0
        ]
        return [] if same else [f"{path}: symbols differ"]
    return record_mismatches(path, annotation, schema, named)


def record_mismatches(path: str, twin: type[Record], schema: dict[str, Any], named: dict[str, Any]) -> list[str]:
    fields = {field["name"]: field for field in schema["fields"]}
    if fields.keys() != twin.model_fields.keys():
        return [f"{path}: fields {fields.keys() ^ twin.model_fields.keys()} stand on one side alone"]
    found = []
    for name, field in fields.items():
        info = twin.model_fields[name]
        found += mismatches(f"{path}.{name}", info.annotation, field["type"], named)
        if info.is_required() == ("default" in field):
            found.append(f"{path}.{name}: has a default on one side alone")
        elif not info.is_required() and info.get_default(call_default_factory=True) != field["default"]:
            found.append(f"{path}.{name}: defaults differ")
    return found


@pytest.mark.parametrize("record", RECORDS)
def test_twin_and_schema_have_the_same_fields(record: str) -> None:
    definition = latest(record).definition
    assert RECORDS[record].__name__ == definition["name"]
    assert record_mismatches(record, RECORDS[record], definition, {}) == []


@pytest.mark.parametrize("record", RECORDS)
def test_the_comparison_notices_each_change_of_a_schema(record: str) -> None:
    twin, count = RECORDS[record], len(latest(record).definition["fields"])
    for index in range(count):
        for change in ({"name": "other"}, {"type": "null"}, {"type": ["null", "boolean"]}, {"default": "other"}):
            definition = latest(record).definition
            definition["fields"][index].update(change)
            assert record_mismatches(record, twin, definition, {}), (definition["fields"][index], change)


def test_every_schema_has_a_twin_and_every_twin_a_schema() -> None:
    assert load_versions(packaged()).keys() == RECORDS.keys()


def test_every_record_has_a_topic() -> None:
    assert {topic.record for topic in catalogue()} == set(RECORDS)


@pytest.mark.parametrize("record", [name for name in RECORDS if name != "interaction"])
def test_a_twin_takes_and_gives_back_every_kind_of_record(record: str) -> None:
    codec, twin = Codec(LockFileRegistry()), RECORDS[record]
    topic = next(topic.name for topic in catalogue() if topic.record == record)
    for sample in sample_values(in_our_time(parse(latest(record).definition))):
        value = within_bounds(sample)
        assert codec.decode(codec.encode(topic, twin.from_record(value).to_record()), record) == value


def in_our_time(schema: Any) -> Any:
    """The schema with long as int: milliseconds that a datetime can hold."""
    if isinstance(schema, list):
        return [in_our_time(item) for item in schema]
    if isinstance(schema, dict):
        return {key: in_our_time(item) for key, item in schema.items()}
    return "int" if schema == "long" else schema


def within_bounds(value: Any) -> Any:
    """A sample that keeps the rules: numbers on their scales, and what belongs to a kind with no other."""
    if isinstance(value, list):
        return [within_bounds(item) for item in value]
    if not isinstance(value, dict):
        return value
    kept = {name: within_bounds(item) for name, item in value.items()}
    for name, low, high in (("sentiment", -1.0, 1.0), ("confidence", 0.0, 1.0), ("strength", 1, 3)):
        if kept.get(name) is not None:
            kept[name] = min(max(kept[name], low), high)
    if kept.get("interest") is not None:
        kept["kind"] = "SALES_SIGNAL"
    if "outcome_id" in kept:
        kept = {name: item or "x" if item == "" else item for name, item in kept.items()}
        kept |= {"occurred_at": EARLIEST_MS, "kind": "CORRECTED" if kept["correction"] else "RESOLVED"}
    if "known" in kept:
        kept |= {"known": list(LABELS), "inquiry": bool(kept["inquiry"])}
        kept["labels"] = [label for label in dict.fromkeys(kept["labels"]) if label in LABELS]
        kept["severity"] = 3 if "COMPLAINT" in kept["labels"] and kept["severity"] else None
        kept["polarity"] = kept["polarity"] if "FEEDBACK" in kept["labels"] else None
        kept["category"] = (kept["category"] or None) if kept["labels"] else None
    return kept
