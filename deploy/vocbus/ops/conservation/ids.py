"""Ids as numbers, and places in a topic as one integer: what keeps a million facts small."""

import re
from collections.abc import Collection
from uuid import UUID

_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")

#: Number of an event without an id: it does not decode.
NO_ID = -1


def place(partition: int, offset: int) -> int:
    """A place in a topic as one integer."""
    return partition << 48 | offset


def unplace(packed: int) -> tuple[int, int]:
    """Partition and offset of a `place`."""
    return packed >> 48, packed & (1 << 48) - 1


class Ids:
    """Ids in the order in which they were met. Those in the usual form of a UUID are kept as integers."""

    def __init__(self) -> None:
        self._numbers: dict[int | str, int] = {}

    def number(self, name: str) -> int:
        """Number of an id, the next one for an id not met before."""
        key = int(name.replace("-", ""), 16) if _UUID.fullmatch(name) else name
        return self._numbers.setdefault(key, len(self._numbers))

    def names(self, numbers: Collection[int]) -> dict[int, str]:
        """The ids of these numbers; takes one pass over all."""
        wanted = set(numbers)
        return {
            number: str(UUID(int=key)) if isinstance(key, int) else key
            for key, number in self._numbers.items()
            if number in wanted
        }

    def __len__(self) -> int:
        return len(self._numbers)
