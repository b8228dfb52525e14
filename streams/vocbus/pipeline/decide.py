"""The decision about one event: validate → redact → classify → route, to the records that leave intake."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from vocbus.contracts.errors import Rejected, RejectReason
from vocbus.contracts.identity import signal_id
from vocbus.pipeline.classify import Classification, classify
from vocbus.pipeline.reading import COMMENT_TURN, SUBJECT_TURN, Evidence
from vocbus.pipeline.redact import Redacted, Redactor
from vocbus.pipeline.route import Route, route
from vocbus.pipeline.ruleset import Rules, load_rules
from vocbus.pipeline.validate import validate

#: (tenant, customer_ref) → customer_token
Tokenise = Callable[[str, str], str]
#: Longest excerpt of a signal, in characters, with the marks of what was left out.
EXCERPT_LENGTH = 280


@dataclass(frozen=True, slots=True)
class Decided:
    """What came of an event: a ClassifiedInteraction record and its Signal records."""

    interaction: dict[str, Any]
    signals: list[dict[str, Any]]


class Pipeline:
    """Decides Interaction records by one set of rules, by default those that ship with the package.

    Pure: equal records and times give equal decisions.
    """

    def __init__(self, *, tokenise: Tokenise, rules: Rules | None = None) -> None:
        self._rules = load_rules() if rules is None else rules
        self._tokenise = tokenise
        self._redactor = Redactor()

    def decide(self, record: dict[str, Any], now_ms: int) -> Decided:
        """The decision about one record. Raises Rejected with the reason of the stage that failed.

        CONTRACT_VIOLATION names paths and rules. REDACTION_FAILED, CLASSIFIER_FAILED and UNROUTABLE name the
        class of the fault and nothing of its message, which may hold what the customer said.
        """
        (outcome,) = self.decide_all([record], now_ms)
        if isinstance(outcome, Rejected):
            raise outcome
        return outcome

    def decide_all(self, records: Sequence[dict[str, Any]], now_ms: int) -> list[Decided | Rejected]:
        """The decision about each record, or its rejection, in order. One pass over many is faster than many passes."""
        outcomes: list[Any] = [self._redact(record) for record in records]
        passed = [at for at, outcome in enumerate(outcomes) if isinstance(outcome, Redacted)]
        classified = self._classify([outcomes[at].record for at in passed])
        for at, classification in zip(passed, classified, strict=True):
            if isinstance(classification, Rejected):
                outcomes[at] = classification
                continue
            redacted = outcomes[at]
            try:
                routes = self._route(classification, redacted.record)
            except Exception as error:  # noqa: BLE001 - whatever it is, the event cannot pass this stage
                outcomes[at] = Rejected(RejectReason.UNROUTABLE, type(error).__name__)
                continue
            outcomes[at] = self._decided(redacted, classification, routes, now_ms)
        return outcomes

    def _redact(self, record: dict[str, Any]) -> Redacted | Rejected:
        try:
            validate(record)
            return self._redactor.redact(record)
        except Rejected as rejected:
            return rejected
        except Exception as error:  # noqa: BLE001 - whatever it is, the event cannot pass this stage
            return Rejected(RejectReason.REDACTION_FAILED, type(error).__name__)

    def _classify(self, records: Sequence[dict[str, Any]]) -> Sequence[Classification | Rejected]:
        try:
            return classify(records, self._rules.lexicon, self._rules.model)
        except Exception as error:  # noqa: BLE001 - whatever it is, one of them cannot pass this stage
            if len(records) == 1:
                return [Rejected(RejectReason.CLASSIFIER_FAILED, type(error).__name__)]
            return [outcome for record in records for outcome in self._classify([record])]

    def _route(self, classification: Classification, record: dict[str, Any]) -> list[Route]:
        products = {*(record.get("products") or ()), *classification.products}
        return [
            route(verdict, record["channel"], classification.language, products, self._rules.routes)
            for verdict in classification.verdicts
        ]

    def _decided(self, redacted: Redacted, classification: Classification, routes: list[Route], now_ms: int) -> Decided:
        clean = redacted.record
        decision = {
            "decided_at": now_ms,
            "rules_version": self._rules.version,
            "model_hash": self._rules.model.hash,
        }
        token = self._tokenise(clean["tenant"], clean.pop("customer_ref"))
        products = list(dict.fromkeys((*(clean.get("products") or ()), *classification.products)))
        related = clean.get("related") or {}
        signals = [
            {
                "signal_id": signal_id(clean["interaction_id"], verdict.kind),
                "interaction_id": clean["interaction_id"],
                "tenant": clean["tenant"],
                "customer_token": token,
                "kind": verdict.kind,
                "category": verdict.category,
                "severity": verdict.severity,
                "polarity": verdict.polarity,
                "sentiment": classification.sentiment,
                "interest": verdict.interest and verdict.interest._asdict(),
                "confidence": verdict.confidence,
                "review": verdict.review,
                "evidence": [evidence._asdict() for evidence in verdict.evidence],
                "excerpt": excerpt(clean, verdict.evidence[0]),
                "products": products,
                "channel": clean["channel"],
                "language": classification.language,
                "agent_ref": clean.get("agent_ref"),
                "team": clean.get("team"),
                "case_id": related.get("case_id"),
                "occurred_at": clean["started_at"],
                "departments": list(found.departments),
                "priority": found.priority,
                "decision": decision,
            }
            for verdict, found in zip(classification.verdicts, routes, strict=True)
        ]
        interaction = {
            **clean,
            "customer_token": token,
            "products": products,
            "language": classification.language,
            "inquiry": classification.inquiry,
            "sentiment": classification.sentiment,
            "signals": [{field: signal[field] for field in SUMMARY} for signal in signals],
            "review": [doubt._asdict() for doubt in classification.doubts],
            "redactions": redacted.counts,
            "decision": decision,
        }
        return Decided(interaction, signals)


#: Fields of a signal that its interaction repeats (SignalSummary).
SUMMARY = ("signal_id", "kind", "category", "severity", "polarity", "confidence", "review", "departments")


def excerpt(record: dict[str, Any], evidence: Evidence) -> str:
    """The redacted turn of the evidence on one line, cut to EXCERPT_LENGTH around it."""
    if evidence.turn == SUBJECT_TURN:
        text = record["subject"]
    elif evidence.turn == COMMENT_TURN:
        text = record["satisfaction"]["comment"]
    else:
        text = record["turns"][evidence.turn]["text"]
    start = 0
    if len(text) > EXCERPT_LENGTH:
        room = EXCERPT_LENGTH - 2
        start = max(0, min((evidence.start + evidence.end - room) // 2, evidence.start, len(text) - room))
        text = text[start : start + room] + ("…" if start + room < len(text) else "")
    return ("…" if start else "") + " ".join(text.split())
