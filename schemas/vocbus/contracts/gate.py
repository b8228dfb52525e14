"""The gate in front of a schema change: `check` finds what must not ship, `release` writes the lock file."""

from collections import Counter
from collections.abc import Iterator
from importlib.resources.abc import Traversable
from io import BytesIO
from pathlib import Path
from typing import Any

import fastavro

from vocbus.contracts.codec import parse
from vocbus.contracts.compatibility import incompatibilities
from vocbus.contracts.encoding import Misfit, compile_writer
from vocbus.contracts.examples import Example, accepted, load_examples, unrefused
from vocbus.contracts.models import RECORDS
from vocbus.contracts.schema_rules import record_faults, strays
from vocbus.contracts.schemas import (
    FIRST_ID,
    Finding,
    Lock,
    LockEntry,
    SchemaVersion,
    error,
    load_lock,
    load_versions,
)

_UNRELEASED = "is not released: run `vocbus schemas release`"


class NotReleasable(Exception):
    """There are errors besides unreleased schemas; `findings` holds them."""

    def __init__(self, findings: list[Finding]) -> None:
        super().__init__(f"{len(findings)} errors stand in the way of a release")
        self.findings = findings


def check(directory: Traversable) -> list[Finding]:
    """All that is wrong with a directory of avro/ and examples/; it may ship when no ERROR is among it."""
    found = list(strays(directory))
    versions = load_versions(directory)
    found += [
        error(f"avro/{name}", "is missing, yet models.py has its twin") for name in RECORDS.keys() - versions.keys()
    ]
    examples = list(load_examples(directory))
    for name in {example.record for example in examples} - versions.keys():
        found.append(error(f"examples/{name}", "belongs to no schema"))
    sound = {}
    for record, schemas in versions.items():
        faults = list(record_faults(record, schemas))
        found += faults
        if not faults:
            sound[record] = schemas
            found += _record(schemas, [example for example in examples if example.record == record])
    return found + list(_lock(directory, sound))


def release(directory: Path) -> list[LockEntry]:
    """Add the unreleased versions to the lock file and return them. Raises NotReleasable."""
    errors = [finding for finding in check(directory) if finding.level == "ERROR" and finding.problem != _UNRELEASED]
    if errors:
        raise NotReleasable(errors)
    entries = load_lock(directory).schemas
    first = max((entry.id for entry in entries), default=FIRST_ID - 1) + 1
    released = [
        LockEntry(
            id=first + index,
            record=schema.record,
            version=schema.version,
            fingerprint=schema.fingerprint,
            file=schema.file,
        )
        for index, schema in enumerate(_unreleased(entries, load_versions(directory)))
    ]
    text = Lock(schemas=[*entries, *released]).model_dump_json(indent=2)
    (directory / "avro" / "lock.json").write_text(text + "\n", "utf-8")
    return released


def _unreleased(entries: list[LockEntry], versions: dict[str, list[SchemaVersion]]) -> list[SchemaVersion]:
    known = {(entry.record, entry.version) for entry in entries}
    return [
        schema for schemas in versions.values() for schema in schemas if (schema.record, schema.version) not in known
    ]


def _lock(directory: Traversable, sound: dict[str, list[SchemaVersion]]) -> Iterator[Finding]:
    """The lock file against the schemas; those with faults of their own are passed over."""
    place = "avro/lock.json"
    try:
        entries = load_lock(directory).schemas
    except ValueError:
        yield error(place, "is malformed: restore it from version control")
        return
    for what, counted in (("id", [entry.id for entry in entries]), ("file", [entry.file for entry in entries])):
        for value, count in Counter(counted).items():
            if count > 1:
                yield error(place, f"has the {what} {value} {count} times")
    for schema in _unreleased(entries, sound):
        yield error(schema.place, _UNRELEASED)
    schemas = {(schema.record, schema.version): schema for found in sound.values() for schema in found}
    for entry in entries:
        locked = schemas.get((entry.record, entry.version))
        if locked is None:
            if not (directory / "avro" / entry.file).is_file():
                yield error(place, f"lists {entry.file}, which is gone: restore it, its events may still be read")
        elif (locked.fingerprint, locked.file) != (entry.fingerprint, entry.file):
            following = len(sound[locked.record]) + 1
            yield error(locked.place, f"was edited after its release: restore it, make the change as v{following}")


def _record(schemas: list[SchemaVersion], examples: list[Example]) -> Iterator[Finding]:
    """Examples and compatibility of one record."""
    record, twin = schemas[-1].record, RECORDS[schemas[-1].record]
    for valid, kind in ((True, "valid"), (False, "invalid")):
        if not any(example.valid is valid for example in examples):
            yield error(f"examples/{record}/{kind}", "holds no example")
    records = []
    for example in examples:
        try:
            if example.valid:
                records.append(accepted(example, twin).to_record())
                _round_trip(records[-1], parse(schemas[-1].definition))
            elif fault := unrefused(example, twin):
                yield error(example.place, fault)
        except (ValueError, TypeError, Misfit) as problem:  # ValidationError included, whose message holds no values
            yield error(example.place, str(problem))
    yield from incompatibilities(schemas, records)


def _round_trip(record: dict[str, Any], schema: dict[str, Any]) -> None:
    """ValueError unless the record comes back as it went in; a newer schema may add fields with defaults."""
    binary = bytearray()
    compile_writer(schema)(binary, record)
    if not _holds(fastavro.schemaless_reader(BytesIO(binary), schema, None), record):
        raise ValueError("does not come back from Avro as it went in")


def _holds(whole: Any, part: Any) -> bool:
    if isinstance(part, dict):
        return isinstance(whole, dict) and all(key in whole and _holds(whole[key], part[key]) for key in part)
    if isinstance(part, list):
        return isinstance(whole, list) and len(whole) == len(part) and all(map(_holds, whole, part))
    return bool(whole == part)
