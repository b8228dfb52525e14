import json
import struct
import tracemalloc
from collections.abc import Callable
from io import BytesIO
from typing import Any

import fastavro
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vocbus.contracts.codec import Codec, parse
from vocbus.contracts.errors import Rejected, RejectReason, Retryable
from vocbus.contracts.http_registry import HttpRegistry
from vocbus.contracts.models import RECORDS, Interaction
from vocbus.contracts.registry import InMemoryRegistry, LockFileRegistry
from vocbus.contracts.schemas import FIRST_ID, SchemaVersion, latest, load_lock, load_versions, packaged
from vocbus.contracts.topics import RAW, catalogue

Record = dict[str, Any]

#: A topic of each record.
TOPICS = {topic.record: topic.name for topic in catalogue()}
#: The first released form of a small Interaction; topics hold such bytes for as long as their retention.
RELEASED = bytes.fromhex(
    "00000f4241"  # magic byte, id 1000001
    "046331 0278"  # interaction_id, tenant
    "04 02"  # CHAT, INBOUND
    "046332 00 00"  # customer_ref, agent_ref, team
    "8080e4fdb368"  # started_at
    "00 00 00 00"  # answered_at, ended_at, locale, subject
    "02 02 046869 00 00"  # turns: one block of one turn
    "00 00 00 00 00 00"  # products, satisfaction, outcome, related, consent, attributes
    "0273 00"  # source
)
LOCKED_IDS = [entry.id for entry in load_lock(packaged()).schemas]


@pytest.fixture(scope="session")
def codec() -> Codec:
    return Codec(LockFileRegistry())


def with_header(schema_id: int, body: bytes) -> bytes:
    return struct.pack(">bI", 0, schema_id) + body


def written_with(definition: Record, value: Record) -> bytes:
    """The Avro binary of a record under any schema."""
    stream = BytesIO()
    fastavro.schemaless_writer(stream, parse(definition), value)
    return stream.getvalue()


def rejection(codec: Codec, payload: bytes | None, reader: str = "interaction") -> Rejected:
    with pytest.raises(Rejected) as caught:
        codec.decode(payload, reader)
    return caught.value


def outcome(codec: Codec, payload: bytes | None, reader: str) -> Record | RejectReason:
    """The record, or why there is none; any other exception passes."""
    try:
        return codec.decode(payload, reader)
    except Rejected as rejected:
        return rejected.reason


def test_an_event_is_magic_byte_schema_id_and_avro_binary(codec: Codec, interaction: Record) -> None:
    event = codec.encode(RAW, interaction)
    assert event[:1] == b"\x00"
    assert struct.unpack(">I", event[1:5]) == (LockFileRegistry().id_of("", latest("interaction")),)
    assert event[5:] == written_with(latest("interaction").definition, interaction)


@pytest.mark.parametrize("name", RECORDS)
@given(data=st.data())
def test_a_record_comes_back_as_it_went_in(
    codec: Codec, records_of: Callable[[Any], st.SearchStrategy[Any]], name: str, data: st.DataObject
) -> None:
    record = data.draw(records_of(parse(latest(name).definition)))
    assert codec.decode(codec.encode(TOPICS[name], record), name) == record


def test_a_twin_comes_back_as_it_went_in(codec: Codec, interaction: Record) -> None:
    twin = Interaction.from_record(interaction)
    assert Interaction.from_record(codec.decode(codec.encode(RAW, twin.to_record()), "interaction")) == twin


def test_bytes_of_the_first_release_are_still_read(codec: Codec) -> None:
    record = codec.decode(RELEASED, "interaction")
    assert record["interaction_id"] == "c1"
    assert record["turns"] == [{"speaker": "CUSTOMER", "text": "hi", "at": None}]
    assert record["source"] == {"system": "s", "version": None}


def test_times_stay_epoch_milliseconds(codec: Codec, interaction: Record) -> None:
    record = codec.decode(codec.encode(RAW, interaction), "interaction")
    assert type(record["started_at"]) is int
    assert record["started_at"] == interaction["started_at"]


@pytest.mark.parametrize(
    "payload",
    [
        None,
        b"",
        b"\x00",
        b"\x00\x00\x0f\x42",
        b"{}",
        b'{"interaction_id": "1"}',
        b"\x01" + RELEASED[1:],
        b"\xff" * 40,
        RELEASED[:5],
        RELEASED + b"\x00",
        RELEASED + RELEASED,
        RELEASED.replace(b"\x04hi", b"\x04\xff\xfe"),
        RELEASED.replace(b"\x04hi", b"\x06hi"),
    ],
)
def test_malformed_bytes_are_undecodable(codec: Codec, payload: bytes | None) -> None:
    assert rejection(codec, payload).reason is RejectReason.UNDECODABLE


def test_every_truncation_is_undecodable(codec: Codec, interaction: Record) -> None:
    event = codec.encode(RAW, interaction)
    reasons = {rejection(codec, event[:size]).reason for size in range(len(event))}
    assert reasons == {RejectReason.UNDECODABLE}


@given(schema_id=st.sampled_from(LOCKED_IDS), reader=st.sampled_from(list(RECORDS)), body=st.binary(max_size=300))
def test_any_body_is_decoded_or_rejected(codec: Codec, schema_id: int, reader: str, body: bytes) -> None:
    record = outcome(codec, with_header(schema_id, body), reader)
    if isinstance(record, RejectReason):
        assert record in {RejectReason.UNDECODABLE, RejectReason.CONTRACT_VIOLATION}
    else:
        assert list(record) == [field["name"] for field in latest(reader).definition["fields"]]


@given(payload=st.binary(max_size=40) | st.none())
def test_any_short_payload_is_rejected(codec: Codec, payload: bytes | None) -> None:
    assert outcome(codec, payload, "signal") in {RejectReason.UNDECODABLE, RejectReason.UNKNOWN_SCHEMA}


@given(data=st.data())
def test_a_changed_byte_is_decoded_or_rejected(codec: Codec, data: st.DataObject) -> None:
    event = bytearray(RELEASED)
    event[data.draw(st.integers(0, len(event) - 1))] = data.draw(st.integers(0, 255))
    record = outcome(codec, bytes(event), "interaction")
    assert isinstance(record, RejectReason) or record.keys() == codec.decode(RELEASED, "interaction").keys()


@pytest.mark.parametrize("count", [2**31, 2**60, 2**63 - 1])
@pytest.mark.parametrize("place", [5, RELEASED.index(b"\x02\x02\x04hi")])
def test_a_claimed_length_beyond_the_event_takes_no_memory(codec: Codec, count: int, place: int) -> None:
    varint, rest = b"", count << 1
    while rest > 0x7F:
        varint, rest = varint + bytes([rest & 0x7F | 0x80]), rest >> 7
    payload = RELEASED[:place] + varint + bytes([rest]) + RELEASED[place + 1 :]
    tracemalloc.start()
    try:
        assert rejection(codec, payload).reason is RejectReason.UNDECODABLE
        assert tracemalloc.get_traced_memory()[1] < 1_000_000
    finally:
        tracemalloc.stop()


def test_an_id_that_is_in_no_registry_is_an_unknown_schema(codec: Codec) -> None:
    assert rejection(codec, with_header(7, RELEASED[5:])).reason is RejectReason.UNKNOWN_SCHEMA


def test_the_event_of_another_record_breaks_the_contract(codec: Codec) -> None:
    rejected = rejection(codec, RELEASED, "signal")
    assert rejected.reason is RejectReason.CONTRACT_VIOLATION
    assert rejected.detail == "is a vocbus.Interaction where a vocbus.Signal belongs"
    assert rejection(codec, RELEASED, "signal").detail == rejected.detail


def test_rejections_hold_no_values(codec: Codec) -> None:
    secret = "6222021234567890123"
    broken = codec.encode(RAW, codec.decode(RELEASED, "interaction") | {"subject": secret})[:-3]
    told = [rejection(codec, broken), rejection(codec, broken.replace(b"62220", b"\xff2220"))]
    with pytest.raises(Rejected) as caught:
        codec.encode(RAW, codec.decode(RELEASED, "interaction") | {"channel": secret})
    for rejected in [*told, caught.value]:
        assert "22021234567890123" not in f"{rejected} {rejected.detail} {rejected.__cause__}"
        assert rejected.__suppress_context__


@pytest.mark.parametrize(
    ("change", "detail"),
    [
        ({"channel": "FAX"}, "channel must be one of the enum's symbols"),
        ({"turns": [{"speaker": "AGENT", "text": None}]}, "turns[0].text must be a string"),
        ({"started_at": "2026-11-02T10:00:00Z"}, "started_at must be an integer of 64 bits"),
        ({"products": "cards"}, "products must be a list"),
        ({"satisfaction": {"csat": 2**31}}, "satisfaction.csat must be an integer of 32 bits"),
        ({"agent_reff": "A-1"}, "agent_reff is no field of the schema"),
    ],
)
def test_a_record_that_does_not_fit_breaks_the_contract(
    codec: Codec, interaction: Record, change: Record, detail: str
) -> None:
    with pytest.raises(Rejected) as caught:
        codec.encode(RAW, interaction | change)
    assert caught.value.reason is RejectReason.CONTRACT_VIOLATION
    assert caught.value.detail == detail


def test_a_missing_field_without_default_breaks_the_contract(codec: Codec, interaction: Record) -> None:
    del interaction["source"]
    with pytest.raises(Rejected, match="source is missing"):
        codec.encode(RAW, interaction)


def test_a_rejected_record_leaves_the_next_one_untouched(codec: Codec, interaction: Record) -> None:
    encode = codec.encoder(RAW)
    before = encode(interaction)
    with pytest.raises(Rejected):
        encode(interaction | {"source": None})
    assert encode(interaction) == before


def test_names_that_do_not_exist_are_errors_of_the_program(codec: Codec) -> None:
    with pytest.raises(KeyError):
        codec.encoder("no-such-topic")
    with pytest.raises(KeyError):
        codec.decoder("no_such_record")


class TestSchemaResolution:
    """Events of other versions, decoded with the newest schema."""

    @staticmethod
    def decoded(change: Callable[[Record], object], value: Record) -> Record:
        """A Signal written with a changed schema and decoded."""
        definition = latest("signal").definition
        change(definition)
        registry = InMemoryRegistry()
        schema_id = registry.id_of("signals-value", SchemaVersion("signal", 2, json.dumps(definition)))
        return Codec(registry).decode(with_header(schema_id, written_with(definition, value)), "signal")

    def test_a_field_of_a_newer_version_is_passed_over(self, signal: Record) -> None:
        def change(schema: Record) -> None:
            schema["fields"].insert(3, {"name": "mood", "type": "string", "default": ""})

        assert self.decoded(change, signal | {"mood": "angry"}) == signal

    def test_a_field_that_an_older_version_lacks_has_its_default(self, signal: Record) -> None:
        def change(schema: Record) -> None:
            schema["fields"] = [one for one in schema["fields"] if one["name"] not in ("products", "case_id")]

        assert self.decoded(change, signal) == signal | {"products": [], "case_id": None}

    def test_an_event_of_the_first_release_has_no_sentiment_no_interest_and_is_not_for_review(
        self, signal: Record
    ) -> None:
        first = load_versions(packaged())["signal"][0].definition
        added = {"sentiment": None, "interest": None, "review": False}
        event = with_header(FIRST_ID + 2, written_with(first, {k: v for k, v in signal.items() if k not in added}))
        assert Codec(LockFileRegistry()).decode(event, "signal") == signal | added

    def test_a_default_is_not_shared_between_records(self, signal: Record) -> None:
        definition = latest("signal").definition
        definition["fields"] = [one for one in definition["fields"] if one["name"] != "products"]
        registry = InMemoryRegistry()
        schema_id = registry.id_of("signals-value", SchemaVersion("signal", 2, json.dumps(definition)))
        decode = Codec(registry).decoder("signal")
        event = with_header(schema_id, written_with(definition, signal))
        decode(event)["products"].append("cards")
        assert decode(event)["products"] == []

    def test_a_symbol_of_a_newer_version_reads_as_the_default(self, signal: Record) -> None:
        def change(schema: Record) -> None:
            (kind,) = (one["type"] for one in schema["fields"] if one["name"] == "kind")
            kind["symbols"].append("QUESTION")

        assert self.decoded(change, signal | {"kind": "QUESTION"})["kind"] == "UNKNOWN"

    def test_fields_may_stand_in_another_order(self, signal: Record) -> None:
        assert self.decoded(lambda schema: schema["fields"].reverse(), signal) == signal

    def test_docs_make_no_other_schema(self, signal: Record) -> None:
        assert self.decoded(lambda schema: schema.update(doc="Other words."), signal) == signal

    def test_a_schema_that_cannot_be_resolved_is_undecodable(self, signal: Record) -> None:
        def change(schema: Record) -> None:
            (priority,) = (one for one in schema["fields"] if one["name"] == "priority")
            priority["type"] = "string"

        with pytest.raises(Rejected, match="cannot be resolved") as caught:
            self.decoded(change, signal | {"priority": "high"})
        assert caught.value.reason is RejectReason.UNDECODABLE

    def test_a_schema_that_is_no_schema_is_unknown(self, confluent: Any) -> None:
        schema = {"type": "record", "name": "vocbus.Signal", "fields": [{"name": "x", "type": "nonsense"}]}
        confluent.answer = (200, json.dumps({"schema": json.dumps(schema)}), {})
        rejected = rejection(Codec(HttpRegistry(confluent.url)), with_header(3, b"x"), "signal")
        assert rejected.reason is RejectReason.UNKNOWN_SCHEMA


def test_a_codec_works_with_a_registry_over_http(confluent: Any, interaction: Record) -> None:
    codec = Codec(HttpRegistry(confluent.url))
    assert codec.decode(codec.encode(RAW, interaction), "interaction") == interaction
    assert confluent.requests == ["POST /subjects/interactions-raw-value/versions", "GET /schemas/ids/1"]


def test_a_registry_that_fails_leaves_the_event_for_later(confluent: Any, interaction: Record) -> None:
    codec = Codec(HttpRegistry(confluent.url))
    event = with_header(1, RELEASED[5:])
    confluent.answer = (503, "", {})
    with pytest.raises(Retryable):
        codec.decode(event, "interaction")
    with pytest.raises(Retryable):
        codec.encode(RAW, interaction)
    confluent.answer = None
    codec.encode(RAW, interaction)
    assert codec.decode(event, "interaction")["interaction_id"] == "c1"
