"""How well decisions agree with labels: precision, recall, F1 and the confusion with the review band.

A label counts only on the rows whose `known` names it, so that a row with a partial annotation harms no other label.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple, Self

from pydantic import BaseModel, ConfigDict, ValidationError

from vocbus.pipeline.decide import Decided
from vocbus.training.corpus import LABELS, Label

#: What was done about a label: decided surely, decided but for people to see, just missed and for people to see, or not
#: decided. The flag INQUIRY has no review band.
Cell = Literal["sure", "decided_for_review", "missed_for_review", "not"]
CELLS: tuple[Cell, ...] = ("sure", "decided_for_review", "missed_for_review", "not")
_DECIDED: frozenset[Cell] = frozenset({"sure", "decided_for_review"})
FLAG = "INQUIRY"


class Gold(BaseModel):
    """The annotation of a row. Labels outside `known` are undecided; without `known` all are known."""

    model_config = ConfigDict(extra="ignore", hide_input_in_errors=True)

    lang: Literal["zh", "en"]
    labels: list[Label]
    known: list[Label] | None = None
    #: Where a row has it, it stands for the label INQUIRY.
    inquiry: bool | None = None

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Self:
        """The annotation of a row's fields. Raises ValueError naming fields and rules, never values."""
        try:
            return cls.model_validate(row)
        except ValidationError as error:
            found = error.errors(include_input=False, include_url=False)
            problems = "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in found)
            raise ValueError(problems) from None

    def verdicts(self) -> dict[Label, bool]:
        """Whether each known label holds."""
        held = {*self.labels, *((FLAG,) if self.inquiry else ())}
        return {label: label in held for label in LABELS if self.known is None or label in self.known}


class Judgement(NamedTuple):
    """What was decided of a row: its labels, and those in the review band, decided or just missed, with confidence."""

    decided: frozenset[str]
    review: frozenset[str]
    confidence: Mapping[str, float]

    def cell(self, label: str) -> Cell:
        """What was done about a label."""
        doubtful = label in self.review
        if label in self.decided:
            return "decided_for_review" if doubtful else "sure"
        return "missed_for_review" if doubtful else "not"


#: What can never be decided holds nothing.
NOTHING = Judgement(frozenset(), frozenset(), {})


def judgement(decided: Decided) -> Judgement:
    """What a decision of the pipeline says about the labels."""
    interaction = decided.interaction
    kinds = {signal["kind"]: signal["confidence"] for signal in interaction["signals"]}
    doubts = {doubt["kind"]: doubt["confidence"] for doubt in interaction["review"]}
    flags = (FLAG,) if interaction["inquiry"] else ()
    return Judgement(frozenset((*kinds, *flags)), frozenset(doubts), {**doubts, **kinds})


class Measure(NamedTuple):
    """One label in one language; `confusion` counts rows by truth ("yes", "no") and what was done.

    None stands where nothing is defined: precision where nothing is decided, recall and F1 where the label never holds,
    the cells of a review band where there is none.
    """

    label: str
    lang: str
    rows: int
    positive: int
    precision: float | None
    recall: float | None
    f1: float | None
    confusion: dict[str, dict[Cell, int | None]]


@dataclass
class Tally:
    """Counts of rows as they come; `rows` are all, also those that know no label."""

    rows: int = 0
    _cells: Counter[tuple[str, str, bool, Cell]] = field(default_factory=Counter)
    _languages: set[str] = field(default_factory=set)

    def add(self, gold: Gold, judged: Judgement) -> list[str]:
        """Count a row; the labels that were misjudged."""
        self.rows += 1
        self._languages.add(gold.lang)
        wrong: list[str] = []
        for label, holds in gold.verdicts().items():
            cell = judged.cell(label)
            self._cells[label, gold.lang, holds, cell] += 1
            if holds != (cell in _DECIDED):
                wrong.append(label)
        return wrong

    def measures(self) -> list[Measure]:
        """Every label in every language that came, labels in their order."""
        return [self._measure(label, lang) for label in LABELS for lang in sorted(self._languages)]

    def _measure(self, label: str, lang: str) -> Measure:
        counts = {holds: {cell: self._cells[label, lang, holds, cell] for cell in CELLS} for holds in (True, False)}
        positive, negative = (sum(counts[holds].values()) for holds in (True, False))
        right, false_alarms = (sum(counts[holds][cell] for cell in _DECIDED) for holds in (True, False))
        return Measure(
            label,
            lang,
            rows=positive + negative,
            positive=positive,
            precision=_share(right, right + false_alarms),
            recall=_share(right, positive),
            f1=_share(2 * right, right + false_alarms + positive) if positive else None,
            confusion={
                name: {
                    cell: None if label == FLAG and cell.endswith("_for_review") else count
                    for cell, count in counts[holds].items()
                }
                for name, holds in (("yes", True), ("no", False))
            },
        )


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None
