"""Typed tokens such as [CARD_1], numbered within one interaction: one value, in whatever spelling, one token."""

from collections.abc import Iterable, Sequence

from vocbus.pipeline.personal.plain import TOKEN
from vocbus.pipeline.personal.spans import Span

#: Numbers of this many digits or more are one value whatever they were taken for: a card may be called an account.
_OF_ANY_KIND = 6


class Tokens:
    """Hands out tokens. Those that the texts have already, as written by somebody, are handed out to nobody."""

    def __init__(self, texts: Sequence[str]) -> None:
        self.counts: dict[str, int] = {}
        self.known: dict[tuple[str, str], str] = {}
        self._numbers: dict[str, str] = {}
        self._last: dict[str, int] = {}
        self._texts = tuple(texts)
        self._taken: set[str] | None = None

    def replace(self, text: str, spans: Iterable[Span]) -> str:
        """The text with tokens in place of these spans, which are in order and apart."""
        pieces: list[str] = []
        last = 0
        for start, end, kind, value in spans:
            pieces += (text[last:start], self._token(kind, value))
            last = end
        return "".join((*pieces, text[last:]))

    def _token(self, kind: str, value: str) -> str:
        number = len(value) >= _OF_ANY_KIND and value.isdigit()
        token = self._numbers.get(value) if number else self.known.get((kind, value))
        if token is None:
            token = self._next(kind)
            self.counts[kind] = self.counts.get(kind, 0) + 1
            self.known[kind, value] = token
            if number:
                self._numbers[value] = token
        return token

    def _next(self, kind: str) -> str:
        if self._taken is None:
            self._taken = {token for text in self._texts if "[" in text for token in TOKEN.findall(text)}
        while True:
            self._last[kind] = self._last.get(kind, 0) + 1
            token = f"[{kind}_{self._last[kind]}]"
            if token not in self._taken:
                return token
