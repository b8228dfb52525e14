"""What an experiment found, as Markdown tables. Pure."""

from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np

from vocbus.training.calibration import DOUBT
from vocbus.training.evaluation import Measure
from vocbus.training.heads import Flags
from vocbus.training.held_out import Outcome, Public

LANGUAGES = ("en", "zh")
#: Bounds of the bands of confidence.
BANDS = (0.0, 0.1, 0.2, *DOUBT, 0.7, 0.8, 0.9, 1.01)
#: What is to be reached.
GOALS = {"complaint": 0.80, "feedback": 0.75, "sales": 0.75}
NAMES = {"complaint": "complaint", "feedback": "feedback", "sales": "sales signal", "inquiry": "inquiry (a flag)"}

#: A contestant's name, its outcome by kind, and its texts a second.
Entry = tuple[str, Mapping[str, Outcome], float]


def contestants(entries: Sequence[Entry], heads: Sequence[str]) -> str:
    """F1 of each contestant on writers it has not read, by kind and language, and its rate."""
    columns = [f"{NAMES[head]} {language}" for head in heads for language in LANGUAGES]
    lines = []
    for name, found, rate in entries:
        cells = [
            _f1(found[head].flags(found[head].among("lang", language))) for head in heads for language in LANGUAGES
        ]
        lines.append((name, *cells, f"{rate:,.0f}"))
    return _table(("", *columns, "texts/s"), lines)


def labels(found: Mapping[str, Outcome]) -> str:
    """Precision, recall and F1 of one contestant in sentences, by kind and language, and its F1 in conversations."""
    lines = []
    for head, outcome in found.items():
        for language in LANGUAGES:
            here = outcome.among("lang", language)
            said, yes = outcome.flags(here & ~outcome.conversations)
            right, f1 = (said & yes).sum(), _f1((said, yes))
            goal = f"{GOALS[head]:.2f}" if head in GOALS else ""
            reached = f"{goal}, missed" if goal and f1 < goal else goal
            cells = (
                f"{len(yes):,}",
                f"{yes.sum():,}",
                _share(right, said.sum()),
                _share(right, yes.sum()),
                f"**{f1}**",
            )
            lines.append((NAMES[head], language, *cells, reached, _f1(outcome.flags(here & outcome.conversations))))
    columns = ("rows", "holds", "precision", "recall", "F1", "goal", "in conversations, F1")
    return _table(("kind", "language", *columns), lines)


def parts(found: Mapping[str, Outcome]) -> str:
    """F1 of one contestant by the writer left out."""
    sources = sorted({row.source for outcome in found.values() for row in outcome.rows})
    names = sorted({source.partition("-")[2] for source in sources})
    lines = []
    for head, outcome in found.items():
        for language in LANGUAGES:
            writers = [f"{language}-{name}" for name in names]
            cells = [_f1(outcome.flags(outcome.among("source", writer))) for writer in writers]
            lines.append((NAMES[head], language, *cells))
    return _table(("kind", "language", *names), lines)


def reliability(found: Mapping[str, Outcome]) -> str:
    """How often a label holds of which so much confidence is told."""
    lines = []
    for low, high in pairwise(BANDS):
        cells = []
        for outcome in found.values():
            here = (outcome.confidence >= low) & (outcome.confidence < high)
            cells.append(f"{_share(outcome.yes[here].sum(), here.sum())} of {here.sum():,}")
        lines.append((f"{low:.2f} to {high:.2f}" if high <= 1 else f"{low:.2f} and more", *cells))
    return _table(("confidence", *(f"{NAMES[head]}, holds" for head in found)), lines)


def review(found: Mapping[str, Outcome]) -> str:
    """How many rows go before people, and how often the decision is wrong there and elsewhere."""
    doubtful = {head: (one.confidence >= DOUBT[0]) & (one.confidence < DOUBT[1]) for head, one in found.items()}
    wrong = {head: one.said != one.yes for head, one in found.items()}
    kinds = [(NAMES[head], doubtful[head], wrong[head]) for head in found]
    kinds.append(("any of them", np.any([*doubtful.values()], axis=0), np.any([*wrong.values()], axis=0)))
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
    return _table(("kind", "for people to see", "wrong there", "wrong elsewhere", "of all errors there"), lines)


def sources(found: Sequence[Public]) -> str:
    """F1 on development rows of public sources, with and without their training rows."""
    lines = [
        (
            one.source,
            NAMES[one.head],
            f"{one.rows:,}",
            f"{one.yes.sum():,}",
            _f1((one.within, one.yes)),
            _f1((one.without, one.yes)),
        )
        for one in found
    ]
    return _table(("source", "kind", "rows", "holds", "F1, source in", "F1, source out"), lines)


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


def _f1(flags: tuple[Flags, Flags]) -> str:
    said, yes = flags
    return _share(2 * (said & yes).sum(), said.sum() + yes.sum())


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.3f}" if whole else "–"


def _table(names: Sequence[str], lines: Sequence[Sequence[str]]) -> str:
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (names, ["---"] * len(names), *lines))
