"""Cues in a plain text: words that announce a secret, and the place where it would follow."""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import ahocorasick

from vocbus.pipeline.personal.cue_words import CUES

#: How far behind a cue its value may begin, in characters.
REACH = 44
# What may stand between a cue and its value besides spaces and punctuation.
_LINKS = (
    r"号码?|码|[写输打填]?错了?|一位|[写输打填]成了?|应该是|是不是|是|为|系|係|的|就|分别|应该|好像|大概|可能|呢|啊|嘛|吧|呀|哈|嗯|呃|额|我记得|给你|报给你|报一下"
    r"|您?记一下|一下|改成了?|改为|换成了?"
    r"|设[成为]|设置[成为]|设的|填的|填|输的|输入的?|写的|写|用的|叫|搜|我|您|现在|还|也|都|原来|之前|已经"
    r"|发来了?|收到了?|显示|如下|登记|预留|记着|记得|念的|说的|报的|由|从|生日|背面的?|后面的?|短信里?的?"
    r"|(?:numbers?|num|no|nr|code|id|digits|is|are|was|were|it's|its|it is|that's|that is|which is|reads|will be"
    r"|should be|would be"
    r"|being|set to|changed to|to|as|follows|currently|now|here|um+|uh+|erm?|ah|well|so|ok|okay"
    r"|i think|i thought|it was|and i (?:said|told (?:him|her|them)|gave (?:him|her|them))"
    r"|i believe|says|said|showed|shows|handle"
    r"|of mine|also|just"
    r"|still|s|again|on the (?:back|card|front)|on|at|me|line|the following|(?:that )?(?:you|they|it)"
    r" (?:just )?(?:sent|texted|gave)|i (?:just )?(?:got|received)"
    r"|from (?:the|my) (?:text|app))(?![a-z0-9_@!#$%^&*+])"
)
_LINK = re.compile(rf"(?:[\s:=,，“「\"'(#?？\-.~·]|{_LINKS}){{0,12}}+")
_STRONG = re.compile(r"是|为|:|=|改成|设成|换成|叫|\b(?:is|was|are|be|id|reads)\b|'s")
# "The PIN you sent me last week is 4482": a clause between cue and verb, without a thing that the number might count.
_COPULA = re.compile(
    r"(?:[^.?!;,:\n\d。！？；\ue000]{1,40}?\b(?:is|was|:) *(?:now |still |also |just )?"
    r"|[^.?!;,:\n\d。！？；\ue000]{1,10}?(?:是|为|:) *)(?=[a-z0-9零一二三四五六七八九幺两〇壹贰叁肆伍陆柒捌玖])"
)
_OTHER_THING = re.compile(
    r"\b(?:and|but|so|because|if|when|amount|balance|limit|fee|fees|price|rate|order|reference|error|ending|ends"
    r"|last (?:four|4|two|three|few|digits)|date"
    r"|number of|not|n't|wrong|expired?|blocked|how|what|why|where|whether)\b|[不没无错未]|后[四4]|末[四4]|尾号"
    r"|余额|金额|额度|手续费|什么|怎么|多少"
)


_A_DIGIT = re.compile(r"\d")
# What may be without digits.
_IN_LETTERS = frozenset({"PASSWORD", "IM", "PLATE", "PASSPORT"})


class Cue(NamedTuple):
    """What a cue announces, its word and span, where its value would begin, whether a verb or colon says so."""

    kind: str
    word: str
    start: int
    end: int
    value: int
    strong: bool


def _automaton() -> ahocorasick.Automaton:
    automaton = ahocorasick.Automaton()
    for word in CUES:
        automaton.add_word(word, word)
    automaton.make_automaton()
    return automaton


_AUTOMATON = _automaton()


def cues(low: str, numbers: Sequence[int] | None = None) -> Iterator[Cue]:
    """Cues of a plain text in lower case, the longest at each place, in order.

    `numbers` are the places where runs of digits begin, if they are known: where none follows a cue, nor a single
    digit, it is not worth looking for the place of its value.
    """
    text = low.replace("\n", " ") if "\n" in low else low
    for last, longest in _AUTOMATON.iter_long(text):
        start = last + 1 - len(longest)
        word = _whole(text, start, longest)
        if word is None:
            continue
        kind, end = CUES[word], start + len(word)
        if numbers is None or kind in _IN_LETTERS or _digits_follow(low, end, numbers):
            yield Cue(kind, word, start, end, *_value(low, kind, start, end))
        else:
            yield Cue(kind, word, start, end, end, False)


def _digits_follow(low: str, end: int, numbers: Sequence[int]) -> bool:
    at = bisect_left(numbers, end)
    return (at < len(numbers) and numbers[at] <= end + REACH + 4) or _A_DIGIT.search(low, end, end + REACH) is not None


def _value(low: str, kind: str, start: int, end: int) -> tuple[int, bool]:
    """Where the value of a cue would begin, and whether a verb or colon stands before it."""
    link = _LINK.match(low, end, end + REACH)
    value = end if link is None else link.end()
    if _STRONG.search(low, start, value) is not None:
        return value, True
    if kind != "REFERENCE":
        copula = _COPULA.match(low, end, end + REACH)
        if copula and copula.end() > value and not _OTHER_THING.search(low, end, copula.end()):
            return copula.end(), True
    return value, False


def _whole(text: str, start: int, word: str) -> str | None:
    """The cue, or the shorter one it begins with: 微信id may turn out to be 微信 and the name id_007."""
    for length in range(len(word), 0, -1):
        if word[:length] in CUES and not _inside_word(text, start, start + length):
            return word[:length]
    return None


def _inside_word(text: str, start: int, end: int) -> bool:
    """Whether a Latin cue is only part of a longer word, as "pin" of "opinion"."""
    head, tail = text[start], text[end - 1]
    return (start > 0 and "a" <= head <= "z" and "a" <= text[start - 1] <= "z") or (
        end < len(text) and "a" <= tail <= "z" and ("a" <= text[end] <= "z" or text[end] == "_")
    )
