"""Labelled text: the project's own corpus, public labelled text, corrections by people."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, ValidationError

from vocbus.contracts.models import Polarity

Label = Literal["COMPLAINT", "FEEDBACK", "SALES_SIGNAL", "INQUIRY"]
LABELS: tuple[Label, ...] = ("COMPLAINT", "FEEDBACK", "SALES_SIGNAL", "INQUIRY")


class Row(NamedTuple):
    """One labelled contact. A label that `known` does not name is undecided: it neither trains nor scores."""

    text: str
    lang: str
    labels: frozenset[str]
    known: frozenset[str]
    source: str
    tier: str = "gold"
    category: str | None = None
    severity: int | None = None
    sentiment: float | None = None
    polarity: str | None = None
    product: str | None = None


class _Labelled(BaseModel):
    """A row as files have it. `inquiry`, where it is given, stands for the label INQUIRY."""

    model_config = ConfigDict(extra="ignore")

    text: str | None = None
    turns: list[dict[str, Any]] | None = None
    lang: Literal["zh", "en"]
    labels: list[Label]
    known: list[Label] | None = None
    inquiry: bool | None = None
    source: str | None = None
    tier: str = "gold"
    category: str | None = None
    severity: int | str | None = None
    sentiment: float | None = None
    polarity: Polarity | None = None
    products: list[str] = []


def read_rows(path: Path) -> Iterator[Row]:
    """Rows of a file of JSON lines, in order. Raises ValueError naming file, line and field, never the text."""
    with path.open(encoding="utf-8-sig") as lines:
        for number, line in enumerate(lines, 1):
            if line.strip():
                yield _row(line, path, number)


def _row(line: str, path: Path, number: int) -> Row:
    try:
        read = _Labelled.model_validate_json(line)
    except ValidationError as error:
        findings = error.errors(include_input=False, include_url=False)
        problems = "; ".join(f"{'.'.join(map(str, found['loc']))}: {found['msg']}" for found in findings)
        raise ValueError(f"{path}, line {number}: {problems}") from None
    text = read.text
    if text is None and read.turns is not None:
        text = "\n".join(str(turn.get("text", "")) for turn in read.turns if turn.get("speaker") == "CUSTOMER")
    if text is None:
        raise ValueError(f"{path}, line {number}: neither text nor turns")
    labels = frozenset(read.labels) | (frozenset({"INQUIRY"}) if read.inquiry else frozenset())
    return Row(
        text=text,
        lang=read.lang,
        labels=labels,
        known=frozenset(LABELS if read.known is None else read.known),
        source=read.source or path.stem,
        tier=read.tier,
        category=read.category,
        severity=read.severity if isinstance(read.severity, int) else None,
        sentiment=read.sentiment,
        polarity=read.polarity.value if read.polarity else None,
        product=read.category.split(".")[0] if read.category else next(iter(read.products), None),
    )


def read_corpus(folder: Path) -> list[Row]:
    """The project's own corpus: sentences and conversations, in the order of their files. One part is one source."""
    files = sorted([*folder.glob("sentences-*.jsonl"), *folder.glob("transcripts-*.jsonl")])
    if not files:
        raise FileNotFoundError(f"{folder} holds no sentences-*.jsonl")
    return [row._replace(source=path.stem.split("-", 1)[1]) for path in files for row in read_rows(path)]
