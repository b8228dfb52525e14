"""What redaction does with any text at all: it never fails, it is final, and it costs no more than the length."""

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vocbus.pipeline.redact import Redactor, redact_texts

Clean = Callable[[str], str]

SNIPPETS = """my name is |我叫|王建国|John Smith|密码是|PIN is |4417|卡号|card number |4111111111111111|六二二八|
[CARD_1]|four five six |double oh |住在|建国路88号|I live at 12 Elm Road|京A12345|微信号|abc_123|@|+44 |(|是|
 at gmail dot com|[NAME_2]|，|. |\n| |Regards,\n|Mr |账号 |GB29NWBK60161331926819|护照E12345678|A123456(3)|\u200b|
１２３|订单号|验证码|is my code|is """.replace("|\n", "|").split("|")
texts = st.one_of(st.text(), st.lists(st.sampled_from(SNIPPETS), max_size=12).map("".join))


@given(texts)
def test_redacting_twice_changes_nothing(clean: Clean, text: str) -> None:
    once = clean(text)
    assert clean(once) == once


@given(st.lists(st.tuples(st.sampled_from(["CUSTOMER", "AGENT", "BOT", "UNKNOWN"]), texts), min_size=1, max_size=6))
def test_redacting_a_contact_twice_changes_nothing(turns: list[tuple[str, str]]) -> None:
    speakers = [speaker for speaker, _ in turns]
    once, _ = redact_texts([text for _, text in turns], speakers)
    twice, counts = redact_texts(once, speakers)
    assert twice == once
    assert counts == {}


def test_tokens_that_somebody_wrote_stay_and_are_given_to_no_other_value(contact: Any) -> None:
    record = contact("[CARD_1] is blocked, and [CARD_3]", "4012888888881881 and 6200004223990497")
    redacted = Redactor().redact(record)
    assert [turn["text"] for turn in redacted.record["turns"]] == [
        "[CARD_1] is blocked, and [CARD_3]",
        "[CARD_2] and [CARD_4]",
    ]
    assert redacted.counts == {"CARD": 2}


HOSTILE = {
    "digits one by one": "1 ",
    "digits": "7",
    "groups of four": "4111 ",
    "spoken digits": "one ",
    "spoken Chinese digits": "六",
    "spoken with pauses": "六，嗯，",
    "cues of names": "my name is ",
    "Chinese cues of names": "我叫王",
    "titles": "Mr ",
    "Chinese titles": "王先生",
    "cues of secrets": "密码是",
    "English cues of secrets": "my pin is ",
    "cues of addresses": "I live at 1 ",
    "Chinese cues of addresses": "住在路号",
    "at signs": "a@",
    "dots": "a.",
    "spoken dots": "a dot com at ",
    "local parts": "abcdefgh",
    "plate heads": "京A",
    "brackets": "((",
    "tokens": "[CARD_1]",
    "token beginnings": "[CARD_",
    "IBAN heads": "GB29 ",
    "sign-offs": "Regards,\nA\n",
    "spaces": " ",
    "pluses": "+",
    "spelled letters": "密码是 a b ",
    "account cues": "account number ",
    "cues behind": "12345 is a a a a a a a a a a a a a pin ",
    "units of flats": "I live at flat a flat b flat c ",
    "fillers": "one um uh um ok so then ",
    "groups for IBANs": "GB29 1234 5678 ",
    "quoted": "密码是“",
    "spoken ats": "a at b at ",
}


def _distinct(size: int) -> str:
    """Names, codes and accounts that are all different."""
    words = ["".join(chr(97 + (i // 26**k) % 26) for k in range(4)).title() for i in range(size // 40)]
    return " ".join(f"My name is {word}. PIN is {i + 3000}." for i, word in enumerate(words))


def _steps(text: str) -> int:
    """Lines of Python executed to redact a text."""
    steps = 0

    def count(frame: FrameType, event: str, argument: Any) -> Any:
        nonlocal steps
        steps += 1
        return count

    before = sys.gettrace()
    sys.settrace(count)
    try:
        redact_texts([text], ["CUSTOMER"])
    finally:
        sys.settrace(before)
    return steps


@pytest.mark.parametrize("unit", HOSTILE.values(), ids=HOSTILE)
def test_the_work_grows_with_the_length_and_no_faster(unit: str) -> None:
    short, long = (_steps((unit * size)[:size]) for size in (1_000, 8_000))
    assert long <= 12 * short + 2_000


def test_the_work_grows_no_faster_with_the_number_of_different_values() -> None:
    short, long = (_steps(_distinct(size)) for size in (2_000, 16_000))
    assert long <= 12 * short + 2_000


@pytest.mark.parametrize("unit", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.timeout(60)
def test_a_hundred_thousand_hostile_characters_are_done_with(unit: str) -> None:
    clean, _ = redact_texts([(unit * 100_000)[:100_000]], ["CUSTOMER"])
    assert clean
