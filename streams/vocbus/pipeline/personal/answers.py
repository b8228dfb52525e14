"""Cues that stand in an earlier turn: what a question asks for, and the turn that is just the answer."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from vocbus.pipeline.personal import marks
from vocbus.pipeline.personal.announced import announced, digits_after
from vocbus.pipeline.personal.chinese_addresses import chinese_address_at
from vocbus.pipeline.personal.chinese_names import chinese_name_at
from vocbus.pipeline.personal.cues import Cue
from vocbus.pipeline.personal.digits import Run
from vocbus.pipeline.personal.digits import runs as runs_of
from vocbus.pipeline.personal.english_addresses import english_address_at
from vocbus.pipeline.personal.english_names import english_name_at
from vocbus.pipeline.personal.plain import BARRIER
from vocbus.pipeline.personal.spans import Span

#: Among what a turn may be the answer to: its speaker has mentioned these and may now come back to them.
RECALLED = "RECALLED"
_MAY_RECALL = ("CODE", "PASSWORD", "PASSPORT")
_COMES_BACK = re.compile(
    r"(?:\b(?:it's|it is|it was|is it|i gave it|i gave (?:him|her|them) it|i said|or)"
    r"|记得是|就是|我说的是?|我念的是?|我报的是?|还是"
    r"|是不是|后三位)[\s,，:]*\Z"
)
_YEAR = re.compile(r"(?:19|20)\d\d")
#: Digits that a code has, and a passport.
_RECALLED_LENGTHS = {"CODE": (3, 4, 6), "PASSWORD": (4, 6), "PASSPORT": (8, 9)}
#: Digits of a turn that may be part of a number.
SHORTEST_PART = 2
#: Of a phone number that was asked for.
SHORTEST_PHONE_PART = 4
#: Besides the value an answer says little: Han characters and Latin words at most.
MOST_HAN, MOST_WORDS = 14, 8
_NAME_ASKED = re.compile(
    r"称呼|贵姓|姓名|名字|全名|叫什么|哪位|户名|尊姓|收款人|持卡人是"
    r"|\b(?:your|the) (?:full |first |last |sur|middle |maiden |legal )?name|who am i (?:speaking|talking"
    r"|chatting)|name (?:is )?(?:on|for|of|under) the|wh(?:at|ich) name|made out to|names?,? please"
    r"|spell (?:your|that)|name,? please"
    r"|\b(?:full|first|last) name\b|surname|account holder|cardholder name|name\??$|name\?"
)
_ADDRESS_ASKED = re.compile(
    r"地址|住址|住哪|寄到哪|哪个小区|门牌|\baddress|post ?code|where (?:do you|are you) liv|where should (?:i|we)"
    r" (?:send|post)"
)
# Only the last digits are asked for, or those that were named before: nothing secret comes back.
_PART_ASKED = re.compile(
    r"[后末尾前][一二三四两1-4](?!\d)|尾号|最后[几四4]|last (?:\w+ )?(?:four|4|three|3|few|two|digits)|ending"
    r"|first (?:four|4) digits|多少钱|金额|how much|amount"
)
# A long number is asked for without its name: no other than of a card is read out in halves.
_DIGITS_ASKED = re.compile(
    r"(?:first|next|last|other|remaining|final) (?:six|eight|ten|twelve|6|8|10|12) (?:digits|numbers)|(?:whole"
    r"|full|entire|long|complete) number"
    r"|[前后][六八十68](?:个|位)|完整的?号码|号码(?:念|报)|(?:念|报)(?:一下|一遍)?(?:号码|数字)"
)
_NO_KINDS = frozenset({"REFERENCE", "DIGITS"})
# A cue without a verb opens a sentence if it is nearly all that a turn says, in characters.
_ALONE = 12
_QUESTION = re.compile(r"\?|请|吗|多少|什么|\b(?:what|please|may i|can i|could you|can you|tell me|give me|confirm)\b")
_PRELUDE = re.compile(
    r"(?:[\s,、.。:!~…\"'\-]|嗯+|呃+|啊+|哦+|额+|好的?|行|可以|对|是的?|就是|那个|稍等|我看看|等一下"
    r"|我?的?(?:卡号|账号|密码|验证码|号码|姓名|名字|地址|电话|手机号?|身份证号?)|我?叫|我|您?记一下|你?听好|来了"
    r"|收到了?|在这"
    r"|\b(?:yes|yeah|yep|sure|ok|okay|um+|uh+|er+|erm|well|right|so|of course|no problem|certainly|hang on|hold"
    r" on|one sec(?:ond)?|one moment|let me see|here (?:it is|you go|we go)"
    r"|it's|it is|its|that's|that is|that would be|it says|i think|i'm|i am|this is|my|the|number|name|code|card"
    r"|account|pin|address|is|got it|found it|please|should be|full|new|old|currently|under|made out to|it should)\b)*",
)


def is_question(low: str) -> bool:
    """Whether a turn asks, for contacts that do not say who speaks."""
    return _QUESTION.search(low) is not None


def asked_for(low: str, heard: Sequence[Cue], bits: int) -> tuple[str, ...]:
    """Kinds that a turn asks for, in plain lower-case text with these cues and these bits of suspicion."""
    kinds = []
    if heard:
        kinds += [cue.kind for cue in heard if cue.kind not in _NO_KINDS] if not _PART_ASKED.search(low) else []
        kinds += ["CARD"] if _DIGITS_ASKED.search(low) else []
    if bits & (marks.HAN_NAME | marks.NAME_ASKED | marks.HOLDER) and _NAME_ASKED.search(low):
        kinds.append("NAME")
    if bits & (marks.HAN_ADDRESS | marks.ADDRESS) and _ADDRESS_ASKED.search(low):
        kinds.append("ADDRESS")
    return tuple(dict.fromkeys(kinds))


def left_open(low: str, heard: Sequence[Cue]) -> tuple[str, ...]:
    """Kinds whose cue ends a turn, so that the value is in what its speaker says next."""
    if not heard:
        return ()
    end = len(low.rstrip(" .…,，:-\n"))
    return tuple(
        [cue.kind for cue in heard if cue.kind not in _NO_KINDS and cue.value >= end and (cue.strong or end <= _ALONE)]
    )


def mentioned(heard: Sequence[Cue]) -> tuple[str, ...]:
    """Kinds that a turn mentions and its speaker may come back to."""
    return tuple(dict.fromkeys([cue.kind for cue in heard if cue.kind in _MAY_RECALL]))


def _recalled(low: str, kinds: Sequence[str], runs: Mapping[int, Run]) -> Iterator[Span]:
    """Numbers of a usual length behind words that come back to what was mentioned."""
    for start, run in runs.items():
        if _COMES_BACK.search(low, max(0, start - 16), start):
            for kind in kinds:
                usual = len(run.digits) in _RECALLED_LENGTHS[kind] and not _YEAR.fullmatch(run.digits)
                found = digits_after(kind, run, low, fragment=True) if usual else None
                if found is not None:
                    yield found


def answers(text: str, low: str, asked: Sequence[str], runs: Mapping[int, Run]) -> Iterator[Span]:
    """What a turn gives in answer: numbers where it says little else, or what its first words are."""
    if asked[0] == RECALLED:
        yield from _recalled(low, asked[1:], runs)
        return
    prelude = _PRELUDE.match(low)
    at = 0 if prelude is None else prelude.end()
    numbers = [
        kind for kind in asked if kind in ("CARD", "ACCOUNT", "ID", "PASSPORT", "CODE", "PASSWORD", "IM", "PHONE")
    ]
    brief = _brief(low, runs.values())
    for start, run in runs.items():
        if numbers and (brief or start <= at + 2):
            found = _number(numbers, run, text)
            if found is not None:
                yield found
    opening = [Cue(kind, kind.lower(), at, at, at, True) for kind in asked]
    if brief:
        yield from announced(text, low, [cue for cue in opening if cue.kind not in ("CODE", "CARD")], {})
    if "NAME" in asked:
        name = chinese_name_at(text, at) or english_name_at(text, low, at)
        if name is not None:
            yield name
    if "ADDRESS" in asked:
        address = chinese_address_at(text, at) or english_address_at(text, at)
        if address is not None:
            yield address


def _number(kinds: Sequence[str], run: Run, text: str) -> Span | None:
    """The number a run answers with: a code if one was asked for and it is as short, else what was asked for first."""
    length = len(run.digits)
    codes = [kind for kind in kinds if kind in ("CODE", "PASSWORD")]
    for kind in codes if length <= 8 and codes else kinds:
        if kind == "PHONE":
            if length >= SHORTEST_PHONE_PART:
                return Span(run.start, run.end, "PHONE", run.digits)
        elif (found := digits_after(kind, run, text, fragment=True)) is not None:
            return found
    return None


def only_number(text: str, spoken: Sequence[int]) -> Run | None:
    """The run of digits that is nearly all a plain text says, or None."""
    found = list(runs_of(text, spoken, SHORTEST_PART))
    return found[0] if len(found) == 1 and _brief(text.lower(), found) else None


def _brief(low: str, runs: Iterable[Run]) -> bool:
    """Whether a turn says little besides its digits."""
    rest, end = [], 0
    for run in runs:
        rest.append(low[end : run.start])
        end = run.end
    said = "".join([*rest, low[end:]]).replace(BARRIER, "")
    return len(re.findall("[一-鿿]", said)) <= MOST_HAN and len(re.findall("[a-z']+", said)) <= MOST_WORDS
