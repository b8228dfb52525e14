import pytest

from vocbus.pipeline.personal.numbers import is_card, is_resident_id


@pytest.mark.parametrize("digits", ["4012888888881881", "378282246310005", "6200004223990497", "6011000990139424"])
def test_card_numbers_pass_luhn(digits: str) -> None:
    assert is_card(digits)


@pytest.mark.parametrize("digits", ["4012888888881882", "40128888888", "40128888888818810000", "0000000000000000"])
def test_wrong_check_digit_length_or_one_digit_alone_is_no_card(digits: str) -> None:
    assert not is_card(digits)


@pytest.mark.parametrize("characters", ["11010519491231002X", "11010519491231002x", "440524188001010014"])
def test_resident_id_passes_by_its_check_character(characters: str) -> None:
    assert is_resident_id(characters)


def test_resident_id_with_another_check_character_is_none() -> None:
    assert not is_resident_id("110105194912310021")


def test_old_resident_id_needs_a_province_and_a_date() -> None:
    assert is_resident_id("130503670401001")
    assert not is_resident_id("130503671301001")
    assert not is_resident_id("990503670401001")
