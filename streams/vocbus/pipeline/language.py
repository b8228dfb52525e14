"""Language of a text by its share of Han characters: cheap, and enough to tell Chinese from English."""

import re
from typing import Literal

Language = Literal["ZH", "EN", "UNKNOWN"]

_HAN_RUN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]+")
_LATIN_LETTER = re.compile(r"[a-zA-Z]")
_NOT_A_LETTER = bytes(sorted(set(range(256)) - set(range(65, 91)) - set(range(97, 123))))

#: A long text is judged by its beginning; a contact does not change its language halfway.
SAMPLE = 240
#: One Han character says about as much as three letters.
LETTERS_A_HAN = 3


def detect(text: str) -> Language:
    """ZH, EN, or UNKNOWN where there are no letters of either (digits, emoji, other scripts)."""
    if text.isascii():
        return "EN" if _LATIN_LETTER.search(text) else "UNKNOWN"
    sample = text[:SAMPLE]
    han = sum(map(len, _HAN_RUN.findall(sample)))
    letters = len(sample.encode("ascii", "ignore").translate(None, _NOT_A_LETTER))
    if not han and not letters:
        return "UNKNOWN" if len(text) <= SAMPLE else detect(text[SAMPLE:])
    if han * LETTERS_A_HAN >= letters:
        return "ZH"
    # Words of another script (Cyrillic, Thai, kana) around a few Latin letters are not English.
    return "EN" if letters * 2 >= len(sample) - len(sample.encode("ascii", "ignore")) - han else "UNKNOWN"
