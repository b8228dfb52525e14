"""Intake of one chunk: every raw event becomes its messages, or its dead letter. No I/O."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from vocbus.agents.breaker import Breaker
from vocbus.agents.dead_letters import RECORD_OVERHEAD, KafkaRecord, dead_letter_message, rejection
from vocbus.agents.delivery import Outgoing
from vocbus.contracts.errors import Rejected, RejectReason
from vocbus.contracts.topics import INTERACTIONS, REVIEW, SIGNALS, Catalogue
from vocbus.pipeline.decide import Decided
from vocbus.pipeline.validate import check_size

Encode = Callable[[Mapping[str, Any]], bytes]

#: Step of the decision that gives each reason.
STAGES = {
    RejectReason.OVERSIZE: "receive",
    RejectReason.UNDECODABLE: "decode",
    RejectReason.UNKNOWN_SCHEMA: "decode",
    RejectReason.CONTRACT_VIOLATION: "validate",
    RejectReason.REDACTION_FAILED: "redact",
    RejectReason.CLASSIFIER_FAILED: "classify",
    RejectReason.UNROUTABLE: "route",
}


@dataclass(slots=True)
class ChunkResult:
    """What came of a chunk: the messages to deliver, and counts for logs and metrics."""

    messages: list[Outgoing] = field(default_factory=list)
    passed: int = 0
    rejected: Counter[RejectReason] = field(default_factory=Counter)

    def add(self, more: "ChunkResult") -> None:
        """Append what came of the events that follow."""
        self.messages += more.messages
        self.passed += more.passed
        self.rejected += more.rejected


class Intake:
    """decode → decide (validate, redact, classify, route) → encode, for all events of a chunk.

    `decode` raises Rejected for an event that can never pass, `decide` gives one in its place; anything else they raise
    is a fault of the bus: a dead letter UNEXPECTED, and one more step toward the breaker.
    """

    def __init__(
        self,
        *,
        decode: Callable[[bytes | None], dict[str, Any]],
        decide: Callable[[list[dict[str, Any]], int], Sequence[Decided | Rejected]],
        encoder: Callable[[str], Encode],
        catalogue: Catalogue,
        max_event_bytes: int,
        breaker: Breaker,
    ) -> None:
        self._decode, self._decide = decode, decide
        self._max_event_bytes = max_event_bytes
        self._breaker = breaker
        self._catalogue = catalogue
        self._encode_interaction = encoder(INTERACTIONS)
        self._encode_review = encoder(REVIEW)
        self._encode_signal = encoder(SIGNALS)
        self._departments = {
            name: (catalogue.department(name).name, encoder(catalogue.department(name).name))
            for name in catalogue.departments
        }
        self._encoder = encoder

    def __call__(self, records: Iterable[KafkaRecord], now_ms: int) -> ChunkResult:
        """Decide events in order. Raises BreakerOpen or Retryable; then nothing that came of them may be delivered."""
        result = ChunkResult()
        reasons: list[RejectReason | None] = []
        for record, outcome in self._outcomes(list(records), now_ms):
            try:
                if isinstance(outcome, Exception):
                    raise outcome
                result.messages += self._messages(outcome)
                result.passed += 1
                reasons.append(None)
                continue
            except Exception as error:  # noqa: BLE001 - a bug in a rule must not stop the events behind it
                rejected = rejection(error)
            result.messages.append(self._dead_letter(record, rejected, now_ms))
            result.rejected[rejected.reason] += 1
            reasons.append(rejected.reason)
        # At the end, since a chunk that a dependency held up is decided again and must not count twice.
        self._breaker.note_all(reasons)
        return result

    def _outcomes(self, records: list[KafkaRecord], now_ms: int) -> Iterator[tuple[KafkaRecord, Decided | Exception]]:
        """What became of each event, in order. All that decode are decided together."""
        decoded: dict[int, dict[str, Any]] = {}
        failed: dict[int, Exception] = {}
        for at, record in enumerate(records):
            try:
                check_size(record.value, self._max_event_bytes)
                decoded[at] = self._decode(record.value)
            except Exception as error:  # noqa: BLE001 - it is this event's, and stays with it
                failed[at] = error
        decided = dict(zip(decoded, self._decided(list(decoded.values()), now_ms), strict=True))
        for at, record in enumerate(records):
            yield record, failed[at] if at in failed else decided[at]

    def _decided(self, decoded: list[dict[str, Any]], now_ms: int) -> Sequence[Decided | Exception]:
        """Decides all at once; where that fails one by one, so that a fault stays with the event that shows it."""
        if not decoded:
            return []
        try:
            return self._decide(decoded, now_ms)
        except Exception as error:  # noqa: BLE001 - a bug in a rule must not stop the events behind it
            if len(decoded) == 1:
                return [error]
            return [outcome for record in decoded for outcome in self._decided([record], now_ms)]

    def _messages(self, decided: Decided) -> list[Outgoing]:
        key = decided.interaction["customer_token"].encode()
        try:
            # Under one schema id the bytes are the same for every topic of a record.
            encoded = self._encode_interaction(decided.interaction)
            messages = [Outgoing(INTERACTIONS, key, encoded)]
            if decided.interaction["review"]:
                same = self._encode_review is self._encode_interaction
                messages.append(Outgoing(REVIEW, key, encoded if same else self._encode_review(decided.interaction)))
            for signal in decided.signals:
                encoded = self._encode_signal(signal)
                messages.append(Outgoing(SIGNALS, key, encoded))
                for department in signal["departments"]:
                    topic, encode = self._departments[department]
                    same = encode is self._encode_signal
                    messages.append(Outgoing(topic, key, encoded if same else encode(signal)))
        except Rejected as misfit:
            # The event passed its contract; a result that does not fit ours is our own fault.
            raise Rejected(RejectReason.UNEXPECTED, f"result does not fit: {misfit.detail}") from None
        for message in messages:
            limit = self._catalogue[message.topic].max_message_bytes
            if len(message.value) + RECORD_OVERHEAD > limit:
                raise Rejected(RejectReason.OVERSIZE, f"what came of it exceeds the {limit} bytes of {message.topic}")
        return messages

    def _dead_letter(self, record: KafkaRecord, rejected: Rejected, now_ms: int) -> Outgoing:
        dlq = self._catalogue.dead_letters_of(record.topic)
        stage = STAGES.get(rejected.reason, "decide")
        return dead_letter_message(record, stage, rejected, now_ms, self._catalogue[dlq], self._encoder(dlq))
