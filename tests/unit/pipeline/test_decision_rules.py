"""What is decided keeps the rules of its contract, which nothing checks at run time."""

from importlib import resources

import pytest

from vocbus.contracts.models import Interaction
from vocbus.contracts.rules import classified_violations, signal_violations
from vocbus.pipeline.decide import Decided, Pipeline

SAMPLES = (resources.files("vocbus.ops") / "samples" / "interactions.jsonl").read_text("utf-8").splitlines()


@pytest.fixture(scope="module")
def decisions() -> list[Decided]:
    pipeline = Pipeline(tokenise=lambda tenant, customer_ref: "k1.x")
    return [pipeline.decide(Interaction.model_validate_json(line).to_record(), 1_793_600_000_000) for line in SAMPLES]


def test_sentiment_interest_and_doubt_lie_within_their_bounds(decisions: list[Decided]) -> None:
    assert decisions
    for decided in decisions:
        assert classified_violations(decided.interaction) == []
        for signal in decided.signals:
            assert signal_violations(signal) == []


def test_a_signal_for_review_is_among_the_kinds_in_doubt_of_its_interaction(decisions: list[Decided]) -> None:
    for decided in decisions:
        doubted = {candidate["kind"] for candidate in decided.interaction["review"]}
        assert {signal["kind"] for signal in decided.signals if signal["review"]} <= doubted
