"""The statistical model: linear heads over hashed n-grams, read once, then scored by the batch.

Of every kind of label it gives the log odds that the label holds, calibrated on text of writers that the weights have
not seen. They are a sum over clauses, so that what a clause contributes, and what would be left without it, is known:

    log odds = slope · (sum of the weights of all features) / sqrt(features + SMOOTHING) + offset
"""

import hashlib
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict, ValidationError

from vocbus.pipeline.clauses import BITS, Features, Ints, features
from vocbus.pipeline.taxonomy import GENERAL

#: What the model decides about every text …
KINDS = ("complaint", "feedback", "sales", "inquiry")
#: … and what it tells of its feedback and its mood.
POLARITIES = ("praise", "criticism", "suggestion")
HEADS = (*KINDS, *POLARITIES, "sentiment")
#: Kinds of signal, whose issues differ.
ISSUES_OF = ("COMPLAINT", "FEEDBACK", "SALES_SIGNAL")
SEVERITY, PRODUCT = "severity", "product"
#: Less than these log odds is no more than a guess at the product.
GUESS = -1.0
#: Details are told from coarser features: each of theirs stands for 2**COARSER.
COARSER = 2
#: Features of a text are counted with this many more, so that two words do not weigh like twenty.
SMOOTHING = 8
FILES = ("model.json", "heads.npy", "details.npy")

Weights = npt.NDArray[np.signedinteger[Any]]
Sums = npt.NDArray[np.int64]


class Line(BaseModel):
    """How a head's sum becomes its value; see the module."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    slope: float
    offset: float


class Kind(Line):
    """A decision: log odds at or above `threshold` are yes; those from `low` to below `high` are for people to see.

    `rule` is what one point of the rules counts; `spread` what it counts that a customer spoke again and again, for the
    logarithm of the number of pieces: whoever talks long says more of everything.
    """

    rule: float
    spread: float
    threshold: float
    low: float
    high: float


class Document(BaseModel):
    """model.json."""

    model_config = ConfigDict(extra="forbid")

    kinds: dict[str, Kind]
    lines: dict[str, Line]
    details: dict[str, list[str]]
    detail_lines: dict[str, list[Line]]
    trained_on: dict[str, str]


class Scores(NamedTuple):
    """A scored batch. `sums[c, h]` is what clause c adds to head h, `counts[c]` how many features it has; the clauses
    of text t are `first[t]` up to `first[t + 1]`, its own sums and size `totals[t]` and `sizes[t]`."""

    features: Features
    sums: Sums
    counts: Ints
    first: Ints
    totals: Sums
    sizes: Ints


class Told(NamedTuple):
    """Details of a text: severity were it a complaint, the product, and the issue of each kind of signal."""

    severity: float
    product: str
    issues: Mapping[str, str]


@dataclass(frozen=True)
class Model:
    """Weights and calibration. `hash` tells this model from every other."""

    hash: str
    kinds: Mapping[str, Kind]
    #: Of the polarities and the sentiment.
    lines: Mapping[str, Line]
    #: What is told of a verdict: SEVERITY has one column, "product" and "issue:KIND" one for each slug.
    details: Mapping[str, Sequence[str]]
    detail_slopes: npt.NDArray[np.float64]
    detail_offsets: npt.NDArray[np.float64]
    trained_on: Mapping[str, str]
    weights: Weights
    detail_weights: Weights

    @property
    def slugs(self) -> set[str]:
        """Products and issues that it may tell."""
        return {name for detail, names in self.details.items() if detail != SEVERITY for name in names}

    def score(self, texts: Sequence[str]) -> Scores:
        """What every clause of every text contributes."""
        found = features(texts)
        first = np.searchsorted(found.text, np.arange(len(texts) + 1))
        counts = np.bincount(found.clause, minlength=len(found.text))
        sums = _summed(self.weights, found.feature, np.cumsum(counts) - counts)
        return Scores(found, sums, counts, first, _grouped(sums, first), _grouped(counts[:, None], first)[:, 0])

    def odds(self, scores: Scores) -> npt.NDArray[np.float64]:
        """Value of every head (columns, as HEADS) for every text."""
        lines = [self.kinds.get(head) or self.lines[head] for head in HEADS]
        slopes, offsets = (np.array([getattr(line, name) for line in lines]) for name in ("slope", "offset"))
        values: npt.NDArray[np.float64] = slopes * scores.totals / np.sqrt(scores.sizes + SMOOTHING)[:, None] + offsets
        return values

    def tell(self, scores: Scores, texts: Ints) -> list[Told]:
        """Details of some texts of a batch, in their order; each must have a clause."""
        if not len(texts):
            return []
        wanted = np.zeros(len(scores.sizes), bool)
        wanted[texts] = True
        feature = scores.features.feature[wanted[scores.features.text[scores.features.clause]]]
        sizes = scores.sizes[texts]
        rows = self.detail_weights[feature >> COARSER]
        ends = np.cumsum(sizes).tolist()
        # Few long stretches of many columns: one sum each is several times faster than `reduceat`.
        sums = np.stack(
            [
                np.add.reduce(rows[end - size : end], axis=0, dtype=np.int64)
                for size, end in zip(sizes, ends, strict=True)
            ]
        )
        values = self.detail_slopes * sums / np.sqrt(sizes + SMOOTHING)[:, None] + self.detail_offsets
        best: dict[str, list[str]] = {}
        start = 0
        for detail, names in self.details.items():
            columns = values[:, start : start + len(names)]
            best[detail] = [names[at] for at in columns.argmax(axis=1).tolist()]
            if detail == PRODUCT:
                sure = (columns.max(axis=1) >= GUESS).tolist()
                best[detail] = [name if known else GENERAL for name, known in zip(best[detail], sure, strict=True)]
            if detail == SEVERITY:
                severity = columns[:, 0].tolist()
            start += len(names)
        issues = [best[f"issue:{kind}"] for kind in ISSUES_OF]
        return [
            Told(grade, product, dict(zip(ISSUES_OF, row, strict=True)))
            for grade, product, *row in zip(severity, best[PRODUCT], *issues, strict=True)
        ]


def load_model(folder: Traversable | None = None) -> Model:
    """The model in `folder`, by default the one that ships with the package.

    Raises ValueError when the files do not belong together, FileNotFoundError when one is missing.
    """
    folder = resources.files("vocbus.pipeline") / "weights" if folder is None else folder
    contents = [(folder / name).read_bytes() for name in FILES]
    document = _document(contents[0])
    weights, details = (_array(name, content) for name, content in zip(FILES[1:], contents[1:], strict=True))
    lines = [line for name in document.details for line in document.detail_lines[name]]
    if weights.shape != (1 << BITS, len(HEADS)) or details.shape != (1 << (BITS - COARSER), len(lines)):
        raise ValueError("model: the weights are of another shape than model.json says; train it again")
    digest = hashlib.sha256(b"".join(hashlib.sha256(content).digest() for content in contents))
    return Model(
        hash=digest.hexdigest()[:16],
        kinds=document.kinds,
        lines=document.lines,
        details=document.details,
        detail_slopes=np.array([line.slope for line in lines]),
        detail_offsets=np.array([line.offset for line in lines]),
        trained_on=document.trained_on,
        weights=weights,
        detail_weights=details,
    )


def _document(content: bytes) -> Document:
    """model.json, with everything that is asked of it. Raises ValueError."""
    try:
        document = Document.model_validate_json(content)
    except ValidationError as error:
        findings = error.errors(include_input=False, include_url=False)
        problems = "; ".join(f"{'.'.join(map(str, found['loc']))}: {found['msg']}" for found in findings)
        raise ValueError(f"model: {FILES[0]}: {problems}") from None
    for what, there, wanted in (
        ("kinds", document.kinds, KINDS),
        ("lines", document.lines, [head for head in HEADS if head not in KINDS]),
        ("details", document.details, [SEVERITY, PRODUCT, *(f"issue:{kind}" for kind in ISSUES_OF)]),
    ):
        if set(there) != set(wanted):
            raise ValueError(f"model: {FILES[0]}: {what} must be {', '.join(wanted)}")
    for detail, names in document.details.items():
        if not names or len(document.detail_lines.get(detail, ())) != len(names):
            raise ValueError(f"model: {FILES[0]}: {detail} needs names, and one line for each")
    return document


def _array(name: str, content: bytes) -> Weights:
    try:
        array = np.load(io.BytesIO(content))
    except (ValueError, EOFError, OSError) as error:
        raise ValueError(f"model: {name} is no array of weights: {error}") from None
    if array.dtype.kind != "i":
        raise ValueError(f"model: {name} must hold whole numbers")
    return array  # type: ignore[no-any-return]  # what is loaded has no type


def _summed(weights: Weights, feature: Ints, starts: Ints) -> Sums:
    """Sums of the features' rows from each start to the next; no stretch is empty."""
    if not len(starts):
        return np.zeros((0, weights.shape[1]), np.int64)
    sums: Sums = np.add.reduceat(weights[feature].astype(np.int32), starts, axis=0).astype(np.int64)
    return sums


def _grouped(rows: Sums, first: Ints) -> Sums:
    """Sums of rows first[t] up to first[t + 1]; zero where there are none."""
    through = np.zeros((len(rows) + 1, rows.shape[1]), np.int64)
    np.cumsum(rows, axis=0, out=through[1:])
    groups: Sums = through[first[1:]] - through[first[:-1]]
    return groups
