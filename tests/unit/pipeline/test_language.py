import pytest
from hypothesis import given
from hypothesis import strategies as st

from vocbus.pipeline.language import detect


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("我的卡丢了", "ZH"),
        ("我張卡唔見咗", "ZH"),
        ("Hi 我上星期做咗個新資金三個月定期，點解App show 2.6?", "ZH"),
        ("My card is lost", "EN"),
        ("Please send it to 上海 branch by Friday, thank you very much", "EN"),
        ("¿Qué? 12.50 €", "EN"),
        ("12345 !!! 👍", "UNKNOWN"),
        ("", "UNKNOWN"),
        ("Где моя карта?", "UNKNOWN"),
    ],
)
def test_language_follows_the_share_of_han_characters(text: str, language: str) -> None:
    assert detect(text) == language


def test_a_long_beginning_without_letters_does_not_hide_what_follows() -> None:
    assert detect("—" * 700 + "我的卡丢了") == "ZH"


@given(st.text())
def test_any_text_has_an_answer(text: str) -> None:
    assert detect(text) in ("ZH", "EN", "UNKNOWN")
