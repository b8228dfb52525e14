import json
import math
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from vocbus.contracts.models import EPOCH, DeadLetter, Interaction, Signal, Turn, to_millis

Record = dict[str, Any]
AT = datetime(2026, 11, 2, 1, 3, 1, 118000, tzinfo=UTC)


def moment(at: object) -> datetime | None:
    return Turn(speaker="CUSTOMER", text="", at=at).at


@pytest.mark.parametrize(
    "given_as",
    [
        AT,
        AT.astimezone(timezone(timedelta(hours=8))),
        AT.replace(microsecond=118999),
        "2026-11-02T01:03:01.118Z",
        "2026-11-02T09:03:01.118+08:00",
        "2026-11-01T20:03:01.118999-05:00",
        1_793_581_381_118,
        1_793_581_381_118.0,
    ],
)
def test_a_time_becomes_utc_with_milliseconds(given_as: object) -> None:
    at = moment(given_as)
    assert at == AT
    assert at.tzinfo is UTC


def test_a_number_is_milliseconds_and_never_guessed_to_be_seconds() -> None:
    assert moment(1_793_581_381) == datetime(1970, 1, 21, 18, 13, 1, 381000, tzinfo=UTC)


@pytest.mark.parametrize("naive", ["2026-11-02T01:03:01", "2026-11-02", "20261102", AT.replace(tzinfo=None)])
def test_a_time_without_a_zone_is_refused(naive: object) -> None:
    with pytest.raises(ValidationError, match="must carry a time zone"):
        moment(naive)


@pytest.mark.parametrize(
    "value",
    [
        "",
        "yesterday",
        "1793581381118",
        "2026-13-01T00:00:00Z",
        b"2026-11-02T01:03:01Z",
        True,
        [],
        {},
        date(2026, 11, 2),
        Decimal("1793581381"),
        math.nan,
    ],
)
def test_what_is_no_time_is_refused(value: object) -> None:
    with pytest.raises(ValidationError):
        moment(value)


@pytest.mark.parametrize("value", [10**30, -(10**30), 2**63 - 1, math.inf, "0001-01-01T00:00:00+08:00"])
def test_a_time_that_no_calendar_holds_is_refused(value: object) -> None:
    with pytest.raises(ValidationError, match="between the years 1 and 9999"):
        moment(value)


@given(st.datetimes(timezones=st.just(UTC)))
def test_milliseconds_lead_back_to_the_time(at: datetime) -> None:
    at = at.replace(microsecond=at.microsecond // 1000 * 1000)
    assert moment(to_millis(at)) == at


def test_milliseconds_are_exact_before_the_epoch_and_far_from_it() -> None:
    assert to_millis(EPOCH - timedelta(milliseconds=1)) == -1
    assert to_millis(datetime(9999, 12, 31, 23, 59, 59, 999000, tzinfo=UTC)) == 253_402_300_799_999


def test_a_record_is_plain(interaction: Record) -> None:
    record = Interaction.from_record(interaction).to_record()
    assert record == interaction
    assert json.loads(json.dumps(record)) == record
    assert type(record["started_at"]) is int


def test_a_record_of_the_least_is_filled_in(interaction: Record) -> None:
    required = ("interaction_id", "tenant", "channel", "direction", "customer_ref", "started_at", "turns", "source")
    record = Interaction.model_validate({name: interaction[name] for name in required}).to_record()
    assert record.keys() == interaction.keys()
    assert record["products"] == []
    assert record["outcome"] == "UNKNOWN"
    assert record["satisfaction"] is None


def test_bytes_of_a_dead_letter_are_kept_as_they_are() -> None:
    letter = DeadLetter(
        dead_letter_id="t-0-1",
        topic="t",
        partition=0,
        offset=1,
        payload=b"\xff\x00",
        stage="decode",
        reason="UNDECODABLE",
        detail="",
        processor_version="1",
        failed_at=AT,
    )
    assert letter.to_record()["payload"] == b"\xff\x00"
    assert letter.to_record()["attempt"] == 1


def test_a_twin_cannot_be_changed(signal: Record) -> None:
    with pytest.raises(ValidationError, match="frozen"):
        Signal.from_record(signal).priority = 1


@pytest.mark.parametrize(
    "change",
    [
        {"customer_reff": "6222021234567890123"},
        {"channel": "6222021234567890123"},
        {"started_at": "6222021234567890123"},
        {"turns": "6222021234567890123"},
        {"turns": [{"speaker": "CUSTOMER", "text": 6222021234567890123}]},
        {"satisfaction": {"csat": "6222021234567890123x"}},
        {"satisfaction": {"csat": 6222021234567890123}},
        {"customer_ref": " ", "subject": "6222021234567890123"},
        {"consent": {"recording": "6222021234567890123"}},
    ],
)
def test_errors_never_repeat_a_value(interaction: Record, change: Record) -> None:
    with pytest.raises(ValidationError) as caught:
        Interaction.from_record(interaction | change)
    told = f"{caught.value} {caught.value!r} {caught.value.json(include_input=False)}"
    assert "6222021234567890123" not in told


def test_a_broken_rule_is_named_with_its_path(interaction: Record) -> None:
    with pytest.raises(ValidationError, match=r"satisfaction\.csat must be 1 to 5; satisfaction\.nps must be 0 to 10"):
        Interaction.from_record(interaction | {"satisfaction": {"csat": 0, "nps": 11}})


def test_an_unknown_field_is_refused_at_any_depth(interaction: Record) -> None:
    for change in ({"x": 1}, {"source": {"system": "s", "x": 1}}, {"turns": [{"speaker": "BOT", "text": "a", "x": 1}]}):
        with pytest.raises(ValidationError, match="Extra inputs are not permitted"):
            Interaction.from_record(interaction | change)
