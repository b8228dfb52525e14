"""pydantic twins of the Avro records: the Python face for producers, subscribers and commands.

Times are aware datetimes in UTC here and epoch milliseconds in a record (`to_record`, `from_record`).
Unknown fields are refused. Errors name field paths and never echo values.
"""

from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Annotated, Any, ClassVar, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, model_validator

from vocbus.contracts.errors import RejectReason
from vocbus.contracts.rules import (
    Rules,
    classified_violations,
    interaction_violations,
    outcome_violations,
    signal_violations,
)

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Channel(StrEnum):
    UNKNOWN = "UNKNOWN"
    PHONE = "PHONE"
    CHAT = "CHAT"
    EMAIL = "EMAIL"
    APP = "APP"
    SOCIAL = "SOCIAL"
    BRANCH = "BRANCH"
    SURVEY = "SURVEY"
    FOLLOW_UP = "FOLLOW_UP"
    REGULATOR = "REGULATOR"


class Direction(StrEnum):
    UNKNOWN = "UNKNOWN"
    INBOUND = "INBOUND"
    OUTBOUND = "OUTBOUND"


class Speaker(StrEnum):
    UNKNOWN = "UNKNOWN"
    CUSTOMER = "CUSTOMER"
    AGENT = "AGENT"
    BOT = "BOT"
    SYSTEM = "SYSTEM"


class InteractionOutcome(StrEnum):
    UNKNOWN = "UNKNOWN"
    RESOLVED = "RESOLVED"
    UNRESOLVED = "UNRESOLVED"
    TRANSFERRED = "TRANSFERRED"
    CALLBACK_PROMISED = "CALLBACK_PROMISED"
    ABANDONED = "ABANDONED"


class SignalKind(StrEnum):
    UNKNOWN = "UNKNOWN"
    COMPLAINT = "COMPLAINT"
    FEEDBACK = "FEEDBACK"
    SALES_SIGNAL = "SALES_SIGNAL"


class Polarity(StrEnum):
    UNKNOWN = "UNKNOWN"
    PRAISE = "PRAISE"
    CRITICISM = "CRITICISM"
    SUGGESTION = "SUGGESTION"


class OutcomeKind(StrEnum):
    UNKNOWN = "UNKNOWN"
    CORRECTED = "CORRECTED"
    ACKNOWLEDGED = "ACKNOWLEDGED"
    RESOLVED = "RESOLVED"
    CONVERTED = "CONVERTED"
    ACTED_ON = "ACTED_ON"


class Language(StrEnum):
    UNKNOWN = "UNKNOWN"
    EN = "EN"
    ZH = "ZH"


def _instant(value: object) -> datetime:
    """ISO 8601 with a zone, epoch milliseconds, or an aware datetime, to UTC with milliseconds.

    A number is always milliseconds; guessing the unit would turn a wrong unit into a wrong year.
    """
    try:
        if isinstance(value, str):
            at = _parsed(value)
        elif isinstance(value, datetime):
            at = value
        elif isinstance(value, int | float) and not isinstance(value, bool):
            at = EPOCH + timedelta(milliseconds=int(value))
        else:
            raise ValueError("must be ISO 8601 or epoch milliseconds")
        if at.tzinfo is None:
            raise ValueError("must carry a time zone")
        at = at.astimezone(UTC)
    except OverflowError:  # also of an infinite number; pydantic makes a ValidationError of a ValueError alone
        raise ValueError("must lie between the years 1 and 9999") from None
    return at.replace(microsecond=at.microsecond // 1000 * 1000)


def _parsed(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:  # its message would repeat the text
        raise ValueError("must be ISO 8601 or epoch milliseconds") from None


def to_millis(at: datetime) -> int:
    """Epoch milliseconds of an aware datetime, exact (no float)."""
    return (at - EPOCH) // timedelta(milliseconds=1)


#: UTC instant with millisecond precision (Avro timestamp-millis); a record holds it as an integer.
Instant = Annotated[datetime, BeforeValidator(_instant), PlainSerializer(to_millis, when_used="unless-none")]


class Record(BaseModel):
    """Base of every twin: strict about unknown fields, silent about values in errors."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    def to_record(self) -> dict[str, Any]:
        """The plain Avro record: enums as strings, times as epoch milliseconds, bytes as they are."""
        return self.model_dump(mode="python")

    @classmethod
    def from_record(cls, record: dict[str, Any]) -> Self:
        """The twin of a decoded record."""
        return cls.model_validate(record)


class Ruled(Record):
    """A twin with rules beyond its types. Raises ValidationError naming all of them that are broken."""

    violations: ClassVar[Rules]

    @model_validator(mode="after")
    def _rules(self) -> Self:
        if found := type(self).violations(self.to_record()):
            raise ValueError("; ".join(map(str, found)))
        return self


class Turn(Record):
    speaker: Speaker
    text: str
    at: Instant | None = None


class Satisfaction(Record):
    csat: int | None = None
    nps: int | None = None
    comment: str | None = None


class Related(Record):
    case_id: str | None = None
    interaction_id: str | None = None


class Consent(Record):
    recording: bool | None = None
    marketing: bool | None = None


class Source(Record):
    system: str
    version: str | None = None


class _Contact(Record):
    """What Interaction and ClassifiedInteraction have in common."""

    interaction_id: str
    tenant: str
    channel: Channel
    direction: Direction
    agent_ref: str | None = None
    team: str | None = None
    started_at: Instant
    answered_at: Instant | None = None
    ended_at: Instant | None = None
    locale: str | None = None
    subject: str | None = None
    turns: list[Turn]
    products: list[str] = Field(default_factory=list)
    satisfaction: Satisfaction | None = None
    outcome: InteractionOutcome = InteractionOutcome.UNKNOWN
    related: Related | None = None
    consent: Consent | None = None
    attributes: dict[str, str] = Field(default_factory=dict)
    source: Source


class Interaction(_Contact, Ruled):
    """One contact as the channel system saw it."""

    violations: ClassVar[Rules] = staticmethod(interaction_violations)

    customer_ref: str


class SignalSummary(Record):
    signal_id: str
    kind: SignalKind
    category: str
    severity: int | None = None
    polarity: Polarity | None = None
    confidence: float
    review: bool = False
    departments: list[str] = Field(default_factory=list)


class ReviewCandidate(Record):
    """A kind in doubt: decided, or just missed."""

    kind: SignalKind
    confidence: float


class Decision(Record):
    decided_at: Instant
    rules_version: str
    model_hash: str | None = None


class ClassifiedInteraction(_Contact, Ruled):
    """An interaction after redaction and classification."""

    violations: ClassVar[Rules] = staticmethod(classified_violations)

    customer_token: str
    language: Language = Language.UNKNOWN
    inquiry: bool = False
    sentiment: float | None = None
    signals: list[SignalSummary] = Field(default_factory=list)
    review: list[ReviewCandidate] = Field(default_factory=list)
    redactions: dict[str, int] = Field(default_factory=dict)
    decision: Decision


class Evidence(Record):
    """Words that carried a decision. Turn -1 is the subject, -2 the survey comment; code point offsets."""

    turn: int
    start: int
    end: int
    text: str
    rule: str


class SalesInterest(Record):
    """What a customer wants to have; strength 1 (asks about it) to 3 (wants it now)."""

    product: str | None = None
    strength: int


class Signal(Ruled):
    """One decision about an interaction."""

    violations: ClassVar[Rules] = staticmethod(signal_violations)

    signal_id: str
    interaction_id: str
    tenant: str
    customer_token: str
    kind: SignalKind
    category: str
    severity: int | None = None
    polarity: Polarity | None = None
    sentiment: float | None = None
    interest: SalesInterest | None = None
    confidence: float
    review: bool = False
    evidence: list[Evidence]
    excerpt: str
    products: list[str] = Field(default_factory=list)
    channel: Channel
    language: Language
    agent_ref: str | None = None
    team: str | None = None
    case_id: str | None = None
    occurred_at: Instant
    departments: list[str]
    priority: int
    decision: Decision


class Correction(Record):
    """The right labels of an interaction, as far as a person judged them (`known`)."""

    labels: list[SignalKind]
    inquiry: bool | None = None
    category: str | None = None
    severity: int | None = None
    polarity: Polarity | None = None
    known: list[str]


class Outcome(Ruled):
    """What a person did about an interaction, a signal or a case."""

    violations: ClassVar[Rules] = staticmethod(outcome_violations)

    outcome_id: str
    tenant: str
    kind: OutcomeKind
    customer_token: str
    interaction_id: str
    signal_id: str | None = None
    case_id: str | None = None
    department: str
    actor_ref: str
    occurred_at: Instant
    correction: Correction | None = None


class Header(Record):
    key: str
    value: bytes | None = None


class DeadLetter(Record):
    """An event that can never pass, kept whole. Never log or index `payload`, `key` or `headers`."""

    dead_letter_id: str
    topic: str
    partition: int
    offset: int
    key: bytes | None = None
    payload: bytes | None = None
    headers: list[Header] = Field(default_factory=list)
    stage: str
    reason: RejectReason
    detail: str
    attempt: int = 1
    processor_version: str
    failed_at: Instant


#: Record name to twin, for every record that has a schema.
RECORDS: dict[str, type[Record]] = {
    "interaction": Interaction,
    "classified_interaction": ClassifiedInteraction,
    "signal": Signal,
    "outcome": Outcome,
    "dead_letter": DeadLetter,
}
