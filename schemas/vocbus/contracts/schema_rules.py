"""What a schema must fulfil by itself, before it is compared with its other versions."""

import re
from collections.abc import Iterator
from importlib.resources.abc import Traversable
from typing import Any

import avro.schema

from vocbus.contracts.codec import parse
from vocbus.contracts.encoding import compile_writer
from vocbus.contracts.models import RECORDS
from vocbus.contracts.schemas import Finding, SchemaVersion, error


def strays(directory: Traversable) -> Iterator[Finding]:
    """Files that nothing reads, most likely misnamed."""
    for item in (directory / "avro").iterdir():
        if item.is_dir():
            for file in item.iterdir():
                if not re.fullmatch(r"v[1-9]\d*\.avsc", file.name):
                    yield error(
                        f"avro/{item.name}/{file.name}", "is no schema version; they are named v1.avsc, v2.avsc …"
                    )
        elif item.name != "lock.json":
            yield error(f"avro/{item.name}", "belongs to no record; schemas stand in avro/<record>/")


def record_faults(record: str, versions: list[SchemaVersion]) -> Iterator[Finding]:
    """Faults of the versions of a record, each by itself and in their numbering."""
    if record not in RECORDS:
        yield error(f"avro/{record}", "has no twin: add one to RECORDS in models.py, or remove the schema")
    expected = list(range(1, len(versions) + 1))
    if not versions:
        yield error(f"avro/{record}", "holds no schema version")
    elif [schema.version for schema in versions] != expected:
        yield error(f"avro/{record}", "versions must be numbered from 1 without gaps")
    for schema in versions:
        yield from _faults(schema)


def _faults(schema: SchemaVersion) -> Iterator[Finding]:
    try:
        avro.schema.parse(schema.text)
        definition = schema.definition
        compile_writer(parse(definition))
    except Exception as problem:  # noqa: BLE001 - two parsers with many kinds of errors; all mean the same
        yield error(schema.place, f"is no valid schema: {type(problem).__name__}: {problem}"[:300])
        return
    name = "".join(word.capitalize() for word in schema.record.split("_"))
    named = {"type": "record", "namespace": "vocbus", "name": name}
    if not isinstance(definition, dict) or not named.items() <= definition.items():
        yield error(schema.place, f"must be the record {name} of the namespace vocbus")
    for enum in _enums(definition):
        if enum.get("default") not in enum["symbols"]:
            needed = f"enum {enum['name']} needs a default among its symbols, for readers that lack a later one"
            yield error(schema.place, needed)


def _enums(definition: Any) -> Iterator[dict[str, Any]]:
    if isinstance(definition, list):
        for item in definition:
            yield from _enums(item)
    elif isinstance(definition, dict):
        if definition.get("type") == "enum":
            yield definition
        for key, value in definition.items():
            if key != "default":
                yield from _enums(value)
