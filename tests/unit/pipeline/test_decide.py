from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import pytest

from vocbus.contracts.errors import Rejected, RejectReason
from vocbus.contracts.identity import signal_id
from vocbus.contracts.models import ClassifiedInteraction, Signal
from vocbus.pipeline.classify import classify
from vocbus.pipeline.decide import EXCERPT_LENGTH, Decided, Pipeline
from vocbus.pipeline.model import Model, Scores
from vocbus.pipeline.ruleset import Rules

NOW = 1_793_600_100_000


def test_a_decision_fills_both_records(pipeline: Pipeline, rules: Rules, contact: Any) -> None:
    record = contact(
        "我的信用卡6200 0042 2399 0497被多扣了两次年费，一直没人处理",
        ("AGENT", "非常抱歉"),
        channel="PHONE",
        products=["cards"],
        team="cards-zh",
        related={"case_id": "case-9", "interaction_id": None},
    )
    decided = pipeline.decide(record, NOW)
    ClassifiedInteraction.from_record(decided.interaction)
    (signal,) = decided.signals
    Signal.from_record(signal)
    assert signal["signal_id"] == signal_id("chat-1", "COMPLAINT")
    assert signal["customer_token"] == decided.interaction["customer_token"] == "k.example-bank.5"
    assert signal["excerpt"] == "我的信用卡[CARD_1]被多扣了两次年费，一直没人处理"
    assert signal["case_id"] == "case-9"
    assert signal["occurred_at"] == record["started_at"]
    assert signal["products"] == decided.interaction["products"] == ["cards"]
    decision = {"decided_at": NOW, "rules_version": rules.version, "model_hash": rules.model.hash}
    assert signal["decision"] == decided.interaction["decision"] == decision
    assert decided.interaction["redactions"] == {"CARD": 1}
    assert decided.interaction["signals"][0]["departments"] == signal["departments"]
    assert "customer_ref" not in decided.interaction
    assert "6200" not in repr(decided)


def test_products_of_the_channel_come_first(pipeline: Pipeline, contact: Any) -> None:
    decided = pipeline.decide(contact("信用卡多扣了两次", products=["app", "cards"]), NOW)
    assert decided.interaction["products"] == ["app", "cards"]


def test_a_contact_without_signals_is_still_an_interaction(pipeline: Pipeline, contact: Any) -> None:
    decided = pipeline.decide(contact("How do I change my phone number?"), NOW)
    assert decided.signals == []
    assert decided.interaction["inquiry"] is True
    ClassifiedInteraction.from_record(decided.interaction)


@pytest.mark.parametrize("review", [False, True])
def test_what_a_contact_says_reaches_both_records(rules: Rules, contact: Any, review: bool) -> None:
    bounds = {"low": -99.0, "high": 99.0 if review else -99.0}
    kinds = {kind: line.model_copy(update=bounds) for kind, line in rules.model.kinds.items()}
    rules = replace(rules, model=replace(rules.model, kinds=kinds))
    pipeline = Pipeline(rules=rules, tokenise=lambda tenant, customer_ref: "k")
    records = [
        contact("We would like to apply for a mortgage, what are your rates?", interaction_id="sale"),
        contact("This is a complaint.", channel="APP", interaction_id="complaint"),
        contact("Love the new app, it's so easy to use", interaction_id="praise"),
        contact("gibt es hier etwas?", interaction_id="nothing"),
    ]
    said = classify(records, rules.lexicon, rules.model)
    assert [verdict.kind for one in said for verdict in one.verdicts] == ["SALES_SIGNAL", "COMPLAINT", "FEEDBACK"]
    for outcome, classification in zip(pipeline.decide_all(records, NOW), said, strict=True):
        assert isinstance(outcome, Decided)
        interaction = ClassifiedInteraction.from_record(outcome.interaction)
        assert interaction.sentiment == classification.sentiment
        assert interaction.inquiry is classification.inquiry
        assert [(one.kind.value, one.confidence) for one in interaction.review] == list(classification.doubts)
        for record, summary, verdict in zip(outcome.signals, interaction.signals, classification.verdicts, strict=True):
            signal = Signal.from_record(record)
            assert signal.sentiment == classification.sentiment
            assert signal.review is summary.review is verdict.review is review
            assert signal.confidence == summary.confidence == verdict.confidence
            assert record["interest"] == (verdict.interest and dict(verdict.interest._asdict()))


def test_all_records_are_decided_in_their_order(pipeline: Pipeline, contact: Any) -> None:
    texts = ["You charged me twice, refund it", "How do I change my phone number?", "建议增加指纹登录"] * 20
    records = [contact(text, interaction_id=f"chat-{at}") for at, text in enumerate(texts)]
    outcomes = pipeline.decide_all(records, NOW)
    assert outcomes == [pipeline.decide(record, NOW) for record in records]
    assert pipeline.decide_all([], NOW) == []


def test_a_rejected_record_leaves_the_others_alone(pipeline: Pipeline, contact: Any) -> None:
    records = [
        contact("You charged me twice, refund it"),
        contact(""),
        contact("建议增加指纹登录"),
        contact("x", tenant=""),
    ]
    outcomes = pipeline.decide_all(records, NOW)
    assert [isinstance(outcome, Rejected) for outcome in outcomes] == [False, True, False, True]
    assert outcomes[0] == pipeline.decide(records[0], NOW)
    assert outcomes[2] == pipeline.decide(records[2], NOW)


@dataclass(frozen=True)
class FaultyModel(Model):
    """A model that breaks on a text with this word."""

    word: str = "dreadful"

    def score(self, texts: Sequence[str]) -> Scores:
        if any(self.word in text for text in texts):
            raise ZeroDivisionError("what the customer said")
        return super().score(texts)


def test_a_fault_of_the_classifier_rejects_the_record_that_has_it_alone(rules: Rules, contact: Any) -> None:
    model = FaultyModel(**{field.name: getattr(rules.model, field.name) for field in fields(rules.model)})
    pipeline = Pipeline(rules=replace(rules, model=model), tokenise=lambda tenant, customer_ref: "k")
    texts = ["You charged me twice, refund it", "a dreadful thing", "建议增加指纹登录", "dreadful"]
    outcomes = pipeline.decide_all([contact(text) for text in texts], NOW)
    assert [isinstance(outcome, Decided) for outcome in outcomes] == [True, False, True, False]
    for outcome in outcomes:
        if isinstance(outcome, Rejected):
            assert outcome.reason is RejectReason.CLASSIFIER_FAILED
            assert outcome.detail == "ZeroDivisionError"
    kinds = [signal["kind"] for outcome in outcomes if isinstance(outcome, Decided) for signal in outcome.signals]
    assert kinds == ["COMPLAINT", "FEEDBACK"]


def test_the_given_record_is_left_as_it_is(pipeline: Pipeline, contact: Any) -> None:
    record = contact("多扣了两次，打 139 0000 4127")
    before = repr(record)
    pipeline.decide(record, NOW)
    assert repr(record) == before


def test_equal_records_get_equal_decisions(pipeline: Pipeline, contact: Any) -> None:
    record = contact("I was charged twice and want to open an ISA")
    assert pipeline.decide(record, NOW) == pipeline.decide(record, NOW)


def test_the_excerpt_is_cut_around_its_evidence(pipeline: Pipeline, contact: Any) -> None:
    text = "nothing much here " * 40 + "you charged me twice " + "and so on " * 60
    signal = next(signal for signal in pipeline.decide(contact(text), NOW).signals if signal["kind"] == "COMPLAINT")
    assert len(signal["excerpt"]) <= EXCERPT_LENGTH
    assert "charged me twice" in signal["excerpt"]
    assert signal["excerpt"][0] == signal["excerpt"][-1] == "…"


@pytest.mark.parametrize("turn", [-1, -2])
def test_the_excerpt_may_come_from_the_subject_or_the_survey(pipeline: Pipeline, contact: Any, turn: int) -> None:
    words = "you charged me twice, refund me"
    fields: dict[str, Any] = (
        {"subject": words} if turn == -1 else {"satisfaction": {"csat": 1, "nps": 0, "comment": words}}
    )
    (signal,) = pipeline.decide(contact("see there", channel="EMAIL", **fields), NOW).signals
    assert signal["excerpt"] == words
    assert {evidence["turn"] for evidence in signal["evidence"]} == {turn}


def test_a_contract_violation_is_rejected(pipeline: Pipeline, contact: Any) -> None:
    with pytest.raises(Rejected) as caught:
        pipeline.decide(contact(""), NOW)
    assert caught.value.reason is RejectReason.CONTRACT_VIOLATION


@pytest.mark.parametrize(
    ("stage", "reason"),
    [
        ("vocbus.pipeline.redact.Redactor.redact", RejectReason.REDACTION_FAILED),
        ("vocbus.pipeline.decide.classify", RejectReason.CLASSIFIER_FAILED),
        ("vocbus.pipeline.decide.route", RejectReason.UNROUTABLE),
    ],
)
def test_a_fault_of_a_stage_is_rejected_without_its_message(
    monkeypatch: pytest.MonkeyPatch, pipeline: Pipeline, contact: Any, stage: str, reason: RejectReason
) -> None:
    def fault(*_: object) -> None:
        raise ZeroDivisionError("what the customer said")

    monkeypatch.setattr(stage, fault)
    with pytest.raises(Rejected) as caught:
        pipeline.decide(contact("you charged me twice"), NOW)
    assert caught.value.reason is reason
    assert caught.value.detail == "ZeroDivisionError"
    assert caught.value.__cause__ is None


@pytest.mark.parametrize(
    "text",
    [
        "1 2 3 4 5 6 7 8 9 0 " * 15_000,
        "6200004223990497 " * 10_000,
        "a" * 300_000 + "@",
        "a." * 100_000 + "@example",
        "apply " * 20_000 + "x" * 500 + "card " * 20_000,
        "投诉" * 50_000,
        "you charged me twice, " * 10_000,
        "(" * 100_000,
        "1" + " " * 200_000 + "2",
        "不" * 100_000 + "方便",
        "\n>" * 50_000,
    ],
    ids=[
        "digits",
        "cards",
        "word and at",
        "dots and at",
        "far apart",
        "complaint",
        "charged",
        "brackets",
        "spaces",
        "negations",
        "quotes",
    ],
)
def test_a_contact_made_to_be_slow_is_decided_and_its_signals_stay_small(
    pipeline: Pipeline, contact: Any, text: str
) -> None:
    decided = pipeline.decide(contact(text), NOW)
    assert all(len(repr(signal)) < 100_000 for signal in decided.signals)
