from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import event, given
from hypothesis import strategies as st
from pydantic import ValidationError

from vocbus.contracts.codec import parse
from vocbus.contracts.models import Interaction
from vocbus.contracts.rules import EARLIEST_MS, LATEST_MS, interaction_violations
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
