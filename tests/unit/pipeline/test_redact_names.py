"""Names and addresses behind their cues; the same cues without them stay."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vocbus.pipeline.redact import Redactor

Clean = Callable[[str], str]

han_names = st.builds(
    str.__add__,
    st.sampled_from(["王", "李", "张", "陈", "欧阳", "刘", "黄", "周", "司马", "陳", "劉"]),
    st.sampled_from(["伟", "芳", "建国", "秀英", "子涵", "晓明", "国强", "雅婷", "丽娟", "志远"]),
)
latin_names = st.builds(
    lambda first, last: f"{first} {last}",
    st.sampled_from(["John", "Priya", "Siobhan", "Wei Ling", "Oluwaseun", "Jean-Luc", "Maria"]),
    st.sampled_from(["Smith", "O'Neill", "Okafor", "van der Berg", "Tan", "Fernández", "Young"]),
)


AROUND_HAN = """
    我叫{}，卡丢了|我叫{}我要挂失|姓名：{}|户名{}，请核对|收款人是{}。|你好，我是{}，上次来过|{}先生您好|麻烦转告{}女士|
    他叫{}，电话我有|我的名字叫{}|本人{}，女
    """
AROUND_LATIN = """
    My name is {} and I bank with you|Hi, I'm {}, a customer|this is {} speaking|Name: {}|Dear Mr {}, thank you|
    I bank with you.\n\nKind regards,\n{}|我叫{}，要办卡|the account holder is {}|{} here, about my card.
    """
AROUND_LOWER = "my name is {} and my card|this is {} speaking|this is {} calling about my loan|mr {} told me"


def templates(text: str) -> st.SearchStrategy[str]:
    return st.sampled_from([each.strip(" ").removeprefix("\n").strip(" ") for each in text.strip().split("|")])


@given(han_names, templates(AROUND_HAN))
def test_no_chinese_name_behind_its_cue_survives(clean: Clean, name: str, around: str) -> None:
    assert name not in clean(around.format(name))


@given(latin_names, templates(AROUND_LATIN))
def test_no_latin_name_behind_its_cue_survives(clean: Clean, name: str, around: str) -> None:
    assert name not in clean(around.format(name))


@given(st.sampled_from(["john smith", "priya nair", "siobhan o'neill", "wei ling tan"]), templates(AROUND_LOWER))
def test_names_in_lower_case_as_heard_do_not_survive(clean: Clean, name: str, around: str) -> None:
    assert name not in clean(around.format(name))


NAMES = [
    ("我姓王，卡丢了", "我姓[NAME_1]，卡丢了"),
    ("免贵姓欧阳", "免贵姓[NAME_1]"),
    ("好的，李女士", "好的，[NAME_1]女士"),
    ("姓名：阿依古丽·买买提", "姓名：[NAME_1]"),
    ("户名：杭州好味道餐饮有限公司，转错了", "户名：[NAME_1]，转错了"),
    ("叫我小王就行", "叫我[NAME_1]就行"),
    ("my name is John Smith and I want", "my name is [NAME_1] and I want"),
    ("MY NAME IS JOHN SMITH AND I WANT", "MY NAME IS [NAME_1] AND I WANT"),
    ("my surname is Smith, S-M-I-T-H.", "my surname is [NAME_1]."),
    ("I am Mr Okoye.", "I am Mr [NAME_1]."),
    ("Cards, Beth speaking.", "Cards, [NAME_1] speaking."),
    ("Mr Dunmore's in the other branch", "Mr [NAME_1]'s in the other branch"),
    ("Thanks,\nAmina", "Thanks,\n[NAME_1]"),
    ("Mr and Mrs Smith", "Mr and Mrs [NAME_1]"),
]


@pytest.mark.parametrize(("text", "clean_text"), NAMES)
def test_a_name_ends_where_it_ends(clean: Clean, text: str, clean_text: str) -> None:
    assert clean(text) == clean_text


@pytest.mark.parametrize(
    "text",
    [
        "我叫你们经理来",
        "我叫了外卖",
        "我叫王经理过来",
        "叫号叫了半天",
        "我先生的卡",
        "这位女士",
        "我是金卡客户",
        "我是白金卡用户。",
        "我是高级会员",
        "我是江苏的",
        "收款人是我妈",
        "户名是对的",
        "户名不符",
        "收款人名字写错了",
        "被保险人是孩子",
        "本人于三月二日递交申请",
        "售楼小姐说的",
        "您贵姓",
        "叫什么名字",
        "my name is wrong on the card",
        "my name was spelt wrong",
        "my name's on the account",
        "this is ridiculous",
        "I'm British.",
        "It's Tuesday.",
        "I miss you",
        "Dear Sir or Madam",
        "call me when you can",
        "name on the card is not mine",
        "hello this is me again",
        "Kind regards, Collections.",
    ],
)
def test_cues_of_names_without_a_name_stay(clean: Clean, text: str) -> None:
    assert clean(text) == text


ADDRESSES = [
    ("我家住上海市浦东新区世纪大道100号2栋301室，快递", "我家住[ADDRESS_1]，快递"),
    ("寄到北京市朝阳区建国路88号3号楼1201，谢谢", "寄到[ADDRESS_1]，谢谢"),
    ("住址是广东省深圳市南山区科技园南路8号，2栋1单元501", "住址是[ADDRESS_1]"),
    ("我住在建国路88号，我要投诉你们三号楼的柜员", "我住在[ADDRESS_1]，我要投诉你们三号楼的柜员"),
    ("地址：九龍觀塘道388號5座12樓A室", "地址：[ADDRESS_1]"),
    ("寄到河南省周口市太康县王集乡李庄村三组", "寄到[ADDRESS_1]"),
    ("I live at 12 Acacia Avenue, Croydon, CR0 4DP and I", "I live at [ADDRESS_1] and I"),
    ("i live at forty two maple street and it's fine", "i live at [ADDRESS_1] and it's fine"),
    ("Address: 1600 Main Street NW, Springfield, IL 62701", "Address: [ADDRESS_1]"),
    ("please send it to 221B Baker Street London", "please send it to [ADDRESS_1]"),
    ("my address is Blk 123 Ang Mo Kio Ave 6 #05-678 Singapore 560123", "my address is [ADDRESS_1]"),
    ("my address is Rose Cottage, Mill Lane, Ambleside", "my address is [ADDRESS_1]"),
    ("my postcode is SW1A 1AA", "my postcode is [ADDRESS_1]"),
]


@pytest.mark.parametrize(("text", "clean_text"), ADDRESSES)
def test_addresses_behind_their_cues_are_replaced(clean: Clean, text: str, clean_text: str) -> None:
    assert clean(text) == clean_text


@given(
    st.sampled_from(["杭州市西湖区", "四川省成都市武侯区", "天河区", "苏州工业园区"]),
    st.sampled_from(["文三路", "人民南路", "体育东路", "星湖街"]),
    st.integers(1, 999),
    st.integers(1, 30),
    st.integers(101, 2804),
    st.sampled_from(["我住{}，", "地址：{}。", "请寄到{}", "家住{}，没人在家", "把卡寄给我，地址是{}"]),
)
def test_no_chinese_address_behind_its_cue_survives(
    clean: Clean, city: str, street: str, number: int, block: int, room: int, around: str
) -> None:
    address = f"{city}{street}{number}号{block}栋{room}室"
    result = clean(around.format(address))
    assert f"{number}号" not in result
    assert f"{room}" not in result
    assert street not in result


@pytest.mark.parametrize(
    "text",
    [
        "地址填错了",
        "我住在上海",
        "家住五楼没电梯",
        "寄到我单位",
        "户籍地址不是这个",
        "我住南京路步行街那边",
        "address is wrong",
        "I live at home with 2 kids",
        "send it to my address",
        "I live in 3 different places",
        "send it to 2 people who live close",
        "moved to 3 Year fixed",
        "I live on the 3rd floor",
    ],
)
def test_cues_of_addresses_without_one_stay(clean: Clean, text: str) -> None:
    assert clean(text) == text


def test_a_name_is_found_again_where_no_cue_stands(contact: Any) -> None:
    record = contact(
        ("AGENT", "Thanks John, one moment."),
        "My name is John Harcourt.",
        ("AGENT", "Is it for John Harcourt or for his wife, Mr Harcourt?"),
        "我叫王建国",
        ("AGENT", "王建国的卡"),
        "in May, will it mark the end?",
    )
    redacted = Redactor().redact(record)
    assert [turn["text"] for turn in redacted.record["turns"]] == [
        "Thanks [NAME_1], one moment.",
        "My name is [NAME_1].",
        "Is it for [NAME_1] or for his wife, Mr [NAME_2]?",
        "我叫[NAME_3]",
        "[NAME_3]的卡",
        "in May, will it mark the end?",
    ]
