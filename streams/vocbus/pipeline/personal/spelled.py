"""Values read out letter by letter: single letters, digits and spoken digits in a row, as in "A B one two three"."""

import re
from typing import NamedTuple

from vocbus.pipeline.personal.digits import ENGLISH_DIGITS, HAN_DIGITS, read

_digit_words = "|".join(sorted(ENGLISH_DIGITS, key=len, reverse=True))
# The spelling alphabet of ITU and NATO.
_nato = (
    "al(?:pha|fa)|bravo|charlie|delta|echo|foxtrot|golf|hotel|india|juliett?|kilo|lima|mike|november|oscar|papa|quebec"
    "|romeo|sierra|tango|uniform|victor|whiskey|whisky|x-?ray|yankee|zulu"
)
_ITEM = re.compile(
    rf"(?:[\s\-·.,、]{{0,2}}|，(?=\d{{2}}|[{HAN_DIGITS}]{{2}}))"
    rf"(?:(?:capital |lower ?case |upper ?case |small |大写|小写)?(?P<letter>[A-Za-z])(?![A-Za-z'])"
    r"(?: (?:for|as in|like) [a-z]+(?![a-z'])| (?=(?P=letter))[a-z]{2,}(?![a-z']))?"
    rf"|(?P<nato>{_nato})(?![a-z])"
    rf"|(?P<digits>\d+|[{HAN_DIGITS}]+|(?:{_digit_words})(?:[ -](?:{_digit_words}|\d))*(?![A-Za-z']))"
    rf"|(?P<sign>_|下划线|underscore(?![a-z])|-|减号|dash(?![a-z])|hyphen(?![a-z])))",
    re.IGNORECASE,
)
_SIGNS = {"_": "_", "下划线": "_", "underscore": "_"}


class Item(NamedTuple):
    """Where an item ends, and what it stands for."""

    end: int
    value: str


def spelled(text: str, at: int, most: int = 40) -> list[Item]:
    """Items from a place of a plain text on, at most `most` characters of value."""
    items: list[Item] = []
    total = 0
    while total < most and (match := _ITEM.match(text, at)):
        if letter := match["letter"]:
            value = letter.upper()
        elif word := match["nato"]:
            value = word[0].upper()
        elif digits := match["digits"]:
            value = read(digits)
        else:
            value = _SIGNS.get(match["sign"].lower(), "-")
        at = match.end()
        total += len(value)
        items.append(Item(at, value))
    return items
