"""What conservation is judged by, in columns: a million interactions with their signals take about half a gigabyte.

Ids are numbered as they are met, and every other fact names an id by its number.
"""

# array[int] can be written at run time from Python 3.12 on only.
from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from vocbus.contracts.identity import dead_letter_id
from vocbus.ops.conservation.ids import NO_ID, Ids


@dataclass
class Topic:
    """What is known of a topic apart from its records.

    `truncated`: it no longer holds its first records. `kept_since` (epoch ms): an older record may have been deleted
    by retention; None when none was deleted.
    """

    name: str
    truncated: bool = False
    kept_since: int | None = None

    def may_lack(self, at_ms: int) -> bool:
        """Whether a record of this time can be gone from the topic without anything being wrong."""
        return self.kept_since is not None and at_ms < self.kept_since


@dataclass
class Events(Topic):
    """The records of a topic, a row each: where it stands, when it was written, which interaction or signal it is."""

    partitions: array[int] = field(default_factory=lambda: array("i"))
    offsets: array[int] = field(default_factory=lambda: array("q"))
    times: array[int] = field(default_factory=lambda: array("q"))
    ids: array[int] = field(default_factory=lambda: array("i"))

    def add(self, partition: int, offset: int, at_ms: int, number: int) -> None:
        self.partitions.append(partition)
        self.offsets.append(offset)
        self.times.append(at_ms)
        self.ids.append(number)

    def __len__(self) -> int:
        return len(self.ids)

    def rows(self) -> Iterator[tuple[int, int, int, int]]:
        """(partition, offset, time, number) of each record."""
        return zip(self.partitions, self.offsets, self.times, self.ids, strict=True)

    def where(self, row: int) -> str:
        """topic-partition-offset of a row."""
        return dead_letter_id(self.name, self.partitions[row], self.offsets[row])


@dataclass
class Interactions(Events):
    """Classified interactions, and the signals that they list: row of the interaction, signal, set of departments.

    `doubted` are the rows of those that a person is asked to look at.
    """

    listing_rows: array[int] = field(default_factory=lambda: array("i"))
    listed: array[int] = field(default_factory=lambda: array("i"))
    routes: array[int] = field(default_factory=lambda: array("i"))

    doubted: array[int] = field(default_factory=lambda: array("i"))

    def doubt(self) -> None:
        """The interaction added last is for review."""
        self.doubted.append(len(self) - 1)

    def list_signal(self, signal: int, route: int) -> None:
        """The interaction added last lists this signal."""
        self.listing_rows.append(len(self) - 1)
        self.listed.append(signal)
        self.routes.append(route)


@dataclass
class Signals(Events):
    """Signals, with the interaction and the set of departments of each row; NO_ID where the row has none."""

    owners: array[int] = field(default_factory=lambda: array("i"))
    routes: array[int] = field(default_factory=lambda: array("i"))

    def add_signal(self, partition: int, offset: int, at_ms: int, number: int, owner: int, route: int) -> None:
        self.add(partition, offset, at_ms, number)
        self.owners.append(owner)
        self.routes.append(route)


@dataclass
class DeadLetters(Topic):
    """The dead letters of one source topic: place of the event there → reason.

    `strays` are ids of letters about another topic, `unreadable` places in the dead-letter topic that do not decode.
    """

    reasons: dict[int, str] = field(default_factory=dict)
    strays: list[str] = field(default_factory=list)
    unreadable: list[str] = field(default_factory=list)


class Documents:
    """Which ids have a document in Elasticsearch, and in which index."""

    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        self.repeated: dict[int, list[str]] = {}
        self._codes: dict[str, int] = {}
        self._index = array("h")
        self._count = 0

    def add(self, number: int, index: str) -> None:
        """A document with this id stands in this index."""
        self._count += 1
        code = self._codes.setdefault(index, len(self._codes))
        self._index.extend([NO_ID] * (number + 1 - len(self._index)))
        if self._index[number] == NO_ID:
            self._index[number] = code
        else:
            self.repeated.setdefault(number, [self.index(number)]).append(index)

    def index(self, number: int) -> str:
        """The index in which the document was met first."""
        return list(self._codes)[self._index[number]]

    def numbers(self) -> Iterator[int]:
        """Numbers of the ids that have a document."""
        return (number for number, code in enumerate(self._index) if code != NO_ID)

    def __contains__(self, number: int) -> bool:
        return number < len(self._index) and self._index[number] != NO_ID

    def __len__(self) -> int:
        return self._count


class Routes:
    """The sets of departments that occur; there are few."""

    def __init__(self) -> None:
        self._numbers: dict[tuple[str, ...], int] = {}

    def number(self, departments: Sequence[str]) -> int:
        """Number of a set of departments."""
        return self._numbers.setdefault(tuple(departments), len(self._numbers))

    def departments(self) -> list[tuple[str, ...]]:
        """The departments of each number."""
        return list(self._numbers)


@dataclass
class Facts:
    """Everything that was found. `committed` is, by source topic and partition, how far its consumer group came."""

    interaction_ids: Ids
    signal_ids: Ids
    outcome_ids: Ids
    routes: Routes
    raw: Events
    interactions: Interactions
    review: Events
    signals: Signals
    departments: dict[str, Signals]
    outcomes: Events
    dead_letters: dict[str, DeadLetters]
    committed: dict[str, dict[int, int]]
    interaction_documents: Documents
    signal_documents: Documents
    outcome_documents: Documents
