"""Personal numbers in a text: cards, resident ids and phone numbers, however they are spaced or grouped."""

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from vocbus.pipeline import phones
from vocbus.pipeline.numbers import PROVINCES, is_card, is_date, is_resident_id

# What may stand between the digits of one number: spaces of all kinds, dashes, dots, underscores, invisibles.
_BETWEEN = r"[\s\-\u00ad\u2010-\u2015\u2212\ufe58\ufe63\uff0d._\u00b7\u30fb\uff0e\u200b-\u200d\u2060\ufeff]{0,3}"
#: Regular expression of a further digit of the same number.
NEXT_DIGIT = rf"{_BETWEEN}[(（)）]?{_BETWEEN}\d"
# `\d` is every decimal digit of Unicode, so full-width ones too. The pattern begins with a set of characters, which
# the engine can look for without trying every place.
_NUMBER = re.compile(rf"[+＋(（\d](?:{NEXT_DIGIT})*(?:{_BETWEEN}[xXｘＸ](?![a-zA-Z0-9]))?")
_GROUP = re.compile(r"\d+(?:[xXｘＸ](?![a-zA-Z0-9]))?|[xXｘＸ](?![a-zA-Z0-9])")
_CUE = re.compile(
    r"(?:电话|電話|手机|手機|致电|致電|联系方式|聯絡|whatsapp|phone|mobile|\btel|\bcell|call me (?:at|on)|\bfax)"
    r"[^\d\n]{0,12}$",
    re.IGNORECASE,
)
#: Shortest and longest personal number, in digits.
SHORTEST, LONGEST = 7, 19
#: Groups looked at together. A longer run is a table of figures; no number has more groups than LONGEST.
WINDOW = 60
#: More digits than this, one by one, are no table: they may hide anything and are replaced as a whole.
SPELT_OUT = 4 * WINDOW
_CARD_SHAPES = frozenset(
    {(4, 4, 4, 4), (4, 4, 4, 4, 3), (4, 4, 4, 4, 2), (4, 4, 4, 4, 1), (4, 6, 5), (6, 13), (4, 4, 5)}
)
_ID_SHAPES = frozenset({(6, 8, 4), (6, 4, 4, 4), (3, 3, 8, 4), (6, 4, 2, 2, 4), (6, 6, 3)})


class PersonalNumber(NamedTuple):
    """A span of a text, the type of its number, and one spelling of its value."""

    start: int
    end: int
    kind: str
    value: str


class _Finding(NamedTuple):
    first: int
    last: int
    digits: int
    kind: str
    value: str
    #: 1: one piece or grouped as such numbers are; 0: grouped in any other way.
    strength: int


def personal_numbers(text: str) -> Iterator[PersonalNumber]:
    """Personal numbers of a text in reading order."""
    for match in _NUMBER.finditer(text):
        if match.end() - match.start() < SHORTEST:
            continue
        pieces = [part.span() for part in _GROUP.finditer(text, match.start(), match.end())]
        groups = [_ascii(text[start:end]) for start, end in pieces]
        separators = [text[before[1] : after[0]] for before, after in pairwise(pieces)]
        plus = match[0][0] in "+＋"
        cue = _CUE.search(text, max(0, match.start() - 24), pieces[0][0]) is not None
        for found in _located(groups, separators, plus, cue):
            start, end = pieces[found.first][0], pieces[found.last][1]
            if found.first == 0 and (plus or (match[0][0] in "(（" and re.search("[)）]", text[start:end]))):
                start = match.start()
            yield PersonalNumber(start, end, found.kind, found.value)


def _located(groups: list[str], separators: list[str], plus: bool, cue: bool) -> Iterator[_Finding]:
    """What to replace in a run of groups, window by window, so that a long table costs no more than its length."""
    digits = "".join(groups)
    if len(groups) > SPELT_OUT and len(digits) < 2 * len(groups):
        yield _Finding(0, len(groups) - 1, len(digits), "CARD", digits, 0)
        return
    start = 0
    while start < len(groups):
        stop = start + WINDOW
        head = start == 0
        found = _chosen(_findings(groups[start:stop], separators[start : stop - 1], plus and head, cue and head))
        # What begins near the end of the window may go on behind it: it is looked at again in the next one.
        certain = WINDOW if stop >= len(groups) else WINDOW - LONGEST
        done = certain
        for one in found:
            if one.first < certain:
                yield one._replace(first=one.first + start, last=one.last + start)
                done = max(done, one.last + 1)
        start += done


def _ascii(group: str) -> str:
    """Digits of any script, and X, as ASCII."""
    if group.isascii():
        return group.upper()
    return "".join(str(int(c)) if c.isdecimal() else "X" for c in group)


def _findings(groups: list[str], separators: list[str], plus: bool, cue: bool) -> Iterator[_Finding]:
    """Every stretch of neighbouring groups that may be a personal number."""
    dated = _dated(groups, separators)
    for first in range(len(groups)):
        head = first == 0
        digits = ""
        for last in range(first, len(groups)):
            digits += groups[last]
            if len(digits) > LONGEST or last in dated:
                break
            if len(digits) >= SHORTEST and ((head and (plus or cue)) or _possible(digits)):
                named = _named(groups[first : last + 1], separators[first:last], plus and head, cue and head)
                if named is not None:
                    yield _Finding(first, last, len(digits), *named)


def _possible(digits: str) -> bool:
    """Cheap test that most stretches of a table of figures fail: whether their digits may be a personal number."""
    length = len(digits)
    return (
        length in (10, 11, 18)
        or (length == 13 and digits.startswith("86"))
        or (length == 15 and (digits[:2] in PROVINCES or digits.startswith("0086")))
        or (9 <= length <= 12 and digits[0] == "0")
        or (length >= 12 and digits[-1] != "X" and is_card(digits))
    )


def _named(groups: list[str], separators: list[str], plus: bool, cue: bool) -> tuple[str, str, int] | None:
    """Type, value and strength of what these groups are together."""
    if len(set(separators)) > 1 and any("." in separator or "．" in separator for separator in separators):
        return None  # a list of amounts
    digits = "".join(groups)
    shape = tuple(map(len, groups))
    whole = len(shape) == 1
    if plus:
        number = phones.international(digits)
        return None if number is None else ("PHONE", number, int(phones.exact(digits)))
    phone = None if digits[-1] == "X" else phones.national(groups, separators)
    if phone is not None and len(digits) > 12:
        return "PHONE", phone[0], int(phone[1])
    if len(digits) == 18 and is_resident_id(digits):
        return "ID", digits, int(whole or shape in _ID_SHAPES)
    if digits[-1] == "X":
        return None
    if is_card(digits):
        return "CARD", digits, int(whole or shape in _CARD_SHAPES)
    if is_resident_id(digits):
        return "ID", digits, int(whole or shape in _ID_SHAPES)
    if phone is not None:
        return "PHONE", phone[0], int(phone[1])
    return ("PHONE", digits, 0) if cue and phones.after_cue(digits) else None


def _dated(groups: list[str], separators: list[str]) -> set[int]:
    """Groups that make up a date such as 2026-11-02 and stand apart from what is around them."""
    dated: set[int] = set()
    for i in range(len(groups) - 2):
        year, month, day = groups[i : i + 3]
        dash = separators[i]
        apart = (i == 0 or separators[i - 1] != dash) and (i + 2 == len(separators) or separators[i + 2] != dash)
        if (
            apart
            and dash == separators[i + 1]
            and len(year) == 4
            and len(month) == len(day) == 2
            and (year + month + day).isdigit()
            and 1900 <= int(year) < 2100
            and is_date(int(year), int(month), int(day))
        ):
            dated.update((i, i + 1, i + 2))
    return dated


def _chosen(findings: Iterator[_Finding]) -> list[_Finding]:
    """What to replace: findings in their usual grouping first; of the others, all that overlap together."""
    ordered = sorted(findings, key=lambda found: (-found.strength, -found.digits, found.first))
    chosen: list[_Finding] = []
    for found in ordered:
        clash = [i for i, other in enumerate(chosen) if found.first <= other.last and other.first <= found.last]
        if not clash:
            chosen.append(found)
        elif not found.strength and all(not chosen[i].strength for i in clash):
            # One of them is the secret and it is not known which: none of their digits may stay.
            merged = [chosen[i] for i in clash]
            first, last = min(found.first, *(m.first for m in merged)), max(found.last, *(m.last for m in merged))
            chosen = [other for i, other in enumerate(chosen) if i not in clash]
            chosen.append(merged[0]._replace(first=first, last=last))
    return sorted(chosen)
