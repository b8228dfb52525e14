"""Numbers with letters and check digits: ids of several places, passports, IBANs, plates."""

import re
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vocbus.pipeline.personal.numbers import (
    IBAN_LENGTHS,
    is_hong_kong_id,
    is_iban,
    is_issued_card,
    is_national_insurance_number,
    is_resident_id,
    is_singapore_id,
    is_social_security_number,
    is_taiwan_id,
)

Clean = Callable[[str], str]
Valid = Callable[[str], bool]

SAID = "zero one two three four five six seven eight nine"
letters = st.sampled_from("ABCDEFGHJKLMNPRSTUVWXYZ")


def number(least: int, most: int | None = None) -> st.SearchStrategy[str]:
    return st.text("0123456789", min_size=least, max_size=most or least)


def completed(bodies: st.SearchStrategy[str], check: str, valid: Valid) -> st.SearchStrategy[str]:
    """The bodies with whichever last character makes them valid."""
    return bodies.map(lambda body: next((body + c for c in check if valid(body + c)), "")).filter(bool)


hong_kong = completed(
    st.builds(str.__add__, st.text("ABCKMPRVYZ", min_size=1, max_size=2), number(6)), "0123456789A", is_hong_kong_id
)
taiwan = completed(
    st.builds(lambda c, g, d: c + g + d, letters, st.sampled_from("12"), number(7)), "0123456789", is_taiwan_id
)
singapore = completed(
    st.builds(str.__add__, st.sampled_from("STFG"), number(7)), "ABCDEFGHIJKLMNPQRTUWXZ", is_singapore_id
)
national_insurance = st.builds(lambda d, s: f"AB{d}{s}", number(6), st.sampled_from("ABCD"))
social_security = number(9).filter(is_social_security_number)


passports = st.builds(str.__add__, st.sampled_from(["E", "G", "EA", "K", "H"]), number(8)).map(lambda v: v[:9])


@st.composite
def ibans(draw: st.DrawFn) -> str:
    country, bank, digits = draw(
        st.sampled_from([("GB", "NWBK", 14), ("DE", "", 18), ("NL", "ABNA", 10), ("MT", "MALT", 23), ("FR", "", 23)])
    )
    rest = bank + draw(number(digits))
    return next(f"{country}{check:02}{rest}" for check in range(2, 99) if is_iban(f"{country}{check:02}{rest}"))


def kept(text: str) -> str:
    """Letters and digits of a text without tokens, in upper case and half width."""
    text = re.sub(r"\[[A-Z]+_\d+\]", "|", text)
    return "".join(chr(ord(c) - 0xFEE0) if "！" <= c <= "～" else c for c in text if c.isalnum() or c == "|").upper()


wide = str.maketrans({c: chr(c + 0xFEE0) for c in range(0x21, 0x7F)})
before = st.sampled_from(["", "我的证件 ", "it is ", "number: ", "，", "(", "号码"])
after = st.sampled_from(["", "。", ", thanks", "，谢谢", " ok", ")"])


@pytest.mark.parametrize(
    "values",
    [
        hong_kong,
        hong_kong.map(lambda value: f"{value[:-1]}({value[-1]})"),
        hong_kong.map(lambda value: f"{value[:-1]} ({value[-1]})"),
        taiwan,
        singapore,
        national_insurance,
        national_insurance.map(lambda v: f"{v[:2]} {v[2:4]} {v[4:6]} {v[6:8]} {v[8]}"),
        social_security.map(lambda v: f"{v[:3]}-{v[3:5]}-{v[5:]}"),
        ibans(),
        ibans().map(lambda v: " ".join(re.findall(".{1,4}", v))),
        passports,
    ],
    ids=["HK", "HK(n)", "HK (n)", "TW", "SG", "UK", "UK spaced", "US", "IBAN", "IBAN spaced", "passport"],
)
@given(data=st.data())
def test_no_valid_number_with_letters_survives(
    clean: Clean, values: st.SearchStrategy[str], data: st.DataObject
) -> None:
    value = data.draw(values)
    written = value.translate(wide) if data.draw(st.booleans()) else value
    written = written.lower() if data.draw(st.integers(0, 4)) == 0 else written
    text = data.draw(before) + written + data.draw(after)
    assert kept(value) not in kept(clean(text))


@given(hong_kong, taiwan)
def test_ids_read_out_letter_by_letter_do_not_survive(clean: Clean, hong_kong_id: str, taiwan_id: str) -> None:
    han = dict(zip("0123456789", "零一二三四五六七八九", strict=True))
    if hong_kong_id[-1] != "A":
        spoken = "".join(han.get(c, c) for c in hong_kong_id[:-1]) + "，括号，" + han[hong_kong_id[-1]]
        assert "[ID_1]" in clean(f"身份证 {spoken}")
    assert "[ID_1]" in clean("".join(han.get(c, c) for c in taiwan_id))
    words = dict(zip("0123456789", SAID.split(), strict=True))
    assert "[ID_1]" in clean("it's " + " ".join(words.get(c, c) for c in taiwan_id))


@pytest.mark.parametrize(
    ("text", "clean_text"),
    [
        ("身份证11010519491231002X，请查", "身份证[ID_1]，请查"),
        ("身份證係A123456(3)", "身份證係[ID_1]"),
        ("my SSN is 078-05-1120", "my SSN is [ID_1]"),
        ("social security number 078051120 please", "social security number [ID_1] please"),
        ("my social is oh seven eight oh five one one two oh", "my social is [ID_1]"),
        ("NI number QQ 12 34 56 C", "NI number [ID_1]"),
        ("NRIC S1234567D", "NRIC [ID_1]"),
        ("澳门身份证 1234567(8)", "澳门身份证 [ID_1]"),
        ("护照号E12345678有效吗", "护照号[PASSPORT_1]有效吗"),
        ("EA1234567", "[PASSPORT_1]"),
        ("passport number is C01X00T47.", "passport number is [PASSPORT_1]."),
        ("my passport 533401372 has expired", "my passport [PASSPORT_1] has expired"),
        ("passport e one two three four five six seven eight", "passport [PASSPORT_1]"),
        ("send it to gb29 nwbk 6016 1331 9268 19 today", "send it to [IBAN_1] today"),
        ("车牌京A12345", "车牌[PLATE_1]"),
        ("粤B·D12345要续保", "[PLATE_1]要续保"),
        ("沪a幺二三四五", "[PLATE_1]"),
        ("车是粤Z1234港的", "车是[PLATE_1]的"),
        ("車牌號碼 ABC-1234", "車牌號碼 [PLATE_1]"),
        ("my reg is AB12 CDE", "my reg is [PLATE_1]"),
        ("number plate K 123 ABC, a blue one", "number plate [PLATE_1], a blue one"),
        ("registration: a b one two c d e", "registration: [PLATE_1]"),
    ],
)
def test_ids_passports_and_plates_are_replaced(clean: Clean, text: str, clean_text: str) -> None:
    assert clean(text) == clean_text


@pytest.mark.parametrize(
    "text",
    [
        "身份证后四位1234",
        "身份证2023年到期",
        "护照有效期10年",
        "my passport expired 2 years ago",
        "passport fee was 8250 rupees",
        "the registration is free",
        "最新A12345版",
        "保单号 E12345678",
        "order P1234567",
        "买了浙A股票",
        "flight CA1234",
        "GB29 NWBK 6016 1331 9268 18",
        "model S1234567A",
        "票号 A123456(4)",
    ],
)
def test_what_only_looks_like_an_id_stays(clean: Clean, text: str) -> None:
    assert clean(text) == text


def test_check_digits_of_published_examples() -> None:
    assert is_hong_kong_id("A1234563")
    assert is_hong_kong_id("AB9876543")
    assert is_taiwan_id("A123456789")
    assert is_singapore_id("S1234567D")
    assert is_singapore_id("G1234567X")
    assert is_iban("DE89370400440532013000")
    assert is_national_insurance_number("AB123456C")
    assert is_resident_id("11010519491231002X")
    assert is_issued_card("4012888888881881")


@given(st.sampled_from(["A1234563", "S1234567D", "DE89370400440532013000", "11010519491231002X"]), st.data())
def test_one_wrong_digit_is_noticed(value: str, data: st.DataObject) -> None:
    valid = {8: is_hong_kong_id, 9: is_singapore_id, 22: is_iban, 18: is_resident_id}[len(value)]
    at = data.draw(st.sampled_from([i for i, c in enumerate(value) if c.isdigit() and i > 3 and i < len(value) - 1]))
    other = data.draw(st.sampled_from([c for c in "0123456789" if c != value[at]]))
    assert not valid(value[:at] + other + value[at + 1 :])


def test_a_number_too_long_or_short_for_its_country_is_no_iban() -> None:
    assert IBAN_LENGTHS["GB"] == 22
    assert not is_iban("GB29NWBK6016133192681")
