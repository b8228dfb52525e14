"""A text is the sum of its clauses, whatever the width, case and script of its characters."""

import random
from collections import Counter
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vocbus.pipeline.clauses import BITS, LONGEST_CLAUSE, features

CLAUSES = (
    "我被多扣了两次年费",
    "请马上退给我",
    "年費重複扣款",
    "客服很耐心",
    "App好用吗",
    "扣了1,234.50元",
    "好",
    "you charged me twice",
    "I can't log in",
    "the APR is 3.75",
    "that's the third time",
    "refund",
    "ｏｐｅｎ １２３",
    "打了3次电话 nobody answers",
    "😡😡",
    "what a shame",
    "word " * 70,
    "我一直打电话一直没人接" * 12,
)
SEPARATORS = ("，", ",", "。", ". ", "、", "\n", "! ", "？", "?", "！？", "…", ";", " (", "】")
#: Letters, marks and spaces of every kind, and halves of what stands beyond 16 bits.
ANYTHING = st.text(st.characters(exclude_categories=()) | st.sampled_from("。，?! 不a0\n\ud83d\udc00"))


def spans(text: str) -> list[str]:
    found = features([text])
    return [text[start:end] for start, end in zip(found.start.tolist(), found.end.tolist(), strict=True)]


def counted(text: str) -> Counter[int]:
    return Counter(features([text]).feature.tolist())


def of_clauses(text: str) -> list[Counter[int]]:
    found = features([text])
    return [Counter(found.feature[found.clause == clause].tolist()) for clause in range(len(found.text))]


mixtures = st.lists(st.tuples(st.sampled_from(CLAUSES), st.sampled_from(SEPARATORS)), min_size=1, max_size=8)


@given(mixtures, st.randoms(use_true_random=False))
def test_a_text_with_some_clauses_blank_is_exactly_the_others(
    mixture: list[tuple[str, str]], choice: random.Random
) -> None:
    text = "".join(clause + separator for clause, separator in mixture)
    found = features([text])
    clauses = of_clauses(text)
    gone = set(choice.sample(range(len(clauses)), choice.randint(0, len(clauses))))
    left = list(text)
    for clause in gone:
        start, end = int(found.start[clause]), int(found.end[clause])
        left[start:end] = " " * (end - start)
    rest = features(["".join(left)])
    kept = [clause for clause in range(len(clauses)) if clause not in gone]
    assert of_clauses("".join(left)) == [clauses[clause] for clause in kept]
    assert rest.start.tolist() == found.start[kept].tolist()
    assert rest.end.tolist() == found.end[kept].tolist()


@given(mixtures, st.integers(0))
def test_a_text_with_a_clause_cut_out_is_the_sum_of_the_others(mixture: list[tuple[str, str]], place: int) -> None:
    short = [(clause, separator) for clause, separator in mixture if len(clause) <= LONGEST_CLAUSE / 2]
    if short:
        place %= len(short)
        rest = "".join(clause + separator for clause, separator in short[:place] + short[place + 1 :])
        whole = "".join(clause + separator for clause, separator in short)
        assert counted(whole) == counted(rest) + counted("".join(short[place]))


def test_a_clause_ends_at_punctuation_and_after_a_mark() -> None:
    assert spans("一二，三。四？！五!six seven,eight  nine\nten") == [
        "一二",
        "三",
        "四？！",
        "五!",
        "six seven",
        "eight  nine",
        "ten",
    ]
    assert spans("no.12 costs $5, see www.example.com") == ["no", "12 costs $5", "see www", "example", "com"]


@pytest.mark.parametrize("number", ["1,234.50", "3.75", "１，２３４．５０"])
def test_a_decimal_is_one_word(number: str) -> None:
    assert spans(f"rate {number} now") == [f"rate {number} now"]
    assert counted(number) == counted(number.translate(dict(zip(b"12345678", "2" * 8, strict=True))))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ABC ａｂｃ", "abc abc"),
        ("多扣了１２元！", "多扣了12元!"),
        ("还没到账…为什么‼", "还没到账...为什么!"),
        ("CAN’T log in?", "can't log in？"),
        ("重複扣款，沒人處理", "重复扣款，没人处理"),
        ("貸款還沒批下來", "贷款还没批下来"),
        ("扣了 35 元", "扣了 97 元"),
    ],
)
def test_width_case_script_and_digits_make_no_difference(one: str, other: str) -> None:
    assert counted(one) == counted(other)
    assert counted(one).total() > 0


def test_nothing_reaches_over_the_end_of_a_clause() -> None:
    assert counted("扣款，重复") == counted("重复，扣款")
    assert counted("扣款重复") != counted("重复扣款")
    assert counted("charged? twice") == counted("charged?") + counted("twice")
    assert counted("charged twice") - counted("charged") - counted("twice")


def test_letters_within_a_word_recognise_it_misspelt() -> None:
    assert (counted("complaint") & counted("complainnt")).total() >= 3
    assert not counted("plan, comp") & counted("lanco")


@pytest.mark.parametrize("text", ["我一直打电话一直没人接" * 40, "word " * 500, "不" * 1000, "a 不 " * 300])
def test_a_long_text_without_punctuation_is_cut(text: str) -> None:
    pieces = spans(text)
    assert len(pieces) > 5
    for piece in pieces:
        assert sum(2 if word.isascii() else len(word) for word in piece.split()) <= LONGEST_CLAUSE + 1


def test_a_cut_leaves_no_mark_alone() -> None:
    for length in range(LONGEST_CLAUSE - 2, LONGEST_CLAUSE + 3):
        assert all(piece.strip("?!") for piece in spans("不" * length + "?!" + "好"))


@given(st.lists(ANYTHING, max_size=6))
def test_any_texts_have_features_and_a_batch_is_its_texts_one_by_one(texts: list[str]) -> None:
    found = features(texts)
    singles = [features([text]) for text in texts]
    assert found.feature.tolist() == [number for single in singles for number in single.feature.tolist()]
    assert found.start.tolist() == [start for single in singles for start in single.start.tolist()]
    assert found.end.tolist() == [end for single in singles for end in single.end.tolist()]
    assert found.text.tolist() == [at for at, single in enumerate(singles) for _ in single.text]
    assert np.diff(found.clause).min(initial=0) >= 0
    assert ((found.feature >= 0) & (found.feature < 1 << BITS)).all()
    for at, start, end in zip(found.text.tolist(), found.start.tolist(), found.end.tolist(), strict=True):
        assert 0 <= start < end <= len(texts[at])
        assert texts[at][start:end] == texts[at][start:end].strip(" \n,。，")


@given(st.lists(ANYTHING, min_size=1, max_size=6))
def test_clauses_are_in_reading_order_and_each_has_features(texts: list[str]) -> None:
    found = features(texts)
    assert sorted(set(found.clause.tolist())) == list(range(len(found.text)))
    places = list(zip(found.text.tolist(), found.start.tolist(), found.end.tolist(), strict=True))
    assert all(one[0] < next_[0] or one[2] <= next_[1] for one, next_ in pairwise(places))


@pytest.mark.parametrize("text", ["", " ", "\n\n", "。，、", "-- / *", "\u200b"])
def test_a_text_without_letter_digit_or_mark_has_no_clause(text: str) -> None:
    found = features([text])
    assert not len(found.text)
    assert not len(found.feature)


def test_a_text_between_others_may_be_empty() -> None:
    assert features(["a", "", "b"]).text.tolist() == [0, 2]
    assert not len(features([]).text)
