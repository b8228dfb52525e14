import pytest
from hypothesis import given
from hypothesis import strategies as st

from vocbus.channels.quotation import new_text

ENGLISH_HEADER = "From: Care <care@example.com>\nSent: Monday, 2 November 2026 10:00\nTo: Ann\nSubject: RE: Fee\n"
CHINESE_HEADER = "发件人： 客服 <care@example.cn>\n发送时间： 2026年11月2日 10:00\n收件人： 安\n主题： 回复: 年费\n"


@pytest.mark.parametrize(
    "quote",
    [
        "> old\n> older",
        "On Nov 2, 2026, at 10:00 AM, Care <care@example.com> wrote:\n\n> old",
        "On Mon, Nov 2, 2026 at 10:00 AM Customer Care Team of Example Bank <\ncare@example.com> wrote:\n\n> old",
        "On Mon, 2 Nov 2026 10:00:00 +0800, Care <care@example.com> wrote:\n\nold, not marked",
        'At 2026-11-02 10:00:00, "客服" <care@example.cn> wrote:\n>old',
        "在 2026年11月2日，10:00，客服 <care@example.cn> 写道：\n\n> 您好",
        "客服 <care@example.cn> 于2026年11月2日周一 10:00写道：\n\n您好，没有标记",
        "2026年11月2日 10:00，客服 <care@example.cn> 寫道：\n> 您好",
        "Am 02.11.2026 um 10:00 schrieb Care:\n> alt",
        "-----Original Message-----\n" + ENGLISH_HEADER + "\nold",
        "----- Original Message -----\nFrom: care\n\nold",
        "________________________________\n" + ENGLISH_HEADER + "\nold",
        ENGLISH_HEADER + "\nold",
        "*From:* Care\n*Sent:* Monday\n*To:* Ann\n*Subject:* Fee\n\nold",
        CHINESE_HEADER + "\n您好",
        "------------------ 原始邮件 ------------------\n" + CHINESE_HEADER,
        "------------------ Original ------------------\n" + ENGLISH_HEADER,
        "-----邮件原件-----\n" + CHINESE_HEADER,
        "---- 回复的原邮件 ----\n| 发件人 | 客服 |",
        "---- Replied Message ----\n| From | care |",
        "-----原始郵件-----\n寄件者: 客服\n寄件日期: 今天\n收件者: 安\n主旨: 年費\n\n您好",
        "---------- Forwarded message ---------\n" + ENGLISH_HEADER,
        "Sent from my iPhone\n\nOn Nov 2, 2026, at 10:00 AM, Care <care@example.com> wrote:\n\n> old",
        "发自我的iPhone\n\n------------------ 原始邮件 ------------------\n" + CHINESE_HEADER,
    ],
)
@pytest.mark.parametrize("words", ["Where is my refund?", "退款还没到账。\n\n请尽快处理"])
def test_a_quoted_mail_below_goes(quote: str, words: str) -> None:
    assert new_text(f"{words}\n\n{quote}\n", reply=True) == words


def test_an_answer_below_and_between_quotes_stays() -> None:
    text = (
        "On Nov 2, 2026, at 10:00, Care <care@example.com> wrote:\n\n> Closed?\n\nNo, still open.\n\n> Refunded?\n\nNo."
    )
    assert new_text(text, reply=True) == "No, still open.\n\nNo."


@pytest.mark.parametrize(
    "text",
    [
        "I called on Monday and the agent wrote:\nWe refund in 3 days. Nothing came.",
        "On 3 May 2026 your agent wrote:\nWe refund in 3 days. Nothing came.",
        "From: my account\nthe fee was taken twice.",
        "From the branch I went to the app.\nTo my surprise nothing worked.",
        "Regards from the branch were rude.\nRegards,\nand then he wrote: bad things",
        "你们客服写道：三天退款，结果没有。\n发件人不理我",
        "从我的银行卡扣了钱",
        "来自我的客户经理的推荐很好",
        "发自内心感谢",
        "Two requests:\n--\nfirst\n" + "more\n" * 12 + "last",
        "- my own list\n- of faults",
        "Sent from pillar to post by your staff",
    ],
)
def test_words_that_look_like_a_quote_stay(text: str) -> None:
    assert new_text(text, reply=True) == text


@pytest.mark.parametrize(
    "closing",
    [
        "-- \nBob\nExample Ltd",
        "--\nBob",
        "Sent from my iPhone",
        "Get Outlook for iOS<https://aka.ms/x>",
        "发自我的 iPhone",
        "来自网易邮箱大师",
        "从我的华为手机发送",
        "发自我的小米手机",
        "________________",
    ],
)
def test_signatures_and_what_devices_add_go(closing: str) -> None:
    assert new_text(f"请退款\nthank you\n\n{closing}\n", reply=False) == "请退款\nthank you"


def test_a_line_of_dashes_at_the_top_is_no_signature() -> None:
    assert new_text("--\nall of my words", reply=False) == "--\nall of my words"


def test_a_reply_that_only_quotes_has_no_new_text() -> None:
    assert new_text("> old\n> older", reply=True) == ""


def test_a_mail_that_passes_another_on_comes_back_whole() -> None:
    text = "---------- Forwarded message ---------\n" + ENGLISH_HEADER + "\nThey took my money."
    assert new_text(text, reply=False) == text


@given(st.text(alphabet="> \n-_=:：ab1<@>On wrote写道From发件人", max_size=200), st.booleans())
def test_nothing_is_invented(text: str, reply: bool) -> None:
    assert set(new_text(text, reply=reply).split()) <= set(text.split())
