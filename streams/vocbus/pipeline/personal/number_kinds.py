"""What a few neighbouring groups of digits are together: a card, a resident id, a phone number, or none of these."""

from typing import NamedTuple

from vocbus.pipeline.personal import phones
from vocbus.pipeline.personal.numbers import (
    PROVINCES,
    is_card,
    is_date,
    is_issued_card,
    is_resident_id,
    is_social_security_number,
)

_CARD_SHAPES = frozenset(
    {(4, 4, 4, 4), (4, 4, 4, 4, 3), (4, 4, 4, 4, 2), (4, 4, 4, 4, 1), (4, 6, 5), (6, 13), (4, 4, 5)}
)
_ID_SHAPES = frozenset({(6, 8, 4), (6, 4, 4, 4), (3, 3, 8, 4), (6, 4, 2, 2, 4), (6, 6, 3)})
_SSN_SHAPE = (3, 2, 4)
# A British sort code and account number.
_SORT_CODE_SHAPE = (2, 2, 2, 8)


class Setting(NamedTuple):
    """What stands before a run: a plus sign, a word for a phone, a word for an order or other reference number."""

    plus: bool = False
    phone: bool = False
    reference: bool = False


def possible(digits: str) -> bool:
    """Cheap test that most stretches of a table of figures fail: whether their digits may be a personal number."""
    length = len(digits)
    return (
        9 <= length <= 11
        or length in (14, 18)
        or (length == 12 and digits[0] == "0")
        or (length == 13 and digits.startswith(("86", "00")))
        or (length == 15 and (digits[:2] in PROVINCES or digits.startswith("00")))
        or (length >= 12 and digits[-1] != "X" and is_card(digits))
    )


def named(groups: list[str], separators: list[str], setting: Setting, heard: bool) -> tuple[str, str, int] | None:
    """Type, value and strength of what these groups are together."""
    if len(set(separators)) > 1 and any("." in separator for separator in separators):
        return None  # a list of amounts
    digits = "".join(groups)
    shape = tuple(map(len, groups))
    whole = len(shape) == 1
    if setting.plus:
        number = phones.international(digits)
        return None if number is None else ("PHONE", number, int(phones.exact(digits)))
    if setting.reference:
        # Of a number that is said to be something else only what is hardly ever so by chance.
        if len(digits) == 18 and is_resident_id(digits):
            return "ID", digits, 1
        return ("CARD", digits, 1) if is_issued_card(digits) else None
    paused = any("," in separator or "，" in separator for separator in separators)
    phone = None
    if digits[-1] != "X" and not (paused and set(shape) != {1}):
        found = phones.national(groups, separators)
        phone = found or ((spoken, True) if heard and (spoken := phones.spoken(digits)) else None)
    if phone is not None and len(digits) > 12:
        return "PHONE", phone[0], int(phone[1])
    if len(digits) == 18 and is_resident_id(digits):
        return "ID", digits, int(whole or shape in _ID_SHAPES)
    if digits[-1] == "X":
        return None
    if is_card(digits) and (not paused or is_issued_card(digits)):
        return "CARD", digits, int(whole or shape in _CARD_SHAPES)
    if is_resident_id(digits):
        return "ID", digits, int(whole or shape in _ID_SHAPES)
    if grouped := _by_grouping(digits, shape, separators):
        return grouped, digits, 1
    if phone is not None:
        return "PHONE", phone[0], int(phone[1])
    return ("PHONE", digits, 0) if setting.phone and phones.after_cue(digits) else None


def _by_grouping(digits: str, shape: tuple[int, ...], separators: list[str]) -> str | None:
    """Type of a number that only its grouping tells."""
    if shape == _SORT_CODE_SHAPE and set(separators[:2]) == {"-"}:
        return "ACCOUNT"
    if shape == _SSN_SHAPE and set(separators) in ({"-"}, {" "}) and is_social_security_number(digits):
        return "ID"
    return None


def dated(groups: list[str], separators: list[str]) -> set[int]:
    """Groups that make up a date such as 2026-11-02 and stand apart from what is around them."""
    found: set[int] = set()
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
            found.update((i, i + 1, i + 2))
    return found
