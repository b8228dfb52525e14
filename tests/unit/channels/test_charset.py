import pytest
from hypothesis import given
from hypothesis import strategies as st

from vocbus.channels.charset import decode

CHINESE = "您好，我要投诉：信用卡被重复扣款"


@pytest.mark.parametrize(
    ("text", "written_as", "label"),
    [
        ("单喆云，𠮷田", "gb18030", "gb2312"),
        ("單喆雲", "gbk", "GB2312"),
        ("嗰間分行嘅職員", "big5hkscs", "big5"),
        ("똠방각하", "cp949", "ks_c_5601-1987"),
        ("①は㈱です", "cp932", "Shift_JIS"),
        ("テスト", "iso2022_jp", "ISO-2022-JP"),
        ("“quoted” – €", "cp1252", "iso-8859-1"),
        ("Grüße", "iso8859-15", '"ISO-8859-15"'),
        (CHINESE, "utf-8", "utf8"),
        (CHINESE, "utf-16", "utf-16"),
    ],
)
def test_a_label_is_read_as_the_superset_that_senders_mean(text: str, written_as: str, label: str) -> None:
    assert decode(text.encode(written_as), label) == text


@pytest.mark.parametrize("label", ["gb2312", "big5", "iso-8859-1", "us-ascii", "shift_jis", "windows-1251"])
def test_utf8_under_another_label_is_found_out(label: str) -> None:
    assert decode(CHINESE.encode(), label) == CHINESE


@pytest.mark.parametrize("label", ["utf-8", "us-ascii", None, "x-unknown", "nonsense\x00", "base64", "punycode", ""])
def test_gbk_under_an_impossible_or_no_label_is_found_out(label: str | None) -> None:
    assert decode(CHINESE.encode("gbk"), label) == CHINESE


def test_latin_text_without_a_label_is_not_taken_for_chinese() -> None:
    text = "Le montant prélevé est erroné, déjà signalé à l'été"
    assert decode(text.encode("latin-1"), None) == text


def test_japanese_escapes_without_a_label_are_found_out() -> None:
    assert decode("お金".encode("iso2022_jp"), None) == "お金"


def test_a_character_cut_at_the_end_leaves_the_label_right() -> None:
    assert decode(CHINESE.encode()[:-1], "utf-8") == CHINESE[:-1] + "\ufffd"


@given(st.binary(), st.sampled_from(["utf-7", "utf-16", "hz", "gb2312", "iso-2022-kr", "big5", None]) | st.text())
def test_any_bytes_under_any_label_give_text_that_can_be_encoded(data: bytes, label: str | None) -> None:
    assert decode(data, label).encode("utf-8") is not None
