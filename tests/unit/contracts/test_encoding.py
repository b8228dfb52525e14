import json
import math
from collections import ChainMap
from collections.abc import Callable
from io import BytesIO
from typing import Any

import avro.io
import avro.schema
import fastavro
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vocbus.contracts.codec import parse
from vocbus.contracts.encoding import Misfit, compile_writer
from vocbus.contracts.models import RECORDS, Channel
from vocbus.contracts.schemas import latest, without

COLOUR = {"type": "enum", "name": "Colour", "symbols": ["RED", "BLUE"], "default": "RED"}
POINT = {"type": "record", "name": "Point", "fields": [{"name": "x", "type": "int"}]}


def encode(schema: Any, value: Any) -> bytes:
    out = bytearray()
    compile_writer(fastavro.parse_schema(schema))(out, value)
    return bytes(out)


def record(**types: Any) -> dict[str, Any]:
    return {"type": "record", "name": "R", "fields": [{"name": name, "type": kind} for name, kind in types.items()]}


@pytest.mark.parametrize("name", RECORDS)
@given(data=st.data())
def test_writes_the_bytes_that_fastavro_writes_and_avro_reads(
    records_of: Callable[[Any], st.SearchStrategy[Any]], name: str, data: st.DataObject
) -> None:
    schema = parse(latest(name).definition)
    value = data.draw(records_of(schema))
    written = encode(schema, value)
    by_fastavro = BytesIO()
    fastavro.schemaless_writer(by_fastavro, schema, value)
    assert written == by_fastavro.getvalue()
    plain = avro.schema.parse(json.dumps(without(latest(name).definition, "logicalType")))
    assert avro.io.DatumReader(plain).read(avro.io.BinaryDecoder(BytesIO(written))) == value


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        ("null", 0),
        ("boolean", 1),
        ("boolean", None),
        ("boolean", "true"),
        ("int", True),
        ("int", 1.0),
        ("int", "1"),
        ("int", 2**31),
        ("int", -(2**31) - 1),
        ("long", 2**63),
        ("long", -(2**63) - 1),
        ("long", None),
        ("double", "1.5"),
        ("double", True),
        ("double", 10**400),
        ("float", 1e39),
        ("bytes", "text"),
        ("string", b"bytes"),
        ("string", 5),
        ("string", "\ud800"),
        (COLOUR, "GREEN"),
        (COLOUR, None),
        (COLOUR, ["RED"]),
        ({"type": "array", "items": "string"}, "text"),
        ({"type": "array", "items": "string"}, {"a": 1}),
        ({"type": "array", "items": "string"}, None),
        ({"type": "map", "values": "string"}, []),
        ({"type": "map", "values": "string"}, {1: "a"}),
        (["null", "int"], "1"),
        (["int", "string"], 1.5),
        (POINT, None),
        (POINT, [("x", 1)]),
        (POINT, "x"),
    ],
)
def test_refuses_what_a_reader_would_not_give_back(schema: Any, value: Any) -> None:
    with pytest.raises(Misfit):
        encode(schema, value)


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ({}, "a is missing"),
        ({"a": [{"x": 1}, {"x": "1"}]}, "a[1].x must be an integer of 32 bits"),
        ({"a": [{"x": 1}, {}]}, "a[1].x is missing"),
        ({"a": [{"x": 1, "y": 2}]}, "a[0].y is no field of the schema"),
        ({"a": [], "b": {"k": 5}}, "b{} must be a string"),
        ({"a": [], "b": {5: "v"}}, "b{} must be a string"),
        ({"a": [], "c": "GREEN"}, "c must be one of the enum's symbols"),
        ({"a": [], "d": 1}, "d is no field of the schema"),
        ({"a": [], "139 1234 5678": 1}, "? is no field of the schema"),
        ({"a": [], 7: 1}, "? is no field of the schema"),
        ([], "record must be a record"),
    ],
)
def test_names_the_path_and_the_problem(value: Any, told: str) -> None:
    schema = record(a={"type": "array", "items": POINT}, b={"type": "map", "values": "string"}, c=COLOUR)
    schema["fields"][1]["default"] = {}
    schema["fields"][2]["default"] = "RED"
    with pytest.raises(Misfit) as caught:
        encode(schema, value)
    assert str(caught.value) == told


def test_fills_in_defaults() -> None:
    schema = record(a="int", b={"type": "array", "items": "string"})
    schema["fields"][1]["default"] = ["x"]
    assert encode(schema, {"a": 1}) == encode(schema, {"a": 1, "b": ["x"]})


def test_a_missing_field_and_an_unknown_one_do_not_cancel_out() -> None:
    with pytest.raises(Misfit, match="b is missing"):
        encode(record(a="int", b="int"), {"a": 1, "c": 1})


def test_an_earlier_branch_that_fails_half_way_leaves_no_bytes() -> None:
    first = {"type": "record", "name": "A", "fields": [{"name": "x", "type": "int"}, {"name": "y", "type": "int"}]}
    second = {"type": "record", "name": "B", "fields": [{"name": "x", "type": "int"}, {"name": "y", "type": "string"}]}
    assert encode([first, second], {"x": 300, "y": "z"}) == b"\x02" + encode(second, {"x": 300, "y": "z"})


def test_a_named_type_may_be_used_again() -> None:
    assert encode(record(a=COLOUR, b="Colour"), {"a": "RED", "b": "BLUE"}) == b"\x00\x02"


def test_takes_what_is_as_good_as_a_dict_or_a_string() -> None:
    schema = record(a="string", b="bytes")
    assert encode(schema, ChainMap({"a": Channel.CHAT}, {"b": bytearray(b"x")})) == b"\x08CHAT\x02x"


def test_infinity_and_nan_are_doubles() -> None:
    assert encode("double", math.inf) == bytes.fromhex("000000000000f07f")
    assert encode("double", math.nan) == bytes.fromhex("000000000000f87f")


def test_a_type_outside_the_contracts_is_named() -> None:
    with pytest.raises(ValueError, match="fixed"):
        compile_writer({"type": "fixed", "name": "F", "size": 4})
