"""One spelling for matching: NFKC, lower case, straight apostrophes; with the way back to the original."""

import re
import unicodedata
from bisect import bisect_right
from itertools import accumulate

# Characters that NFKC rewrites, but for full-width punctuation: that is in every Chinese sentence, and the
# rules do without it, so that most texts need no normalisation at all.
_COMPATIBILITY = re.compile(
    r"[\u00a0\u00a8-\u00be\u0130\u0300-\u036f\u2000-\u200d\u2070-\u209f\u2100-\u214f\u2460-\u24ff\u2e80-\u2fdf"
    r"\u3000\u3200-\u33ff\uf900-\ufaff\ufb00-\ufb4f\ufe10-\ufe6f\ufeff\uff10-\uff19\uff21-\uff3a\uff41-\uff5a"
    r"\uff61-\uffef\U0001d400-\U0001d7ff]"
)
_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\ufeff"))


class Folded:
    """A folded text. `original(start, end)` gives the code point span of the original that a match came from."""

    __slots__ = ("_ends", "text")

    def __init__(self, original: str) -> None:
        self._ends: list[int] | None = None
        if original.isascii():
            self.text = original.lower()
            return
        text = original
        if odd := set(_COMPATIBILITY.findall(original)):
            pieces = {character: fold_character(character) for character in odd}
            text = _COMPATIBILITY.sub(lambda found: pieces[found[0]], original)
            if any(len(piece) != 1 for piece in pieces.values()):
                self._ends = list(accumulate([len(pieces.get(character, character)) for character in original]))
        self.text = text.replace("’", "'").lower()

    def original(self, start: int, end: int) -> tuple[int, int]:
        """Span in the original of the folded span; a character that folds to several is taken whole."""
        if self._ends is None:
            return start, end
        return bisect_right(self._ends, start), bisect_right(self._ends, end - 1) + 1


def fold_character(character: str) -> str:
    """What one character is matched as, whatever stands beside it; may be none (a joiner) or several."""
    if _COMPATIBILITY.match(character):
        character = unicodedata.normalize("NFKC", character).translate(_INVISIBLE)
    return character.replace("’", "'").lower()


def fold(text: str) -> str:
    """The folded text alone."""
    return Folded(text).text
