"""The outcome publisher on a producer in memory that can fail as Kafka does."""

from types import SimpleNamespace
from typing import Any

import pytest
from kafka import errors
from pydantic import ValidationError

from vocbus.contracts.codec import Codec
from vocbus.contracts.errors import Rejected, RejectReason, Retryable
from vocbus.contracts.identity import outcome_id
from vocbus.contracts.models import Outcome, OutcomeKind, Polarity, Signal, SignalKind
from vocbus.contracts.registry import LockFileRegistry
from vocbus.departments import outcomes as module
from vocbus.departments.outcomes import OutcomePublisher, PublishError, Subject

CODEC = Codec(LockFileRegistry())
NOW = 1_793_600_000_000
SUBJECT = Subject("bank", "k1.abc", "call-1")


class FakeProducer:
    """Keeps what is sent. `refuse` fails the next send, `fail` the next delivery."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, bytes, bytes]] = []
        self.refuse: Exception | None = None
        self.fail: Exception | None = None
        self.closed = False

    def send(self, topic: str, value: bytes, *, key: bytes) -> Any:
        if self.refuse is not None:
            raise self.refuse
        self.sent.append((topic, key, value))
        return SimpleNamespace(get=self._get)

    def _get(self, timeout: float) -> Any:
        assert timeout > 0
        if self.fail is not None:
            raise self.fail
        return SimpleNamespace(topic="outcomes", partition=0, offset=len(self.sent) - 1)

    def flush(self, timeout: float) -> None: ...

    def close(self, timeout: float) -> None:
        self.closed = True

    @property
    def decoded(self) -> dict[str, Any]:
        """The outcome sent last."""
        return CODEC.decode(self.sent[-1][2], "outcome")


@pytest.fixture
def producer(monkeypatch: pytest.MonkeyPatch) -> FakeProducer:
    fake = FakeProducer()
    monkeypatch.setattr(module, "open_producer", lambda *_, **__: fake)
    return fake


@pytest.fixture
def outcomes(producer: FakeProducer) -> OutcomePublisher:
    return OutcomePublisher("broker:9092", "training", CODEC, clock=lambda: NOW)


def test_a_correction_says_who_corrected_what_and_when(outcomes: OutcomePublisher, producer: FakeProducer) -> None:
    told = outcomes.correct(SUBJECT, [SignalKind.COMPLAINT], severity=3, category="cards.fees", by="A-7")
    ((topic, key, _),) = producer.sent
    assert (topic, key) == ("outcomes", b"k1.abc")
    assert producer.decoded == told.to_record()
    assert producer.decoded == {
        "outcome_id": outcome_id("CORRECTED", "call-1", None, None, "A-7", NOW),
        "tenant": "bank",
        "kind": "CORRECTED",
        "customer_token": "k1.abc",
        "interaction_id": "call-1",
        "signal_id": None,
        "case_id": None,
        "department": "training",
        "actor_ref": "A-7",
        "occurred_at": NOW,
        "correction": {
            "labels": ["COMPLAINT"],
            "inquiry": None,
            "category": "cards.fees",
            "severity": 3,
            "polarity": None,
            "known": ["COMPLAINT", "FEEDBACK", "SALES_SIGNAL"],
        },
    }


@pytest.mark.parametrize(
    ("known", "inquiry", "judged"),
    [
        (None, None, ["COMPLAINT", "FEEDBACK", "SALES_SIGNAL"]),
        (None, False, ["COMPLAINT", "FEEDBACK", "SALES_SIGNAL", "INQUIRY"]),
        (["FEEDBACK"], None, ["FEEDBACK"]),
        (["FEEDBACK"], True, ["FEEDBACK", "INQUIRY"]),
        (["INQUIRY", "FEEDBACK"], True, ["INQUIRY", "FEEDBACK"]),
        ([], True, ["INQUIRY"]),
    ],
)
def test_what_was_judged_is_every_signal_unless_it_is_said(
    outcomes: OutcomePublisher, known: list[str] | None, inquiry: bool | None, judged: list[str]
) -> None:
    correction = outcomes.correct(SUBJECT, [], by="A-7", known=known, inquiry=inquiry).correction
    assert correction is not None
    assert correction.known == judged


def test_a_correction_of_a_signal_names_it_and_its_case(outcomes: OutcomePublisher, producer: FakeProducer) -> None:
    signal = Signal.model_validate(
        {
            "signal_id": "s-1",
            "interaction_id": "call-1",
            "tenant": "bank",
            "customer_token": "k1.abc",
            "kind": "COMPLAINT",
            "category": "cards.fees",
            "confidence": 0.5,
            "evidence": [],
            "excerpt": "扣费",
            "channel": "PHONE",
            "language": "ZH",
            "case_id": "case-1",
            "occurred_at": NOW,
            "departments": ["complaints"],
            "priority": 2,
            "decision": {"decided_at": NOW, "rules_version": "1"},
        }
    )
    outcomes.correct(signal, [SignalKind.FEEDBACK], polarity=Polarity.PRAISE, by="A-7")
    assert (producer.decoded["signal_id"], producer.decoded["case_id"]) == ("s-1", "case-1")
    assert producer.decoded["correction"]["polarity"] == "PRAISE"


def test_what_does_not_fit_together_is_not_published(outcomes: OutcomePublisher, producer: FakeProducer) -> None:
    with pytest.raises(ValidationError, match=r"correction\.severity belongs to the label COMPLAINT"):
        outcomes.correct(SUBJECT, [SignalKind.FEEDBACK], severity=3, by="A-7")
    with pytest.raises(ValidationError, match="actor_ref must not be blank"):
        outcomes.correct(SUBJECT, [], by=" ")
    assert producer.sent == []


def test_any_outcome_can_be_published_and_says_where_it_stands(
    outcomes: OutcomePublisher, producer: FakeProducer
) -> None:
    outcome = Outcome.model_validate(
        {
            "outcome_id": "o-1",
            "tenant": "bank",
            "kind": OutcomeKind.ACKNOWLEDGED,
            "customer_token": "k1.abc",
            "interaction_id": "call-1",
            "department": "complaints",
            "actor_ref": "A-7",
            "occurred_at": NOW,
        }
    )
    assert outcomes.publish(outcome) == ("outcomes", 0, 0)
    assert producer.decoded["kind"] == "ACKNOWLEDGED"


@pytest.mark.parametrize("moment", ["refuse", "fail"])
@pytest.mark.parametrize(
    ("error", "kind"),
    [(errors.KafkaTimeoutError(), Retryable), (errors.TopicAuthorizationFailedError(), PublishError)],
)
def test_a_failure_has_a_type_that_says_what_to_do(
    outcomes: OutcomePublisher, producer: FakeProducer, moment: str, error: Exception, kind: type[Exception]
) -> None:
    setattr(producer, moment, error)
    with pytest.raises(kind):
        outcomes.correct(SUBJECT, [], by="A-7")


def test_an_outcome_larger_than_the_topic_takes_can_never_pass(
    outcomes: OutcomePublisher, producer: FakeProducer
) -> None:
    producer.refuse = errors.MessageSizeTooLargeError()
    with pytest.raises(Rejected) as caught:
        outcomes.correct(SUBJECT, [], by="A-7")
    assert caught.value.reason is RejectReason.OVERSIZE


def test_the_block_ends_with_a_closed_producer(producer: FakeProducer) -> None:
    with OutcomePublisher("broker:9092", "training", CODEC) as outcomes:
        outcomes.correct(SUBJECT, [], by="A-7")
    assert producer.closed


def test_a_department_outside_the_catalogue_is_answered_with_the_known_ones(producer: FakeProducer) -> None:
    with pytest.raises(KeyError, match=r"no department 'trainign'; known: .*training"):
        OutcomePublisher("broker:9092", "trainign", CODEC)


def test_kafka_that_does_not_answer_is_retryable(closed_port: int) -> None:
    with pytest.raises(Retryable, match="does not answer"):
        OutcomePublisher(f"127.0.0.1:{closed_port}", "training", CODEC, connect_timeout=0.2)
