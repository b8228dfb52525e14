"""Bytes of mail to text, when the label may be missing, unknown or wrong.

Senders label GBK as gb2312 and cp949 as ks_c_5601: a label is read as the superset that contains it, as the
WHATWG Encoding Standard does. Where the bytes contradict the label, the bytes decide.
"""

import codecs
import re

#: Codec that Python finds for a label → the superset it is read as.
_SUPERSETS = {
    "big5": "big5hkscs",
    "cp950": "big5hkscs",
    "euc_kr": "cp949",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "iso2022_jp": "iso2022_jp_ext",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "shift_jis": "cp932",
    "tis-620": "cp874",
}
#: Labels in use that Python does not know.
_ALIASES = {
    "cn-big5": "big5",
    "cn-gb": "gb2312",
    "cp-1252": "cp1252",
    "csgb2312": "gb2312",
    "gb_2312-80": "gb2312",
    "iso-8859-8-i": "iso8859-8",
    "unicode-1-1-utf-8": "utf-8",
    "utf-8mb4": "utf-8",
    "utf8mb4": "utf-8",
    "windows-31j": "cp932",
    "windows-874": "cp874",
    "x-euc-jp": "euc_jp",
    "x-gbk": "gbk",
    "x-mac-roman": "mac_roman",
    "x-sjis": "shift_jis",
    "x-x-big5": "big5",
}
#: Codecs for host names, Python source and local settings; as a label of mail they are a mistake.
_NOT_CHARSETS = frozenset({"idna", "punycode", "raw-unicode-escape", "undefined", "unicode-escape"})
_LATIN = frozenset({"cp1252", "cp1254"})
_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]")
_BEYOND_TWO_BYTES = re.compile(r"[^\x00-\u07ff]")
_SURROGATE = re.compile(r"[\ud800-\udfff]")


def decode(data: bytes, label: str | None) -> str:
    """Text of `data`, by the label where the bytes allow it. Never raises; what no charset fits becomes U+FFFD."""
    codec = _codec(label)
    if codec is None:
        return _guess(data)
    utf8 = _strict(data, "utf-8")
    # Legacy text is hardly ever valid UTF-8 by chance: two bytes tell it from Latin, three from Chinese.
    if utf8 is not None and (_BEYOND_ASCII if codec in _LATIN else _BEYOND_TWO_BYTES).search(utf8):
        return utf8
    text = _strict(data, codec)
    if text is not None:
        return text
    text = data.decode(codec, "replace")
    # A few broken bytes (a cut, a stray byte) leave the label right; many prove it wrong.
    few = text.count("\ufffd") * 4 <= len(_BEYOND_ASCII.findall(text))
    return text if few and not _SURROGATE.search(text) else _guess(data)


def _codec(label: str | None) -> str | None:
    if not label:
        return None
    name = label.strip().strip("\"'").lower()
    try:
        found = codecs.lookup(_ALIASES.get(name, name))
        "".encode(found.name)  # refuses codecs between bytes and bytes, such as base64
    except (LookupError, ValueError):
        return None
    return None if found.name in _NOT_CHARSETS else _SUPERSETS.get(found.name, found.name)


def _guess(data: bytes) -> str:
    """ISO 2022 by its escapes, UTF-8, GB 2312 (two high bytes a character, which Latin text hardly ever holds),
    GBK where most of it is GB 2312, else Windows Latin.
    """
    for codec in ("iso2022_jp",) * (b"\x1b$" in data) + ("utf-8", "gb2312"):
        text = _strict(data, codec)
        if text is not None:
            return text
    text = _strict(data, "gb18030")
    if text is not None:
        foreign = "".join(_BEYOND_ASCII.findall(text))
        if len(foreign.encode("gb2312", "ignore")) * 10 >= len(foreign) * 16:
            return text
    return data.decode("cp1252", "replace")


def _strict(data: bytes, codec: str) -> str | None:
    try:
        text = data.decode(codec)
    except UnicodeError:
        return None
    # UTF-7 and UTF-16 can yield half a surrogate pair, which no encoder takes again.
    return None if _SURROGATE.search(text) else text
