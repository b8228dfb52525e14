import re
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from vocbus.pipeline.personal.numbers import _ID_CHECK, _ID_WEIGHTS
from vocbus.pipeline.redact import Redactor

Clean = Callable[[str], str]

FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")


def luhn(body: str) -> str:
    """The body with its Luhn check digit."""
    total = 0
    for i, digit in enumerate(reversed(body)):
        value = int(digit) * (2 if i % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return body + str(-total % 10)


def checked_id(body: str) -> str:
    return body + _ID_CHECK[sum(w * int(d) for w, d in zip(_ID_WEIGHTS, body, strict=True)) % 11]


digits = st.text("0123456789", min_size=1)
cards = (
    st.integers(11, 18)
    .flatmap(lambda n: st.text("0123456789", min_size=n, max_size=n))
    .map(luhn)
    .filter(lambda card: len(set(card)) > 1)
)
dates = st.dates(date(1900, 1, 1), date(2030, 1, 1))
ids = st.tuples(
    st.sampled_from(["110105", "310104", "440305", "510104", "650102"]),
    dates.map(lambda born: f"{born:%Y%m%d}"),
    st.text("0123456789", min_size=3, max_size=3),
).map(lambda parts: checked_id("".join(parts)))
old_ids = st.tuples(
    st.sampled_from(["110105", "310104", "440305"]),
    st.dates(date(1900, 1, 1), date(1999, 12, 31)).map(lambda born: f"{born:%y%m%d}"),
    st.text("0123456789", min_size=3, max_size=3),
).map("".join)
mobiles = st.tuples(st.sampled_from("3456789"), st.text("0123456789", min_size=9, max_size=9)).map(
    lambda parts: "1" + "".join(parts)
)
words = st.sampled_from(
    ["", "我的号码是", "卡号：", "please check ", "(", "，", "Nr.", "call me on ", "麻烦查一下", "\n"]
)
afterwards = st.sampled_from(["", "。", "，谢谢", " thanks", ")", " 尾号的", "\n", "元"])


@st.composite
def spaced(draw: st.DrawFn, values: st.SearchStrategy[str]) -> tuple[str, str]:
    """(value, the value as someone might write it): any separators between any digits, any width, any surroundings."""
    value = draw(values)
    style = draw(st.sampled_from(["none", "groups", "same", "any"]))
    separator = draw(st.sampled_from([" ", "-", "  ", "\u3000", "－", " - ", "\u00a0", "\u200b", "–"]))
    if style == "groups":
        written = separator.join(value[i : i + 4] for i in range(0, len(value), 4))
    elif style == "same":
        written = separator.join(value)
    elif style == "any":
        written = value[0] + "".join(draw(st.sampled_from(["", " ", "-"])) + digit for digit in value[1:])
    else:
        written = value
    # Digits that are grouped as a date are read as one.
    assume(re.search(r"(19|20)\d\d(\W+)\d\d\2\d\d(\D|$)", written) is None)
    if draw(st.booleans()):
        written = written.translate(FULL_WIDTH)
    return value, draw(words) + written + draw(afterwards)


def remaining(text: str) -> str:
    """All digits of a text in ASCII, X included, tokens left out."""
    for kind in ("CARD", "ID", "PHONE", "EMAIL"):
        for n in range(1, 9):
            text = text.replace(f"[{kind}_{n}]", "|")
    return "".join(str(int(c)) if c.isdecimal() else c.upper() if c in "xX|" else "" for c in text)


@given(spaced(cards))
def test_no_card_number_survives(clean: Clean, case: tuple[str, str]) -> None:
    value, text = case
    assert value not in remaining(clean(text))
    assert clean(text) != text


@given(spaced(ids))
def test_no_resident_id_survives(clean: Clean, case: tuple[str, str]) -> None:
    value, text = case
    assert value not in remaining(clean(text))


@given(old_ids, words, afterwards, st.booleans())
def test_no_old_resident_id_survives(clean: Clean, value: str, before: str, after: str, wide: bool) -> None:
    text = before + (value.translate(FULL_WIDTH) if wide else value) + after
    assert value not in remaining(clean(text))


@given(
    mobiles,
    words,
    afterwards,
    st.sampled_from(["", "+86", "+86 ", "0086", "86-", "(+86)", "+86-"]),
    st.sampled_from(["", " ", "-", "  ", "－"]),
    st.sampled_from([(3, 4, 4), (3, 3, 5), (3, 8), (4, 4, 3), (11,), (1,) * 11]),
    st.booleans(),
)
def test_no_mainland_mobile_survives(
    clean: Clean,
    value: str,
    before: str,
    after: str,
    prefix: str,
    separator: str,
    shape: tuple[int, ...],
    wide: bool,
) -> None:
    groups, at = [], 0
    for length in shape:
        groups.append(value[at : at + length])
        at += length
    written = prefix + separator.join(groups)
    text = before + (written.translate(FULL_WIDTH) if wide else written) + after
    assert value not in remaining(clean(text))


@given(
    st.sampled_from(["+852", "+853", "+886 9", "+44 ", "+1 ", "+65", "+49", "+81-", "+971 "]),
    st.text("0123456789", min_size=8, max_size=9),
    words,
    st.sampled_from(["", " ", "-"]),
)
def test_no_number_with_a_country_code_survives(
    clean: Clean, code: str, national: str, before: str, separator: str
) -> None:
    written = code + national[:4] + separator + national[4:]
    assert national not in remaining(clean(f"{before}{written} please"))


@pytest.mark.parametrize(
    "number",
    [
        "(555) 867-5309",
        "555-867-5309",
        "555.867.5309",
        "1-555-867-5309",
        "07700 900142",
        "07700900142",
        "020 7946 0958",
        "+44 (0)20 7946 0958",
        "010-62345678",
        "0571-8888 1234",
        "(021) 6123 4567",
        "0912-345-678",
        "+852 6123 4567",
    ],
)
def test_numbers_in_the_usual_form_of_their_country_are_replaced(clean: Clean, number: str) -> None:
    assert clean(f"please ring {number} today") == "please ring [PHONE_1] today"


def test_eight_digits_are_a_phone_number_after_a_word_that_says_so(clean: Clean) -> None:
    assert clean("我電話 6123 4567") == "我電話 [PHONE_1]"
    assert clean("流水 61234567") == "流水 61234567"


@given(
    st.emails(domains=st.from_regex(r"[a-z][a-z0-9]{0,10}(\.[a-z]{2,8}){1,2}", fullmatch=True)),
    words,
    st.sampled_from(["", "。", " ", "，谢谢", ")"]),
)
def test_no_email_address_survives(clean: Clean, address: str, before: str, after: str) -> None:
    assert address not in clean(f"{before}{address}{after}")
    assert "@" not in clean(f"{before}{address}{after}")


@pytest.mark.parametrize(
    "address", ["wang＠example.cn", "ｗａｎｇ＠ｅｘａｍｐｌｅ．ｃｎ", "wang @ example.cn", "a.b+c@mail.example.co.uk"]
)
def test_email_addresses_of_any_width_are_replaced(clean: Clean, address: str) -> None:
    assert clean(f"邮箱{address}，谢谢") == "邮箱[EMAIL_1]，谢谢"


@given(
    st.one_of(
        st.decimals(0, 10**7, places=2).map(lambda amount: f"{amount:,.2f}"),
        st.decimals(0, 10**6, places=2).map(lambda amount: f"¥{amount}"),
        dates.map(lambda day: f"{day:%Y-%m-%d}"),
        dates.map(lambda day: f"{day.year}年{day.month}月{day.day}日"),
        st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1)).map(lambda at: f"{at:%Y-%m-%d %H:%M:%S}"),  # noqa: DTZ001 - printed only
        dates.map(lambda day: f"{day:%d/%m/%Y}"),
        st.integers(8, 10).flatmap(lambda n: st.text("123456789", min_size=n, max_size=n)),
        st.text("0123456789", min_size=1, max_size=6),
        st.just("95588"),
        st.just("400-820-8888"),
    ),
    st.sampled_from(["订单 ", "金额", "on ", "扣了", "order no. ", "ends in "]),
)
def test_amounts_dates_and_order_numbers_stay(clean: Clean, number: str, before: str) -> None:
    text = f"{before}{number} 请查"
    assert clean(text) == text


def test_a_list_of_amounts_stays(clean: Clean) -> None:
    text = "5600.00 1200.00 300.50 800.25 2011.22"
    assert clean(text) == text


def test_a_date_beside_an_order_number_stays(clean: Clean) -> None:
    text = "2026-11-11 12345678 on 2026-11-12 87654321"
    assert clean(text) == text


def test_one_value_in_several_spellings_has_one_token_across_the_contact(contact: Any) -> None:
    record = contact(
        "卡号 6200 0042 2399 0497，手机 +86 139-0000-4127",
        ("AGENT", "６２００００４２２３９９０４９７，13900004127"),
        "another card 4012888888881881",
        subject="6200-0042-2399-0497",
        satisfaction={"csat": 1, "nps": None, "comment": "call 139 0000 4127"},
        attributes={"note": "mail Wang@Example.cn or wang@example.cn"},
    )
    redacted = Redactor().redact(record)
    assert [turn["text"] for turn in redacted.record["turns"]] == [
        "卡号 [CARD_1]，手机 [PHONE_1]",
        "[CARD_1]，[PHONE_1]",
        "another card [CARD_2]",
    ]
    assert redacted.record["subject"] == "[CARD_1]"
    assert redacted.record["satisfaction"]["comment"] == "call [PHONE_1]"
    assert redacted.record["attributes"] == {"note": "mail [EMAIL_1] or [EMAIL_1]"}
    assert redacted.counts == {"CARD": 2, "PHONE": 1, "EMAIL": 1}


def test_the_given_record_is_left_as_it_is(contact: Any) -> None:
    record = contact("卡号 6200 0042 2399 0497")
    before = repr(record)
    Redactor().redact(record)
    assert repr(record) == before


def test_a_contact_without_personal_data_keeps_its_texts(contact: Any) -> None:
    record = contact("How do I open an account?", subject="Account", attributes={"page": "home"})
    redacted = Redactor().redact(record)
    assert redacted.record == record
    assert redacted.counts == {}


@given(st.text())
def test_any_text_can_be_redacted_and_redacting_twice_changes_nothing(clean: Clean, text: str) -> None:
    once = clean(text)
    assert clean(once) == once
