"""Chinese personal names behind their cues: 我叫王建国, 姓名：李娜, 我姓陈, 张先生, 我是赵敏，…

A name is a surname of the common ones and one or two characters. Where it ends is told by what follows: punctuation, a
word that no name goes on with, or a character that given names do not use.
"""

import re
from collections.abc import Iterator, Sequence

from vocbus.pipeline.personal.chinese_surnames import (
    DOUBLE_SURNAMES,
    FUNCTION,
    GIVEN,
    NO_GIVEN,
    ORDINARY,
    RARE,
    SURNAMES,
)
from vocbus.pipeline.personal.common_words import COMMON
from vocbus.pipeline.personal.spans import Span

_STOPPED = re.compile(
    r"[^\w]|[我的了在是想要有吗呢啊吧呀嘛这那您你他她尾账卡手电身住请谢和跟也就都不没\d\ue000]|先生|女士|小姐"
    r"|本人|[A-Za-z]|\Z"
)
# What somebody says to be before the name: 我是你们的老客户李志强.
_ROLE = re.compile(r"(?:你们|贵行|咱们?)?的?(?:一个|一位)?(?:老|新)?(?:客户|用户|会员|储户|业主|车主|持卡人)")
# Of a formal letter: 本人王伟，手机…
_WITH_DETAILS = re.compile(
    rf"(?:{DOUBLE_SURNAMES}|[{SURNAMES}])[\u4e00-\u9fff]{{1,2}}"
    r"(?=[,，(（、] ?(?:手机|电话|联系|身份证|身分证|证件|男|女|护照))"
)
_ENDED = re.compile(r"[,，。.!！;；、\s(（]|\Z|先生|女士|小姐|太太")
_NO_NAMES = re.compile(
    r"(?:高[级中龄端手位]|金[卡额融牌]|白[金领卡天]|方[便面式案法]|安[全心徽卓排]|文[件字]|万[一分元事能]"
    r"|石[头家]|任[何务意]|成[功为本都年]|平[安时台]|明[天白年显]|"
    r"时[间候常]|全[部额国款家]|应[该届当]|和[你我他她]|于[是]|向[你您]|单[位身亲独]|连[续接]|温[馨州]|包[括含车]"
    r"|强[制烈行]|路[过人上]|管[理家]|计[划算]|程序|常[客]|"
    r"黄[金牛页]|江[苏西]|云南|海[外南]|南[方京]|华[为侨夏]|马[上来]|何[时处必]|关[于注心]|周[一二三四五六日末]"
    r"|余额|钱[包款]|严[重格]|武汉|荣[誉幸]|农[业民村]|"
    r"王牌|林[业区]|司机|师[傅范]|官[方网]|边[境上]|车[主贷]|房[主贷东产]|原[来因]|查[询账]|陈[述列旧]|费[用]|解[决释]"
    r"|商[户家人]|党员|党[员]|宁[愿波]|班主|简[单称]|项目|康复|"
    r"外[地国]|宗教|经[理济]|总[经监]|主[管任]|老[师板]|师傅)"
)
_TITLE = re.compile(
    r"经理|主任|行长|老师|师傅|总监|总经|主管|科长|处长|警官|律师|医生|大夫|会计|柜员|专员|先生|女士|小姐|太太"
    r"|总(?![\u4e00-\u9fff])|[哥姐叔姨婶伯]|某(?!某)"
)

# What may stand before 叫 ("is called") for a name to follow, and before 姓 ("has the surname").
_CALLED = re.compile(
    r"(?:我|名字?|他|她|本人|称呼|儿子|女儿|[公婆妈爸哥姐弟妹妻夫]|爱人|父亲|母亲|朋友|同事|先生|太太|经理|柜员"
    r"|专员|人员|客户|代表|负责人|的)(?:的名字|名字)?叫\Z"
)
_ADDRESSED = re.compile(r"(?:请|可以|你|您|们|就|直接|称呼|,|，|。|\A)叫\Z")
_NO_SURNAME_BEFORE = frozenset("百贵同改什随跟其尊")
# Words on forms; a verb or colon behind them announces any name.
_LINK = re.compile(
    r"(?:号|名称|姓名)?(?:[\s:\"“'(]|是|为|就是|叫做?|做|我|填的?是?|写的?是?|系"
    r"|改成了?|改为|换成了?){0,4}"
)
_VERB = re.compile(r"[:=]|是|为|叫|系")
_FAMILY = re.compile(rf"(?:是|:|\s)?({DOUBLE_SURNAMES}|[{SURNAMES}])(?![氏名])")
_FORM_VALUE = re.compile(
    r"(?:[\u4e00-\u9fff]{2,4}|[\u4e00-\u9fff]{2,20}(?:公司|商行|工作室|超市|厂|店|中心))(?=[,，。;；\s.、!！)]|\Z)"
)
_FORM_NO_NAME = re.compile(
    r"[不没错的我你您他她谁吗呢本无有填写同和跟改换啥哪名字怎未已对吧是]|什么|孩子|[儿女]子|女儿|老[公婆板人]"
    r"|[爸妈]|账户|陌生|父|母|夫|妻|朋友|家人|亲[人属戚]|配偶|公司$|单位|银行|个人|客户|经理"
)
# Behind the words on forms any surname will do if the two characters behind it are those of given names.
_UNKNOWN_SURNAME = re.compile(r"[\u4e00-\u9fff]{3}(?=[,，。;；.!！)(]|\Z)")
_ETHNIC = re.compile(r"[\u4e00-\u9fff]{2,6}·[\u4e00-\u9fff]{2,8}?(?=[,，。;；\s.!！的我你在有想要和是]|\Z)")
_LATIN = re.compile(r"[A-Za-z][a-zA-Z'\-]+(?: [A-Z][a-zA-Z'\-]+){0,2}")
_DOUBLE = frozenset(DOUBLE_SURNAMES.split("|"))
#: Characters that an answer may go on with behind a name.
_REST_OF_ANSWER = 16
_TITLES = frozenset({"先生", "女士", "小姐", "太太"})
_INFORMAL = re.compile(rf"[小老阿][{SURNAMES}](?=[^\u4e00-\u9fff]|就|吧|好|\Z)")


def chinese_names(text: str, ends: Sequence[int]) -> Iterator[Span]:
    """Names of a plain text behind or before their cues, whose ends are given."""
    for end in ends:
        cue = text[max(0, end - 2) : end]
        if cue in _TITLES:
            start = _addressed(text, end - 2)
            if start is not None:
                yield _span(text, start, end - 2)
        elif cue[-1:] == "姓" and text[end : end + 1] != "名":
            family = _FAMILY.match(text, end)
            if family is not None and (cue[0] not in _NO_SURNAME_BEFORE or text[end - 3 : end - 1] == "免贵"):
                yield _span(text, family.start(1), family.end(1))
        elif (found := _announced(text, cue, end)) is not None:
            yield _span(text, *found)


def introduced_names(text: str, ends: Sequence[int]) -> Iterator[Span]:
    """Names of a plain text behind 我是 and the like, whose ends are given."""
    for end in ends:
        role = _ROLE.match(text, end)
        at = end if role is None else role.end()
        form = _WITH_DETAILS.match(text, at) if text[at - 2 : at] == "本人" else None
        name_end = None if text[at : at + 1] in FUNCTION else _name_end(text, at, strong=False)
        name_end = name_end if form is None else form.end()
        if name_end is not None:
            yield _span(text, at, name_end)


def _announced(text: str, cue: str, end: int) -> tuple[int, int] | None:
    """Where the name stands that a cue announces: 叫, or a word on a form such as 姓名 or 户名."""
    called = cue[-1:] == "叫"
    if called and not (_CALLED.search(text, max(0, end - 8), end) or _ADDRESSED.search(text, max(0, end - 3), end)):
        return None
    link = _LINK.match(text, end + (text[end : end + 1] == "名"))
    at = end if link is None else link.end()
    said = called or _VERB.search(text, end, at) is not None
    full = text[end - 1 : end + 1] == "姓名"
    found = _name_end(text, at, strong=said or full or text[at : at + 1] not in FUNCTION)
    if found is None and not called and (form := _UNKNOWN_SURNAME.match(text, at)):
        ordinary = _FORM_NO_NAME.search(form[0]) or not all(c in GIVEN for c in form[0][1:])
        found = None if ordinary else form.end()
    if found is not None:
        return at, found
    value = None if called or not said else _FORM_VALUE.match(text, at)
    if value is not None and (len(value[0]) > 4 or not _FORM_NO_NAME.search(value[0])):
        return at, value.end()
    other = _ETHNIC.match(text, at) or _INFORMAL.match(text, at)
    if other is None and (called or said or full or cue in ("名字", "全名")):
        other = _LATIN.match(text, at)
    return None if other is None or other[0].lower() in COMMON else (at, other.end())


def chinese_name_at(text: str, at: int) -> Span | None:
    """The name that begins at a place of a plain text and is nearly all that is left of it, where one was asked for."""
    end = _name_end(text, at, strong=True)
    if end is None:
        surname = _surname_end(text, at, strong=True)
        end = surname if surname is not None and _ENDED.match(text, surname) else None
        if end is None and (other := _ETHNIC.match(text, at) or _INFORMAL.match(text, at)):
            end = other.end()
    if end is None or len(text) - end > _REST_OF_ANSWER:
        return None
    return _span(text, at, end)


def _span(text: str, start: int, end: int) -> Span:
    return Span(start, end, "NAME", text[start:end].casefold())


def _surname_end(text: str, at: int, *, strong: bool) -> int | None:
    """Where the surname that begins at a place ends; an ordinary word only if the cue is a strong one."""
    if text[at : at + 2] in _DOUBLE:
        return at + 2
    character = text[at : at + 1]
    if character and character in SURNAMES and (strong or character not in ORDINARY):
        return at + 1
    return None


def _name_end(text: str, at: int, *, strong: bool) -> int | None:
    """Where a name that begins at a place ends, or None if none begins there."""
    first = _surname_end(text, at, strong=True)
    if first is None or _NO_NAMES.match(text, at) or _TITLE.match(text, first):
        return None
    given = text[first : first + 1]
    if not given or given in NO_GIVEN or not "\u4e00" <= given <= "\u9fff":
        return None
    second = text[first + 1 : first + 2]
    stopped = _STOPPED.match(text, first + 1) is not None
    if strong:
        if stopped and not (second in GIVEN and _STOPPED.match(text, first + 2)):
            return first + 1
        if second in GIVEN or (second not in NO_GIVEN and _STOPPED.match(text, first + 2)):
            return first + 2
        return first + 1 if given in GIVEN or second in NO_GIVEN else None
    # Without a word for a name, all of it must look like one and something must end it.
    if given in GIVEN and _ENDED.match(text, first + 1):
        return first + 1
    if given in GIVEN and second in GIVEN and _ENDED.match(text, first + 2):
        return first + 2
    return None


def _addressed(text: str, end: int) -> int | None:
    """Where the name before a title such as 先生 begins: surname with up to two characters, or the surname alone."""
    for length in (4, 3, 2):
        start = end - length
        if start < 0:
            continue
        first = _surname_end(text, start, strong=length > 2)
        if first is None or first >= end or _NO_NAMES.match(text, start):
            continue
        if all(c in GIVEN and c not in NO_GIVEN for c in text[first:end]) and end - first <= 2:
            return start
    for length in (2, 1):
        start = end - length
        if start >= 0 and _surname_end(text, start, strong=True) == end and text[start] not in RARE:
            return start
    return None
