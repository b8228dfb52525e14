"""Check digits and shapes of the numbers that identify a person. All take plain ASCII digits."""

import calendar

#: Sum of the Luhn digits after doubling (ISO/IEC 7812-1 annex B).
_DOUBLED = (0, 2, 4, 6, 8, 1, 3, 5, 7, 9)
# GB 11643-1999: weights 2^(17-i) mod 11, and the check character of each remainder.
_ID_WEIGHTS = tuple(pow(2, 17 - i, 11) for i in range(17))
_ID_CHECK = "10X98765432"
#: First two digits of a resident id: province codes of GB/T 2260, and 81-83 for Hong Kong, Macau, Taiwan.
PROVINCES = frozenset(
    f"{code}"
    for codes in ((11, 15), (21, 23), (31, 37), (41, 46), (50, 54), (61, 65), (71, 71), (81, 83), (91, 91))
    for code in range(codes[0], codes[1] + 1)
)


def is_card(digits: str) -> bool:
    """12 to 19 digits with a valid Luhn check digit, not all alike."""
    if not 12 <= len(digits) <= 19 or digits.count(digits[0]) == len(digits):
        return False
    values = [ord(digit) - 48 for digit in reversed(digits)]
    return (sum(values[::2]) + sum([_DOUBLED[value] for value in values[1::2]])) % 10 == 0


def is_resident_id(characters: str) -> bool:
    """An 18-character resident id (GB 11643) by its check character, or the 15-digit old form by its date."""
    if len(characters) == 18:
        body = characters[:17]
        if not body.isdigit():
            return False
        total = sum(weight * int(digit) for weight, digit in zip(_ID_WEIGHTS, body, strict=True))
        return characters[17].upper() == _ID_CHECK[total % 11]
    return (
        len(characters) == 15
        and characters[:2] in PROVINCES
        and characters.isdigit()
        and is_date(1900 + int(characters[6:8]), int(characters[8:10]), int(characters[10:12]))
    )


def is_date(year: int, month: int, day: int) -> bool:
    """Whether such a day exists."""
    return 1 <= month <= 12 and 1 <= day <= calendar.monthrange(year, month)[1]
