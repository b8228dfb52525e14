"""Every decision names evidence that, when removed, changes the decision."""

import json
import random
from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from vocbus.pipeline.carrying import MOST_CHARACTERS, MOST_EVIDENCE
from vocbus.pipeline.classify import Classification, Verdict, classify
from vocbus.pipeline.lexicon import Lexicon, parse_lexicon
from vocbus.pipeline.model import Model
from vocbus.pipeline.reading import COMMENT_TURN, SUBJECT_TURN
from vocbus.pipeline.ruleset import Rules

CORPUS = Path(__file__).parents[3] / "streams" / "corpus"
SEED = 20261124
Remove = Callable[[str, int, int], str]
Classify = Callable[[list[dict[str, Any]]], list[Classification]]


def blanked(text: str, start: int, end: int) -> str:
    return text[:start] + " " * (end - start) + text[end:]


def cut(text: str, start: int, end: int) -> str:
    return text[:start] + text[end:]


def without(record: dict[str, Any], verdict: Verdict, remove: Remove) -> dict[str, Any]:
    """The contact without the verdict's evidence."""
    rest = deepcopy(record)
    for evidence in reversed(verdict.evidence):
        if evidence.turn == SUBJECT_TURN:
            place, field = rest, "subject"
        elif evidence.turn == COMMENT_TURN:
            place, field = rest["satisfaction"], "comment"
        else:
            place, field = rest["turns"][evidence.turn], "text"
        place[field] = remove(place[field], evidence.start, evidence.end)
    return rest


def standing(records: list[dict[str, Any]], decide: Classify, remove: Remove) -> tuple[int, list[tuple[int, str]]]:
    """How many verdicts there are, and which stand (place of the record, kind) although their evidence is gone."""
    verdicts = [
        (at, verdict) for at, classification in enumerate(decide(records)) for verdict in classification.verdicts
    ]
    left = decide([without(records[at], verdict, remove) for at, verdict in verdicts])
    return len(verdicts), [
        (at, verdict.kind)
        for (at, verdict), rest in zip(verdicts, left, strict=True)
        if verdict.kind in {one.kind for one in rest.verdicts}
    ]


@pytest.fixture(scope="module")
def decide(rules: Rules) -> Classify:
    return lambda records: classify(records, rules.lexicon, rules.model)


@pytest.fixture(scope="module")
def sample(contact: Any, sentences: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Sentences of the tests, and some sentences and conversations of the corpus."""

    def rows(pattern: str, count: int) -> list[dict[str, Any]]:
        lines = [line for path in sorted(CORPUS.glob(pattern)) for line in path.read_text("utf-8").splitlines()]
        return [json.loads(line) for line in random.Random(SEED).sample(lines, count)]

    return [
        *[contact(row["text"]) for row in sentences],
        *[contact(row["text"], channel=row["channel"]) for row in rows("sentences-*.jsonl", 400)],
        *[
            contact(*[(turn["speaker"], turn["text"]) for turn in row["turns"]], channel=row["channel"])
            for row in rows("transcripts-*.jsonl", 100)
        ],
    ]


@pytest.mark.parametrize("remove", [blanked, cut])
def test_without_its_evidence_no_decision_stands(
    decide: Classify, sample: list[dict[str, Any]], remove: Remove
) -> None:
    decided, left = standing(sample, decide, remove)
    assert decided > 500
    assert left == []


def test_subjects_and_survey_comments_are_evidence_too(decide: Classify, contact: Any) -> None:
    comment = {"csat": 1, "nps": None, "comment": "催收一天打十几个电话，投诉没人管，马上处理"}
    record = contact(
        "You charged me twice",
        channel="EMAIL",
        subject="Complaint: still waiting for my refund",
        satisfaction=comment,
    )
    (verdict,) = [verdict for verdict in decide([record])[0].verdicts if verdict.kind == "COMPLAINT"]
    assert {SUBJECT_TURN, COMMENT_TURN} <= {evidence.turn for evidence in verdict.evidence}
    _, left = standing([record], decide, blanked)
    assert left == []


def test_without_its_evidence_no_decision_about_a_muddle_stands(decide: Classify, sample: Any, contact: Any) -> None:
    """Customers who want several things at once, and stop where they stop."""
    choice = random.Random(SEED)
    texts = [turn["text"] for record in sample for turn in record["turns"] if turn["speaker"] == "CUSTOMER"]

    def muddle() -> str:
        parts = [choice.choice(texts).rstrip("。.!！?？") for _ in range(choice.randint(2, 6))]
        if choice.random() < 0.5:
            parts = [part.replace("，", " ").replace(",", " ") for part in parts]
        return "".join(part + choice.choice(["，", ", ", " ", "", "! ", "？", "\n", ". ", "。"]) for part in parts)

    channels = ["CHAT", "EMAIL", "APP", "REGULATOR"]
    records = [contact(muddle(), channel=choice.choice(channels)) for _ in range(1000)]
    decided, left = standing(records, decide, blanked)
    assert decided > 500
    assert left == []


def test_evidence_is_where_it_says_it_is_in_reading_order(
    decide: Classify, rules: Rules, sample: list[dict[str, Any]]
) -> None:
    ids = {rule.id for rule in rules.lexicon.rules}
    for record, classification in zip(sample, decide(sample), strict=True):
        for verdict in classification.verdicts:
            places = [(evidence.turn, evidence.start, evidence.end) for evidence in verdict.evidence]
            assert places == sorted(set(places))
            for evidence in verdict.evidence:
                turn = record["turns"][evidence.turn]
                assert turn["speaker"] == "CUSTOMER"
                assert turn["text"][evidence.start : evidence.end] == evidence.text != ""
                assert evidence.rule in ids or evidence.rule.startswith("model.")


def rules_alone(rules: Rules, text: str) -> tuple[Lexicon, Model]:
    """A lexicon, and a model to which one point of a rule is a complaint, and nothing else matters."""
    lexicon = parse_lexicon({"r.yaml": f"version: '1'\npriors: {{}}\n{text}"}, rules.taxonomy, {})
    line = rules.model.kinds["complaint"].model_copy(
        update={"slope": 0.0, "offset": 0.0, "rule": 1.0, "spread": 0.0, "threshold": 1.0, "low": 0.0, "high": 0.0}
    )
    kinds = {kind: line.model_copy(update={"rule": 0.0}) for kind in rules.model.kinds} | {"complaint": line}
    return lexicon, replace(rules.model, kinds=kinds, weights=np.zeros_like(rules.model.weights))


@pytest.mark.parametrize(
    ("entries", "text", "evidence"),
    [
        # "maybe" holds back a rule that fires as soon as its clause is gone.
        (
            "groups: {doubt: {en: [maybe]}}\n"
            "rules: [{id: bad, en: [bad], adds: {complaint: 2}},"
            " {id: late, en: [late], none: [doubt], adds: {complaint: 1}}]",
            "bad maybe, or late, thanks",
            [("bad maybe", "bad"), ("or late", "model.complaint")],
        ),
        # Without the clause that ends it, a sentence runs on into the next.
        (
            "groups: {x: {en: [xx]}, y: {en: [yy]}}\n"
            "rules: [{id: bad, en: [bad], adds: {complaint: 2}}, {id: meet, all: [x, y], adds: {complaint: 1}}]",
            "hello xx, bad! yy, thanks",
            [("hello xx", "model.complaint"), ("bad!", "bad")],
        ),
        # What speaks against the decision is no evidence of it.
        (
            "rules: [{id: bad, en: [bad], adds: {complaint: 3}}, {id: good, en: [good], adds: {complaint: -1}}]",
            "good, bad, good",
            [("bad", "bad")],
        ),
        # One rule in several clauses counts until the last of them is gone.
        (
            "rules: [{id: bad, en: [bad], adds: {complaint: 1}}]",
            "bad, hello, so bad",
            [("bad", "bad"), ("so bad", "bad")],
        ),
        # The rule that says most is named.
        (
            "rules: [{id: a, en: [bad], adds: {complaint: 0.4}}, {id: b, en: [bad], adds: {complaint: 0.6}}]",
            "hello, bad",
            [("bad", "b")],
        ),
    ],
)
def test_evidence_is_what_the_decision_falls_with(
    rules: Rules, contact: Any, entries: str, text: str, evidence: list[tuple[str, str]]
) -> None:
    lexicon, model = rules_alone(rules, entries)
    record = contact(text)
    (classification,) = classify([record], lexicon, model)
    (verdict,) = classification.verdicts
    assert [(one.text, one.rule) for one in verdict.evidence] == evidence
    _, left = standing([record], lambda records: classify(records, lexicon, model), blanked)
    assert left == []


@pytest.mark.parametrize("clauses", [MOST_EVIDENCE, MOST_EVIDENCE + 1, 4 * MOST_EVIDENCE])
@pytest.mark.parametrize("between", ["，", "，谢谢，"])
def test_a_long_complaint_has_not_too_much_evidence_and_falls_with_it(
    rules: Rules, contact: Any, clauses: int, between: str
) -> None:
    lexicon, model = rules_alone(rules, "rules: [{id: bad, zh: [投诉], adds: {complaint: 1}}]")
    record = contact("您好", between.join(["我要投诉"] * clauses))
    (classification,) = classify([record], lexicon, model)
    (verdict,) = classification.verdicts
    assert 0 < len(verdict.evidence) <= MOST_EVIDENCE
    assert "bad" in {evidence.rule for evidence in verdict.evidence}
    _, left = standing([record], lambda records: classify(records, lexicon, model), blanked)
    assert left == []


def test_evidence_of_endless_text_is_cut(rules: Rules, contact: Any) -> None:
    lexicon, model = rules_alone(rules, "rules: [{id: bad, zh: [投诉], adds: {complaint: 1}}]")
    record = contact(*["我要投诉，" * 8_000] * 3)
    (classification,) = classify([record], lexicon, model)
    (verdict,) = classification.verdicts
    assert sum(len(evidence.text) for evidence in verdict.evidence) == MOST_CHARACTERS
    for evidence in verdict.evidence:
        assert record["turns"][evidence.turn]["text"][evidence.start : evidence.end] == evidence.text
