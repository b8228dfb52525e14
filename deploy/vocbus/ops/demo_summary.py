"""What the demo counts: decisions by channel, kind and department, and how they agree with labels. Pure."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from vocbus.contracts.errors import RejectReason

#: What a label can say of an interaction. INQUIRY is a flag of the interaction, not a signal.
KINDS = ("COMPLAINT", "FEEDBACK", "SALES_SIGNAL")
INQUIRY = "INQUIRY"


class Decision(NamedTuple):
    """What the bus decided about one interaction; `departments` holds one entry for each signal and department."""

    channel: str
    language: str
    kinds: frozenset[str]
    inquiry: bool
    departments: tuple[str, ...]


class Label(NamedTuple):
    """What a reader found in an interaction. Only the `known` ones of KINDS and INQUIRY were looked for."""

    language: str
    found: frozenset[str]
    known: frozenset[str]


class Agreement(NamedTuple):
    """Decisions beside labels, for one kind and language."""

    kind: str
    language: str
    both: int
    bus_alone: int
    label_alone: int
    neither: int

    @property
    def precision(self) -> float | None:
        """Share of the bus's findings that the labels share; None when it found nothing."""
        return _share(self.both, self.both + self.bus_alone)

    @property
    def recall(self) -> float | None:
        """Share of the labels' findings that the bus shares; None when there are none."""
        return _share(self.both, self.both + self.label_alone)


@dataclass
class Tally:
    """Interactions by channel and language, signals by kind and department; `plain` are those without a signal."""

    interactions: int = 0
    plain: int = 0
    channels: Counter[str] = field(default_factory=Counter)
    languages: Counter[str] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)
    departments: Counter[str] = field(default_factory=Counter)
    by_channel: Counter[tuple[str, str]] = field(default_factory=Counter)


def decision(record: Mapping[str, Any]) -> Decision:
    """The decision in a decoded ClassifiedInteraction record."""
    return Decision(
        channel=record["channel"],
        language=record["language"],
        kinds=frozenset(signal["kind"] for signal in record["signals"]),
        inquiry=record["inquiry"],
        departments=tuple(name for signal in record["signals"] for name in signal["departments"]),
    )


def tally(decisions: Iterable[Decision]) -> Tally:
    """Counts of the decisions. `by_channel` counts (channel, kind), and (channel, "") those without a signal."""
    counts = Tally()
    for one in decisions:
        counts.interactions += 1
        counts.channels[one.channel] += 1
        counts.languages[one.language] += 1
        counts.kinds.update(one.kinds)
        counts.departments.update(one.departments)
        counts.by_channel.update((one.channel, kind) for kind in one.kinds or ("",))
        counts.plain += not one.kinds
    return counts


def agreement(decisions: Mapping[str, Decision], labels: Mapping[str, Label]) -> list[Agreement]:
    """Decisions beside labels by kind, then language, for the interactions that have both and kinds that were known."""
    cells: Counter[tuple[str, str, bool, bool]] = Counter()
    for interaction_id in decisions.keys() & labels.keys():
        decided, label = decisions[interaction_id], labels[interaction_id]
        found = decided.kinds | ({INQUIRY} if decided.inquiry else set())
        cells.update((kind, label.language, kind in found, kind in label.found) for kind in label.known)
    pairs = sorted({(kind, language) for kind, language, _, _ in cells})
    return [
        Agreement(
            kind,
            language,
            both=cells[kind, language, True, True],
            bus_alone=cells[kind, language, True, False],
            label_alone=cells[kind, language, False, True],
            neither=cells[kind, language, False, False],
        )
        for kind, language in pairs
    ]


def shortfalls(
    undecided: Collection[str],
    dead_letters: Counter[RejectReason],
    expected: Counter[RejectReason] | None,
    *,
    clean: bool,
) -> list[str]:
    """What is not as it should be, in sentences. `undecided` are ids that were published and not decided."""
    problems = []
    if not clean:
        problems.append("verify is not clean")
    if expected is not None and dead_letters != expected:
        differing = sorted(reason for reason in {*expected, *dead_letters} if expected[reason] != dead_letters[reason])
        problems += [
            f"{dead_letters[reason]} dead letters {reason} instead of {expected[reason]}" for reason in differing
        ]
    others = (dead_letters - (expected or Counter())).total()
    if len(undecided) > others:
        problems.append(
            f"{len(undecided)} interactions are not decided, which {others} other dead letters do not explain"
        )
    return problems


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None
