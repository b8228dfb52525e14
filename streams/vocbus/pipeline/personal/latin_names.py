"""A name in Latin letters at a given place of a text, and where it ends.

Where the text writes names with capitals they end a name; where it does not, as speech recognition does, ordinary words
do.
"""

import re

from vocbus.pipeline.personal.common_words import COMMON, STARTERS
from vocbus.pipeline.personal.spans import Span

_WORD = re.compile(r"[A-Za-z\u00c0-\u024f](?:['\-]?[A-Za-z\u00c0-\u024f]+)*+(?![0-9_@])\.?")
_SPELLED = re.compile(
    r"(?:,| -|:|\.)? ?(?:that's |spell?e?d |spelt )?[A-Za-z](?:[ \-.,]{1,2}[A-Za-z](?![A-Za-z'])){2,}", re.IGNORECASE
)
_PARTICLES = "de da del della di du van von der den ter ten bin binti ibn al el la le dos das do mac mc o st y"
_PARTICLE = frozenset(_PARTICLES.split())
_TITLE = re.compile(
    r"(?:Mr|Mrs|Ms|Mx|Mdm|Miss|Dr|Prof|Madam|Mister)\b\.? *(?:and (?:Mr|Mrs|Ms)\b\.? *)?", re.IGNORECASE
)
#: Words of a name, particles apart; without capitals a fourth would be a guess.
MOST_WORDS, MOST_IN_LOWER_CASE = 4, 3
_CONTRACTED = ("'s", "'re", "'ve", "'ll", "n't")
_INFLECTED = ("ing", "ed", "ly", "able", "tion", "ness")


def name_at(text: str, low: str, at: int, *, most: int = MOST_WORDS, titled: bool = False) -> Span | None:
    """The name that begins at a place, of at most so many words; `titled` if a title may come first."""
    if titled and (title := _TITLE.match(text, at)):
        at = title.end()
    first = _WORD.match(text, at)
    if first is None:
        return None
    # In a text all in capitals a capital says nothing.
    shouted = len(first[0]) > 1 and first[0].isupper() and text[max(0, at - 6) : at].isupper()
    capital = first[0][0].isupper() and not shouted
    if not _goes_on(first[0], capital) or (not capital and not _may_be_name(first[0].lower())):
        return None
    end, count, last = first.end(), 1, first[0]
    while count < (most if capital else min(most, MOST_IN_LOWER_CASE)) and text[end : end + 1] == " ":
        word = _WORD.match(text, end + 1)
        if word is None or (last.endswith(".") and len(last) > 3):
            break
        particle = _is_particle(text, word, capital)
        initial = capital and word[0] == "A" and text[word.end() + 1 : word.end() + 2].isupper()
        if not particle and not initial and not _goes_on(word[0], capital):
            break
        count += not particle
        end, last = word.end(), word[0]
    if low.endswith("'s", at, end):
        end -= 2
    while text[end - 1] in ".'-":
        end -= 1
    return name_span(text, at, end)


def _goes_on(word: str, capital: bool) -> bool:
    """Whether a word may be part of a name: with capitals any that has one, Young and Bill too."""
    plain_word = word.lower().rstrip(".")
    return plain_word not in STARTERS and (word[0].isupper() if capital else _may_be_name(plain_word))


def _may_be_name(word: str) -> bool:
    return word not in COMMON and not word.endswith(_CONTRACTED) and not (len(word) > 4 and word.endswith(_INFLECTED))


def _is_particle(text: str, word: re.Match[str], capital: bool) -> bool:
    """Whether a word is a particle such as "van" with more of the name behind it."""
    following = _WORD.match(text, word.end() + 1) if word[0].lower() in _PARTICLE else None
    if following is None:
        return False
    if capital:
        return following[0][0].isupper() or following[0] in _PARTICLE
    return following[0].lower() not in COMMON


def spelled_out(text: str, name: Span) -> Span:
    """The name with its letters one by one behind it: "Smith, S M I T H"."""
    spelled = _SPELLED.match(text, name.end)
    return name if spelled is None else name._replace(end=spelled.end())


def name_span(text: str, start: int, end: int) -> Span:
    """The span of a name, without spaces at its end."""
    end = start + len(text[start:end].rstrip())
    return Span(start, end, "NAME", " ".join(text[start:end].casefold().split()))
