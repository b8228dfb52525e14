from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import event, given
from hypothesis import strategies as st
from pydantic import ValidationError

from vocbus.contracts.codec import parse
from vocbus.contracts.models import Interaction, Outcome
from vocbus.contracts.rules import (
    EARLIEST_MS,
    LATEST_MS,
    classified_violations,
    interaction_violations,
    outcome_violations,
    signal_violations,
)
from vocbus.contracts.schemas import latest

Record = dict[str, Any]


def broken(record: Record) -> list[str]:
    return [str(violation) for violation in interaction_violations(record)]


def test_a_full_interaction_breaks_no_rule(interaction: Record) -> None:
    assert broken(interaction) == []


def test_what_has_a_default_may_be_left_out(interaction: Record) -> None:
    required = ("interaction_id", "tenant", "customer_ref", "started_at", "turns")
    assert broken({name: interaction[name] for name in required}) == []


@pytest.mark.parametrize("field", ["interaction_id", "tenant", "customer_ref"])
@pytest.mark.parametrize("blank", ["", " ", "\u3000\n"])
def test_ids_must_not_be_blank(interaction: Record, field: str, blank: str) -> None:
    assert broken(interaction | {field: blank}) == [f"{field} must not be blank"]


@pytest.mark.parametrize("at", [EARLIEST_MS - 1, LATEST_MS, 1_793_600_000, 1_793_600_000_000_000, -(2**63)])
def test_a_time_in_a_wrong_unit_is_noticed(interaction: Record, at: int) -> None:
    alone = interaction | {"started_at": at, "answered_at": None, "ended_at": None}
    assert broken(alone) == ["started_at must lie between the years 2000 and 2100"]
    turns = [{"speaker": "CUSTOMER", "text": "a", "at": None}, {"speaker": "CUSTOMER", "text": "b", "at": at}]
    assert broken(interaction | {"turns": turns}) == ["turns[1].at must lie between the years 2000 and 2100"]


@pytest.mark.parametrize("at", [EARLIEST_MS, LATEST_MS - 1])
def test_the_first_and_the_last_moment_are_fine(interaction: Record, at: int) -> None:
    assert broken(interaction | {"started_at": at, "answered_at": None, "ended_at": None}) == []


@pytest.mark.parametrize(
    ("answered", "ended", "told"),
    [
        (0, 0, []),
        (None, 0, []),
        (5, None, []),
        (-1, None, ["answered_at must not be before started_at"]),
        (None, -1, ["ended_at must not be before started_at or answered_at"]),
        (5, 4, ["ended_at must not be before started_at or answered_at"]),
    ],
)
def test_times_must_be_in_order(interaction: Record, answered: int | None, ended: int | None, told: list[str]) -> None:
    start = interaction["started_at"]
    later = {"answered_at": answered, "ended_at": ended}
    changes = {name: None if offset is None else start + offset for name, offset in later.items()}
    assert broken(interaction | changes) == told


@pytest.mark.parametrize(
    ("satisfaction", "told"),
    [
        ({"csat": 1, "nps": 0}, []),
        ({"csat": 5, "nps": 10}, []),
        ({"csat": 0}, ["satisfaction.csat must be 1 to 5"]),
        ({"csat": 6, "nps": 11}, ["satisfaction.csat must be 1 to 5", "satisfaction.nps must be 0 to 10"]),
        ({"nps": -1}, ["satisfaction.nps must be 0 to 10"]),
        (None, []),
    ],
)
def test_scores_must_lie_on_their_scale(interaction: Record, satisfaction: Record | None, told: list[str]) -> None:
    assert broken(interaction | {"satisfaction": satisfaction}) == told


@pytest.mark.parametrize("turns", [[], [{"speaker": "CUSTOMER", "text": " \u3000"}]])
def test_somebody_must_have_said_or_scored_something(interaction: Record, turns: list[Record]) -> None:
    told = ["turns must hold words, unless satisfaction holds an answer"]
    for nothing in (None, {}, {"csat": None, "nps": None, "comment": " "}):
        assert broken(interaction | {"turns": turns, "satisfaction": nothing}) == told
    for answer in ({"csat": 3}, {"nps": 0}, {"comment": "好"}):
        assert broken(interaction | {"turns": turns, "satisfaction": answer}) == []


@given(data=st.data())
def test_the_twin_refuses_exactly_what_the_rules_refuse(
    records_of: Callable[[Any], st.SearchStrategy[Any]], data: st.DataObject
) -> None:
    record = data.draw(records_of(parse(latest("interaction").definition)))
    # Left to chance, times would never lie near each other, and hardly a record would pass.
    moments = st.integers(EARLIEST_MS - 1, EARLIEST_MS + 3)
    if data.draw(st.booleans()):
        record |= data.draw(
            st.fixed_dictionaries(
                {"started_at": moments, "answered_at": st.none() | moments, "ended_at": st.none() | moments}
            )
        )
        record |= {"interaction_id": "i", "tenant": "t", "customer_ref": "c"}
        record["turns"] = [{"speaker": "CUSTOMER", "text": "words", "at": None}]
        record["satisfaction"] = data.draw(st.sampled_from([None, {"csat": 5, "nps": 10}, {"csat": 6}]))
    try:
        Interaction.from_record(record)
        accepted = True
    except ValidationError:
        accepted = False
    event(f"accepted: {accepted}")
    assert accepted == (broken(record) == [])


@pytest.mark.parametrize("sentiment", [None, -1, -1.0, 0.0, 1.0])
def test_a_sentiment_on_its_scale_is_fine(sentiment: float | None) -> None:
    assert signal_violations({"kind": "FEEDBACK", "sentiment": sentiment}) == []
    assert classified_violations({"sentiment": sentiment}) == []


@pytest.mark.parametrize("sentiment", [-1.001, 1.001, float("inf"), float("nan")])
def test_a_sentiment_beyond_its_scale_is_noticed(sentiment: float) -> None:
    for found in (
        signal_violations({"kind": "FEEDBACK", "sentiment": sentiment}),
        classified_violations({"sentiment": sentiment}),
    ):
        assert list(map(str, found)) == ["sentiment must be -1 to 1"]


@pytest.mark.parametrize(
    ("kind", "strength", "told"),
    [
        ("SALES_SIGNAL", 1, []),
        ("SALES_SIGNAL", 3, []),
        ("SALES_SIGNAL", 0, ["interest.strength must be 1 to 3"]),
        ("SALES_SIGNAL", 4, ["interest.strength must be 1 to 3"]),
        ("COMPLAINT", 2, ["interest belongs to sales signals alone"]),
    ],
)
def test_interest_is_bounded_and_of_sales_signals(kind: str, strength: int, told: list[str]) -> None:
    found = signal_violations({"kind": kind, "interest": {"product": None, "strength": strength}})
    assert list(map(str, found)) == told


def test_doubt_is_a_probability() -> None:
    review = [{"kind": "COMPLAINT", "confidence": confidence} for confidence in (0, 1.0, 1.1, float("nan"))]
    found = classified_violations({"review": review})
    assert [violation.path for violation in found] == ["review[2].confidence", "review[3].confidence"]


def told_of(record: Record) -> list[str]:
    return [str(violation) for violation in outcome_violations(record)]


def test_a_full_outcome_breaks_no_rule(outcome: Record) -> None:
    assert told_of(outcome) == []


@pytest.mark.parametrize(
    "field", ["outcome_id", "tenant", "customer_token", "interaction_id", "department", "actor_ref"]
)
def test_an_outcome_says_who_did_it_and_about_what(outcome: Record, field: str) -> None:
    assert told_of(outcome | {field: "\u3000"}) == [f"{field} must not be blank"]


@pytest.mark.parametrize("at", [EARLIEST_MS - 1, LATEST_MS])
def test_an_outcome_in_a_wrong_unit_of_time_is_noticed(outcome: Record, at: int) -> None:
    assert told_of(outcome | {"occurred_at": at}) == ["occurred_at must lie between the years 2000 and 2100"]


def test_a_correction_belongs_to_a_correcting_outcome(outcome: Record) -> None:
    told = ["correction belongs to the kind CORRECTED, and to no other"]
    assert told_of(outcome | {"correction": None}) == told
    assert told_of(outcome | {"kind": "RESOLVED"}) == told
    assert told_of(outcome | {"kind": "RESOLVED", "correction": None}) == []


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"labels": ["COMPLAINT", "COMPLAINT", "FEEDBACK"]}, "labels must be COMPLAINT, FEEDBACK or SALES_SIGNAL"),
        ({"labels": ["COMPLAINT", "FEEDBACK", "INQUIRY"]}, "labels must be COMPLAINT, FEEDBACK or SALES_SIGNAL"),
        ({"known": ["COMPLAINT", "INQUIRY"]}, "known must name every label"),
        ({"known": ["COMPLAINT", "FEEDBACK", "MOOD", "INQUIRY"]}, "known must be some of"),
        ({"inquiry": None}, "inquiry goes with INQUIRY in known"),
        ({"known": ["COMPLAINT", "FEEDBACK"]}, "inquiry goes with INQUIRY in known"),
        ({"severity": 0}, "severity must be 1 to 4"),
        ({"severity": 5}, "severity must be 1 to 4"),
        ({"labels": ["FEEDBACK"]}, "severity belongs to the label COMPLAINT"),
        ({"labels": ["COMPLAINT"]}, "polarity belongs to the label FEEDBACK"),
        ({"category": " "}, "category must not be blank"),
        ({"labels": [], "severity": None, "polarity": None}, "category belongs to a label"),
    ],
)
def test_a_correction_says_nothing_that_does_not_fit_together(outcome: Record, change: Record, told: str) -> None:
    (found,) = told_of(outcome | {"correction": outcome["correction"] | change})
    assert found.startswith(f"correction.{told}")


def test_nothing_but_that_there_is_no_signal_is_a_correction_too(outcome: Record) -> None:
    assert told_of(outcome | {"correction": {"labels": [], "known": ["SALES_SIGNAL"]}}) == []


@given(data=st.data())
def test_the_twin_of_an_outcome_refuses_exactly_what_the_rules_refuse(
    records_of: Callable[[Any], st.SearchStrategy[Any]], data: st.DataObject
) -> None:
    record = data.draw(records_of(parse(latest("outcome").definition)))
    record["occurred_at"] = data.draw(st.integers(EARLIEST_MS - 1, EARLIEST_MS + 3))
    if data.draw(st.booleans()):
        record |= dict.fromkeys(("outcome_id", "tenant", "customer_token", "interaction_id"), "x")
        record |= {"department": "training", "actor_ref": "A-1"}
    if record["correction"] and data.draw(st.booleans()):
        record["kind"] = "CORRECTED"
        record["correction"]["known"] = data.draw(st.sampled_from([["COMPLAINT"], ["FEEDBACK", "INQUIRY"], []]))
    try:
        Outcome.from_record(record)
        accepted = True
    except ValidationError:
        accepted = False
    event(f"accepted: {accepted}")
    assert accepted == (outcome_violations(record) == [])
