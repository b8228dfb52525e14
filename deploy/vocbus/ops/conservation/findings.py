"""Collects what is wrong and what could not be checked while the facts are judged."""

from collections import Counter
from typing import NamedTuple

from vocbus.ops.conservation.facts import Facts
from vocbus.ops.conservation.ids import NO_ID, Ids
from vocbus.ops.conservation.report import Finding, Kind

INTERACTION, SIGNAL, OUTCOME = "interaction", "signal", "outcome"


class _Found(NamedTuple):
    """A finding whose id is still a number."""

    kind: Kind
    what: str
    number: int
    place: str | None
    where: str
    ids: Ids


class Findings:
    """Findings by number of id; `named` looks the ids up, which takes a pass over all of them."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts
        self._ids = {INTERACTION: facts.interaction_ids, SIGNAL: facts.signal_ids, OUTCOME: facts.outcome_ids}
        self._found: list[_Found] = []
        self._too_old: Counter[str] = Counter()

    def add(self, kind: Kind, what: str, number: int, place: str | None, where: str) -> None:
        """Something is wrong; `number` is that of a signal or outcome if `what` says so, else of an interaction, or
        NO_ID."""
        ids = self._ids.get(what, self._facts.interaction_ids)
        self._found.append(_Found(kind, what, number, place, where, ids))

    def unreadable(self, place: str, topic: str) -> None:
        """A message is nothing that belongs in its topic."""
        self.add(Kind.UNREADABLE, "a message", NO_ID, place, topic)

    def too_old(self, topic: str) -> None:
        """Something lacks in a topic that need not hold it any more."""
        self._too_old[topic] += 1

    def named(self) -> list[Finding]:
        """All findings in the order of their kinds."""
        order = {kind: position for position, kind in enumerate(Kind)}
        names = {
            id(ids): ids.names([each.number for each in self._found if each.ids is ids]) for ids in self._ids.values()
        }
        return [
            Finding(each.kind, each.what, names[id(each.ids)].get(each.number), each.place, each.where)
            for each in sorted(self._found, key=lambda each: order[each.kind])
        ]

    def notes(self) -> list[str]:
        """What could not be checked, in sentences."""
        facts = self._facts
        directions = (
            (facts.raw, "that every interaction comes from a raw event"),
            (
                facts.interactions,
                "that every signal, message to a department or for review, and document comes from an interaction",
            ),
            (facts.signals, "that every department message and document of a signal comes from one"),
            (facts.outcomes, "that every document of an outcome comes from one"),
        )
        return [
            f"{topic.name} no longer holds its first events. Not checked: {what}."
            for topic, what in directions
            if topic.truncated
        ] + [f"{count} older than what {name} keeps: not checked there." for name, count in self._too_old.items()]
