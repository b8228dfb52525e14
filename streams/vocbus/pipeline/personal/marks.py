"""The words that a text is searched for first: what of personal data may stand beside each of them, as bits."""

import re
from itertools import product
from typing import Final

from vocbus.pipeline.personal.cue_words import CUES, spellings
from vocbus.pipeline.personal.digits import ENGLISH_DIGITS

#: Digits close together, spoken digits, an at sign or a spoken dot, the head of a plate.
DIGITS: Final = 1
SPOKEN: Final = 2
EMAIL: Final = 4
PLATE: Final = 8
#: A cue of what may be without digits; of what has some.
WORDED: Final = 16
NUMBERED: Final = 32
#: A Chinese cue of a name, or title behind one; a Chinese cue of an address; an English one.
HAN_NAME: Final = 64
HAN_ADDRESS: Final = 128
ADDRESS: Final = 256
#: English: "name is"; "account holder"; "Mr"; "this is" and "dear", if a capital follows; "speaking"; "regards"; "your
#: name".
NAMED: Final = 512
HOLDER: Final = 1024
TITLE: Final = 2048
INTRODUCED: Final = 4096
DEAR: Final = 8192
SPEAKING: Final = 16384
SIGNED: Final = 32768
NAME_ASKED: Final = 65536
#: "Ms", "Dr", "Miss", if a capital follows.
CAPITAL_TITLE: Final = 262144
#: "I am" in Chinese.
HAN_SELF: Final = 131072
#: What somebody is in a contact, "Executor: " or "name ", if a capital follows.
ROLE: Final = 524288

_HAN_CUES = {
    HAN_NAME: """
        先生 女士 小姐 太太 叫 姓 名字 全名 户名 收款人 付款人 持卡人 开户人 户主 联系人 收件人 寄件人 申请人 投保人
        保险人 被保人 受益人 借款人 担保人 签名 署名 落款 称呼 投诉人 代理人 委托人 法人代表 法定代表人 负责人 经办人
        原名 曾用名 改名为 改名叫 更名为 个名 收款方 付款方 当事人 继承人 监护人
        """,
    HAN_ADDRESS: """
        地址 址 住 住所 住处 户籍 户籍地 户口在 寄到 寄去 寄往 寄给 寄送 寄送到 寄回 邮寄 送到 快递到 收货 搬到 搬去
        家在 房子在 位于 坐落 坐落于 改到 改寄 改寄到 收件 老家 新家 寄至 送至 堵在 守在 堵到 堵上 让我去 叫我去
        约我去 让我到 叫我到
        """,
    EMAIL: "艾特 圈a 圈A 小老鼠 ＠",
}
# Apart at bars; a line break that counts is written as such, the others and what stands around them are not.


def _followed(words: str) -> str:
    """The words, each with what stands between it and a value."""
    return "|".join([word + behind for word in words.split("|") for behind in (" ", ":", ": ")])


_LATIN_CUES = {
    NAMED: """
        name is|name's|name’s|name was|name used to be|name:|name :|name=|goes by|i go by|i'm called|i am called|
        he's called|he is called|who's called|you can call me|please call me|just call me
        """,
    HOLDER: "holder|payee|beneficiary|next of kin|name on|in the name|under the name|maiden name",
    TITLE: "mr |mr.|mrs |mrs.|mdm |mister | ms | ms.| mx ",
    CAPITAL_TITLE: "ms |ms. |miss |dr |dr. |prof |prof. |madam |first name |last name |surname |forename ",
    ROLE: "name, |"
    + _followed(
        "name|executor|executrix|deceased|donor|consumer|claimant|complainant|injured party|signed by|submitted by"
        "|prepared by|witnessed by|made out to|payable to|speaking with|speaking to|talking to|is that|guarantor"
        "|borrower|applicant|policyholder|insured|trustee|attorney|payee|beneficiary|holder|cardholder|recipient"
        "|next of kin|landlord|tenant|addressed to"
    ),
    INTRODUCED: "this is |i'm |i am |it's |it is |i’m |it’s |s under |is under ",
    DEAR: "dear ",
    SPEAKING: " here,| here.| here and|speaking|calling about|calling from|calling on|calling re|calling to",
    SIGNED: r"""
        regards|sincerely|faithfully|yours truly|respectfully|best wishes|all the best|signed:|thanks\n|thanks,\n|
        thanks.\n|thank you\n|thank you,\n|thank you.\n|advance\n|advance,\n|advance.\n|cheers\n|cheers,\n|best,\n|
        best\n|signed\n|signed,\n|much\n|much,\n|a lot\n|a lot,\n|again\n|again,\n
        """,
    NAME_ASKED: """
        name?|what name|which name|name is on|name please|name, please|made out to|your name|surname|first name|
        last name|full name|maiden name|who am i|the name|spell that
        """,
    ADDRESS: """
        it's now|now at|live at|live in|live on|lived at|living at|living in|reside at|reside in|staying at|residing at|
        residing in|address|it to|them to|that to|this to|card to|cards to|letter to|letters to|statement to|
        statements to|cheque to|everything to|one to|mail to|post to|ship to|deliver to|send to|moved to|moving to|
        sent to|posted to|mailed to|shipped to|delivered to|forward to|forwarded to|redirected to|relocated to|
        moved from|go to|goes to|
        based at|registered at|registered to|postcode|post code|i'm at|house is|flat is|home is|
        property is|house at|flat at|home at|property at
        """,
    EMAIL: "@| dot |(dot)|[dot]|点c|點c|点n|點n| at gmail| at hotmail| at outlook| at yahoo| at icloud| at qq| at 163",
}
_KINDS = {"PASSWORD": WORDED, "IM": WORDED, "REFERENCE": 0}
# Latin cues that are part of many ordinary words, as they stand when they are not.
_SHORT = {
    "pin": " pin|pin |pin:|pin码|pin是|的pin|\npin",
    "pins": " pins",
    "acc": " acc |acc:",
    "tel": "tel |tel:|tel.",
    "cell": "cell ",
    "reg": "reg |reg:|reg?|reg.|reg,",
    "id no": " id no",
    "hp": " hp|hp:",
}


def words_by_script() -> tuple[dict[str, int], dict[str, int]]:
    """Chinese and Latin marks as they may be written, in lower case, with their bits."""
    han: dict[str, int] = {}
    latin: dict[str, int] = {}

    def mark(word: str, bit: int) -> None:
        if not word[0].isascii() and word[-1] not in "cn":
            for spelling in spellings(word):
                han[spelling] = han.get(spelling, 0) | bit
            return
        for short in _SHORT.get(word, word).split("|"):
            for spelling in spellings(short) if not short.isascii() else _with_line_breaks(short):
                latin[spelling] = latin.get(spelling, 0) | bit

    for cue, kind in CUES.items():
        if bit := _KINDS.get(kind, NUMBERED):
            mark(cue, bit)
    for bit, words in _HAN_CUES.items():
        for word in words.split():
            mark(word, bit)
    for bit, words in _LATIN_CUES.items():
        for word in re.sub(r"\n +", "", words).split("|"):
            mark(word.replace(r"\n", "\n"), bit)
    for pair in _spoken_pairs():
        mark(pair, SPOKEN)
    return han, latin


def _with_line_breaks(word: str) -> list[str]:
    """The word as it stands in one line, and broken at any of its spaces."""
    return ["".join(each) for each in product(*[(" ", "\n") if c == " " else (c,) for c in word])]


def _spoken_pairs() -> list[str]:
    """Neighbouring English digits as they may be read out."""
    teens_and_tens = ("ty", "teen", "hundred", "thousand", "ten", "eleven", "twelve")
    large = [word for word in ENGLISH_DIGITS if word.endswith(teens_and_tens)]
    single = [word for word in ENGLISH_DIGITS if word not in large and word != "o"]
    gaps = (" ", ", ", "-", ". ", " um ", " uh ", ", um, ", ",", "... ", " ... ")
    # "Twenty five" and "two hundred" are amounts; "five thirty" and "forty thirty" may be a card read in pairs.
    pairs = [first + gap + second for first, gap, second in product(single, gaps, single)]
    pairs += [first + gap + second for first, gap, second in product(large, gaps, large)]
    pairs += [f"{first} o " for first in single]
    pairs += [f"{word} {digit}" for word, digit in product(single, "0123456789")]
    pairs += [f"{digit} {word}" for word, digit in product(single, "0123456789")]
    return pairs
