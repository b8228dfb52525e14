"""Offsets kept by chunk: how far a partition may be committed."""

from collections import defaultdict, deque
from collections.abc import Iterable

from faust.types import TP, Message


class Offsets:
    """Which chunks of each partition are under way, and how far a partition may be committed."""

    def __init__(self) -> None:
        self._under_way: dict[TP, deque[Message]] = defaultdict(deque)

    def delivered(self, tp: TP, message: Message) -> None:
        """A chunk is being handed to an agent; chunks of a partition come in offset order."""
        self._under_way[tp].append(message)

    def committable(self, tp: TP) -> int | None:
        """Offset after the last of the leading acknowledged chunks, None when there is no new one."""
        chunks, offset = self._under_way[tp], None
        while chunks and chunks[0].acked:
            offset = chunks.popleft().offset + 1
        return offset

    def partitions(self) -> list[TP]:
        """Partitions with chunks under way."""
        return [tp for tp, chunks in self._under_way.items() if chunks]

    def forget(self, tps: Iterable[TP]) -> None:
        """The partitions were revoked or will be read again from their committed offset."""
        for tp in tps:
            self._under_way.pop(tp, None)
