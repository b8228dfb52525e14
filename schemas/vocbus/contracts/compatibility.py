"""Whether every version of a record can be read as every other: FULL_TRANSITIVE, and nothing removed.

The checker of the avro package judges schemas alone and accepts pairs that its own reader cannot decode (an added enum
symbol, a field renamed by alias). So data decides: samples of each version are read as each other version by fastavro,
with which the bus reads, and by avro, as an example of other consumers.
"""

import json
from collections.abc import Iterator
from io import BytesIO
from itertools import pairwise, permutations
from typing import Any

import avro.compatibility
import avro.io
import avro.schema
import fastavro

from vocbus.contracts.samples import sample_values
from vocbus.contracts.schemas import Finding, SchemaVersion, error, without


def incompatibilities(versions: list[SchemaVersion], records: list[dict[str, Any]]) -> Iterator[Finding]:
    """Findings over all pairs of a record's versions, valid schemas all. `records` are tried besides samples.

    A record that does not fit a version, e.g. since it holds a later symbol, is not tried with that one.
    """
    for older, newer in pairwise(versions):
        yield from _removals(older, newer)
    for writer, reader in permutations(versions, 2):
        yield from _judged(writer, reader)
        yield from _read(writer, reader, records)


def _definition(schema: SchemaVersion) -> dict[str, Any]:
    plain: dict[str, Any] = without(schema.definition, "doc", "logicalType")
    return plain


def _parsed(schema: SchemaVersion) -> avro.schema.Schema:
    return avro.schema.parse(json.dumps(_definition(schema)))


def _named(schema: SchemaVersion) -> dict[str, Any]:
    """Records and enums of a schema by full name."""
    named: dict[str, Any] = {}
    fastavro.parse_schema(_definition(schema), named)
    return named


def _removals(older: SchemaVersion, newer: SchemaVersion) -> Iterator[Finding]:
    """A default lets readers pass over what is gone, but its data would be lost without a word."""
    after = _named(newer)
    known_as = {alias: kind for kind in after.values() for alias in (kind["name"], *kind.get("aliases", ()))}
    for name, before in _named(older).items():
        kind = known_as.get(name, {})
        fields = {known for field in kind.get("fields", ()) for known in (field["name"], *field.get("aliases", ()))}
        gone = [f"field {name}.{f['name']}" for f in before.get("fields", ()) if f["name"] not in fields]
        gone += [f"symbol {name}.{s}" for s in before.get("symbols", ()) if s not in kind.get("symbols", ())]
        for what in gone if kind else [f"type {name}"]:
            problem = f"{what} of v{older.version} is gone; a version only adds, what is no longer used stays"
            yield error(newer.place, problem)


def _judged(writer: SchemaVersion, reader: SchemaVersion) -> Iterator[Finding]:
    """What the checker of the avro package has against the pair, as a registry would."""
    checker: Any = avro.compatibility.ReaderWriterCompatibilityChecker()  # type: ignore[no-untyped-call]  # by avro
    result = checker.get_compatibility(_parsed(reader), _parsed(writer))
    if result.compatibility is not avro.compatibility.SchemaCompatibilityType.compatible:
        why = ", ".join(sorted({kind.value.replace("_", " ") for kind in result.incompatibilities}))
        where = f"{', '.join(sorted(result.messages))} at {', '.join(sorted(result.locations))}"
        yield error(reader.place, f"cannot read data of v{writer.version}: {why} ({where})")


def _read(writer: SchemaVersion, reader: SchemaVersion, records: list[dict[str, Any]]) -> Iterator[Finding]:
    """The first failure of fastavro, an error, and the first of avro, a warning."""
    written, read = (fastavro.parse_schema(_definition(schema)) for schema in (writer, reader))
    consumer = avro.io.DatumReader(_parsed(writer), _parsed(reader))
    failure: Exception | None = None
    trouble: Exception | None = None
    fitting = [record for record in records if fastavro.validate(record, written, raise_errors=False)]
    for datum in [*sample_values(written), *fitting]:
        binary = _encoded(written, datum)
        try:
            result = fastavro.schemaless_reader(BytesIO(binary), written, read)
            if fastavro.schemaless_reader(BytesIO(_encoded(read, result)), read, None) != result:
                raise ValueError("a default that is filled in is not complete")
        except Exception as problem:  # noqa: BLE001 - whatever the library raises, this pair does not work
            failure = failure or problem
        try:
            consumer.read(avro.io.BinaryDecoder(BytesIO(binary)))
        except Exception as problem:  # noqa: BLE001 - likewise
            trouble = trouble or problem
    if failure is not None:
        yield error(reader.place, f"fastavro cannot read data of v{writer.version}: {_told(failure)}")
    if trouble is not None:
        told = f"consumers with avro for Python cannot read all data of v{writer.version}: {_told(trouble)}"
        yield Finding("WARNING", reader.place, told)


def _encoded(schema: Any, datum: Any) -> bytes:
    stream = BytesIO()
    fastavro.schemaless_writer(stream, schema, datum)
    return stream.getvalue()


def _told(problem: Exception) -> str:
    """Type and message, cut where the library prints whole schemas."""
    return f"{type(problem).__name__}: {problem}"[:200]
