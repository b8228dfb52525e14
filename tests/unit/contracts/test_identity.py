from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vocbus.contracts.identity import customer_token, customer_tokens, dead_letter_id, outcome_id, signal_id

KEY = bytes(range(32))


@pytest.mark.parametrize(
    ("interaction", "kind", "expected"),
    [
        ("call-1", "COMPLAINT", "73151182-6c22-53dd-a9fc-8513a278f619"),
        ("电话-1", "FEEDBACK", "72656ec0-bdef-5767-b253-a4f17f75055d"),
    ],
)
def test_a_signal_keeps_the_id_it_was_given_by_the_first_release(interaction: str, kind: str, expected: str) -> None:
    assert signal_id(interaction, kind) == expected


def test_a_customer_keeps_the_token_of_the_first_release() -> None:
    assert customer_token(KEY, "k1", "example-bank", "CIF-1") == "k1.xca6c2hy7aknlkffjfy6da3pc3vfmlpf"


def test_a_signal_id_is_a_uuid_of_version_5() -> None:
    assert UUID(signal_id("call-1", "COMPLAINT")).version == 5


def test_each_kind_of_an_interaction_has_an_id_of_its_own() -> None:
    kinds = ("COMPLAINT", "FEEDBACK", "SALES_SIGNAL")
    assert len({signal_id(interaction, kind) for interaction in ("a", "b") for kind in kinds}) == 6


def test_a_dead_letter_is_named_by_its_place_in_kafka() -> None:
    assert dead_letter_id("interactions-raw", 3, 17) == "interactions-raw-3-17"


def test_key_tenant_and_customer_each_make_another_token() -> None:
    tokens = {
        customer_token(key, "k1", tenant, customer)
        for key in (KEY, KEY[::-1])
        for tenant in ("a", "b")
        for customer in ("1", "2")
    }
    assert len(tokens) == 8


def test_the_border_between_tenant_and_customer_counts() -> None:
    assert customer_token(KEY, "k1", "bank", "1CIF") != customer_token(KEY, "k1", "bank1", "CIF")


@given(tenant=st.text(), customer=st.text(min_size=1))
def test_a_token_has_its_form_and_shows_nothing_of_the_customer(tenant: str, customer: str) -> None:
    key_id, _, digest = customer_token(KEY, "k7", tenant, customer).partition(".")
    assert key_id == "k7"
    assert len(digest) == 32
    assert set(digest) <= set("abcdefghijklmnopqrstuvwxyz234567")


OUTCOME = ("CORRECTED", "call-1", None, None, "A-1", 1_793_600_000_000)


def test_an_outcome_keeps_the_id_it_was_given_by_the_first_release() -> None:
    assert outcome_id(*OUTCOME) == "e9348f7d-5a35-5d46-a2fe-8b4019e9a3c2"


@pytest.mark.parametrize(
    ("place", "other"), list(enumerate(("RESOLVED", "call-2", "s-1", "s-1", "A-2", 1_793_600_000_001)))
)
def test_each_cause_of_an_outcome_makes_another_id(place: int, other: Any) -> None:
    assert outcome_id(*OUTCOME[:place], other, *OUTCOME[place + 1 :]) != outcome_id(*OUTCOME)
    assert outcome_id("CORRECTED", "call-1", "s-1", None, "A-1", 0) != outcome_id(
        "CORRECTED", "call-1", None, "s-1", "A-1", 0
    )


def test_a_customer_has_a_token_of_each_key_the_current_one_first() -> None:
    keys = (("k2", KEY[::-1]), ("k1", KEY))
    tokens = customer_tokens(keys, "example-bank", "CIF-1")
    assert tokens == (
        customer_token(KEY[::-1], "k2", "example-bank", "CIF-1"),
        "k1.xca6c2hy7aknlkffjfy6da3pc3vfmlpf",
    )


@given(customers=st.sets(st.text(min_size=1), min_size=2, max_size=4))
def test_after_a_rotation_a_history_is_joined_by_its_tokens_and_with_no_other(customers: set[str]) -> None:
    keys = (("k2", KEY[::-1]), ("k1", KEY))
    histories = [set(customer_tokens(keys, "bank", customer)) for customer in customers]
    assert sum(map(len, histories)) == len(set().union(*histories)) == 2 * len(customers)
