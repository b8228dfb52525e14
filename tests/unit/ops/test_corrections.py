"""From corrections to rows to train with."""

from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from vocbus.ops.cli import vocbus
from vocbus.ops.corrections import latest, training_row

JUDGED = ["COMPLAINT", "FEEDBACK", "SALES_SIGNAL"]


def outcome(interaction: str = "mail-1", at: int = 1, **correction: Any) -> dict[str, Any]:
    right = {"labels": [], "inquiry": None, "category": None, "severity": None, "polarity": None, "known": JUDGED}
    return {
        "outcome_id": f"{interaction} {at}",
        "interaction_id": interaction,
        "occurred_at": at,
        "correction": {**right, **correction},
    }


def interaction(**fields: Any) -> dict[str, Any]:
    return {
        "channel": "EMAIL",
        "subject": "Card fee",
        "language": "EN",
        "turns": [
            {"speaker": "CUSTOMER", "text": "Charged twice."},
            {"speaker": "AGENT", "text": "Sorry."},
            {"speaker": "CUSTOMER", "text": "Please refund [CARD_1]."},
        ],
        "satisfaction": None,
        **fields,
    }


def row(correction: dict[str, Any], record: dict[str, Any] | None) -> dict[str, Any]:
    made = training_row(correction, record)
    assert isinstance(made, dict), made
    return made


@given(st.permutations([outcome(name, at) for name in ("b", "a") for at in range(4)]))
def test_the_latest_correction_of_each_interaction_wins_in_whatever_order_they_are_read(
    corrections: list[dict[str, Any]],
) -> None:
    found = latest(corrections)
    assert list(found) == ["a", "b"]
    assert {each["occurred_at"] for each in found.values()} == {3}


def test_of_two_corrections_at_one_time_the_same_wins_always() -> None:
    one, other = outcome() | {"outcome_id": "o-1"}, outcome() | {"outcome_id": "o-2"}
    assert latest([one, other]) == latest([other, one]) == {"mail-1": other}


def test_a_row_holds_what_the_customer_said_and_what_a_person_judged() -> None:
    corrected = outcome(
        labels=["SALES_SIGNAL", "COMPLAINT"],
        inquiry=True,
        severity=3,
        category="cards.fees",
        known=[*JUDGED, "INQUIRY"],
    )
    assert row(corrected, interaction()) == {
        "text": "Card fee\nCharged twice.\nPlease refund [CARD_1].",
        "lang": "en",
        "labels": ["COMPLAINT", "SALES_SIGNAL", "INQUIRY"],
        "known": ["COMPLAINT", "FEEDBACK", "SALES_SIGNAL", "INQUIRY"],
        "tier": "human",
        "source": "corrections",
        "interaction_id": "mail-1",
        "category": "cards.fees",
        "severity": 3,
        "polarity": None,
    }


def test_what_staff_noted_as_the_subject_of_a_call_is_not_what_the_customer_said() -> None:
    call = interaction(channel="PHONE", subject="投诉年费", language="ZH")
    made = row(outcome(), call)
    assert "投诉年费" not in made["text"]
    assert made["lang"] == "zh"


def test_a_judgement_against_an_inquiry_is_known_and_no_label() -> None:
    made = row(outcome(inquiry=False, known=["INQUIRY"]), interaction())
    assert (made["labels"], made["known"]) == ([], ["INQUIRY"])


@pytest.mark.parametrize(
    ("record", "why"),
    [
        (None, "not in Elasticsearch"),
        (interaction(subject=None, turns=[{"speaker": "AGENT", "text": "Hello?"}]), "nothing in words"),
        (interaction(language="UNKNOWN"), "neither Chinese nor English"),
    ],
)
def test_what_cannot_be_trained_with_says_why(record: dict[str, Any] | None, why: str) -> None:
    told = training_row(outcome(), record)
    assert isinstance(told, str)
    assert why in told


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["correct", "x", "--labels", "INQUIRY"], "--inquiry or --no-inquiry"),
        (["correct", "x", "--labels", "COMPLAINT,MOOD"], "some of COMPLAINT, FEEDBACK, SALES_SIGNAL"),
        (["correct", "x", "--labels", "COMPLAINT", "--known", "ALL"], "SALES_SIGNAL, INQUIRY"),
        (["correct", "x", "--labels", "COMPLAINT", "--category", "cards"], "must be product.issue. Products: cards"),
        (["correct", "x", "--labels", "COMPLAINT", "--severity", "5"], "1<=x<=4"),
        (["correct", "x", "--labels", "COMPLAINT", "--polarity", "UNKNOWN"], "'praise', 'criticism', 'suggestion'"),
        (["correct", "x", "--labels", "COMPLAINT", "--department", "moon"], "'training'"),
        (["corrections", "export", "--since", "yesterday"], "must be ISO 8601"),
    ],
)
def test_a_wrong_word_is_answered_with_the_right_ones(arguments: list[str], told: str) -> None:
    given_by = ["--by", "A-1"] if arguments[0] == "correct" else []
    result = CliRunner().invoke(vocbus, [*arguments, *given_by])
    assert result.exit_code == 2
    assert told in " ".join(result.stderr.split())
