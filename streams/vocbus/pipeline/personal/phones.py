"""Shapes of phone numbers, told from their digits and from how these are grouped."""

from collections.abc import Sequence

from vocbus.pipeline.numbers import is_date

#: National lengths (digits after the country code) where they are fixed; others are 6 to 13 (ITU-T E.164: 15 in all).
_NATIONAL = {
    "86": (11, 10),
    "852": (8,),
    "853": (8,),
    "886": (9, 8),
    "44": (10,),
    "1": (10,),
    "65": (8,),
    "61": (9,),
}
#: Groupings in use for the eleven digits of a mainland mobile number.
_MOBILE_SHAPES = frozenset(
    {(11,), (3, 4, 4), (3, 3, 5), (3, 8), (7, 4), (4, 4, 3), (4, 3, 4), (5, 6), (5, 3, 3), (3, 2, 2, 2, 2)}
)
#: Hotlines: nobody's personal number.
_HOTLINES = frozenset({"400", "800"})


def is_mobile(digits: str) -> bool:
    """A mainland mobile number without its country code."""
    return len(digits) == 11 and digits[0] == "1" and digits[1] in "3456789"


def international(digits: str) -> str | None:
    """One spelling of a number that follows a plus sign, or None when it cannot be one."""
    for code, lengths in _NATIONAL.items():
        if digits.startswith(code) and len(digits) - len(code) in lengths:
            national = digits[len(code) :]
            return national if code in ("86", "1") else f"0{national}" if code == "44" else digits
    # "+44 (0)20 …": the trunk zero that is not dialled from abroad.
    if digits.startswith("440") and len(digits) == 13:
        return digits[2:]
    return digits if 8 <= len(digits) <= 15 else None


def exact(digits: str) -> bool:
    """Whether digits after a plus sign have the one length that their country uses."""
    return any(digits.startswith(code) and len(digits) - len(code) in lengths for code, lengths in _NATIONAL.items())


def national(groups: Sequence[str], separators: Sequence[str]) -> tuple[str, bool] | None:
    """One spelling of a number without a plus sign, and whether its grouping is one in use; None otherwise."""
    digits = "".join(groups)
    shape = tuple(map(len, groups))
    alike = len(set(separators)) <= 1
    decimals = bool(separators) and separators[-1] in ".．" and shape[-1] <= 2
    if shape in ((3, 3, 4), (1, 3, 3, 4)) and (shape[0] == 3 or digits[0] == "1"):
        local = digits[-10:]
        if local[0] in "23456789" and local[3] in "23456789" and local[:3] not in _HOTLINES:
            return local, True
    for code in ("", "86", "0086"):
        if digits.startswith(code) and is_mobile(digits[len(code) :]) and not decimals:
            usual = shape in _MOBILE_SHAPES or (code != "" and shape[0] == len(code) and shape[1:] in _MOBILE_SHAPES)
            return (digits[len(code) :], usual) if usual or alike else None
    # A trunk zero: UK and mainland landlines, Taiwan. Without separators only at eleven digits, since ten may
    # as well be an order number.
    if digits[0] == "0" and len(digits) > 1 and digits[1] != "0":
        if shape == (11,):
            return digits, True
        if 9 <= len(digits) <= 12 and 2 <= shape[0] <= 5 and len(shape) > 1 and shape[1] >= 3 and not decimals:
            return digits, True
    return None


def after_cue(digits: str) -> bool:
    """Whether the first number after a word such as "phone" is one: 7 to 15 digits and no date."""
    if not 7 <= len(digits) <= 15:
        return False
    year = int(digits[:4])
    return not (len(digits) == 8 and 1900 <= year < 2100 and is_date(year, int(digits[4:6]), int(digits[6:8])))
