from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

import pytest

from vocbus.agents.breaker import Breaker, BreakerOpen
from vocbus.agents.intake import Intake
from vocbus.contracts.codec import Codec
from vocbus.contracts.errors import Rejected, RejectReason, Retryable
from vocbus.contracts.registry import LockFileRegistry
from vocbus.contracts.topics import catalogue

CODEC = Codec(LockFileRegistry())


def record(value: bytes | None, offset: int = 0, headers: Any = ()) -> Any:
    return SimpleNamespace(
        topic="interactions-raw", partition=2, offset=offset, key=b"C-1", value=value, headers=headers
    )


def decided(kinds: Mapping[str, list[str]], review: list[str] | None = None) -> Any:
    interaction = {"customer_token": "k1.abc", "kinds": list(kinds), "review": review or []}
    signals = [{"kind": kind, "departments": departments} for kind, departments in kinds.items()]
    return SimpleNamespace(interaction=interaction, signals=signals)


def intake(decide: Any, *, encoder: Any = None, breaker: Breaker | None = None) -> Intake:
    def names_its_topic(topic: str) -> Any:
        return CODEC.encoder(topic) if topic.endswith("-dlq") else lambda _: topic.encode()

    return Intake(
        decode=lambda value: {"value": value},
        decide=lambda decoded, now_ms: [decide(one, now_ms) for one in decoded],
        encoder=encoder or names_its_topic,
        catalogue=catalogue(),
        max_event_bytes=100,
        breaker=breaker or Breaker(),
    )


def test_an_event_goes_to_interactions_signals_and_each_of_its_departments() -> None:
    decide = intake(lambda *_: decided({"COMPLAINT": ["complaints", "risk"], "SALES_SIGNAL": ["sales"]}))
    result = decide([record(b"x")], 1)
    assert [message.topic for message in result.messages] == [
        "interactions",
        "signals",
        "dept-complaints",
        "dept-risk",
        "signals",
        "dept-sales",
    ]
    assert {message.key for message in result.messages} == {b"k1.abc"}
    assert result.passed == 1


def test_an_interaction_in_doubt_goes_to_the_topic_for_review_too() -> None:
    decide = intake(lambda *_: decided({"FEEDBACK": ["product"]}, review=["FEEDBACK"]))
    messages = decide([record(b"x")], 1).messages
    assert [message.topic for message in messages] == ["interactions", "interactions-review", "signals", "dept-product"]
    # Every topic has a schema id of its own here.
    assert messages[1].value == b"interactions-review"
    assert messages[1].key == messages[0].key


def test_the_topic_for_review_gets_the_same_bytes_under_one_schema_id() -> None:
    def one_id(topic: str) -> Any:
        return CODEC.encoder(topic) if topic.endswith("-dlq") else same

    encoded: list[Any] = []

    def same(value: Any) -> bytes:
        encoded.append(value)
        return b"encoded once"

    decide = intake(lambda *_: decided({}, review=["COMPLAINT"]), encoder=one_id)
    assert {message.value for message in decide([record(b"x")], 1).messages} == {b"encoded once"}
    assert len(encoded) == 1


def test_a_rejected_event_becomes_a_dead_letter_that_keeps_it_whole() -> None:
    def decide(*_: Any) -> Any:
        raise Rejected(RejectReason.CONTRACT_VIOLATION, "satisfaction.csat must be 1 to 5")

    headers = [("vocbus-attempt", b"2"), ("x", b"\x00")]
    result = intake(decide)([record(b"\x00\x01payload", 7, headers)], 1_700_000_000_000)
    (message,) = result.messages
    letter = CODEC.decode(message.value, "dead_letter")
    assert message.topic == "interactions-raw-dlq"
    assert message.key == b"C-1"
    assert letter["payload"] == b"\x00\x01payload"
    assert letter["key"] == b"C-1"
    assert letter["headers"] == [{"key": "vocbus-attempt", "value": b"2"}, {"key": "x", "value": b"\x00"}]
    assert letter["dead_letter_id"] == "interactions-raw-2-7"
    assert (letter["stage"], letter["reason"]) == ("validate", "CONTRACT_VIOLATION")
    assert letter["attempt"] == 2
    assert result.rejected == {RejectReason.CONTRACT_VIOLATION: 1}


def test_events_around_a_rejected_one_pass_in_order() -> None:
    def decide(event: Any, _: int) -> Any:
        if event["value"] == b"bad":
            raise Rejected(RejectReason.UNDECODABLE, "trailing bytes")
        return decided({})

    result = intake(decide)([record(b"a", 0), record(b"bad", 1), record(b"b", 2)], 1)
    assert [message.topic for message in result.messages] == ["interactions", "interactions-raw-dlq", "interactions"]


def test_an_oversize_event_is_rejected_before_it_is_decoded() -> None:
    result = intake(lambda *_: pytest.fail("decided"))([record(b"x" * 101)], 1)
    assert result.rejected == {RejectReason.OVERSIZE: 1}


def test_a_bug_is_dead_lettered_as_unexpected_without_the_words_of_its_message() -> None:
    def decide(*_: Any) -> Any:
        raise KeyError("6222020000000000")

    result = intake(decide)([record(b"x")], 1)
    letter = CODEC.decode(result.messages[0].value, "dead_letter")
    assert letter["reason"] == "UNEXPECTED"
    assert letter["detail"] == "KeyError"


def test_a_result_that_does_not_fit_its_schema_counts_as_a_bug() -> None:
    result = intake(lambda *_: decided({}), encoder=CODEC.encoder)([record(b"x")], 1)
    assert result.rejected == {RejectReason.UNEXPECTED: 1}


def test_too_many_bugs_stop_the_worker_before_anything_of_the_chunk_is_delivered() -> None:
    def decide(*_: Any) -> Any:
        raise ZeroDivisionError

    with pytest.raises(BreakerOpen):
        intake(decide, breaker=Breaker(run=3))([record(b"x", n) for n in range(3)], 1)


def test_bad_events_alone_never_stop_the_worker() -> None:
    def decide(*_: Any) -> Any:
        raise Rejected(RejectReason.UNDECODABLE, "empty value")

    result = intake(decide, breaker=Breaker(run=3, window=10))([record(b"x", n) for n in range(200)], 1)
    assert result.rejected.total() == 200


def test_a_registry_that_is_away_is_waited_for_not_dead_lettered() -> None:
    def decide(*_: Any) -> Any:
        raise Retryable("registry", "connection refused")

    with pytest.raises(Retryable):
        intake(decide)([record(b"x")], 1)


@pytest.mark.parametrize("attempt", [None, b"", b"-1", b"two", b"9" * 40, "٣".encode()])
def test_a_nonsensical_attempt_header_does_not_stop_the_worker(attempt: bytes | None) -> None:
    def decide(*_: Any) -> Any:
        raise Rejected(RejectReason.UNDECODABLE, "empty value")

    result = intake(decide)([record(b"x", headers=[("vocbus-attempt", attempt)])], 1)
    assert CODEC.decode(result.messages[0].value, "dead_letter")["attempt"] == 1


def test_a_chunk_that_a_dependency_held_up_does_not_count_its_faults_twice() -> None:
    def decide(event: Any, _: int) -> Any:
        if event["value"] == b"bug":
            raise ZeroDivisionError
        raise Retryable("registry", "connection refused")

    breaker = Breaker(run=2)
    for _ in range(5):
        with pytest.raises(Retryable):
            intake(decide, breaker=breaker)([record(b"bug", 0), record(b"x", 1)], 1)


def test_what_no_topic_could_take_is_dead_lettered_as_oversize() -> None:
    def huge(topic: str) -> Any:
        return CODEC.encoder(topic) if topic.endswith("-dlq") else lambda _: b"x" * 5_000_000

    result = intake(lambda *_: decided({}), encoder=huge)([record(b"x")], 1)
    assert result.rejected == {RejectReason.OVERSIZE: 1}


def test_an_event_too_large_for_the_dead_letters_keeps_its_place_size_and_checksum() -> None:
    result = intake(lambda *_: pytest.fail("decided"))([record(b"x" * 9_000_000)], 1)
    (message,) = result.messages
    letter = CODEC.decode(message.value, "dead_letter")
    assert letter["payload"] is None
    assert letter["offset"] == 0
    assert "payload of 9000000 bytes, SHA-256 " in letter["detail"]
