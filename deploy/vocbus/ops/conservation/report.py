"""What `vocbus verify` says: counts by fate, and everything that is missing or should not be, by id."""

from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, NamedTuple


class Kind(StrEnum):
    """What can be wrong, in the order of the data."""

    EVENT_LOST = "EVENT_LOST"
    REVIEW_LOST = "REVIEW_LOST"
    SIGNAL_LOST = "SIGNAL_LOST"
    DEPARTMENT_LOST = "DEPARTMENT_LOST"
    DOCUMENT_LOST = "DOCUMENT_LOST"
    DOCUMENT_REPEATED = "DOCUMENT_REPEATED"
    WITHOUT_ORIGIN = "WITHOUT_ORIGIN"
    UNREADABLE = "UNREADABLE"


_SENTENCES = {
    Kind.EVENT_LOST: "{what} is neither in {where} nor dead-lettered",
    Kind.REVIEW_LOST: "{what} is in doubt but is not in {where}",
    Kind.SIGNAL_LOST: "{what} is listed by its interaction but is not in {where}",
    Kind.DEPARTMENT_LOST: "{what} was routed to {where} but is not there",
    Kind.DOCUMENT_LOST: "{what} has no document in {where}",
    Kind.DOCUMENT_REPEATED: "{what} has more than one document: {where}",
    Kind.WITHOUT_ORIGIN: "{what} is in {where} but comes from nowhere",
    Kind.UNREADABLE: "{what} of {where} does not decode and is not dead-lettered",
}


class Finding(NamedTuple):
    """One thing that is missing or should not be. `place` is topic-partition-offset of the event that says so."""

    kind: Kind
    what: str
    id: str | None
    place: str | None
    where: str

    def __str__(self) -> str:
        what = self.what if self.id is None else f"{self.what} {self.id}"
        sentence = _SENTENCES[self.kind].format(what=what, where=self.where)
        return sentence if self.place is None else f"{sentence} ({self.place})"


@dataclass
class Report:
    """Counts of raw events by fate, which add up to `produced`; counts of what came of them; what is wrong.

    `classified`, `for_review`, `signals`, `departments` and `outcomes` count different ids, `documents` counts
    documents. `refused` are dead letters of the index agent by reason, `to_index` the events that it has not committed
    yet.
    """

    produced: int = 0
    interactions: int = 0
    duplicates: int = 0
    dead_letters: Counter[str] = field(default_factory=Counter)
    in_flight: int = 0
    not_checked: int = 0
    lost: int = 0
    classified: int = 0
    for_review: int = 0
    signals: int = 0
    departments: dict[str, int] = field(default_factory=dict)
    outcomes: int = 0
    documents: dict[str, int] = field(default_factory=dict)
    refused: Counter[str] = field(default_factory=Counter)
    to_index: int = 0
    findings: list[Finding] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def settled(self) -> bool:
        """Whether nothing is in flight."""
        return not self.in_flight and not self.to_index

    @property
    def clean(self) -> bool:
        """Whether everything is accounted for and nothing is in flight."""
        return self.settled and not self.findings

    def to_json(self) -> dict[str, Any]:
        """The report as plain JSON values, every finding included."""
        return {
            "clean": self.clean,
            "events": {
                "produced": self.produced,
                "interactions": self.interactions,
                "duplicates": self.duplicates,
                "dead_letters": dict(self.dead_letters),
                "in_flight": self.in_flight,
                "not_checked": self.not_checked,
                "lost": self.lost,
            },
            "topics": {
                "interactions": self.classified,
                "review": self.for_review,
                "signals": self.signals,
                "departments": self.departments,
                "outcomes": self.outcomes,
            },
            "elasticsearch": {
                "documents": self.documents,
                "dead_letters": dict(self.refused),
                "in_flight": self.to_index,
            },
            "findings": [{**finding._asdict(), "text": str(finding)} for finding in self.findings],
            "notes": self.notes,
        }
