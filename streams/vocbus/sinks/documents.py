"""From a record to the document that stands for it in a store. Pure.

Index, id and version follow from the record alone, so that a replay lands on the same document and a later decision
replaces an earlier one. The index is that of the month, in UTC, of the event (of a contact, in which it began): a write
index that rolls over would store a late replay a second time.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, NamedTuple

import orjson

from vocbus.contracts.errors import Rejected, RejectReason
from vocbus.contracts.rules import EARLIEST_MS, LATEST_MS

_DAY_MS = 86_400_000


@dataclass(frozen=True, slots=True)
class Document:
    """A document ready to be written. `version`, an epoch time in ms, grows with each that replaces it; `body` is the
    record's JSON with times in epoch ms."""

    index: str
    id: str
    version: int
    body: bytes


class Indexed(NamedTuple):
    """How a record is indexed: the word in the index name, the field of the id, the field of the event time.

    `decided` records may be decided again: then the later decision replaces the earlier one. The others stand for good.
    """

    name: str
    id: str
    time: str
    decided: bool


#: Record → how it is indexed. What is not here is never indexed; dead letters never are.
INDEXED = {
    "classified_interaction": Indexed("interactions", id="interaction_id", time="started_at", decided=True),
    "signal": Indexed("signals", id="signal_id", time="occurred_at", decided=True),
    "outcome": Indexed("outcomes", id="outcome_id", time="occurred_at", decided=False),
}


@lru_cache(maxsize=4096)
def _month(day: int) -> str:
    """`yyyy.mm` of a day counted from 1970-01-01."""
    return datetime.fromtimestamp(day * 86_400, UTC).strftime("%Y.%m")


def document(record_name: str, record: Mapping[str, Any], prefix: str = "vocbus") -> Document:
    """Document of a record (plain, times in epoch milliseconds), in the index `<prefix>-<name>-<yyyy.mm>`.

    Raises KeyError for a record that is not indexed, and Rejected when its event time is outside the years
    2000 to 2100, which would scatter indices over the cluster.
    """
    indexed = INDEXED[record_name]
    at = record[indexed.time]
    if not EARLIEST_MS <= at < LATEST_MS:
        raise Rejected(RejectReason.CONTRACT_VIOLATION, f"{indexed.time} must lie between the years 2000 and 2100")
    return Document(
        index=f"{prefix}-{indexed.name}-{_month(at // _DAY_MS)}",
        id=record[indexed.id],
        version=record["decision"]["decided_at"] if indexed.decided else at,
        body=orjson.dumps(record),
    )
