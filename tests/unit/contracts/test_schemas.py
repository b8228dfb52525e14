import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import avro.schema
import pytest

from vocbus.contracts.schemas import fingerprint, latest, load_lock, load_versions, packaged, without

SCHEMA = {
    "type": "record",
    "name": "R",
    "doc": "words",
    "fields": [
        {"name": "doc", "type": "string", "default": "d", "doc": "words"},
        {"name": "e", "type": {"type": "enum", "name": "E", "symbols": ["A", "B"], "default": "A"}, "aliases": ["f"]},
        {"name": "t", "type": {"type": "long", "logicalType": "timestamp-millis"}},
        {"name": "m", "type": {"type": "map", "values": "string"}, "default": {"doc": "kept"}},
    ],
}


def changed(change: Callable[[Any], object]) -> dict[str, Any]:
    schema = copy.deepcopy(SCHEMA)
    change(schema)
    return schema


@pytest.mark.parametrize(
    "change",
    [
        lambda s: s.update(doc="other words"),
        lambda s: s.pop("doc"),
        lambda s: s["fields"][0].pop("doc"),
        lambda s: s.update(dict(reversed(list(s.items())))),
    ],
)
def test_docs_and_layout_leave_the_fingerprint(change: Callable[[Any], object]) -> None:
    assert fingerprint(changed(change)) == fingerprint(SCHEMA)


@pytest.mark.parametrize(
    "change",
    [
        lambda s: s["fields"][0].update(default="e"),
        lambda s: s["fields"][0].pop("default"),
        lambda s: s["fields"][1].pop("aliases"),
        lambda s: s["fields"][1]["type"].update(default="B"),
        lambda s: s["fields"][1]["type"].pop("default"),
        lambda s: s["fields"][1]["type"]["symbols"].reverse(),
        lambda s: s["fields"][2]["type"].pop("logicalType"),
        lambda s: s["fields"][3]["default"].pop("doc"),
        lambda s: s["fields"].reverse(),
    ],
)
def test_all_that_a_reader_depends_on_changes_the_fingerprint(change: Callable[[Any], object]) -> None:
    assert fingerprint(changed(change)) != fingerprint(SCHEMA)


def test_the_canonical_form_of_avro_would_miss_a_changed_default() -> None:
    other = changed(lambda schema: schema["fields"][0].update(default="e"))
    forms = [avro.schema.parse(json.dumps(schema)).canonical_form for schema in (SCHEMA, other)]
    assert forms[0] == forms[1]


def test_an_attribute_is_dropped_and_a_field_of_that_name_is_kept() -> None:
    plain = without(SCHEMA, "doc", "logicalType")
    assert [field["name"] for field in plain["fields"]] == ["doc", "e", "t", "m"]
    assert plain["fields"][3]["default"] == {"doc": "kept"}
    assert "words" not in json.dumps(plain)
    assert SCHEMA["doc"] == "words"


def test_the_newest_version_is_found_by_number(directory: Path, add_version: Callable[..., None]) -> None:
    shipped = latest("signal").version
    for _ in range(10):
        add_version("signal", lambda schema: None)
    assert [schema.version for schema in load_versions(directory)["signal"]] == list(range(1, shipped + 11))


def test_without_a_lock_file_nothing_is_released(directory: Path) -> None:
    (directory / "avro" / "lock.json").unlink()
    assert load_lock(directory).schemas == []


@pytest.mark.parametrize("text", ["", "[]", '{"schemas": [{"id": 1}]}', '{"schemas": [], "note": ""}'])
def test_a_malformed_lock_file_is_an_error(directory: Path, text: str) -> None:
    (directory / "avro" / "lock.json").write_text(text)
    with pytest.raises(ValueError, match="Lock"):
        load_lock(directory)


def test_this_code_writes_the_newest_version_of_the_package() -> None:
    assert latest("signal") == load_versions(packaged())["signal"][-1]
