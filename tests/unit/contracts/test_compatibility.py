import json
from typing import Any

from vocbus.contracts.compatibility import incompatibilities
from vocbus.contracts.schemas import SchemaVersion

Schema = dict[str, Any]


def versions(*field_lists: list[Schema]) -> list[SchemaVersion]:
    """Versions of a record R with these fields."""
    return [
        SchemaVersion("r", number, json.dumps({"type": "record", "name": "R", "fields": fields}))
        for number, fields in enumerate(field_lists, 1)
    ]


def told(field_lists: list[list[Schema]], records: list[Schema] | None = None) -> list[str]:
    found = incompatibilities(versions(*field_lists), records or [])
    return [f"{one.level} {one.place}: {one.problem}" for one in found]


OLD = {"name": "a", "type": "string", "default": ""}
RENAMED = {"name": "b", "type": "string", "default": "", "aliases": ["a"]}


def colours(*symbols: str) -> Schema:
    kind = {"type": "enum", "name": "Colour", "symbols": symbols, "default": symbols[0]}
    return {"name": "colour", "type": kind}


def test_a_single_version_is_compatible() -> None:
    assert told([[OLD]]) == []


def test_a_rename_by_alias_warns_of_consumers_that_do_not_know_aliases() -> None:
    assert told([[OLD], [RENAMED]]) == []
    required = {"name": "b", "type": "string", "aliases": ["a"]}
    found = told([[{"name": "a", "type": "string", "default": ""}], [required]])
    assert [line.partition(":")[0] for line in found] == ["WARNING avro/r/v2.avsc"]
    assert "avro for Python cannot read all data of v1" in found[0]


def test_a_rename_without_alias_is_a_removal() -> None:
    (found,) = told([[OLD], [{**RENAMED, "aliases": []}]])
    assert found.startswith("ERROR avro/r/v2.avsc: field R.a of v1 is gone")


def test_an_added_symbol_warns_of_consumers_that_do_not_know_defaults() -> None:
    (found,) = told([[colours("NONE", "RED")], [colours("NONE", "RED", "BLUE")]])
    assert found.startswith("WARNING avro/r/v1.avsc: consumers with avro for Python")


def test_a_removed_symbol_is_an_error_though_readers_have_a_default() -> None:
    found = told([[colours("NONE", "RED", "BLUE")], [colours("NONE", "RED")]])
    assert "ERROR avro/r/v2.avsc: symbol Colour.BLUE of v1 is gone; a version only adds" in found[0]


def test_every_pair_is_judged_both_ways() -> None:
    number = {"name": "n", "type": "int"}
    found = told([[number], [number], [{**number, "type": "string"}]])
    errors = {(line.split(":")[0], line.split("data of ")[1][:2]) for line in found if "fastavro cannot" in line}
    assert errors == {
        ("ERROR avro/r/v3.avsc", "v1"),
        ("ERROR avro/r/v3.avsc", "v2"),
        ("ERROR avro/r/v1.avsc", "v3"),
        ("ERROR avro/r/v2.avsc", "v3"),
    }


def test_a_default_that_fastavro_hands_out_unconverted_is_an_error() -> None:
    nested = {"type": "record", "name": "N", "fields": [{"name": "x", "type": "int", "default": 0}]}
    for kind, default in (("bytes", "ÿ"), (nested, {})):
        found = told([[OLD], [OLD, {"name": "n", "type": kind, "default": default}]])
        assert any(line.startswith("ERROR avro/r/v2.avsc: fastavro cannot read data of v1") for line in found)


def test_given_records_are_read_besides_samples() -> None:
    text, union = {"name": "a", "type": "string"}, {"name": "a", "type": ["string", "int"]}
    assert any("cannot read data of v2" in line for line in told([[text], [union]]))
    fits_only_the_second = [{"a": 5}]
    assert told([[text], [text]], fits_only_the_second) == []
