"""What a department's people did, published as outcomes: one at a time, each in Kafka when the call returns.

    codec = Codec(open_registry(Settings()))
    with OutcomePublisher("broker:9092", "training", codec) as outcomes:
        outcomes.correct(signal, [SignalKind.COMPLAINT], severity=3, by="A-0031")

An outcome's id follows from who did what, about what, and when: publishing one again does no harm.
"""

import time
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import NamedTuple, Self

from kafka.errors import KafkaError, MessageSizeTooLargeError

from vocbus.contracts.codec import Codec
from vocbus.contracts.errors import Rejected, RejectReason
from vocbus.contracts.identity import outcome_id
from vocbus.contracts.models import Correction, Outcome, OutcomeKind, Polarity, Signal, SignalKind
from vocbus.contracts.producing import (
    Position,
    PublishError,
    TopicMissing,
    close_producer,
    open_producer,
    typed_failure,
)
from vocbus.contracts.rules import LABELS
from vocbus.contracts.topics import OUTCOMES, Catalogue, catalogue

__all__ = ["OutcomePublisher", "Position", "PublishError", "Subject", "TopicMissing"]

_INQUIRY = LABELS[-1]


class Subject(NamedTuple):
    """What an outcome is about, for one who has no Signal at hand."""

    tenant: str
    customer_token: str
    interaction_id: str
    signal_id: str | None = None
    case_id: str | None = None


def _now_ms() -> int:
    return time.time_ns() // 1_000_000


class OutcomePublisher:
    """Publishes the outcomes of one department.

    Every call waits until Kafka has the outcome. It raises ValidationError (a ValueError that names the broken rules)
    for an outcome that does not fit together, Retryable when Kafka is away, PublishError when it refuses, and Rejected
    when the outcome is larger than the topic takes.
    """

    def __init__(
        self,
        bootstrap: str,
        department: str,
        codec: Codec,
        *,
        client_id: str = "vocbus-outcomes",
        connect_timeout: float = 10.0,
        delivery_timeout: float = 60.0,
        topics: Catalogue | None = None,
        clock: Callable[[], int] = _now_ms,
    ) -> None:
        """Connects. `bootstrap` is host:port[,host:port…]; timeouts are in seconds, `clock` gives epoch milliseconds.

        Raises KeyError, naming the known ones, for an unknown department, Retryable when Kafka or the schema registry
        does not answer, and TopicMissing when there is no topic of outcomes.
        """
        known = catalogue() if topics is None else topics
        known.department(department)
        self.department = department
        self._clock, self._delivery_timeout = clock, delivery_timeout
        self._encode = codec.encoder(OUTCOMES)
        self._producer = open_producer(
            bootstrap,
            known[OUTCOMES],
            client_id=client_id,
            # A person waits for each one.
            linger=0,
            connect_timeout=connect_timeout,
            delivery_timeout=delivery_timeout,
        )

    def correct(
        self,
        about: Signal | Subject,
        labels: Sequence[SignalKind],
        *,
        by: str,
        known: Sequence[str] | None = None,
        inquiry: bool | None = None,
        category: str | None = None,
        severity: int | None = None,
        polarity: Polarity | None = None,
    ) -> Outcome:
        """Say which labels an interaction really has; `labels` may be empty. `by` is the employee who judged.

        `known` names the labels that were looked at, present or not: by default every kind of signal. INQUIRY is one
        of them where `inquiry` is given. The latest correction of an interaction counts, as a whole.
        """
        judged = list(LABELS[:-1] if known is None else known)
        if inquiry is not None and _INQUIRY not in judged:
            judged.append(_INQUIRY)
        correction = Correction(
            labels=list(labels),
            inquiry=inquiry,
            category=category,
            severity=severity,
            polarity=polarity,
            known=judged,
        )
        outcome = self._outcome(OutcomeKind.CORRECTED, about, by, correction)
        self.publish(outcome)
        return outcome

    def publish(self, outcome: Outcome) -> Position:
        """Put an outcome into Kafka and say where it stands."""
        value = self._encode(outcome.to_record())
        try:
            delivery = self._producer.send(OUTCOMES, value, key=outcome.customer_token.encode())
            stored = delivery.get(self._delivery_timeout + 1)
        except MessageSizeTooLargeError:
            raise Rejected(RejectReason.OVERSIZE, "is larger than the topic takes") from None
        except KafkaError as error:
            raise typed_failure(error) from None
        return Position(stored.topic, stored.partition, stored.offset)

    def close(self) -> None:
        """Give up what failed, if anything, and disconnect."""
        close_producer(self._producer, 0)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _outcome(
        self, kind: OutcomeKind, about: Signal | Subject, by: str, correction: Correction | None = None
    ) -> Outcome:
        at = self._clock()
        return Outcome.model_validate(
            {
                "outcome_id": outcome_id(kind, about.interaction_id, about.signal_id, about.case_id, by, at),
                "tenant": about.tenant,
                "kind": kind,
                "customer_token": about.customer_token,
                "interaction_id": about.interaction_id,
                "signal_id": about.signal_id,
                "case_id": about.case_id,
                "department": self.department,
                "actor_ref": by,
                "occurred_at": at,
                "correction": correction,
            }
        )
