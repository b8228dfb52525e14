"""The labelled corpus keeps its own format."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2] / "streams"
CORPUS = ROOT / "corpus"
FILES = sorted([*CORPUS.glob("sentences-*.jsonl"), *CORPUS.glob("transcripts-*.jsonl")])
TAXONOMY = yaml.safe_load((ROOT / "vocbus/pipeline/rules/taxonomy.yaml").read_text("utf-8"))
PRODUCTS, ISSUES = set(TAXONOMY["products"]), set(TAXONOMY["issues"])
LABELS = {"COMPLAINT", "FEEDBACK", "SALES_SIGNAL"}
SPEAKERS = {"CUSTOMER", "AGENT", "BOT", "SYSTEM"}


def rows(pattern: str) -> list[dict[str, Any]]:
    return [json.loads(line) for file in sorted(CORPUS.glob(pattern)) for line in file.read_text("utf-8").splitlines()]


def problems(row: dict[str, Any]) -> list[str]:
    labels = set(row["labels"])
    product, _, issue = (row["category"] or "general.").partition(".")
    severity, polarity = row["severity"], row["polarity"]
    checks = {
        "labels": labels <= LABELS,
        "language": row["lang"] in ("zh", "en"),
        "severity": severity in (1, 2, 3, 4) if "COMPLAINT" in labels else severity is None,
        "polarity": polarity in ("PRAISE", "CRITICISM", "SUGGESTION") if "FEEDBACK" in labels else polarity is None,
        "category": product in PRODUCTS and issue in ISSUES if labels else row["category"] is None,
        "products": set(row["products"]) <= PRODUCTS,
        "sentiment": -1 <= row["sentiment"] <= 1,
        "flags": isinstance(row["inquiry"], bool) and isinstance(row["hard"], bool),
    }
    return [name for name, holds in checks.items() if not holds]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_every_row_is_labelled_consistently(file: Path) -> None:
    found = {row["id"]: problems(row) for row in map(json.loads, file.read_text("utf-8").splitlines())}
    assert {name: wrong for name, wrong in found.items() if wrong} == {}


def test_ids_and_texts_are_unique_over_all_parts() -> None:
    ids = Counter(row["id"] for row in [*rows("sentences-*.jsonl"), *rows("transcripts-*.jsonl")])
    texts = Counter(row["text"] for row in rows("sentences-*.jsonl"))
    assert [name for name, count in ids.items() if count > 1] == []
    assert [text for text, count in texts.items() if count > 1] == []


def test_the_corpus_s_page_counts_what_is_there() -> None:
    page = (CORPUS / "README.md").read_text("utf-8")
    counts = f"{len(rows('sentences-*.jsonl')):,} sentences and {len(rows('transcripts-*.jsonl'))} conversations"
    assert counts in page


def test_conversations_hold_words_of_the_customer_and_known_speakers() -> None:
    for row in rows("transcripts-*.jsonl"):
        speakers = [turn["speaker"] for turn in row["turns"]]
        assert set(speakers) <= SPEAKERS, row["id"]
        assert "CUSTOMER" in speakers, row["id"]
        assert all(turn["text"].strip() for turn in row["turns"]), row["id"]


def test_there_is_enough_of_everything_in_both_languages() -> None:
    sentences, transcripts = rows("sentences-*.jsonl"), rows("transcripts-*.jsonl")
    assert len(sentences) >= 20_000
    assert len(transcripts) >= 300
    for language in ("zh", "en"):
        mine = [row for row in sentences if row["lang"] == language]
        assert 0.45 <= len(mine) / len(sentences) <= 0.55
        counts = Counter(label for row in mine for label in row["labels"])
        assert all(counts[label] >= 1_500 for label in LABELS)
        assert sum(row["hard"] for row in mine) / len(mine) >= 0.25
