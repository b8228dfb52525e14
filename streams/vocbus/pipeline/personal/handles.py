"""Messenger names behind a word for a messenger: mei_ling88, @somebody, "mei underscore ling eight eight"."""

import re

from vocbus.pipeline.personal.common_words import COMMON
from vocbus.pipeline.personal.cues import Cue
from vocbus.pipeline.personal.digits import ENGLISH_DIGITS, read
from vocbus.pipeline.personal.spans import Span

_HANDLE = re.compile(r"@?[A-Za-z0-9][A-Za-z0-9_.\-]{3,31}")
_NAMED = re.compile(r"号|id|[:=@]")
_number = "|".join(sorted(ENGLISH_DIGITS, key=len, reverse=True))
_READ_OUT = re.compile(
    rf"[a-z0-9]+(?: (?:underscore|dash|hyphen|下划线) [a-z0-9]+)+(?P<digits>(?: (?:{_number}|\d)\b)*)", re.IGNORECASE
)
# Words between "Telegram" and a name that its at sign tells.
_WITH_SIGN = re.compile(r"[^.。!！?？;；\n\ue000@]{0,24}?(?<![A-Za-z0-9_.])(?P<name>@[A-Za-z0-9_][A-Za-z0-9_.]{3,31})")


def handle(text: str, low: str, cue: Cue, *, lettered: bool = True) -> Span | None:
    """A messenger name: with a digit, underscore or at sign in it; if `lettered` also behind 号, "id" or a colon."""
    if (said := _READ_OUT.match(text, cue.value)) is not None:
        words = said[0][: said.start("digits") - said.start()] + read(said["digits"])
        return Span(*said.span(), "IM", re.sub(r" (?:underscore|下划线) ", "_", words.lower()).replace(" ", "-"))
    token = _HANDLE.match(text, cue.value)
    if token is None or len(token[0]) < 5:
        return _signed(text, cue)
    value = token[0].rstrip(".-")
    if value.isdigit() or not re.search("[A-Za-z]", value):
        return None
    named = _NAMED.search(low, cue.start, cue.value) or (cue.strong and not cue.word.isascii())
    plainly = value.isalpha() or re.fullmatch(r"[A-Za-z]+(?:[.-][A-Za-z]+)*", value)
    if (plainly and (not named or value.lower() in COMMON)) or not (lettered or "_" in value):
        return _signed(text, cue)
    if re.match(r"\s?@|\s?(?:at|dot)\b", low[token.start() + len(value) :][:5]):
        return None  # an e-mail address
    return Span(token.start(), token.start() + len(value), "IM", value.lower())


def _signed(text: str, cue: Cue) -> Span | None:
    """A name with an at sign shortly behind the cue."""
    found = _WITH_SIGN.match(text, cue.end)
    return None if found is None else Span(*found.span("name"), "IM", found["name"].rstrip(".").lower())
