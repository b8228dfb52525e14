"""Names behind what somebody is in a contact, addresses told by their own form, numbers behind further cues."""

from collections.abc import Callable

import pytest

Clean = Callable[[str], str]

NAMES = [
    ("Trustee: Oona Pettibone. Please call.", "Trustee: [NAME_1]. Please call."),
    ("the claimant Bartholomew Quigg says", "the claimant [NAME_1] says"),
    ("Signed by Dr Wen Zhao", "Signed by Dr [NAME_1]"),
    ("Is that Marguerite Oduya?", "Is that [NAME_1]?"),
    ("Am I talking to Hester Blume?", "Am I talking to [NAME_1]?"),
    ("Made out to Ines Calder-Wray", "Made out to [NAME_1]"),
    ("name JOAO A PINTO, as on the card", "name [NAME_1], as on the card"),
    ("Name on card: T A Birdwhistle", "Name on card: [NAME_1]"),
    ("the loan is in her name, Thora Beck", "the loan is in her name, [NAME_1]"),
    ("投诉人：褚映岚，诉称", "投诉人：[NAME_1]，诉称"),
    ("代理人钱思齐代为办理", "代理人[NAME_1]代为办理"),
    ("法人代表叫梁小川", "法人代表叫[NAME_1]"),
    ("我原名孙丽，已改名為孫雅婷", "我原名[NAME_1]，已改名為[NAME_2]"),
    ("我個名係梁詠詩", "我個名係[NAME_1]"),
    ("我姓名Lau Wing-yee", "我姓名[NAME_1]"),
    ("户名淳于明", "户名[NAME_1]"),
    ("姓名欓国华，", "姓名[NAME_1]，"),
    ("上面写的是张伟，不是我", "上面写的是[NAME_1]，不是我"),
    ("本人路远之，身份证已上传", "本人[NAME_1]，身份证已上传"),
    ("赵小满女士您好", "[NAME_1]女士您好"),
]


@pytest.mark.parametrize(("text", "clean_text"), NAMES)
def test_names_behind_what_somebody_is_are_replaced(clean: Clean, text: str, clean_text: str) -> None:
    assert clean(text) == clean_text


@pytest.mark.parametrize(
    "text",
    [
        "Prepared by Retail Banking",
        "Consumer Duty applies here",
        "the name Visa Debit appears on it",
        "is that Direct Debit yours?",
        "Payable to HM Revenue",
        "the executor needs a form",
        "I was speaking with Customer Care again",
        "Name on card: wrong",
        "the account is in her name, Monday at the latest",
        "当事人陈述",
        "投诉人称银行误导",
        "法人代表变更要什么材料",
        "改名为什么这么难",
        "个名系错嘅",
        "收款人系陌生账户",
        "我姓名写错了",
        "收款人全清空了",
        "看到我全名和开户行",
        "姓名栏空白，",
        "写的是明天到账",
        "本人昨天丢失，身份证也丢了",
        "是小姐接的电话",
    ],
)
def test_words_for_what_somebody_is_without_a_name_stay(clean: Clean, text: str) -> None:
    assert clean(text) == text


ADDRESSES = [
    ("My address is 88a Ferncliffe Bank, Otley LS21 3AB", "My address is [ADDRESS_1]"),
    ("Statements go to 7 Winter Larch, Ambleside", "Statements go to [ADDRESS_1]"),
    ("Billing address: 1400 Camino Viejo, Santa Fe, NM 87501", "Billing address: [ADDRESS_1]"),
    ("the address form refuses Unit 3/18 Banksia Pde, Coogee NSW 2034", "the address form refuses [ADDRESS_1]"),
    ("you gave out my address? 12 Larkspur Ave, Tacoma", "you gave out my address? [ADDRESS_1]"),
    (
        "my address moves from 3 Elm Road to 5 The Mews, Old Lane, Frome",
        "my address moves from [ADDRESS_1] to [ADDRESS_2]",
    ),
    ("address: Hauptstrasse 5, 10115 Berlin", "address: [ADDRESS_1]"),
    ("收款人地址：ul. Długa 4/2, 00-238 Warszawa", "收款人地址：[ADDRESS_1]"),
    ("快递寄至浙江省杭州市西湖区文三路88号3幢502室", "快递寄至[ADDRESS_1]"),
    ("他让我去上海市浦东新区世纪大道100号交钱", "他让我去[ADDRESS_1]交钱"),
]


@pytest.mark.parametrize(("text", "clean_text"), ADDRESSES)
def test_addresses_told_by_their_form_are_replaced(clean: Clean, text: str, clean_text: str) -> None:
    assert clean(text) == clean_text


@pytest.mark.parametrize(
    "text",
    [
        "the address field rejects 50 characters",
        "I live in London, 20 minutes from the branch",
        "address changed 5 November, Monday",
        "the limit goes to 500 Pounds, Friday",
        "you sent it to 3 Different People, Again",
        "让我去网点办",
        "我堵在路上",
    ],
)
def test_cues_of_addresses_with_figures_stay(clean: Clean, text: str) -> None:
    assert clean(text) == text


NUMBERS = [
    ("area code two one two, five five five, oh one four two", "area code [PHONE_1]"),
    ("call two one two ... five five five ... oh one ... four two", "call [PHONE_1]"),
    ("6123 4567 HK mobile", "[PHONE_1] HK mobile"),
    ("英国号+44 07700 900123", "英国号[PHONE_1]"),
    ("the three numbers on the back and I said nine one four", "the three numbers on the back and I said [SECRET_1]"),
    ("2FA app says 551 203", "2FA app says [SECRET_1]"),
    ("my PIN, I thought it was 7731", "my PIN, I thought it was [SECRET_1]"),
    ("the password is capital K kilo four four one nine", "the password is [SECRET_1]"),
    ("密码我记着呢，三三七八一二", "密码我记着呢，[SECRET_1]"),
    ("密码是不是三三七 八一二啊", "密码是不是[SECRET_1]啊"),
    ("密码由337812重设", "密码由[SECRET_1]重设"),
    ("卡背后三位，我报的七七一", "卡背后三位，我报的[SECRET_1]"),
    ("戶口係零一二 三四五六七八", "戶口係[ACCOUNT_1]"),
    ("账号写成9001234567了，应为9001234568", "账号写成[ACCOUNT_1]了，应为[ACCOUNT_2]"),
    ("account number 20304050 (not 20304051)", "account number [ACCOUNT_1] (not [ACCOUNT_2])"),
    ("身分證字號A，一二三，四五六，七八九", "身分證字號[ID_1]"),
    ("身分證字號為A123456789，9月份帳單", "身分證字號為[ID_1]，9月份帳單"),
    ("车牌京AD12345，三菱欧蓝德", "车牌[PLATE_1]，三菱欧蓝德"),
    ("三三零幺零六，年月日幺九八七零九幺二，最后四位三零四八", "[ID_1]"),
    ("plate is golf hotel one two alpha bravo charlie", "plate is [PLATE_1]"),
    ("reg. AB12 CDE", "reg. [PLATE_1]"),
    ("his plate's 7ABC 123", "his plate's [PLATE_1]"),
    ("telegram handle @loan_desk_eu", "telegram handle [IM_1]"),
    ("Telegram里有个 @abc_def12 骗我", "Telegram里有个 [IM_1] 骗我"),
    ("WhatsApp loan_officer_9 messaged me", "WhatsApp [IM_1] messaged me"),
    ("my wechat is jo underscore lin three three", "my wechat is [IM_1]"),
    ("email me: jo at seznam dot cz", "email me: [EMAIL_1]"),
    ("邮箱wang88艾特网易点com", "邮箱[EMAIL_1]"),
]


@pytest.mark.parametrize(("text", "clean_text"), NUMBERS)
def test_numbers_behind_further_cues_are_replaced(clean: Clean, text: str, clean_text: str) -> None:
    assert clean(text) == clean_text


@pytest.mark.parametrize(
    "text",
    [
        "area code 0161 is Manchester",
        "2FA app is down since 2023",
        "my PIN, I thought it was about 3 pounds",
        "my account and I said 500000 people",
        "密码错了三次，等了40分钟",
        "六位数字一直收不到",
        "户口要几天才能转",
        "金额写成5000了，应该是500",
        "WhatsApp iPhone14 backup",
        "微信 @我一下",
        "the reg. was checked in 2020",
        "I was on hold with mike and papa",
        "look at this dot it is wrong",
        "尾号后四位1234",
    ],
)
def test_further_cues_with_ordinary_figures_stay(clean: Clean, text: str) -> None:
    assert clean(text) == text
