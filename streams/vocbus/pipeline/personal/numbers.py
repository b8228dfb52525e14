"""Check digits and shapes of the numbers that identify a person. All take plain ASCII, letters in upper case."""

import calendar
import re

#: Sum of the Luhn digits after doubling (ISO/IEC 7812-1 annex B).
_DOUBLED = (0, 2, 4, 6, 8, 1, 3, 5, 7, 9)
# Issuer prefixes (ISO/IEC 7812-2) of the schemes in use, with the lengths of their numbers.
_ISSUED = re.compile(
    r"(?:4(?:\d{12}|\d{15}|\d{18})|5[1-5]\d{14}|2(?:22[1-9]|2[3-9]\d|[3-6]\d\d|7[01]\d|720)\d{12}|3[47]\d{13}"
    r"|(?:62|81|9[0-9])\d{14,17}|35\d{14}|6(?:011|4[4-9]\d|5\d\d)\d{12,15}|3(?:0[0-5]|[689]\d)\d{11,16}"
    r"|(?:50|5[6-8]|6[0-9])\d{10,17})"
)
# GB 11643-1999: weights 2^(17-i) mod 11, and the check character of each remainder.
_ID_WEIGHTS = tuple(pow(2, 17 - i, 11) for i in range(17))
_ID_CHECK = "10X98765432"
#: First two digits of a resident id: province codes of GB/T 2260, and 81-83 for Hong Kong, Macau, Taiwan.
PROVINCES = frozenset(
    f"{code}"
    for codes in ((11, 15), (21, 23), (31, 37), (41, 46), (50, 54), (61, 65), (71, 71), (81, 83), (91, 91))
    for code in range(codes[0], codes[1] + 1)
)
#: Years of birth that a resident id may show.
_BIRTHS = range(1880, 2050)
# Two digits for the first letter of a Taiwan id: place of first registration, in the order of the letters.
_TAIWAN_LETTERS = dict(zip("ABCDEFGHJKLMNPQRSTUVXYWZIO", range(10, 36), strict=True))
_TAIWAN_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 1, 1)
# Check letters of a Singapore NRIC or FIN by remainder of 11, for each first letter, and what is added first.
_NRIC = {
    "S": (0, "JZIHGFEDCBA"),
    "T": (4, "JZIHGFEDCBA"),
    "F": (0, "XWUTRQPNMLK"),
    "G": (4, "XWUTRQPNMLK"),
    "M": (3, "XWUTRQPNJLK"),
}
_NRIC_WEIGHTS = (2, 7, 6, 5, 4, 3, 2)
_IBANS = """
    15: NO; 16: BE; 18: DK FI FK FO GL NL SD; 19: MK SI; 20: AT BA EE KZ LT LU MN XK; 21: CH HR LI LV;
    22: BG BH CR DE GB GE IE ME RS VA; 23: AE GI IL IQ OM SO TL; 24: AD CZ ES MD PK RO SA SE SK TN VG; 25: LY PT ST;
    26: IS TR; 27: BI DJ FR GR IT MC MR SM; 28: AL AZ BY CY DO GT HN HU LB NI PL SV; 29: BR EG PS QA UA;
    30: JO KW MU YE; 31: MT SC; 32: LC; 33: RU
    """
#: Length of an IBAN by country (registry of ISO 13616).
IBAN_LENGTHS = {
    country: int(length)
    for length, countries in (line.split(":") for line in _IBANS.split(";"))
    for country in countries.split()
}
_SSN = re.compile(r"(?!000|666|9)\d{3}(?!00)\d{2}(?!0000)\d{4}")
# QQ is never issued but stands in every official example.
_NINO = re.compile(r"(?:QQ|(?!BG|GB|NK|KN|TN|NT|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z])\d{6}[A-D]")


def is_card(digits: str) -> bool:
    """12 to 19 digits with a valid Luhn check digit, not all alike."""
    if not 12 <= len(digits) <= 19 or digits.count(digits[0]) == len(digits):
        return False
    values = [ord(digit) - 48 for digit in reversed(digits)]
    return (sum(values[::2]) + sum([_DOUBLED[value] for value in values[1::2]])) % 10 == 0


def is_issued_card(digits: str) -> bool:
    """A card number whose prefix and length some scheme uses: hardly ever an order number by chance."""
    return looks_issued(digits) and is_card(digits)


def looks_issued(digits: str) -> bool:
    """Digits with the prefix and length of a card number, whatever their check digit."""
    return _ISSUED.fullmatch(digits) is not None


def is_resident_id(characters: str) -> bool:
    """An 18-character resident id (GB 11643) by date and check character, or the 15-digit old form by its date."""
    if len(characters) == 18:
        body = characters[:17]
        if not (body.isdigit() and int(body[6:10]) in _BIRTHS):
            return False
        total = sum(weight * int(digit) for weight, digit in zip(_ID_WEIGHTS, body, strict=True))
        return characters[17].upper() == _ID_CHECK[total % 11] and is_date(
            int(body[6:10]), int(body[10:12]), int(body[12:14])
        )
    return (
        len(characters) == 15
        and characters[:2] in PROVINCES
        and characters.isdigit()
        and is_date(1900 + int(characters[6:8]), int(characters[8:10]), int(characters[10:12]))
    )


def is_hong_kong_id(characters: str) -> bool:
    """One or two letters, six digits and a check digit modulo 11, A for ten (Registration of Persons Regulations)."""
    if not re.fullmatch(r"[A-Z]{1,2}\d{6}[\dA]", characters):
        return False
    # A missing first letter counts as 36.
    values = [36] * (9 - len(characters)) + [int(c, 36) for c in characters[:-1]]
    return (sum(w * v for w, v in zip(range(9, 1, -1), values, strict=True)) + int(characters[-1], 36)) % 11 == 0


def is_taiwan_id(characters: str) -> bool:
    """A letter and nine digits of a Taiwan national id, or of a resident certificate, by its check digit."""
    if not re.fullmatch(r"[A-Z][1289]\d{8}", characters):
        return False
    letter = _TAIWAN_LETTERS[characters[0]]
    rest = sum(w * int(d) for w, d in zip(_TAIWAN_WEIGHTS, characters[1:], strict=True))
    return (letter // 10 + letter % 10 * 9 + rest) % 10 == 0


def is_singapore_id(characters: str) -> bool:
    """A Singapore NRIC or FIN by its check letter."""
    if not re.fullmatch(r"[STFGM]\d{7}[A-Z]", characters):
        return False
    offset, letters = _NRIC[characters[0]]
    total = offset + sum(w * int(d) for w, d in zip(_NRIC_WEIGHTS, characters[1:8], strict=True))
    return letters[total % 11] == characters[8]


def is_social_security_number(digits: str) -> bool:
    """Nine digits whose area, group and serial the US Social Security Administration assigns."""
    return _SSN.fullmatch(digits) is not None


def is_national_insurance_number(characters: str) -> bool:
    """Two letters, six digits and a suffix in the ranges that HMRC assigns (NIM39110)."""
    return _NINO.fullmatch(characters) is not None


def is_iban(characters: str) -> bool:
    """An IBAN of its country's length with remainder 1 modulo 97 (ISO 13616, ISO 7064)."""
    if IBAN_LENGTHS.get(characters[:2]) != len(characters) or not characters[2:4].isdigit():
        return False
    return int("".join(str(int(c, 36)) for c in characters[4:] + characters[:4])) % 97 == 1


def is_date(year: int, month: int, day: int) -> bool:
    """Whether such a day exists."""
    return 1 <= month <= 12 and 1 <= day <= calendar.monthrange(year, month)[1]
