"""What a sink promises to its caller."""

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from vocbus.sinks.documents import Document


class Refusal(NamedTuple):
    """A document that the store will never take: its position in the call, and why (never a value of it)."""

    position: int
    detail: str


class Sink(Protocol):
    """A store of documents that knows versions: a later decision replaces an earlier one, never the reverse."""

    async def write(self, documents: Sequence[Document]) -> list[Refusal]:
        """Return once every document is stored, already there in this or a later version, or refused.

        The refusals are in the order of the documents. Raises Retryable when the store stayed away or busy for too
        long, or is set up wrongly; some documents may be stored then, and writing all of them again is safe.
        """
        ...

    async def close(self) -> None:
        """Let go of connections. Nothing is under way when no `write` is."""
        ...
