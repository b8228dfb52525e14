"""The subscriber on a consumer in memory that shows what is committed, and can fail as Kafka does."""

import logging
from collections.abc import Callable, Iterator
from itertools import islice
from types import SimpleNamespace
from typing import Any

import pytest
from kafka import TopicPartition
from kafka.errors import CommitFailedError, KafkaTimeoutError
from kafka.structs import MemberState

from vocbus.contracts.codec import Codec
from vocbus.contracts.errors import RejectReason, Retryable
from vocbus.contracts.registry import LockFileRegistry
from vocbus.departments import subscriber as module
from vocbus.departments.subscriber import Subscriber, Undecodable

TOPIC = "dept-complaints"
PLACE = TopicPartition(TOPIC, 0)


class FakeConsumer:
    """One partition in memory. `commits` are the committed offsets in order; `fail_commit` fails the next one."""

    def __init__(self, *topics: str, **settings: Any) -> None:
        self.topics, self.settings = topics, settings
        self.values: list[bytes | None] = []
        self.position = 0
        self.commits: list[int] = []
        self.fail_commit: Exception | None = None
        self.closed: dict[str, Any] | None = None

    def poll(self, timeout_ms: int, max_records: int) -> dict[TopicPartition, list[Any]]:
        assert max_records == 1
        if self.position == len(self.values):
            return {}
        offset, self.position = self.position, self.position + 1
        return {PLACE: [SimpleNamespace(topic=TOPIC, partition=0, offset=offset, value=self.values[offset])]}

    def commit(self, offsets: dict[TopicPartition, Any]) -> None:
        if self.fail_commit is not None:
            failure, self.fail_commit = self.fail_commit, None
            raise failure
        ((_, committed),) = offsets.items()
        self.commits.append(committed.offset)

    def assignment(self) -> set[TopicPartition]:
        return {PLACE}

    def group_metadata(self) -> Any:
        return SimpleNamespace(state=MemberState.STABLE)

    def seek(self, place: TopicPartition, offset: int) -> None:
        assert place == PLACE
        self.position = offset

    def close(self, **options: Any) -> None:
        self.closed = options


Subscribe = Callable[..., tuple[Subscriber, FakeConsumer]]


@pytest.fixture
def codec() -> Codec:
    return Codec(LockFileRegistry())


@pytest.fixture
def subscribe(monkeypatch: pytest.MonkeyPatch, codec: Codec) -> Subscribe:
    """A subscriber of complaints whose topic holds these signals (by id) or bytes; it ends when they are over."""
    monkeypatch.setattr(module, "KafkaConsumer", FakeConsumer)

    def subscribe(*messages: str | bytes | None, **options: Any) -> tuple[Subscriber, FakeConsumer]:
        ticks = iter(range(10_000))
        made = Subscriber("broker:9092", "complaints", codec, **{"idle": 5, "clock": lambda: next(ticks), **options})
        consumer: FakeConsumer = made._consumer
        consumer.values = [codec.encode(TOPIC, signal(each)) if isinstance(each, str) else each for each in messages]
        return made, consumer

    return subscribe


def signal(name: str) -> dict[str, Any]:
    return {
        "signal_id": name,
        "interaction_id": f"contact of {name}",
        "tenant": "bank",
        "customer_token": "k1.token",
        "kind": "COMPLAINT",
        "category": "fees.other",
        "severity": 2,
        "confidence": 0.9,
        "evidence": [{"turn": 0, "start": 0, "end": 4, "text": "fees", "rule": "r"}],
        "excerpt": "fees",
        "channel": "PHONE",
        "language": "EN",
        "occurred_at": 1_793_600_000_000,
        "departments": ["complaints"],
        "priority": 2,
        "decision": {"decided_at": 1_793_600_000_000, "rules_version": "1"},
    }


def ids(signals: Iterator[Any] | Subscriber) -> list[str]:
    return [each.signal_id for each in signals]


def test_each_signal_is_committed_when_the_next_one_is_asked_for(subscribe: Subscribe) -> None:
    signals, consumer = subscribe("a", "b", "c")
    committed = [(each.signal_id, list(consumer.commits)) for each in signals]

    assert committed == [("a", []), ("b", [1]), ("c", [1, 2])]
    assert consumer.commits == [1, 2, 3]


def test_an_exception_leaves_its_signal_and_all_later_ones_uncommitted(subscribe: Subscribe) -> None:
    signals, consumer = subscribe("a", "b", "c")

    def handle() -> None:
        with signals:
            for each in signals:
                if each.signal_id == "b":
                    raise RuntimeError("handler failed")

    with pytest.raises(RuntimeError):
        handle()

    assert consumer.commits == [1]
    assert consumer.closed == {"autocommit": False}


def test_a_signal_at_which_the_loop_was_left_comes_again(subscribe: Subscribe) -> None:
    signals, consumer = subscribe("a", "b")
    for _ in signals:
        break

    assert consumer.commits == []
    assert ids(signals) == ["a", "b"]


def test_a_signal_that_was_called_done_does_not_come_again(subscribe: Subscribe) -> None:
    signals, consumer = subscribe("a", "b")
    for _ in signals:
        signals.done()
        break

    assert consumer.commits == [1]
    assert ids(signals) == ["b"]


def test_a_repetition_inside_the_window_is_passed_over_and_committed(subscribe: Subscribe) -> None:
    signals, consumer = subscribe("a", "a", "b", "a")

    assert ids(signals) == ["a", "b"]
    assert consumer.commits == [1, 2, 3, 4]


@pytest.mark.parametrize(
    ("window", "received"), [(2, ["a", "b", "c", "a"]), (0, ["a", "b", "b", "c", "a"]), (3, ["a", "b", "c"])]
)
def test_the_window_is_bounded_and_can_be_turned_off(subscribe: Subscribe, window: int, received: list[str]) -> None:
    signals, _ = subscribe("a", "b", "b", "c", "a", dedup=window)

    assert ids(signals) == received


def test_a_failed_signal_comes_again_although_its_id_was_seen(subscribe: Subscribe) -> None:
    signals, _ = subscribe("a")
    assert ids(islice(iter(signals), 1)) == ["a"]

    assert ids(signals) == ["a"]


def test_what_is_no_signal_is_told_without_its_values_and_passed_over(
    subscribe: Subscribe, codec: Codec, caplog: pytest.LogCaptureFixture
) -> None:
    told: list[Undecodable] = []
    poison = [None, b"card 4111", codec.encode(TOPIC, signal("a"))[:-3]]
    signals, consumer = subscribe(*poison, "b", on_undecodable=told.append)

    assert ids(signals) == ["b"]
    assert consumer.commits == [1, 2, 3, 4]
    assert [(each.offset, each.reason) for each in told] == [(at, RejectReason.UNDECODABLE) for at in range(3)]
    assert "4111" not in str(told)

    with caplog.at_level(logging.ERROR):
        ids(subscribe(b"card 4111")[0])
    assert "dept-complaints-0-0 is skipped: UNDECODABLE" in caplog.text
    assert "4111" not in caplog.text


def test_a_message_whose_report_failed_comes_again(subscribe: Subscribe) -> None:
    failures = [OSError("disk full")]

    def report(_: Undecodable) -> None:
        if failures:
            raise failures.pop()

    signals, consumer = subscribe(b"garbage", "a", on_undecodable=report)
    with pytest.raises(OSError, match="disk full"):
        ids(signals)

    assert consumer.commits == []
    assert ids(signals) == ["a"]
    assert consumer.commits == [1, 2]


def test_a_registry_that_is_away_loses_nothing(
    monkeypatch: pytest.MonkeyPatch, codec: Codec, subscribe: Subscribe
) -> None:
    def away(_: bytes | None) -> dict[str, Any]:
        raise Retryable("schema registry", "timeout")

    signals, consumer = subscribe("a")
    decode, signals._decode = signals._decode, away
    with pytest.raises(Retryable):
        ids(signals)
    signals._decode = decode

    assert consumer.commits == []
    assert ids(signals) == ["a"]


def test_a_partition_that_moved_away_is_not_an_error(subscribe: Subscribe, caplog: pytest.LogCaptureFixture) -> None:
    signals, consumer = subscribe("a", "b")
    consumer.fail_commit = CommitFailedError()

    assert ids(signals) == ["a", "b"]
    assert consumer.commits == [2]
    assert "dept-complaints-0-0 is done but was not committed" in caplog.text


def test_any_other_failure_to_commit_reaches_the_caller_and_the_signal_comes_again(subscribe: Subscribe) -> None:
    signals, consumer = subscribe("a", "b")
    consumer.fail_commit = KafkaTimeoutError()

    with pytest.raises(KafkaTimeoutError):
        ids(signals)

    assert ids(signals) == ["a", "b"]


def test_an_unknown_department_is_refused_with_the_known_names(codec: Codec) -> None:
    with pytest.raises(KeyError, match="known: complaints, product, sales"):
        Subscriber("broker:9092", "moon", codec)


def test_settings_reach_the_consumer_and_offsets_are_never_committed_by_itself(subscribe: Subscribe) -> None:
    _, consumer = subscribe(group="mine", start="latest", kafka={"security_protocol": "SSL"})

    assert consumer.topics == (TOPIC,)
    assert consumer.settings["group_id"] == "mine"
    assert consumer.settings["auto_offset_reset"] == "latest"
    assert consumer.settings["security_protocol"] == "SSL"
    assert consumer.settings["enable_auto_commit"] is False
