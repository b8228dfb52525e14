"""The kinds of failure: an event that can never pass, and a dependency that is away.

Anything else that is raised while an event is decided is a bug; the agents turn it into a dead letter with
reason UNEXPECTED and stop when there are too many of them.
"""

from enum import StrEnum


class RejectReason(StrEnum):
    """Why an event can never pass. The symbols equal those of the DeadLetter schema."""

    UNEXPECTED = "UNEXPECTED"
    UNDECODABLE = "UNDECODABLE"
    UNKNOWN_SCHEMA = "UNKNOWN_SCHEMA"
    CONTRACT_VIOLATION = "CONTRACT_VIOLATION"
    OVERSIZE = "OVERSIZE"
    REDACTION_FAILED = "REDACTION_FAILED"
    CLASSIFIER_FAILED = "CLASSIFIER_FAILED"
    UNROUTABLE = "UNROUTABLE"
    ILLEGAL_TRANSITION = "ILLEGAL_TRANSITION"
    SINK_REFUSED = "SINK_REFUSED"


#: Reasons that speak of a fault in the bus rather than in the event; the breaker counts these.
FAULT_REASONS = frozenset({RejectReason.UNEXPECTED, RejectReason.REDACTION_FAILED, RejectReason.CLASSIFIER_FAILED})


class Rejected(Exception):
    """The event can never pass: dead-letter it, then acknowledge it.

    `detail` names field paths and rules. It never holds a value of the event: it is logged and indexed.
    """

    def __init__(self, reason: RejectReason, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail


class Retryable(Exception):
    """A dependency is away or busy: wait in place and try again; never dead-letter, never acknowledge.

    `retry_after` is in seconds; None leaves the wait to the caller's backoff.
    """

    def __init__(self, dependency: str, detail: str, retry_after: float | None = None) -> None:
        super().__init__(f"{dependency}: {detail}")
        self.dependency = dependency
        self.detail = detail
        self.retry_after = retry_after
