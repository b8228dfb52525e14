from typing import Any

import fastavro
import pytest

from vocbus.contracts.codec import parse
from vocbus.contracts.encoding import compile_writer
from vocbus.contracts.models import RECORDS
from vocbus.contracts.samples import sample_values
from vocbus.contracts.schemas import latest


@pytest.mark.parametrize("record", RECORDS)
def test_samples_fit_their_schema(record: str) -> None:
    schema = parse(latest(record).definition)
    for value in sample_values(schema):
        compile_writer(schema)(bytearray(), value)


def test_samples_take_every_symbol_and_every_branch() -> None:
    enum = {"type": "enum", "name": "E", "symbols": ["A", "B", "C"]}
    inner = {"type": "record", "name": "I", "fields": [{"name": "e", "type": ["null", enum, "long"]}]}
    schema = fastavro.parse_schema(
        {
            "type": "record",
            "name": "R",
            "fields": [
                {"name": "list", "type": {"type": "array", "items": inner}},
                {"name": "map", "type": {"type": "map", "values": "E"}},
                {"name": "again", "type": ["I", "null"]},
                {"name": "flag", "type": "boolean"},
            ],
        }
    )
    values: list[dict[str, Any]] = sample_values(schema)
    everything = {None, "A", "B", "C", 0, 1_793_000_000_000, 2**63 - 1, -(2**63)}
    assert {item["e"] for value in values for item in value["list"]} == everything
    assert {item for value in values for item in value["map"].values()} == {"A", "B", "C"}
    assert {value["again"]["e"] for value in values if value["again"]} == everything
    assert any(value["again"] is None for value in values)
    assert any(value["list"] == [] for value in values)
    assert any(value["map"] == {} for value in values)
    assert {value["flag"] for value in values} == {True, False}


def test_samples_are_the_same_every_time() -> None:
    schema = parse(latest("signal").definition)
    assert sample_values(schema) == sample_values(schema)
