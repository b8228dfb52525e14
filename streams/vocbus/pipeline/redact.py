"""Redaction: card numbers, resident ids, phone numbers and e-mail addresses become typed tokens.

Tokens are stable within an interaction: the same value in another spelling gets the same token, so that the
text still tells who is who. Amounts, dates and order numbers stay. In doubt a number is replaced.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from vocbus.pipeline.personal_numbers import NEXT_DIGIT, SHORTEST, personal_numbers

# Local part: atext of RFC 5322 and its full-width twins, at most 64 of them. The host needs a dot.
_ALNUM = "a-zA-Z0-9ａ-ｚＡ-Ｚ０-９"
_ATEXT = rf"{_ALNUM}!#$%&'*+/=?^_`{{|}}~\-＿－＋"
_EMAIL = re.compile(
    rf"[{_ATEXT}]{{1,64}}(?:[.．][{_ATEXT}]{{1,64}}){{0,8}}[ \u3000]?[@＠][ \u3000]?"
    rf"(?:[{_ALNUM}][{_ALNUM}\-－]{{0,62}}[.．]){{1,8}}[{_ALNUM}][{_ALNUM}\-－]{{0,62}}[{_ALNUM}]"
)
_HALF_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
#: Cheap test that most texts fail: an at sign, or digits enough for a personal number.
_SUSPECT = re.compile(rf"[@＠\d](?:(?<=[@＠])|(?:{NEXT_DIGIT}){{{SHORTEST - 1}}})")


@dataclass(frozen=True, slots=True)
class Redacted:
    """The record without personal data in its texts, and how many different values of each type there were."""

    record: dict[str, Any]
    counts: dict[str, int]


class Redactor:
    """Replaces personal data in the free texts of a record: subject, turns, survey comment, attribute values."""

    def redact(self, record: Mapping[str, Any]) -> Redacted:
        """A new record; the given one is left as it is. Unchanged parts are shared between the two."""
        tokens = _Tokens()
        clean = dict(record)
        if record.get("subject"):
            clean["subject"] = tokens.replace(record["subject"])
        turns = []
        for turn in record["turns"]:
            text = turn["text"]
            replaced = tokens.replace(text)
            turns.append(turn if replaced is text else {**turn, "text": replaced})
        clean["turns"] = turns
        satisfaction = record.get("satisfaction")
        if satisfaction and satisfaction.get("comment"):
            clean["satisfaction"] = {**satisfaction, "comment": tokens.replace(satisfaction["comment"])}
        if record.get("attributes"):
            clean["attributes"] = {key: tokens.replace(value) for key, value in record["attributes"].items()}
        return Redacted(clean, tokens.counts)


@dataclass(slots=True)
class _Tokens:
    """Tokens handed out within one interaction."""

    counts: dict[str, int] = field(default_factory=dict)
    _known: dict[tuple[str, str], str] = field(default_factory=dict)

    def replace(self, text: str) -> str:
        """The text with tokens; the same object when nothing was found."""
        if _SUSPECT.search(text) is None:
            return text
        if "@" in text or "＠" in text:
            text = _EMAIL.sub(self._email, text)
        pieces: list[str] = []
        last = 0
        for start, end, kind, value in personal_numbers(text):
            pieces += (text[last:start], self._token(kind, value))
            last = end
        return "".join((*pieces, text[last:])) if pieces else text

    def _email(self, match: re.Match[str]) -> str:
        return self._token("EMAIL", re.sub(r"\s", "", match[0]).translate(_HALF_WIDTH).lower())

    def _token(self, kind: str, value: str) -> str:
        token = self._known.get((kind, value))
        if token is None:
            self.counts[kind] = self.counts.get(kind, 0) + 1
            token = self._known[kind, value] = f"[{kind}_{self.counts[kind]}]"
        return token
