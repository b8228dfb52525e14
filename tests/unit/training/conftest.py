"""Builders for the tests of training: rows, files of rows, a small part of the project's corpus."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from vocbus.pipeline.lexicon import Lexicon
from vocbus.pipeline.ruleset import load_lexicon
from vocbus.training.corpus import LABELS, Row, read_corpus


@pytest.fixture(scope="session")
def corpus_folder() -> Path:
    return Path(__file__).parents[3] / "streams" / "corpus"


@pytest.fixture(scope="session")
def lexicon() -> Lexicon:
    return load_lexicon()


@pytest.fixture(scope="session")
def few(corpus_folder: Path) -> list[Row]:
    """Every fiftieth row of the project's corpus: some hundred, of all writers."""
    return read_corpus(corpus_folder)[::50]


@pytest.fixture(scope="session")
def row() -> Callable[..., Row]:
    """A row of a text and its labels, all of them known, unless told otherwise."""

    def build(text: str, *labels: str, **fields: Any) -> Row:
        defaults = {"lang": "en", "known": frozenset(LABELS), "source": "writer"}
        return Row(text=text, labels=frozenset(labels), **{**defaults, **fields})

    return build


@pytest.fixture
def written(tmp_path: Path) -> Callable[..., Path]:
    """A file of JSON lines."""

    def write(*rows: dict[str, Any] | str, name: str = "rows.jsonl") -> Path:
        lines = [row if isinstance(row, str) else json.dumps(row, ensure_ascii=False) for row in rows]
        path = tmp_path / name
        path.write_text("\n".join(lines), "utf-8")
        return path

    return write
