"""Shapes of phone numbers (ITU-T E.164 and national plans), told from their digits and from how these are grouped."""

from collections.abc import Sequence

from vocbus.pipeline.personal.numbers import is_date

#: National lengths (digits after the country code) where they are fixed; others are 6 to 13 (E.164: 15 in all).
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
#: Countries whose numbers begin with a trunk zero at home.
_TRUNK_ZERO = frozenset({"44", "886", "61"})
#: Groupings in use for the eleven digits of a mainland mobile number.
_MOBILE_SHAPES = frozenset(
    {(11,), (3, 4, 4), (3, 3, 5), (3, 8), (7, 4), (4, 4, 3), (4, 3, 4), (5, 6), (5, 3, 3), (3, 2, 2, 2, 2)}
)
#: Hotlines: nobody's personal number. Mainland and North American by area, British by prefix.
_HOTLINES = frozenset({"400", "800", "888", "877", "866", "855", "844", "833"})
_BRITISH_HOTLINES = ("0800", "0808", "030", "033", "034", "037", "084", "087")


def is_mobile(digits: str) -> bool:
    """A mainland mobile number without its country code."""
    return len(digits) == 11 and digits[0] == "1" and digits[1] in "3456789"


def international(digits: str) -> str | None:
    """One spelling of a number that follows a plus sign, the national one where its country is known, or None."""
    for code, lengths in _NATIONAL.items():
        if digits.startswith(code):
            national = digits[len(code) :]
            if len(national) in lengths:
                zero = code in _TRUNK_ZERO or (code == "86" and len(national) == 10)
                return f"0{national}" if zero else national
            # "+44 (0)20 …": the trunk zero that is not dialled from abroad.
            if code in _TRUNK_ZERO and national[:1] == "0" and len(national) - 1 in lengths:
                return national
    return digits if 8 <= len(digits) <= 15 else None


def exact(digits: str) -> bool:
    """Whether digits after a plus sign have the one length that their country uses."""
    return any(
        digits.startswith(code)
        and len(digits) - len(code) - (code in _TRUNK_ZERO and digits[len(code) :].startswith("0")) in lengths
        for code, lengths in _NATIONAL.items()
    )


def national(groups: Sequence[str], separators: Sequence[str]) -> tuple[str, bool] | None:
    """One spelling of a number without a plus sign, and whether its grouping is one in use; None otherwise."""
    digits = "".join(groups)
    shape = tuple(map(len, groups))
    alike = len(set(separators)) <= 1
    decimals = bool(separators) and separators[-1] == "." and shape[-1] <= 2
    if shape in ((3, 3, 4), (1, 3, 3, 4), (3, 3, 2, 2)) and (shape[0] == 3 or digits[0] == "1"):
        local = digits[-10:]
        if local[0] in "23456789" and local[3] in "23456789" and local[:3] not in _HOTLINES:
            return local, True
    for code in ("", "86", "0086"):
        if digits.startswith(code) and is_mobile(digits[len(code) :]) and not decimals:
            usual = shape in _MOBILE_SHAPES or (code != "" and shape[0] == len(code) and shape[1:] in _MOBILE_SHAPES)
            return (digits[len(code) :], usual) if usual or alike else None
    if (with_code := _with_code(digits, shape)) and not decimals:
        return with_code, True
    # A trunk zero: UK and mainland landlines, Taiwan. Without separators only at eleven digits and for Taiwan's
    # mobiles, since ten may as well be an order number.
    if digits[0] == "0" and len(digits) > 1 and digits[1] != "0" and not digits.startswith(_BRITISH_HOTLINES):
        if shape == (11,) or (shape == (10,) and digits[1] == "9"):
            return digits, True
        if 9 <= len(digits) <= 12 and 2 <= shape[0] <= 5 and len(shape) > 1 and shape[1] >= 3 and not decimals:
            return digits, True
    return None


def _with_code(digits: str, shape: tuple[int, ...]) -> str | None:
    """A number behind its country code without a plus: 00 and any code; 852, 853 or a group of 65 before eight."""
    if digits.startswith("00") and exact(digits[2:]):
        return international(digits[2:])
    if digits[:3] in ("852", "853") and len(digits) == 11 and digits[3] in "235679" and shape[0] in (3, 11):
        return digits[3:]
    if digits[:2] == "65" and len(digits) == 10 and digits[2] in "3689" and shape in ((2, 8), (2, 4, 4)):
        return digits[2:]
    return None


def spoken(digits: str) -> str | None:
    """One spelling of a number read out without a pause, told by its digits alone."""
    found = national((digits,), ())
    if found is not None:
        return found[0]
    local = digits[1:] if len(digits) == 11 and digits[0] == "1" else digits
    return national((local[:3], local[3:6], local[6:]), "  ") and local if len(local) == 10 else None


def after_cue(digits: str) -> bool:
    """Whether the first number after a word such as "phone" is one: 7 to 15 digits and no date."""
    if not 7 <= len(digits) <= 15 or digits[:3] in ("400", "800"):
        return False
    year = int(digits[:4])
    return not (len(digits) == 8 and 1900 <= year < 2100 and is_date(year, int(digits[4:6]), int(digits[6:8])))
