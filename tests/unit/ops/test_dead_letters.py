"""Which dead letters a replay takes, and what it sends."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vocbus.agents.dead_letters import attempt_of
from vocbus.ops.dead_letter_views import described_whole, lines, replay_lines, replay_report
from vocbus.ops.dead_letters import (
    OWN_HEADERS,
    Letter,
    Outcome,
    Plan,
    Selection,
    Summary,
    plan,
    replay_headers,
    replay_of,
    summary,
)

TOPIC = "interactions-raw"


def letter(name: str = f"{TOPIC}-0-0", **fields: Any) -> Summary:
    record = {
        "dead_letter_id": name,
        "topic": TOPIC,
        "partition": 0,
        "offset": 0,
        "key": b"customer",
        "payload": b"words",
        "headers": [],
        "stage": "decode",
        "reason": "UNDECODABLE",
        "detail": "null value",
        "attempt": 1,
        "processor_version": "1",
        "failed_at": 1,
        **fields,
    }
    return summary(record, f"{TOPIC}-dlq", 0, 0)


def planned(*letters: Summary, replayed: set[str] | None = None, since: int | None = None, **options: Any) -> Plan:
    options = {"limit": 10, "max_attempts": 5, "past_retention": False, **options}
    return plan(letters, replayed or set(), {TOPIC: since}, **options)


headers = st.lists(
    st.fixed_dictionaries(
        {
            "key": st.one_of(st.sampled_from(OWN_HEADERS), st.text(max_size=5)),
            "value": st.one_of(st.none(), st.binary(max_size=8)),
        }
    )
)


@given(headers, st.integers(1, 2**31 - 2))
def test_a_replay_keeps_foreign_headers_in_order_and_says_attempt_and_origin_once(
    found: list[dict[str, Any]], attempt: int
) -> None:
    sent = replay_headers({"dead_letter_id": "topic-1-2", "attempt": attempt, "headers": found})

    foreign = [(each["key"], each["value"] or b"") for each in found if each["key"] not in OWN_HEADERS]
    assert [each for each in sent if each[0] not in OWN_HEADERS] == foreign
    assert sorted(key for key, _ in sent if key in OWN_HEADERS) == sorted(OWN_HEADERS)
    assert attempt_of(sent) == attempt + 1
    assert replay_of(sent) == "topic-1-2"


@given(
    st.lists(st.tuples(st.integers(0, 9), st.integers(1, 7)), max_size=12),
    st.sets(st.integers(0, 11)),
    st.integers(1, 12),
    st.integers(1, 6),
)
def test_every_selected_letter_has_one_place_in_the_plan(
    found: list[tuple[int, int]], before: set[int], limit: int, max_attempts: int
) -> None:
    letters = [letter(str(number), failed_at=at, attempt=attempt) for number, (at, attempt) in enumerate(found)]

    result = planned(*letters, replayed=set(map(str, before)), limit=limit, max_attempts=max_attempts)

    groups = [result.chosen, result.replayed, result.refused, result.later]
    assert sorted(each.id for group in groups for each in group) == sorted(each.id for each in letters)
    assert len(result.chosen) <= limit
    assert all(each.attempt < max_attempts and int(each.id) not in before for each in result.chosen)
    assert [each.failed_at for each in result.chosen] == sorted(each.failed_at for each in result.chosen)
    if result.later:
        assert len(result.chosen) == limit
        assert result.later[0].failed_at >= result.chosen[-1].failed_at


def test_a_letter_from_before_what_its_topic_keeps_is_replayed_only_on_demand() -> None:
    old, young = letter("old", failed_at=9), letter("young", failed_at=10)

    assert planned(old, young, since=10).unknowable == [old]
    assert planned(old, young, since=10).chosen == [young]
    assert planned(old, young, since=10, past_retention=True).chosen == [old, young]


def test_a_letter_of_a_topic_outside_the_catalogue_is_refused() -> None:
    stray = letter(topic="moon")

    assert planned(stray).refused == [stray]


@pytest.mark.parametrize(("key", "payload", "refused"), [(None, None, True), (b"k", None, False), (None, b"v", False)])
def test_only_a_letter_with_neither_key_nor_value_is_refused_as_empty(
    key: bytes | None, payload: bytes | None, refused: bool
) -> None:
    assert bool(planned(letter(key=key, payload=payload)).empty) is refused


@pytest.mark.parametrize(
    ("selection", "taken"),
    [
        (Selection(), True),
        (Selection(reason="UNDECODABLE", topic=TOPIC), True),
        (Selection(reason="OVERSIZE"), False),
        (Selection(topic="signals"), False),
        (Selection(ids=frozenset({f"{TOPIC}-0-0"})), True),
        (Selection(ids=frozenset({"other"})), False),
    ],
)
def test_a_selection_takes_what_fits_all_its_fields(selection: Selection, taken: bool) -> None:
    assert selection.takes(letter()) is taken


@given(key=st.none() | st.binary(min_size=4), payload=st.none() | st.binary(min_size=4), value=st.binary(min_size=4))
def test_what_an_event_holds_is_never_shown(key: bytes | None, payload: bytes | None, value: bytes) -> None:
    secret = b"\x00secret\x00"
    record = {
        "partition": 0,
        "offset": 0,
        "processor_version": "1",
        "key": key and secret + key,
        "payload": payload and secret + payload,
        "headers": [{"key": "trace", "value": secret + value}],
    }

    whole = described_whole(Letter(letter(), record))

    assert "secret" not in json.dumps(whole)
    assert "secret" not in str(list(lines(whole)))
    assert whole["payload_bytes"] == (None if payload is None else len(payload) + len(secret))


def test_a_failed_delivery_is_told_by_the_name_of_its_error() -> None:
    done, failed = letter("a"), letter("b")
    outcomes = [Outcome(done, "interactions-raw-0-9", None), Outcome(failed, None, "KafkaTimeoutError")]

    report = replay_report(planned(done, failed), outcomes, ["c"], dry_run=False)
    told = list(replay_lines(planned(done, failed), outcomes, ["c"], dry_run=False))

    assert report["replayed"] == [{"id": "a", "place": "interactions-raw-0-9"}]
    assert report["failed"] == [{"id": "b", "error": "KafkaTimeoutError"}]
    assert report["skipped"] == {"not_found": ["c"]}
    assert told[1].startswith("not replayed b: KafkaTimeoutError.")
    assert told[-1] == "1 replayed"
