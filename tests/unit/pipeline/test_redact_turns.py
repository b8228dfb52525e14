"""Cues that stand in an earlier turn, and values that come in pieces over turns."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vocbus.pipeline.redact import redact_texts

A, C, U = "AGENT", "CUSTOMER", "UNKNOWN"


def clean(*turns: tuple[str, str]) -> list[str]:
    return redact_texts([text for _, text in turns], [speaker for speaker, _ in turns])[0]


ANSWERED: list[tuple[str, str, str]] = [
    ("请报一下您的卡号", "6217001234567899", "[CARD_1]"),
    ("请提供您的卡号", "好的，六二一七零零幺二三四五六七", "好的，[CARD_1]"),
    ("您收到的验证码是多少？", "四八二九一三", "[SECRET_1]"),
    ("请说一下验证码", "4829", "[SECRET_1]"),
    ("What is your one-time code?", "482913", "[SECRET_1]"),
    ("And the three digits on the back?", "it's 906", "it's [SECRET_1]"),
    ("Can I take your account number?", "yes, 31 92 68 19", "yes, [ACCOUNT_1]"),
    ("您的手机号？", "9123 4567", "[PHONE_1]"),
    ("请问怎么称呼您？", "王建国", "[NAME_1]"),
    ("您好，请问您贵姓？", "欧阳", "[NAME_1]"),
    ("May I have your full name please?", "Priya Nair", "[NAME_1]"),
    ("can i take your name please", "yeah it's john smith", "yeah it's [NAME_1]"),
    ("请问寄送地址是？", "文三路12号3栋402", "[ADDRESS_1]"),
    ("What's the address on the account?", "14 Elm Close, Leeds", "[ADDRESS_1]"),
    ("What is the password on the account?", "sunflower", "[SECRET_1]"),
    ("请留一下您的微信", "sunny_day", "[IM_1]"),
    ("护照号码是多少？", "X1234567Z", "[PASSPORT_1]"),
]


@pytest.mark.parametrize(("question", "answer", "clean_answer"), ANSWERED)
def test_the_answer_to_a_question_is_replaced(question: str, answer: str, clean_answer: str) -> None:
    assert clean((A, question), (C, answer)) == [question, clean_answer]


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("请问您卡号后四位？", "4821"),
        ("What are the last four digits of your card number?", "4821"),
        ("您的卡号已核对，请问要取多少钱？", "4500"),
        ("请问您的姓名？", "为什么要问这个"),
        ("May I have your name?", "why do you ask"),
        ("May I have your name?", "no"),
        ("请问验证码收到了吗", "没有，等了10分钟"),
        ("您的密码还记得吗", "不记得了"),
        ("What is your account number?", "I paid £4500 on 12 March"),
        ("请提供订单号", "20394857"),
        ("您的地址有变化吗？", "没有变化"),
    ],
)
def test_what_is_no_answer_or_no_secret_stays(question: str, answer: str) -> None:
    assert clean((A, question), (C, answer)) == [question, answer]


def test_a_question_counts_for_three_turns_and_no_longer() -> None:
    ask = (A, "请报一下验证码")
    assert clean(ask, (C, "稍等"), (A, "好的"), (C, "482913"))[-1] == "[SECRET_1]"
    late = clean(ask, (C, "稍等"), (A, "好的"), (C, "我找找"), (A, "嗯"), (C, "482913"))
    assert late[-1] == "482913"


def test_a_sentence_left_open_goes_on_in_the_next_turn_of_its_speaker() -> None:
    assert clean((C, "my pin is"), (C, "4417")) == ["my pin is", "[SECRET_1]"]
    assert clean((C, "我的卡号是"), (A, "嗯"), (C, "62170012"))[-1] == "[CARD_1]"


def test_what_a_customer_mentions_does_not_make_the_reply_a_secret() -> None:
    assert clean((C, "我的密码忘了"), (A, "95588"))[-1] == "95588"


def test_an_unknown_speaker_may_answer_an_unknown_speaker() -> None:
    assert clean((U, "what is your one-time code?"), (U, "482913"))[-1] == "[SECRET_1]"
    assert clean((U, "I never got the code"), (U, "482913"))[-1] == "482913"


def test_an_answer_may_come_in_pieces() -> None:
    turns = clean((A, "请报一下您的卡号"), (C, "6219 7476"), (A, "嗯"), (C, "9424 4716"), (A, "后面呢"), (C, "658"))
    assert [turns[i] for i in (1, 3, 5)] == ["[CARD_1]", "[CARD_2]", "[CARD_3]"]


def test_a_phone_number_may_come_in_pieces() -> None:
    turns = clean((A, "能说一下您预留的手机号吗"), (C, "幺三九，一二三四"), (A, "嗯"), (C, "五六七八"))
    assert [turns[i] for i in (1, 3)] == ["[PHONE_1]", "[PHONE_2]"]


def test_digits_that_are_asked_for_in_halves_are_a_card() -> None:
    turns = clean((A, "Go ahead with the first eight digits"), (C, "four five two six nine six one five"))
    assert turns[1] == "[CARD_1]"


def test_a_card_in_pieces_is_found_without_any_question_and_has_one_token() -> None:
    turns = clean((C, "4012 8888"), (A, "yes"), (C, "8888"), (A, "go on"), (C, "1881"))
    assert turns == ["[CARD_1]", "yes", "[CARD_1]", "go on", "[CARD_1]"]


@given(st.text("0123456789", min_size=4, max_size=8), st.sampled_from(["请问验证码是多少？", "What is your PIN?"]))
def test_no_code_given_in_answer_survives(digits: str, question: str) -> None:
    assert digits not in clean((A, question), (C, digits))[1]
    assert digits not in clean((A, question), (C, f"嗯，{digits}，对吧"))[1]


def test_what_was_said_once_is_found_where_it_is_repeated() -> None:
    turns = clean(
        (C, "my account number is 31926819"),
        (A, "So that is three one nine two, six eight one nine?"),
        (C, "31926819 yes"),
    )
    assert turns == ["my account number is [ACCOUNT_1]", "So that is [ACCOUNT_1]?", "[ACCOUNT_1] yes"]


def test_a_year_or_an_amount_is_no_repetition_of_a_code() -> None:
    turns = clean((C, "my pin is 2019"), (A, "since 2019 you paid £4417"), (C, "pin 4417, and 4417 pounds"))
    assert turns[1] == "since 2019 you paid £4417"
    assert turns[2] == "pin [SECRET_2], and 4417 pounds"


def test_questions_in_other_texts_than_turns_count_for_nothing(contact: Any) -> None:
    texts, counts = redact_texts(["好的"], [C], ["请报一下验证码", "482913"])
    assert texts == ["好的", "请报一下验证码", "482913"]
    assert counts == {}


@pytest.mark.parametrize(
    ("question", "answer", "clean_answer"),
    [
        ("Under which name?", "Thora Beck, with no e", "[NAME_1], with no e"),
        ("And what name is on the card?", "Anneke van Dijk. It is new.", "[NAME_1]. It is new."),
        ("And the new name?", "new name Ines Calder", "new name [NAME_1]"),
        ("Your registered address?", "Should be Unit 3, Calder Mill, Sowerby", "Should be [ADDRESS_1]"),
        ("And the vehicle reg?", "C K one nine T T F", "[PLATE_1]"),
        ("And the name on the account?", "Direct Debit, see above", "Direct Debit, see above"),
        ("Your name?", "Not Telling You, sorry", "Not Telling You, sorry"),
    ],
)
def test_a_name_or_address_with_capitals_answers_with_more_behind_it(
    question: str, answer: str, clean_answer: str
) -> None:
    assert clean((A, question), (C, answer))[1] == clean_answer


@pytest.mark.parametrize(
    ("mention", "between", "said", "clean_said"),
    [
        ("I told him my PIN", "When?", "I gave it, seven seven three one", "I gave it, [SECRET_1]"),
        ("my security number fails", "Please keep it private", "It's 77 31 04", "It's [SECRET_1]"),
        ("取款密码换过吗", "这个看不到", "我记得是339201", "我记得是[SECRET_1]"),
        ("有人问我卡背面的数", "您说了吗", "说了，后三位七七一", "说了，后三位[SECRET_1]"),
        (
            "which passport do you have?",
            "Please send it",
            "is it 306360077 or 130363911",
            "is it [PASSPORT_1] or [PASSPORT_2]",
        ),
        ("my PIN is blocked", "What was the amount?", "it was 4500", "it was 4500"),
        ("I forgot the PIN", "When did you join?", "it was 2014", "it was 2014"),
        ("我的密码总是不对", "请报流水号", "就是339201", "就是339201"),
        ("my card is lost", "Where?", "it was 7731", "it was 7731"),
    ],
)
def test_one_who_mentioned_a_secret_comes_back_to_it(mention: str, between: str, said: str, clean_said: str) -> None:
    assert clean((C, mention), (A, between), (C, said))[2] == clean_said


def test_a_known_first_name_with_another_surname_is_replaced_whole() -> None:
    turns = clean((C, "payee name: Tobias Fenn"), (A, "And now?"), (C, "Tobias Finn, on Monday. Tobias Now"))
    assert turns[2] == "[NAME_1], on Monday. [NAME_1] Now"


def test_a_known_given_name_with_another_surname_is_replaced_and_without_one_not() -> None:
    assert clean((C, "户名：钱思齐"), (C, "写成了孙思齐的，见贤思齐"))[1] == "写成了[NAME_1]的，见贤思齐"
