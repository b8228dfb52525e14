"""From records to documents."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vocbus.contracts.errors import Rejected, RejectReason
from vocbus.contracts.models import Signal, to_millis
from vocbus.contracts.rules import EARLIEST_MS, LATEST_MS
from vocbus.contracts.schemas import latest
from vocbus.sinks.documents import INDEXED, document

Build = Callable[..., dict[str, Any]]


def signal(occurred_at: int, decided_at: int = 5) -> dict[str, Any]:
    return {"signal_id": "s1", "occurred_at": occurred_at, "decision": {"decided_at": decided_at}, "excerpt": "盗刷"}


def millis(text: str) -> int:
    return to_millis(datetime.fromisoformat(text))


@pytest.mark.parametrize(
    ("at", "index"),
    [
        ("2026-11-24T10:00:00+00:00", "vocbus-signals-2026.11"),
        ("2026-10-31T23:59:59.999+00:00", "vocbus-signals-2026.10"),
        ("2026-11-01T00:00:00+00:00", "vocbus-signals-2026.11"),
        # Morning of the first in Shanghai, but still the month before in UTC.
        ("2026-11-01T07:59:59+08:00", "vocbus-signals-2026.10"),
        ("2000-01-01T00:00:00+00:00", "vocbus-signals-2000.01"),
        ("2028-02-29T12:00:00+00:00", "vocbus-signals-2028.02"),
    ],
)
def test_the_month_of_the_event_in_utc_decides_the_index(at: str, index: str) -> None:
    assert document("signal", signal(millis(at))).index == index


@given(st.integers(EARLIEST_MS, LATEST_MS - 1))
def test_the_index_of_any_allowed_time_is_that_of_its_utc_month(at: int) -> None:
    month = datetime.fromtimestamp(at // 1000, UTC).strftime("%Y.%m")
    assert document("signal", signal(at)).index == f"vocbus-signals-{month}"


@pytest.mark.parametrize("at", [EARLIEST_MS - 1, LATEST_MS, 0, -1, 2**62])
def test_an_impossible_time_is_rejected_rather_than_given_an_index(at: int) -> None:
    with pytest.raises(Rejected) as raised:
        document("signal", signal(at))
    assert raised.value.reason is RejectReason.CONTRACT_VIOLATION
    assert raised.value.detail.startswith("occurred_at ")


def test_id_version_and_body_come_from_the_record() -> None:
    record = signal(millis("2026-11-24T10:00:00+00:00"), decided_at=1_764_000_000_000)
    made = document("signal", record, prefix="bank")
    assert (made.index, made.id, made.version) == ("bank-signals-2026.11", "s1", 1_764_000_000_000)
    assert orjson.loads(made.body) == record


def test_interactions_are_indexed_by_their_start() -> None:
    record = {
        "interaction_id": "i1",
        "started_at": millis("2026-09-30T10:00:00+00:00"),
        "ended_at": millis("2026-10-01T10:00:00+00:00"),
        "decision": {"decided_at": 7},
    }
    made = document("classified_interaction", record)
    assert (made.index, made.id, made.version) == ("vocbus-interactions-2026.09", "i1", 7)


def test_an_outcome_stands_for_good_in_the_month_in_which_it_was_done() -> None:
    at = millis("2026-11-24T10:00:00+00:00")
    made = document("outcome", {"outcome_id": "o1", "occurred_at": at, "kind": "RESOLVED"})
    assert (made.index, made.id, made.version) == ("vocbus-outcomes-2026.11", "o1", at)


@given(st.integers(0, 10), st.integers(0, 10))
def test_a_replay_lands_on_the_same_document_whatever_was_decided_since(first: int, second: int) -> None:
    at = millis("2026-11-24T10:00:00+00:00")
    one, other = document("signal", signal(at, first)), document("signal", signal(at, second))
    assert (one.index, one.id) == (other.index, other.id)
    assert (one.version <= other.version) == (first <= second)


@pytest.mark.parametrize("record", ["interaction", "dead_letter"])
def test_records_that_hold_raw_personal_data_are_never_indexed(record: str) -> None:
    with pytest.raises(KeyError):
        document(record, {})


@pytest.mark.parametrize("record", INDEXED)
def test_what_is_read_of_a_record_is_a_required_field_of_its_schema(record: str) -> None:
    required = {field["name"] for field in latest(record).definition["fields"] if "default" not in field}
    decision = {"decision"} if INDEXED[record].decided else set()
    assert {INDEXED[record].id, INDEXED[record].time} | decision <= required


def test_times_stay_epoch_milliseconds_in_the_body() -> None:
    twin = Signal.model_validate(
        {
            "signal_id": "s1",
            "interaction_id": "i1",
            "tenant": "t",
            "customer_token": "k1.x",
            "kind": "COMPLAINT",
            "category": "cards.fraud",
            "confidence": 0.9,
            "evidence": [],
            "excerpt": "盗刷",
            "channel": "PHONE",
            "language": "ZH",
            "occurred_at": "2026-11-24T10:00:00+08:00",
            "departments": ["complaints"],
            "priority": 1,
            "decision": {"decided_at": "2026-11-24T10:00:01Z", "rules_version": "1"},
        }
    )
    body = orjson.loads(document("signal", twin.to_record()).body)
    assert body["occurred_at"] == millis("2026-11-24T02:00:00+00:00")
    assert body["kind"] == "COMPLAINT"
