"""What an experiment found, as Markdown tables. Pure."""

from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np

from vocbus.training.calibration import DOUBT
from vocbus.training.evaluation import Measure
from vocbus.training.heads import LABEL, Flags
from vocbus.training.held_out import Outcome, Public

LANGUAGES = ("zh", "en")
#: Bounds of the bands of confidence.
BANDS = (0.0, 0.05, 0.2, *DOUBT, 0.75, 0.9, 0.97, 1.0)

#: A contestant's name, its outcome by kind, and its texts a second.
Entry = tuple[str, Mapping[str, Outcome], float | None]


def contestants(entries: Sequence[Entry], heads: Sequence[str]) -> str:
    """F1 of each contestant on writers it has not read, by kind and language, and its rate."""
    columns = [f"{LABEL[head]} {language}" for head in heads for language in LANGUAGES]
    lines = []
    for name, found, rate in entries:
        cells = [_f1(_among(found[head], "lang", language)) for head in heads for language in LANGUAGES]
        lines.append((name, *cells, "–" if rate is None else f"{rate:,.0f}"))
    return _table(("", *columns, "texts/s"), lines)


def labels(found: Mapping[str, Outcome]) -> str:
    """Precision, recall and F1 of one contestant, by kind and language."""
    lines = []
    for head, outcome in found.items():
        for language in LANGUAGES:
            said, yes = _among(outcome, "lang", language)
            right = (said & yes).sum()
            cells = (f"{len(yes):,}", f"{yes.sum():,}", _share(right, said.sum()), _share(right, yes.sum()))
            lines.append((LABEL[head], language, *cells, _f1((said, yes))))
    return _table(("label", "language", "rows", "holds", "precision", "recall", "F1"), lines)


def parts(found: Mapping[str, Outcome]) -> str:
    """F1 of one contestant by the writer left out, and in how many of his rows each label holds."""
    rows = next(iter(found.values())).rows
    lines = []
    for source in sorted({row.source for row in rows}, reverse=True):
        cells = []
        for outcome in found.values():
            said, yes = _among(outcome, "source", source)
            cells.append(f"{_f1((said, yes))} ({yes.sum():,})")
        lines.append((source, f"{sum(row.source == source for row in rows):,}", *cells))
    return _table(("writer", "rows", *(LABEL[head] for head in found)), lines)


def reliability(outcomes: Sequence[Outcome]) -> str:
    """How often a label holds of which so much confidence is told."""
    confidence = np.concatenate([outcome.confidence for outcome in outcomes])
    yes = np.concatenate([outcome.yes for outcome in outcomes])
    language = np.concatenate([[row.lang for row in outcome.rows] for outcome in outcomes])
    lines = []
    for low, high in pairwise(BANDS):
        here = (confidence >= low) & ((confidence < high) | (high == 1.0))
        shares = [
            _share((yes & here & of).sum(), (here & of).sum()) for of in (here, language == "zh", language == "en")
        ]
        mean = f"{confidence[here].mean():.2f}" if here.any() else "–"
        lines.append((f"{low:g} to {high:g}", f"{here.sum():,}", mean, *shares))
    return _table(("confidence", "verdicts", "mean", "holds", "holds zh", "holds en"), lines)


def review(found: Mapping[str, Outcome]) -> str:
    """How many rows go before people, and how often the decision is wrong there and elsewhere."""
    doubtful = {head: (one.confidence >= DOUBT[0]) & (one.confidence < DOUBT[1]) for head, one in found.items()}
    wrong = {head: one.said != one.yes for head, one in found.items()}
    kinds = [(LABEL[head], doubtful[head], wrong[head]) for head in found]
    kinds.append(("any", np.any([*doubtful.values()], axis=0), np.any([*wrong.values()], axis=0)))
    lines = [
        (
            name,
            f"{doubt.mean():.1%}",
            _share((error & doubt).sum(), doubt.sum()),
            _share((error & ~doubt).sum(), (~doubt).sum()),
            _share((error & doubt).sum(), error.sum()),
        )
        for name, doubt, error in kinds
    ]
    return _table(("label", "for people to see", "wrong there", "wrong elsewhere", "of all errors there"), lines)


def sources(found: Sequence[Public]) -> str:
    """F1 on development rows of public sources, with and without their training rows."""
    lines = [
        (
            one.source,
            LABEL[one.head],
            f"{one.rows:,}",
            f"{one.yes.sum():,}",
            _f1((one.within, one.yes)),
            _f1((one.without, one.yes)),
        )
        for one in found
    ]
    return _table(("source", "label", "rows", "holds", "F1, source in", "F1, source out"), lines)


def measures(found: Sequence[Measure]) -> str:
    """Measures of an evaluation; labels that never hold are left out."""
    lines = [
        (
            one.label,
            one.lang,
            f"{one.rows:,}",
            f"{one.positive:,}",
            *(f"{share:.3f}" if share is not None else "–" for share in (one.precision, one.recall, one.f1)),
        )
        for one in found
        if one.positive
    ]
    return _table(("label", "language", "rows", "holds", "precision", "recall", "F1"), lines)


def insert(page: str, name: str, table: str) -> str:
    """The page with a table between the marks of this name. ValueError when it has none."""
    begin, end = f"<!-- {name} -->", f"<!-- /{name} -->"
    before, found, rest = page.partition(begin)
    _, ended, after = rest.partition(end)
    if not found or not ended:
        raise ValueError(f"the page needs the lines {begin} and {end}")
    return f"{before}{begin}\n{table}\n{end}{after}"


def _among(outcome: Outcome, field: str, value: str) -> tuple[Flags, Flags]:
    """What is said and what is true of the rows with this language or source."""
    here = np.array([getattr(row, field) == value for row in outcome.rows], bool)
    return outcome.said[here], outcome.yes[here]


def _f1(flags: tuple[Flags, Flags]) -> str:
    said, yes = flags
    return _share(2 * (said & yes).sum(), said.sum() + yes.sum())


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.3f}" if whole else "–"


def _table(names: Sequence[str], lines: Sequence[Sequence[str]]) -> str:
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (names, ["---"] * len(names), *lines))
