"""A sink in memory that keeps the promise of the real one; tests of its callers need no server."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any

import orjson

from vocbus.sinks.bulk import MAX_ID_BYTES
from vocbus.sinks.documents import Document
from vocbus.sinks.sink import Refusal


class MemorySink:
    """Documents by index and id, the newest version of each. `refuse` gives the detail of a refusal, or None."""

    def __init__(self, refuse: Callable[[Document], str | None] = lambda _: None) -> None:
        self._refuse = refuse
        self._stored: dict[str, dict[str, Document]] = defaultdict(dict)

    async def write(self, documents: Sequence[Document]) -> list[Refusal]:
        """See Sink; never raises Retryable."""
        refusals = []
        for position, document in enumerate(documents):
            detail = (
                f"id longer than {MAX_ID_BYTES} bytes"
                if len(document.id.encode()) > MAX_ID_BYTES
                else self._refuse(document)
            )
            if detail is not None:
                refusals.append(Refusal(position, detail))
                continue
            index = self._stored[document.index]
            if document.id not in index or index[document.id].version <= document.version:
                index[document.id] = document
        return refusals

    async def close(self) -> None:
        """Nothing to let go of."""

    def sources(self, index: str) -> dict[str, Any]:
        """Sources of an index by document id."""
        return {identity: orjson.loads(document.body) for identity, document in self._stored[index].items()}
