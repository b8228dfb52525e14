"""Which ids were met where: arrays over the numbers of ids, computed once from the facts."""

# array[int] can be written at run time from Python 3.12 on only.
from __future__ import annotations

from array import array

from vocbus.ops.conservation.facts import Events, Facts
from vocbus.ops.conservation.ids import NO_ID


def last_rows(events: Events, size: int) -> array[int]:
    """The last row of each id, NO_ID for an id without one."""
    rows = array("i", [NO_ID]) * size
    for row, number in enumerate(events.ids):
        if number != NO_ID:
            rows[number] = row
    return rows


def distinct(rows: array[int]) -> int:
    """How many ids have a row."""
    return len(rows) - rows.count(NO_ID)


class Marks:
    """By interaction: `classified` (its row in `interactions`), `has_origin` (a raw event), `in_flight` (a raw event
    that intake has not committed). By signal: `signalled` (its row in `signals`), `listed` (the row of an interaction
    that lists it)."""

    def __init__(self, facts: Facts) -> None:
        interactions, signals = len(facts.interaction_ids), len(facts.signal_ids)
        self.classified = last_rows(facts.interactions, interactions)
        self.signalled = last_rows(facts.signals, signals)
        self.listed = array("i", [NO_ID]) * signals
        for row, number in zip(facts.interactions.listing_rows, facts.interactions.listed, strict=True):
            self.listed[number] = row
        self.has_origin, self.in_flight = bytearray(interactions), bytearray(interactions)
        committed = facts.committed.get(facts.raw.name, {})
        for partition, offset, _, number in facts.raw.rows():
            if number != NO_ID:
                self.has_origin[number] = 1
                if offset >= committed.get(partition, 0):
                    self.in_flight[number] = 1
