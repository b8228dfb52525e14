"""The parts of redaction by themselves: plain spelling, the first test of a text, phones, spans."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vocbus.pipeline.personal import phones
from vocbus.pipeline.personal.cue_words import CUES, spellings
from vocbus.pipeline.personal.marks import DIGITS, NUMBERED, SIGNED, WORDED
from vocbus.pipeline.personal.plain import BARRIER, plain
from vocbus.pipeline.personal.spans import Span, chosen
from vocbus.pipeline.personal.suspicion import suspicion, suspicions


@given(st.text())
def test_plain_spelling_keeps_the_length_and_is_final(text: str) -> None:
    once = plain(text)
    assert len(once) == len(text)
    assert len(once.lower()) == len(text)
    assert plain(once) == once


def test_plain_spelling_is_one_for_widths_scripts_and_traditional_characters() -> None:
    assert plain("帳戶１２３－４：ＡＢ") == "账户123-4:AB"
    assert plain("\u0664\u0662\u00a0\u200b〇") == "42  零"
    assert plain("x [CARD_12] [CARD_] y") == f"x {BARRIER * 9} [CARD_] y"


@pytest.mark.parametrize(
    "text",
    [
        "How do I open an account?",
        "昨天去网点排了一个小时队，态度还行",
        "The app keeps crashing when I tap on statements.",
        "扣了我50块，什么时候退",
        "charged 12.50 twice on 3 May",
        "你們的服務越來越差了",
    ],
)
def test_ordinary_texts_raise_no_suspicion_but_of_a_cue_or_a_figure(text: str) -> None:
    assert suspicion(text).bits & ~(NUMBERED | DIGITS) == 0


@given(st.sampled_from([cue for cue, kind in CUES.items() if kind != "REFERENCE"]), st.data())
def test_every_spelling_of_a_cue_raises_suspicion(cue: str, data: st.DataObject) -> None:
    written = data.draw(st.sampled_from(spellings(cue)))
    assert suspicion(f"my {written} 12").bits & (NUMBERED | WORDED)


@given(
    st.lists(
        st.sampled_from(["", "我叫王伟", "pin 4417", "thanks", "\nJo", "ok", "六二二八", "Regards,\nJo"]), max_size=6
    )
)
def test_texts_are_suspected_together_of_what_each_is_alone(texts: list[str]) -> None:
    together = suspicions(texts)
    assert [each.bits for each in together] == [suspicion(text).bits for text in texts]
    assert [sorted(each.places) for each in together] == [sorted(suspicion(text).places) for text in texts]


def test_a_mark_does_not_reach_over_the_end_of_its_text() -> None:
    assert not any(each.bits & SIGNED for each in suspicions(["thanks", "\nJohn"]))
    assert suspicion("thanks\nJohn").bits & SIGNED


@pytest.mark.parametrize(
    ("abroad", "at_home"),
    [
        ("8613800001234", "13800001234"),
        ("861062345678", "01062345678"),
        ("85261234567", "61234567"),
        ("6591234567", "91234567"),
        ("442079460958", "02079460958"),
        ("4402079460958", "02079460958"),
        ("886912345678", "0912345678"),
        ("15558675309", "5558675309"),
    ],
)
def test_a_number_is_one_with_and_without_its_country_code(abroad: str, at_home: str) -> None:
    assert phones.international(abroad) == at_home


def test_hotlines_are_nobodys_number() -> None:
    assert phones.national(("400", "820", "8888"), "--") is None
    assert phones.national(("0800", "123", "4567"), "  ") is None
    assert phones.national(("0345", "734", "5345"), "  ") is None


def test_spans_that_overlap_become_one_under_the_first_given() -> None:
    spans = [Span(5, 9, "CARD", "a"), Span(0, 3, "NAME", "b"), Span(7, 12, "PHONE", "c"), Span(12, 13, "ID", "d")]
    assert chosen(spans) == [Span(0, 3, "NAME", "b"), Span(5, 12, "CARD", "a"), Span(12, 13, "ID", "d")]
