"""Numbers that were read out: whatever the words, pauses and fillers, none survives."""

import re
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vocbus.pipeline.personal.digits import read, runs
from vocbus.pipeline.personal.numbers import is_card, is_resident_id

Clean = Callable[[str], str]

HAN = {
    "0": "零〇",
    "1": "一幺壹",
    "2": "二两贰貳",
    "3": "三叁叄",
    "4": "四肆",
    "5": "五伍",
    "6": "六陆陸",
    "7": "七柒",
    "8": "八捌",
    "9": "九玖",
}
SAID = "zero one two three four five six seven eight nine"
ENGLISH = dict(zip("0123456789", SAID.split(), strict=True))
DIGITS = {character: digit for digit, characters in HAN.items() for character in characters}
WORDS = {word: digit for digit, word in ENGLISH.items()} | {"oh": "0"}


def decoded(text: str) -> str:
    """All digits of a text in order, however written or spoken; anything else is left out."""
    text = re.sub(r"\[[A-Z]+_\d+\]", "|", text)

    def repeated(match: re.Match[str]) -> str:
        return " ".join([match[2]] * {"double": 2, "triple": 3}[match[1]])

    text = re.sub(r"(double|triple) (\w+)", repeated, text)
    tokens = re.findall(r"[a-z]+|.", text)
    return "".join(WORDS.get(t) or DIGITS.get(t) or (t if t.isdecimal() or t in "|X" else "") for t in tokens)


@st.composite
def numbers(draw: st.DrawFn, kind: str) -> str:
    text = st.text("0123456789", min_size=14, max_size=17)
    if kind == "card":
        body = draw(st.sampled_from(["62", "4", "51", "35"])) + draw(text)
        body = body[:15] if body[0] in "45" or body.startswith("35") else body[:18]
        digits = next(body + check for check in "0123456789" if is_card(body + check))
    elif kind == "id":
        body = "310104" + draw(st.dates().map(lambda d: f"19{d.year % 100:02}{d.month:02}{min(d.day, 28):02}"))
        body += draw(st.text("0123456789", min_size=3, max_size=3))
        digits = next(body + check for check in "0123456789X" if is_resident_id(body + check))
    else:
        digits = "1" + draw(st.sampled_from("3456789")) + draw(st.text("0123456789", min_size=9, max_size=9))
    return digits


@st.composite
def spoken_chinese(draw: st.DrawFn, kind: str) -> tuple[str, str]:
    value = draw(numbers(kind))
    pause = draw(st.sampled_from(["", "", " ", "，", "、", "，嗯，", " 然后 ", "……", "。"]))
    every = draw(st.sampled_from([1, 3, 4, 30]))
    said = ""
    for i, digit in enumerate(value):
        if i and i % every == 0:
            said += pause
        said += "X" if digit == "X" else draw(st.sampled_from(HAN[digit]))
    before = draw(st.sampled_from(["", "我的号码是", "卡号 ", "您记一下，", "Hello，"]))
    return value, before + said + draw(st.sampled_from(["", "。", "，谢谢", " 对吗"]))


@st.composite
def spoken_english(draw: st.DrawFn, kind: str) -> tuple[str, str]:
    value = draw(numbers(kind).filter(lambda number: "X" not in number))
    words, i = [], 0
    while i < len(value):
        same = 1
        while i + same < len(value) and value[i + same] == value[i]:
            same += 1
        word = "oh" if value[i] == "0" and draw(st.booleans()) else ENGLISH[value[i]]
        if same in (2, 3) and draw(st.booleans()):
            words.append(f"{'double' if same == 2 else 'triple'} {word}")
            i += same
        else:
            words.append(word)
            i += 1
    every, pause = draw(st.sampled_from([(4, ", "), (4, " um "), (4, "... "), (99, " "), (1, ", "), (4, " and then ")]))
    said = words[0]
    for at, word in enumerate(words[1:], 1):
        said += (pause if at % every == 0 else " ") + word
    before = draw(st.sampled_from(["", "my number is ", "it's ", "so, card number ", "yeah "]))
    after = draw(st.sampled_from(["", ".", ", thanks", " is that right", " and it was declined"]))
    said = said.upper() if draw(st.integers(0, 5)) == 0 else said
    return value, before + said + after


@pytest.mark.parametrize("kind", ["card", "id", "mobile"])
@given(data=st.data())
def test_no_number_read_out_in_chinese_survives(clean: Clean, kind: str, data: st.DataObject) -> None:
    value, text = data.draw(spoken_chinese(kind))
    assert value not in decoded(clean(text))


@pytest.mark.parametrize("kind", ["card", "mobile", "id"])
@given(data=st.data())
def test_no_number_read_out_in_english_survives(clean: Clean, kind: str, data: st.DataObject) -> None:
    value, text = data.draw(spoken_english(kind))
    assert value not in decoded(clean(text).lower())


@given(numbers("card"), st.lists(st.booleans(), min_size=19, max_size=19))
def test_no_card_half_written_half_read_out_survives(clean: Clean, value: str, spoken: list[bool]) -> None:
    text = " ".join(ENGLISH[d] if said else d for d, said in zip(value, spoken, strict=False))
    assert value not in decoded(clean(f"my card {text} please"))
    text = "".join(HAN[d][0] if said else d for d, said in zip(value, spoken, strict=False))
    assert value not in decoded(clean(f"卡号{text}，谢谢"))


@pytest.mark.parametrize(
    ("text", "clean_text"),
    [
        ("卡号是六二二八四八零四零二五六四八九零零一八，刷不了", "卡号是[CARD_1]，刷不了"),
        ("卡号六二二八，嗯，四八零四，然后零二五六，四八九零，零一八", "卡号[CARD_1]"),
        ("陆贰贰捌肆捌零肆零贰伍陆肆捌玖零零壹捌", "[CARD_1]"),
        ("六二二八四八零四零二五六四八九两个零一八", "[CARD_1]"),
        ("六二二八四八零四零二五六四八九洞洞幺八", "[CARD_1]"),
        ("６２２８４８零四〇二五六四八九００幺八", "[CARD_1]"),
        (
            "it's four five three nine, double one double eight, two seven six one, five five oh three ok",
            "it's [CARD_1] ok",
        ),
        ("four five three nine 1188 two seven six one 5503", "[CARD_1]"),
        ("card forty five thirty nine eleven eighty eight twenty seven sixty one fifty five oh three", "card [CARD_1]"),
        ("我的卡是招行的，六二二五八八一三四四五五六六七七", "我的卡是招行的，[CARD_1]"),
        ("卡号六二二八，再来，四八零四，慢点啊，零二五六，四八九零，零一八", "卡号[CARD_1]"),
        ("4539 1188, hang on, 2761 5503", "[CARD_1]"),
        ("身份证是三幺零幺零四幺九八五零六幺五零零三叉", "身份证是[ID_1]"),
        ("手机幺三八，零零零零，幺二三四", "手机[PHONE_1]"),
        ("ring oh seven seven double oh, nine double oh, one four two", "ring [PHONE_1]"),
        ("it's five five five, eight six seven, five three oh nine", "it's [PHONE_1]"),
        ("plus eight five two six one two three four five six seven", "[PHONE_1]"),
    ],
)
def test_numbers_are_understood_as_people_say_them(clean: Clean, text: str, clean_text: str) -> None:
    assert clean(text) == clean_text


@pytest.mark.parametrize(
    "text",
    [
        "二零二四年三月十五号扣了三百二十块",
        "利率三点二五，一年一千两百",
        "一二三四五，上山打老虎",
        "十一二十二三十三，三个一百五",
        "一五一十地说了，三番两次，七上八下",
        "one or two of them took three to five days",
        "I paid one thousand two hundred and fifty pounds and nine pence",
        "twenty twenty four was the year, nineteen eighty four the book",
        "it went from four five six to three two one",
        "double the fee, triple the trouble, one two three and done",
    ],
)
def test_amounts_years_and_counting_stay(clean: Clean, text: str) -> None:
    assert clean(text) == text


def test_a_number_has_one_token_whether_written_or_spoken(clean: Clean) -> None:
    text = "卡号6228480402564890018，就是六二二八 四八零四 零二五六 四八九零 零一八"
    assert clean(text) == "卡号[CARD_1]，就是[CARD_1]"
    text = "four five three nine one one double eight two seven six one five five oh three or 4539 1188 2761 5503"
    assert clean(text) == "[CARD_1] or [CARD_1]"


def test_what_is_read_out_is_written_as_digits() -> None:
    assert read("double oh seven") == "007"
    assert read("三个八零") == "8880"
    assert read("forty-two") == "42"


def test_digits_are_looked_for_in_words_only_near_the_places_given() -> None:
    text = "one two" + " a" * 200 + " 123 456"
    assert [run.digits for run in runs(text, [], 3)] == ["123456"]
    assert [run.digits for run in runs(text, [7], 2)] == ["12", "123456"]
