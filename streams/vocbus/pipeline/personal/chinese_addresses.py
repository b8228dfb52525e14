"""Chinese postal addresses behind their cues: 家住…, 寄到…, 地址是….

What follows a cue is an address only if it is built like one, of places and units (省 市 区 路 号 室 …, GB/T 23705):
two
or more, with a number or an estate among them.
"""

import re
from collections.abc import Iterator, Sequence

from vocbus.pipeline.personal.spans import Span

# What may stand between a cue and the address.
_LINK = re.compile(
    r"(?:[\s:,，\"“'(]|地址|地点|址|在|是|为|到|至|往|于|的|了|我|家|请|填的?|写的?|现在|改成了?|改为|新){0,8}"
)
_UNIT = re.compile(
    r"(?P<place>特别行政区|自治区|自治州|开发区|新区|街道|[省市区县镇乡旗盟州])"
    r"|(?P<street>大道|大街|胡同|[路街道巷弄里村庄屯社队组段]|小区|花园|公寓|大厦|广场|家园|山庄|新村"
    r"|[苑园邨城庭居府湾轩阁院坊墅厦]|屋苑|国际|中心|公馆|名都)"
    r"|(?P<number>(?:\d+|[一二三四五六七八九十百零两]+|[A-Za-z])(?:[\-—之]\d+)*"
    r"(?:号楼|号院|号|栋|幢|座|楼|层|单元|室|户|门|期|组|队|弄|巷)(?:之\d+)?"
    r"|[A-Za-z]?\d{1,4}-\d{1,4}(?:-\d{1,5})?|\d{3,4}(?!\d))"
)
_ESTATES = frozenset(("小区", "村", "苑", "花园", "公寓", "大厦", "新村"))
_WORDS = re.compile(r"[\u4e00-\u9fffA-Za-z0-9·#\- ()]+")
_REACH = 60
# What no address has inside: the sentence has gone on.
_BREAK = re.compile(
    r"[我你您他她们了吗呢吧请就还又没不想被把给让说谢但]|电话|手机|邮编|收件|联系|以后|然后|这边|那边|那个|怎么"
    r"|什么|银行|支行|网点"
    r"|柜台|贷款|办理|办公"
)
_LONGEST_STEP = 12
# A part behind a comma belongs to the address if all of it is one: "…100号，2栋301室".
_COMMA = re.compile(r"[,，、] ?")
_PART = re.compile(r"[\u4e00-\u9fffA-Za-z0-9·#\-]{1,16}")


def chinese_addresses(text: str, ends: Sequence[int]) -> Iterator[Span]:
    """Addresses of a plain text behind cues that end at these places."""
    for cue_end in ends:
        link = _LINK.match(text, cue_end)
        at = cue_end if link is None else link.end()
        end = _address_end(text, at)
        if end is not None:
            yield _span(text, at, end)


def chinese_address_at(text: str, at: int) -> Span | None:
    """The address that begins at a place of a plain text or behind a comma, where one was asked for."""
    for start in (at, *(comma.end() for comma in _COMMA.finditer(text, at))):
        end = _address_end(text, start)
        if end is not None:
            return _span(text, start, end)
    return None


def _address_end(text: str, at: int) -> int | None:
    """Where an address that begins at a place ends, or None if none does."""
    end, units, strong = at, 0, False
    while True:
        words = _WORDS.match(text, end, end + _REACH)
        moved = False
        for unit in _UNIT.finditer(text, end, end if words is None else words.end()):
            if unit.start() - end > _LONGEST_STEP or _BREAK.search(text, end, unit.start()):
                break
            end, moved = unit.end(), True
            units += 1
            strong = strong or unit.lastgroup == "number" or unit[0] in _ESTATES
        comma = _COMMA.match(text, end) if moved else None
        part = None if comma is None else _PART.match(text, comma.end())
        if comma is None or part is None or _BREAK.search(part[0]) or not _ends_in_unit(part[0]):
            return end if units >= 2 and strong else None
        end = comma.end()


def _ends_in_unit(part: str) -> bool:
    return any(unit.end() == len(part) for unit in _UNIT.finditer(part))


def _span(text: str, start: int, end: int) -> Span:
    return Span(start, end, "ADDRESS", re.sub(r"[\W_]+", "", text[start:end]).casefold())
