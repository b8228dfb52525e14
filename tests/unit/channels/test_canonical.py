import contextlib
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vocbus.channels.canonical import canonical, canonical_or_labelled
from vocbus.contracts.errors import Rejected, RejectReason
from vocbus.contracts.models import Channel, Interaction, Speaker

AT = datetime(2026, 11, 1, tzinfo=UTC)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


def line(fields: dict[str, Any], **changes: Any) -> str:
    return json.dumps({**fields, **changes}, ensure_ascii=False)


def rejection(text: bytes | str) -> Rejected:
    with pytest.raises(Rejected) as caught:
        canonical(text)
    return caught.value


def test_a_line_is_the_interaction_of_its_fields(fields: dict[str, Any]) -> None:
    found = canonical(line(fields))
    assert found.channel is Channel.CHAT
    assert found.turns[0].text == "我的卡被吞了"
    assert found.started_at == datetime(2026, 11, 2, 1, 3, 1, tzinfo=UTC)


def test_times_are_iso_8601_or_epoch_milliseconds_alike(fields: dict[str, Any]) -> None:
    assert canonical(line(fields, started_at=1793581381000)) == canonical(line(fields))


def test_bytes_and_text_of_a_line_are_the_same(fields: dict[str, Any]) -> None:
    assert canonical(line(fields).encode()) == canonical(line(fields))


@pytest.mark.parametrize("text", [b"", b"{", b"\xff\xfe", b"nonsense", '{"a": "\\ud800"}', b'{"a": NaN}'])
def test_what_is_no_json_is_undecodable_and_says_where(text: bytes | str) -> None:
    found = rejection(text)
    assert found.reason is RejectReason.UNDECODABLE
    assert "column" in found.detail


@pytest.mark.parametrize("text", ["[]", "1", '"text"', "null"])
def test_json_that_is_no_object_breaks_the_contract(text: str) -> None:
    assert rejection(text).reason is RejectReason.CONTRACT_VIOLATION


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"channel": "FAX"}, "channel"),
        ({"started_at": "2026-11-02T09:03:01"}, "started_at"),
        ({"started_at": "yesterday"}, "started_at"),
        ({"started_at": 1793581381}, "started_at"),
        ({"turns": [{"speaker": "CUSTOMER"}]}, "turns.0.text"),
        ({"turns": []}, "turns"),
        ({"satisfaction": {"csat": 9}}, "satisfaction.csat"),
        ({"ended_at": "2026-11-01T00:00:00Z"}, "ended_at"),
        ({"colour": "red"}, "colour"),
        ({"tenant": " "}, "tenant"),
    ],
)
def test_a_broken_rule_is_named_with_the_path_of_its_field(
    fields: dict[str, Any], changes: dict[str, Any], path: str
) -> None:
    found = rejection(line(fields, **changes))
    assert found.reason is RejectReason.CONTRACT_VIOLATION
    assert found.detail.startswith(path)


@pytest.mark.parametrize("at", [1e300, 10**30, "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
def test_a_time_beyond_every_calendar_is_rejected(fields: dict[str, Any], at: object) -> None:
    assert rejection(line(fields, started_at=at)).reason is RejectReason.CONTRACT_VIOLATION


def test_no_value_and_no_key_of_a_customer_is_repeated(fields: dict[str, Any]) -> None:
    secret = "6222 0212 3456 7890"
    changes = {"channel": secret, "started_at": secret, secret: secret, "attributes": {secret: [secret]}}
    assert "6222" not in rejection(line(fields, **changes)).detail


def test_many_violations_are_counted_beyond_the_first_few() -> None:
    assert "and 3 more" in rejection("{}").detail


@given(st.text() | st.binary())
def test_any_line_is_an_interaction_or_rejected(text: str | bytes) -> None:
    with contextlib.suppress(Rejected):
        assert isinstance(canonical(text), Interaction)


@given(st.sampled_from(sorted(Interaction.model_fields)), json_values)
def test_any_value_in_any_field_is_an_interaction_or_rejected(name: str, value: object) -> None:
    fields = {
        "interaction_id": "1",
        "tenant": "t",
        "channel": "APP",
        "direction": "INBOUND",
        "customer_ref": "c",
        "started_at": 1793581381000,
        "turns": [{"speaker": "CUSTOMER", "text": "x"}],
        "source": {"system": "s"},
    }
    try:
        record = canonical(json.dumps({**fields, name: value})).to_record()
    except Rejected:
        return
    assert isinstance(record["started_at"], int)


def test_a_labelled_row_is_one_turn_of_a_customer_in_chat() -> None:
    found = canonical_or_labelled('{"text": "怎么还款", "lang": "zh", "labels": []}', 7, tenant="t", at=AT)
    assert (found.channel, found.locale, found.started_at) == (Channel.CHAT, "zh", AT)
    assert [(turn.speaker, turn.text) for turn in found.turns] == [(Speaker.CUSTOMER, "怎么还款")]


def test_a_labelled_row_has_one_id_for_its_position_and_text() -> None:
    def identity(text: str, position: int) -> str:
        row = json.dumps({"text": text, "lang": "en"})
        return canonical_or_labelled(row, position, tenant="t", at=AT).interaction_id

    assert identity("a", 1) == identity("a", 1)
    assert len({identity("a", 1), identity("a", 2), identity("b", 1)}) == 3


@pytest.mark.parametrize(
    ("row", "path"),
    [
        ('{"text": " ", "lang": "en"}', "text"),
        ('{"text": 5, "lang": "en"}', "text"),
        ('{"text": "x"}', "lang"),
        ('{"text": "x", "lang": "fr"}', "lang"),
        ('{"text": "x", "lang": ["en"]}', "lang"),
    ],
)
def test_a_labelled_row_without_words_or_a_known_language_is_rejected(row: str, path: str) -> None:
    with pytest.raises(Rejected) as caught:
        canonical_or_labelled(row, 1, tenant="t", at=AT)
    assert caught.value.detail.startswith(path)


def test_rows_of_both_kinds_are_told_apart(fields: dict[str, Any]) -> None:
    assert canonical_or_labelled(line(fields), 1, tenant="t", at=AT).interaction_id == "chat-1"
    assert canonical_or_labelled('{"text": "hi", "lang": "en"}', 1, tenant="t", at=AT).tenant == "t"
