"""What is to be expected of new text: writers of the corpus and public sources, each left out in turn."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import diags

from vocbus.pipeline.lexicon import Lexicon
from vocbus.training.calibration import best_threshold, combined, unseen
from vocbus.training.corpus import Row
from vocbus.training.fit import rule_scores
from vocbus.training.heads import LABEL, Flags, Floats, Sheet, classify_head
from vocbus.training.matrix import matrix

Progress = Callable[[str], None]
#: By kind, one number a row.
Columns = Mapping[str, Floats]


@dataclass(frozen=True)
class Outcome:
    """How sure a contestant is of one kind in each row of the corpus, and what is true."""

    rows: Sequence[Row]
    confidence: Floats
    yes: Flags
    threshold: float
    #: Slope of the first column, worth of the second and of the pieces, offset: how confidence comes about.
    line: tuple[float, float, float, float]

    @property
    def said(self) -> Flags:
        """Rows of which yes is said."""
        flags: Flags = self.confidence >= self.threshold
        return flags

    @property
    def conversations(self) -> Flags:
        """Rows in which the customer speaks more than once."""
        return np.array(["\n" in row.text for row in self.rows], bool)

    def among(self, field: str, value: str) -> Flags:
        """Rows whose field has this value."""
        return np.array([getattr(row, field) == value for row in self.rows], bool)

    def flags(self, here: Flags) -> tuple[Flags, Flags]:
        """Of some rows, what is said and what is true."""
        return self.said[here], self.yes[here]

    def confident(self, first: Floats, second: Floats, rows: Sequence[Row]) -> Floats:
        """Confidence in other rows of which the columns say so much."""
        return _confidence(self.line, first, second, _pieces(rows))


def outcome(head: str, first: Floats, second: Floats, rows: Sequence[Row]) -> Outcome:
    """Two columns of values made one confidence as the model's calibration does it, with the threshold that is best."""
    yes = np.array([LABEL[head] in row.labels for row in rows], bool)
    pieces = _pieces(rows)
    line = combined(first, second, pieces, yes)
    confidence = _confidence(line, first, second, pieces)
    return Outcome(rows, confidence, yes, best_threshold(confidence, yes, np.array([row.lang for row in rows])), line)


def unread(data: Sheet, own: int, heads: Sequence[str], progress: Progress) -> dict[str, Floats]:
    """By kind, the value of the first `own` rows under a head that has not read their writers."""
    return {head: unseen(data, own, head, progress) for head in heads}


@dataclass(frozen=True)
class Public:
    """The rows of a public source that were kept for development, judged with and without its training rows."""

    source: str
    head: str
    rows: int
    yes: Flags
    #: What is said of the rows by heads that have read the source, and by heads that have not.
    within: Flags
    without: Flags


def sources_out(
    data: Sheet,
    scale: Floats,
    shipped: Mapping[str, Outcome],
    development: Sequence[Row],
    lexicon: Lexicon,
    sources: Sequence[str],
    progress: Progress,
) -> list[Public]:
    """Each source in turn: heads fitted on everything, and on everything but it; the calibration is the same."""
    found = []
    writers = np.array([row.source for row in data.rows])
    for source in sources:
        rows = [row for row in development if row.source == source]
        features = matrix([row.text for row in rows]).dot(diags(scale)).tocsr()
        rules = rule_scores(rows, lexicon)
        for head, label in LABEL.items():
            told = np.array([label in row.known for row in rows], bool)
            yes = np.array([label in row.labels for row in rows], bool)
            if not (told & yes).any():
                continue
            progress(f"{head}: without {source}")
            flags, known = data.flags(head)
            said = []
            for kept in (known, known & (writers != source)):
                values = classify_head(data.features[kept], flags[kept], data.weight[kept])(features)
                said.append(shipped[head].confident(values, rules[head], rows)[told] >= shipped[head].threshold)
            found.append(Public(source, head, int(told.sum()), yes[told], *said))
    return found


def _confidence(line: tuple[float, float, float, float], first: Floats, second: Floats, pieces: Floats) -> Floats:
    slope, worth, spread, offset = line
    found: Floats = 1 / (1 + np.exp(-(slope * first + worth * second + spread * pieces + offset)))
    return found


def _pieces(rows: Sequence[Row]) -> Floats:
    """The logarithm of how often the customer speaks."""
    return np.array([math.log1p(row.text.count("\n")) for row in rows])
