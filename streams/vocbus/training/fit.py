"""Fitting of the model: heads on all rows, calibrated on writers whom they have not read, rounded and written."""

import hashlib
import io
import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.sparse import diags

from vocbus.pipeline.lexicon import Lexicon
from vocbus.pipeline.model import FILES, HEADS, ISSUES_OF, KINDS, POLARITIES, PRODUCT, SEVERITY, Document, Kind, Line
from vocbus.pipeline.reading import Reading
from vocbus.training.calibration import calibrated
from vocbus.training.corpus import Row
from vocbus.training.heads import Floats, Head, Sheet, classify_head, coarser, fitted, importance, regress_head, sheet
from vocbus.training.matrix import matrix

#: Weights of heads, of details, are whole numbers up to these.
HEAD_MOST, DETAIL_MOST = 32_767, 127
#: The most that a rule counts in calibration.
STRONGEST = 3.0
#: A slug needs so many rows to be told from the others.
FEWEST = 12

Progress = Callable[[str], None]
Whole = npt.NDArray[np.signedinteger[Any]]


def fit(own: Sequence[Row], public: Sequence[Row], lexicon: Lexicon, progress: Progress) -> dict[str, bytes]:
    """The files of a model (name → content) trained on all rows. `own` rows calibrate it; a source is one writer."""
    progress("reading features")
    data, scale = sheet(own, public)
    rules = rule_scores(own, lexicon)
    columns: list[Whole] = []
    kinds: dict[str, Kind] = {}
    lines: dict[str, Line] = {}
    for head in HEADS:
        progress(f"{head}: all rows")
        whole = _sentiment(data, len(own)) if head == "sentiment" else fitted(data, head)
        column, step = _rounded(whole.weights * scale, HEAD_MOST)
        columns.append(column)
        if head in KINDS:
            kinds[head] = calibrated(data, len(own), head, rules[head], whole, step, progress)
        else:
            lines[head] = Line(slope=step, offset=_short(whole.offset))
    details, detail_lines, detail_columns = _details(data, len(own), progress)
    document = Document(
        kinds=kinds,
        lines=lines,
        details=details,
        detail_lines=detail_lines,
        trained_on={source: str(count) for source, count in sorted(Counter(row.source for row in data.rows).items())},
    )
    text = json.dumps(document.model_dump(), indent=1) + "\n"
    return dict(zip(FILES, (text.encode(), _array(columns), _array(detail_columns)), strict=True))


def write(files: Mapping[str, bytes], folder: Path) -> None:
    """Writes a model into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (folder / name).write_bytes(content)


def digest(files: Mapping[str, bytes]) -> str:
    """The hash that a model of these files has."""
    return hashlib.sha256(b"".join(hashlib.sha256(files[name]).digest() for name in FILES)).hexdigest()[:16]


def rule_scores(rows: Sequence[Row], lexicon: Lexicon) -> dict[str, Floats]:
    """What the rules say of each row, by kind."""
    scores = {head: np.zeros(len(rows)) for head in KINDS}
    kind = {**{name: name for name in KINDS}, **dict.fromkeys(POLARITIES, "feedback")}
    for at, row in enumerate(rows):
        turns = [{"speaker": "CUSTOMER", "text": row.text}]
        for rule in Reading({"channel": "CHAT", "turns": turns}, lexicon).fired:
            for score, weight in rule.adds.items():
                # Rules that decide alone would drown what the others are worth.
                scores[kind[score]][at] += max(-STRONGEST, min(weight, STRONGEST))
    return scores


def _sentiment(data: Sheet, own: int) -> Head:
    told = np.array([at for at, row in enumerate(data.rows[:own]) if row.sentiment is not None])
    return regress_head(data.features[told], np.array([data.rows[at].sentiment for at in told], np.float64))


def _details(
    data: Sheet, own: int, progress: Progress
) -> tuple[dict[str, list[str]], dict[str, list[Line]], list[Whole]]:
    """Severity of complaints, product of any signal, issue of each kind: names, lines and columns."""
    rows = data.rows[:own]
    counts = coarser(matrix([row.text for row in rows]))
    scale = importance(counts)
    features = counts.dot(diags(scale)).tocsr()
    names: dict[str, list[str]] = {}
    lines: dict[str, list[Line]] = {}
    columns: list[Whole] = []

    def add(detail: str, slugs: list[str], heads: list[Head]) -> None:
        names[detail] = slugs
        rounded = [_rounded(head.weights * scale, DETAIL_MOST) for head in heads]
        columns.extend(column for column, _ in rounded)
        lines[detail] = [
            Line(slope=step, offset=_short(head.offset)) for head, (_, step) in zip(heads, rounded, strict=True)
        ]

    progress("severity")
    graded = np.array([at for at, row in enumerate(rows) if row.severity is not None])
    add(SEVERITY, [SEVERITY], [regress_head(features[graded], np.array([rows[at].severity for at in graded], float))])
    targets: dict[str, dict[int, str]] = {PRODUCT: {at: row.product for at, row in enumerate(rows) if row.product}}
    for label in ISSUES_OF:
        main = {at: row.category.split(".")[1] for at, row in enumerate(rows) if row.category and _main(row) == label}
        targets[f"issue:{label}"] = main
    for detail, target in targets.items():
        progress(detail)
        places = np.array(sorted(target))
        frequent = Counter(target.values())
        slugs = sorted(slug for slug, count in frequent.items() if count >= FEWEST)
        heads = [
            classify_head(features[places], np.array([target[at] == slug for at in places]), np.ones(len(places)))
            for slug in slugs
        ]
        add(detail, slugs, heads)
    return names, lines, columns


def _main(row: Row) -> str | None:
    """The kind that a row's category is about: the first of its labels, as its writer put them."""
    return next((label for label in ISSUES_OF if label in row.labels), None)


def _rounded(weights: Floats, most: int) -> tuple[Whole, float]:
    """Weights as whole numbers up to `most`, and what one of them is worth; where these are few, a handful are cut."""
    size = np.abs(weights)
    largest = float(size.max(initial=0.0))
    if most == DETAIL_MOST and largest:
        largest = float(np.quantile(size[size > 0], 0.9999))
    step = _short(largest / most) or 1.0
    whole = np.clip(np.rint(weights / step), -most, most)
    return whole.astype(np.int16 if most == HEAD_MOST else np.int8), step


def _short(number: float) -> float:
    """Seven digits, so that the last ones, which depend on the processor, are not written."""
    return float(f"{number:.7g}")


def _array(columns: Sequence[Whole]) -> bytes:
    content = io.BytesIO()
    np.save(content, np.stack(columns, axis=1))
    return content.getvalue()
