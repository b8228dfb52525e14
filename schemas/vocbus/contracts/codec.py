"""Records to and from the bytes of an event: Confluent wire format over Avro binary.

An event is 0x00, the schema id as 4 bytes big endian, then the Avro binary of one record (Apache Avro 1.12
specification, "Binary encoding"). Times are epoch milliseconds on both sides.
"""

from collections.abc import Callable, Mapping
from io import BytesIO
from typing import Any, cast

import fastavro
from fastavro.read import SchemaResolutionError
from fastavro.schema import SchemaParseException

from vocbus.contracts.encoding import Misfit, compile_writer
from vocbus.contracts.errors import Rejected, RejectReason
from vocbus.contracts.registry import Registry
from vocbus.contracts.schemas import latest, without
from vocbus.contracts.topics import Catalogue, catalogue

Record = dict[str, Any]
Encode = Callable[[Mapping[str, Any]], bytes]
Decode = Callable[[bytes | None], Record]

_MAGIC = b"\x00"
_HEADER = 5
#: What fastavro raises for malformed bytes. Its messages may hold values of the event.
_MALFORMED = (EOFError, IndexError, ValueError, OverflowError, StopIteration)


def parse(definition: dict[str, Any]) -> dict[str, Any]:
    """The schema as fastavro wants it on the hot path: without logical types, hence without datetimes."""
    return cast(Record, fastavro.parse_schema(without(definition, "doc", "logicalType")))


class Codec:
    """Encodes for topics and decodes for readers; schemas and ids are looked up once.

    All methods raise Retryable while the registry is away and an id or schema is not cached yet.
    """

    def __init__(self, registry: Registry, topics: Catalogue | None = None) -> None:
        self._registry = registry
        self._topics = catalogue() if topics is None else topics
        self._encoders: dict[str, Encode] = {}
        self._encoders_by_header: dict[bytes, Encode] = {}
        self._decoders: dict[str, Decode] = {}

    def encode(self, topic: str, record: Mapping[str, Any]) -> bytes:
        """The event of a record. Rejected(CONTRACT_VIOLATION) naming the field that does not fit."""
        return self.encoder(topic)(record)

    def decode(self, payload: bytes | None, reader: str) -> Record:
        """The record of an event, resolved to the latest schema of the reader, e.g. "interaction".

        Rejected(UNDECODABLE) for malformed bytes, (UNKNOWN_SCHEMA) for an id that the registry lacks, and
        (CONTRACT_VIOLATION) for the event of another record. What the specification forbids and fastavro still reads
        as a value is taken as that value: a negative enum or union index counts from the end, any boolean byte but 0
        is true, bits of a number beyond the 64th are dropped.
        """
        return self.decoder(reader)(payload)

    def encoder(self, topic: str) -> Encode:
        """`encode` bound to a topic; one and the same function for topics whose events have the same bytes.

        KeyError for a topic outside the catalogue.
        """
        if topic not in self._encoders:
            entry = self._topics[topic]
            schema = latest(entry.record)
            header = _MAGIC + self._registry.id_of(entry.subject, schema).to_bytes(4, "big")
            if header not in self._encoders_by_header:
                self._encoders_by_header[header] = _encoder(header, parse(schema.definition))
            self._encoders[topic] = self._encoders_by_header[header]
        return self._encoders[topic]

    def decoder(self, reader: str) -> Decode:
        """`decode` bound to a record. KeyError for an unknown record."""
        if reader not in self._decoders:
            self._decoders[reader] = _decoder(self._registry, parse(latest(reader).definition))
        return self._decoders[reader]


def _encoder(header: bytes, schema: dict[str, Any]) -> Encode:
    write = compile_writer(schema)

    def encode(record: Mapping[str, Any]) -> bytes:
        out = bytearray(header)
        try:
            write(out, record)
        except Misfit as misfit:
            raise Rejected(RejectReason.CONTRACT_VIOLATION, str(misfit)) from None
        return bytes(out)

    return encode


def _decoder(registry: Registry, reader: dict[str, Any]) -> Decode:
    read = fastavro.schemaless_reader
    plans: dict[bytes, tuple[dict[str, Any], dict[str, Any] | None]] = {}
    foreign: dict[bytes, str] = {}

    def plan(header: bytes) -> tuple[dict[str, Any], dict[str, Any] | None]:
        """Writer schema and, when it differs, reader schema of the events with this header."""
        if header[:1] != _MAGIC or len(header) < _HEADER:
            raise Rejected(RejectReason.UNDECODABLE, "no Confluent header in front")
        if header not in foreign:
            writer = _writer(registry, int.from_bytes(header[1:], "big"))
            if writer["name"] in {reader["name"], *reader.get("aliases", ())}:
                return plans.setdefault(header, (writer, None if writer == reader else reader))
            foreign[header] = f"is a {writer['name']} where a {reader['name']} belongs"
        raise Rejected(RejectReason.CONTRACT_VIOLATION, foreign[header])

    def decode(payload: bytes | None) -> Record:
        if not payload:
            raise Rejected(RejectReason.UNDECODABLE, "null value" if payload is None else "empty value")
        header = payload[:_HEADER]
        writer, resolve_to = plans.get(header) or plan(header)
        stream = BytesIO(payload)
        stream.seek(_HEADER)
        try:
            record = cast(Record, read(stream, writer, resolve_to))
        except SchemaResolutionError:
            detail = f"its schema, id {int.from_bytes(header[1:], 'big')}, cannot be resolved to the newest"
            raise Rejected(RejectReason.UNDECODABLE, detail) from None
        except _MALFORMED as error:
            detail = f"malformed Avro near byte {stream.tell()} ({type(error).__name__})"
            raise Rejected(RejectReason.UNDECODABLE, detail) from None
        if stream.tell() != len(payload):
            raise Rejected(RejectReason.UNDECODABLE, f"bytes left over from byte {stream.tell()}")
        return record if resolve_to is None else _own(record)

    return decode


def _writer(registry: Registry, schema_id: int) -> dict[str, Any]:
    definition = registry.schema(schema_id)
    try:
        return parse(definition)
    except (SchemaParseException, ValueError, KeyError, TypeError):
        raise Rejected(RejectReason.UNKNOWN_SCHEMA, f"schema id {schema_id} is no valid Avro schema") from None


def _own(value: Any) -> Any:
    """A copy of the containers: fastavro puts one and the same default object into every record."""
    if isinstance(value, dict):
        return {key: _own(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_own(item) for item in value]
    return value
