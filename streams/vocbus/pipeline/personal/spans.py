"""Stretches of a text that hold personal data, and which of them to replace where they overlap."""

from collections.abc import Iterable
from typing import NamedTuple


class Span(NamedTuple):
    """A stretch of a text, the type of what it says, and one spelling of its value."""

    start: int
    end: int
    kind: str
    value: str


def chosen(spans: Iterable[Span]) -> list[Span]:
    """Spans to replace, in reading order. Those that overlap become one, named by the first of them as given.

    Nothing that any of them covers stays: which one is right is not known.
    """
    kept: list[Span] = []
    ranked = sorted(enumerate(spans), key=lambda item: (item[1].start, item[1].end))
    ranks: list[int] = []
    for rank, span in ranked:
        if kept and span.start < kept[-1].end:
            best = kept[-1] if ranks[-1] <= rank else span
            kept[-1] = best._replace(start=kept[-1].start, end=max(kept[-1].end, span.end))
            ranks[-1] = min(ranks[-1], rank)
        else:
            kept.append(span)
            ranks.append(rank)
    return kept
