"""A signal as one line for a person. Pure."""

import unicodedata
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

_LINE_BREAKS = frozenset("\n\r\t\v\f\x85\u2028\u2029")
#: Marks that change the direction of what follows, and so could make a line read as something else (UAX #9).
_BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def printable(text: str) -> str:
    """The text on one line without control characters: what a customer wrote must not steer a terminal."""
    return "".join(map(_printable, text))


def _printable(character: str) -> str:
    if character in _LINE_BREAKS:
        return " "
    if character in _BIDI or unicodedata.category(character) == "Cc":
        return "\ufffd"
    return character


def instant(at_ms: int) -> str:
    """Epoch milliseconds as UTC, to the second."""
    return datetime.fromtimestamp(at_ms // 1000, UTC).strftime("%Y-%m-%d %H:%M:%SZ")


def spans(text: str, pieces: Sequence[str]) -> list[tuple[int, int]]:
    """Where pieces stand in a text, first occurrences, in order and merged where they touch."""
    found = sorted((text.find(piece), text.find(piece) + len(piece)) for piece in pieces if piece and piece in text)
    merged: list[tuple[int, int]] = []
    for start, end in found:
        if merged and start <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(end, merged[-1][1])
        else:
            merged.append((start, end))
    return merged


def highlighted(text: str, pieces: Sequence[str], mark: Callable[[str], str]) -> str:
    """The printable text with its pieces marked."""
    parts, at = [], 0
    for start, end in spans(text, pieces):
        parts += [printable(text[at:start]), mark(printable(text[start:end]))]
        at = end
    return "".join([*parts, printable(text[at:])])


def line(signal: Mapping[str, Any], mark: Callable[[str], str]) -> str:
    """Time, priority, kind, category, severity, channel, language, excerpt with its evidence marked, id."""
    severity = signal["polarity"] or "-" if signal["severity"] is None else f"S{signal['severity']}"
    columns = (
        instant(signal["occurred_at"]),
        f"P{signal['priority']}",
        f"{signal['kind']:<12}",
        f"{printable(signal['category']):<28}",
        f"{severity:<10}",
        f"{signal['channel']:<9}",
        f"{signal['language']:<2}",
        highlighted(signal["excerpt"], [evidence["text"] for evidence in signal["evidence"]], mark),
        printable(signal["signal_id"]),
    )
    return "  ".join(columns)
