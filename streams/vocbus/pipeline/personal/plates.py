"""Vehicle licence plates: of mainland China by their form (GA 36-2018), of other places behind a word for a plate."""

import re
from collections.abc import Iterator

from vocbus.pipeline.personal.spans import Span
from vocbus.pipeline.personal.spelled import spelled

PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
# Province, letter of the city, serial of five; six for new energy; or four and a character of use.
_MAINLAND = re.compile(
    rf"[{PROVINCES}] ?[A-HJ-NP-Za-hj-np-z] ?[·.\-]? ?"
    r"(?:[A-HJ-NP-Za-hj-np-z0-9]{5,6}|[A-HJ-NP-Za-hj-np-z0-9]{4}[挂学警港澳试超领])(?![A-Za-z0-9])"
)
_SPOKEN_HEAD = re.compile(rf"[{PROVINCES}] ?[A-HJ-NP-Za-hj-np-z](?![A-Za-z])")
# New letters after 新 are news, not Xinjiang: 最新AB1234.
_NO_PLATE_BEFORE = re.compile(r"(?:最新|全新|更新|创新|四川|香港)$")
_ELSEWHERE = re.compile(
    r"(?:[A-Z]{2}\d{2} ?[A-Z]{3}|[A-Z] ?\d{1,3} ?[A-Z]{3}|[A-Z]{3} ?\d{1,3} ?[A-Z]|[A-Z]{1,4}[ -]?\d{1,5}[A-Z]?"
    r"|\d{3,4}[ -]?[A-Z]{2,3}|\d[A-Z]{3} ?\d{3}|(?=[A-Z]*\d)(?=\d*[A-Z])[A-Z0-9]{5,8})(?![A-Z0-9])"
)


def plates(text: str) -> Iterator[Span]:
    """Plates of mainland China in a plain text, written or with spoken digits."""
    for match in _MAINLAND.finditer(text):
        value = _value(match[0])
        if sum(c.isdigit() for c in value) >= 2 and not _is_news(text, match.start()):
            yield Span(match.start(), match.end(), "PLATE", value)
    for head in _SPOKEN_HEAD.finditer(text):
        items = spelled(text, head.end(), 6)
        value = "".join([item.value for item in items])
        if _is_news(text, head.start()):
            continue
        if 5 <= len(value) <= 6 and sum(c.isdigit() for c in value) >= 2:
            yield Span(head.start(), items[-1].end, "PLATE", _value(head[0] + value))


def announced_plate(text: str, at: int) -> Span | None:
    """A plate of any place where a cue has announced one, also read out letter by letter."""
    match = _ELSEWHERE.match(text[at : at + 12].upper())
    if match:
        return Span(at, at + match.end(), "PLATE", _value(match[0]))
    items = spelled(text, at, 8)
    value = _value("".join([item.value for item in items]))
    if len(items) >= 3 and 4 <= len(value) <= 8 and not value.isdigit() and not value.isalpha():
        return Span(at, items[-1].end, "PLATE", value)
    return None


def _is_news(text: str, at: int) -> bool:
    return _NO_PLATE_BEFORE.search(text, max(0, at - 1), at + 1) is not None


def _value(text: str) -> str:
    return re.sub(r"[\s·.\-_]", "", text).upper()
