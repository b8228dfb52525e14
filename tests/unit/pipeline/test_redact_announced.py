"""Secrets, accounts and messenger names behind their cues; the same words without a value stay."""

import re
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

Clean = Callable[[str], str]

SAID = "zero one two three four five six seven eight nine"
EN_DIGITS = dict(zip("0123456789", SAID.split(), strict=True))
ZH_DIGITS = dict(zip("0123456789", "零幺二三四五六七八九", strict=True))


def spellings(digits: str) -> st.SearchStrategy[str]:
    """The ways in which somebody may write or say a few digits."""
    half = len(digits) // 2
    return st.sampled_from(
        [
            digits,
            f"{digits[:half]} {digits[half:]}" if len(digits) % 2 == 0 else digits,
            " ".join(digits),
            "-".join(digits),
            digits.translate(str.maketrans("0123456789", "０１２３４５６７８９")),
            "".join(ZH_DIGITS[d] for d in digits),
            " ".join(EN_DIGITS[d] for d in digits),
        ]
    )


def survives(digits: str, text: str) -> bool:
    text = re.sub(r"\[[A-Z]+_\d+\]", "|", text)
    for digit, word in EN_DIGITS.items():
        text = text.replace(word, digit)
    back = {han: digit for digit, han in ZH_DIGITS.items()}
    said = "".join(str(int(c)) if c.isdecimal() else back.get(c, c if c == "|" else "") for c in text)
    return digits in said


@given(
    st.text("0123456789", min_size=4, max_size=8).flatmap(lambda digits: st.tuples(st.just(digits), spellings(digits))),
    st.sampled_from(
        [
            ("我的密码是", "，登不上去"),
            ("验证码：", ""),
            ("验证码收到了，是", "，对吗"),
            ("短信验证码 ", " 怎么没用"),
            ("动态口令为", "。"),
            ("my PIN is ", " and it fails"),
            ("the one-time code was ", "."),
            ("OTP: ", ""),
            ("Verification code ", ", please check"),
            ("my password is ", " ok?"),
            ("I set my PIN to ", ", as told"),
        ]
    ),
)
def test_no_code_behind_its_cue_survives(clean: Clean, value: tuple[str, str], around: tuple[str, str]) -> None:
    digits, written = value
    assert not survives(digits, clean(around[0] + written + around[1]))


@given(
    st.text("abcdefghkmnpqrstuvwxyz", min_size=3, max_size=8),
    st.text("0123456789", min_size=1, max_size=4),
    st.sampled_from(["", "!", "@", "_", "#"]),
    st.sampled_from(
        ["密码是{}，登不上", "密码：{}", "my password is {} by the way", "Password: {}", "pwd {}", "口令是 {}"]
    ),
)
def test_no_password_with_letters_and_digits_survives(
    clean: Clean, word: str, digits: str, sign: str, around: str
) -> None:
    password = word + sign + digits
    assert password not in clean(around.format(password))


@given(
    st.text("0123456789", min_size=8, max_size=14).flatmap(lambda d: st.tuples(st.just(d), spellings(d))),
    st.sampled_from(
        [
            "账号是{}，请查",
            "帳戶號碼：{}",
            "account number {} please",
            "a/c no. {}",
            "my acct number is {}.",
            "卡号{}，对",
        ]
    ),
)
def test_no_account_behind_its_cue_survives(clean: Clean, value: tuple[str, str], around: str) -> None:
    digits, written = value
    assert not survives(digits, clean(around.format(written)))


@given(
    st.from_regex(r"[a-z][a-z0-9_]{4,12}[0-9_][a-z]", fullmatch=True),
    st.sampled_from(
        ["加我微信{}", "微信号：{}，谢谢", "wx: {}", "V信 {}", "my WeChat ID is {}.", "Line ID: {}", "QQ号是{}"]
    ),
)
def test_no_messenger_name_behind_its_cue_survives(clean: Clean, name: str, around: str) -> None:
    assert name not in clean(around.format(name))


REPLACED = [
    ("验证码是482913，快点", "验证码是[SECRET_1]，快点"),
    ("我的取款密码880214输了三次", "我的取款密码[SECRET_1]输了三次"),
    ("密码我设的是Qwer@2024", "密码我设的是[SECRET_1]"),
    ("支付密码改成了730519，还是不行", "支付密码改成了[SECRET_1]，还是不行"),
    ("卡背面的安全码123", "卡背面的安全码[SECRET_1]"),
    ("CVV是幺二三", "CVV是[SECRET_1]"),
    ("482913是我的验证码", "[SECRET_1]是我的验证码"),
    ("密碼：sunflower", "密碼：[SECRET_1]"),
    ("The PIN you sent me last week is 4482.", "The PIN you sent me last week is [SECRET_1]."),
    ("4417 is my PIN", "[SECRET_1] is my PIN"),
    ("482913 is your bank verification code", "[SECRET_1] is your bank verification code"),
    ("the code is G-482913", "the code is [SECRET_1]"),
    ("password: sunflower", "password: [SECRET_1]"),
    ("I changed my password to Tr0ub4dor&3 yesterday", "I changed my password to [SECRET_1] yesterday"),
    ("cvv 123 exp 09/27", "cvv [SECRET_1] exp 09/27"),
    ("the three digits on the back are 906", "the three digits on the back are [SECRET_1]"),
    ("收款账号：110938462210", "收款账号：[ACCOUNT_1]"),
    ("卡号6217001234567899，念错一位", "卡号[CARD_1]，念错一位"),
    ("sort code 20-00-00, account number 55779911", "sort code [ACCOUNT_1], account number [ACCOUNT_2]"),
    ("it went to acct 70872490", "it went to acct [ACCOUNT_1]"),
    ("12345678 is my account number", "[ACCOUNT_1] is my account number"),
    ("account 12-34-56 / 87654321", "account [ACCOUNT_1]"),
    ("it's double seven four nine, that's my pin", "it's [SECRET_1], that's my pin"),
    (
        "the security code on the back, nine oh six, was rejected",
        "the security code on the back, [SECRET_1], was rejected",
    ),
    ("他让我念验证码，我就念了，739402，钱没了", "他让我念验证码，我就念了，[SECRET_1]，钱没了"),
    ("取款密码是我生日880214", "取款密码是我生日[SECRET_1]"),
    ("我输的密码是四个八加两个六", "我输的密码是[SECRET_1]"),
    ("my username is margaret77", "my username is [IM_1]"),
    ("add me on Line, id is moonbeam77", "add me on Line, id is [IM_1]"),
    ("payee Mr Lowe, 20-45-77 89012345", "payee Mr [NAME_1], [ACCOUNT_1]"),
    ("QQ 12345678", "QQ [IM_1]"),
    ("我qq是一二三四五六七八", "我qq是[IM_1]"),
    ("電話號碼係 6123 4567", "電話號碼係 [PHONE_1]"),
    ("my number is 9123 4567", "my number is [PHONE_1]"),
    ("email me at john dot smith at outlook dot com", "email me at [EMAIL_1]"),
    ("my email is mary jane 82 at gmail dot com", "my email is [EMAIL_1]"),
    ("邮箱是wang点lei艾特qq点com", "邮箱是[EMAIL_1]"),
    ("发到某某艾特幺六三点com", "发到[EMAIL_1]"),
    ("joe [at] example [dot] com", "[EMAIL_1]"),
    ("sam at gmail.com", "[EMAIL_1]"),
]


@pytest.mark.parametrize(("text", "clean_text"), REPLACED, ids=range(len(REPLACED)))
def test_what_a_cue_announces_is_replaced_and_no_more(clean: Clean, text: str, clean_text: str) -> None:
    assert clean(text) == clean_text


STAYING = [
    "密码是不是错了",
    "密码忘了怎么办",
    "密码输错3次被锁了",
    "密码要6位数字吗",
    "密码错误代码1003",
    "密码重置后扣了1500元",
    "我的密码是生日",
    "验证码一直收不到",
    "验证码10分钟才到",
    "验证码2024年就改版了",
    "验证码发了5次，花了200块",
    "口令红包200元没到账",
    "安全码在哪里",
    "账户里少了5000元",
    "账户余额 123456.78",
    "我的账户被扣了12000",
    "账户尾号8821",
    "账号被锁了3天",
    "微信支付100元失败",
    "微信转账5000元没到",
    "微信零钱提现1000收费",
    "QQ音乐会员扣了15元",
    "微信公众号查不到",
    "客服电话95588打不通",
    "电话打了20分钟",
    "my PIN is blocked",
    "my PIN is 4 digits long",
    "PIN was changed in 2019",
    "I entered my PIN 3 times",
    "I forgot my PIN and paid 4500 in fees",
    "the password is wrong",
    "my password isn't working",
    "my password is not accepted",
    "password reset takes 30 minutes",
    "is the password case sensitive",
    "the code expires in 1800 seconds",
    "the error code is 1003",
    "under the U.S. Code 1681 section 604",
    "15 U.S.C 1681 604",
    "TEX. FIN. CODE 392.001",
    "验证码收不到，打了95588",
    "the code never came, I paid 739402",
    "I never got the code you sent at 14:30",
    "the security code never arrives",
    "the OTP was 24 hours late",
    "my promo code is 20OFF",
    "my account ending 4821",
    "account ending in 4821 was charged 300.00",
    "I have 2 accounts since 2019",
    "my account was charged 1,250.00",
    "wechat pay is down",
    "WhatsApp is not working",
    "I rang 0800 123 4567 and waited",
    "I looked at barclays.co.uk",
    "meet me at booking dot com",
    "order number 20394857 is late",
    "reference 555-867-5309",
    "订单号 4111111111111112",
    "订单号幺二三四五六七八九零",
    "工单号13800001234",
]


@pytest.mark.parametrize("text", STAYING, ids=range(len(STAYING)))
def test_a_cue_without_a_value_changes_nothing(clean: Clean, text: str) -> None:
    assert clean(text) == text


def test_a_card_called_an_order_number_is_still_replaced(clean: Clean) -> None:
    assert clean("order 4111 1111 1111 1111") == "order [CARD_1]"


def test_one_value_has_one_token_whatever_it_was_called(clean: Clean) -> None:
    text = "card number 4111111111111111, I mean account 4111 1111 1111 1111"
    assert clean(text) == "card number [CARD_1], I mean account [CARD_1]"
    assert clean("my code is four eight two nine one three, 482913!") == "my code is [SECRET_1], [SECRET_1]!"
