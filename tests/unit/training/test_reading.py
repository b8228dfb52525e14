import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from vocbus.training.corpus import LABELS, Row, read_corpus, read_rows

Written = Callable[..., Path]


def one(path: Path) -> Row:
    (row,) = read_rows(path)
    return row


def test_a_row_is_read_with_all_that_it_tells(written: Written) -> None:
    path = written(
        {
            "id": "zh-a-0001",
            "text": "年费多扣了",
            "lang": "zh",
            "labels": ["COMPLAINT", "FEEDBACK"],
            "category": "cards.fees",
            "severity": 3,
            "sentiment": -0.6,
            "polarity": "CRITICISM",
            "products": ["app", "cards"],
            "tier": "gold",
            "source": "somebody",
        }
    )
    assert one(path) == Row(
        text="年费多扣了",
        lang="zh",
        labels=frozenset({"COMPLAINT", "FEEDBACK"}),
        known=frozenset(LABELS),
        source="somebody",
        tier="gold",
        category="cards.fees",
        severity=3,
        sentiment=-0.6,
        polarity="CRITICISM",
        product="cards",
    )


def test_a_row_may_tell_no_more_than_its_labels(written: Written) -> None:
    row = one(written({"text": "hi", "lang": "en", "labels": []}, name="somewhere.jsonl"))
    assert row == Row("hi", "en", frozenset(), frozenset(LABELS), "somewhere")


def test_only_known_labels_are_known(written: Written) -> None:
    row = one(written({"text": "hi", "lang": "en", "labels": ["INQUIRY"], "known": ["INQUIRY", "COMPLAINT"]}))
    assert row.known == {"INQUIRY", "COMPLAINT"}
    assert one(written({"text": "hi", "lang": "en", "labels": [], "known": []})).known == frozenset()


@pytest.mark.parametrize(("flag", "labels"), [(True, {"COMPLAINT", "INQUIRY"}), (False, {"COMPLAINT"})])
def test_the_inquiry_flag_is_a_label(written: Written, flag: bool, labels: set[str]) -> None:
    row = one(written({"text": "hi", "lang": "en", "labels": ["COMPLAINT"], "inquiry": flag}))
    assert row.labels == labels


def test_of_a_conversation_only_what_the_customer_says_is_read(written: Written) -> None:
    turns = [
        {"speaker": "AGENT", "text": "How can I help?"},
        {"speaker": "CUSTOMER", "text": "You charged me"},
        {"speaker": "BOT", "text": "Would you like a new card?"},
        {"speaker": "CUSTOMER", "text": "twice"},
    ]
    assert one(written({"turns": turns, "lang": "en", "labels": []})).text == "You charged me\ntwice"


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"products": ["wealth", "cards"]}, "wealth"),
        ({"category": "loans.delay", "products": ["cards"]}, "loans"),
        ({}, None),
    ],
)
def test_the_product_is_that_of_the_category_or_the_first_named(
    written: Written, fields: dict[str, Any], expected: str | None
) -> None:
    assert one(written({"text": "hi", "lang": "en", "labels": [], **fields})).product == expected


def test_a_severity_in_words_is_none(written: Written) -> None:
    assert one(written({"text": "hi", "lang": "en", "labels": ["COMPLAINT"], "severity": "high"})).severity is None


def test_blank_lines_and_a_byte_order_mark_are_passed_over(written: Written) -> None:
    path = written(
        "\ufeff" + '{"text": "a", "lang": "en", "labels": []}', "", '{"text": "b", "lang": "en", "labels": []}'
    )
    assert [row.text for row in read_rows(path)] == ["a", "b"]


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ('{"text": "my secret", "lang": "en", "labels": ["ANGER"]}', "labels.0"),
        ('{"text": "my secret", "lang": "de", "labels": []}', "lang"),
        ('{"text": "my secret", "labels": []}', "lang"),
        ('{"text": "my secret", "lang": "en", "labels": [], "known": ["MOOD"]}', "known.0"),
        ('{"text": "my secret", "lang": "en", "labels": [], "polarity": "JOY"}', "polarity"),
        ('{"text": ["my secret"], "lang": "en", "labels": []}', "text"),
        ('{"lang": "en", "labels": []}', "neither text nor turns"),
        ('{"text": "my secret"', "JSON"),
    ],
)
def test_a_faulty_row_is_named_by_file_line_and_field_and_never_quoted(
    written: Written, line: str, problem: str
) -> None:
    path = written({"text": "fine", "lang": "en", "labels": []}, "", line)
    with pytest.raises(ValueError, match=rf"rows\.jsonl, line 3: .*{problem}") as caught:
        list(read_rows(path))
    assert "secret" not in str(caught.value)
    assert "my secret" not in "".join(traceback.format_exception(caught.value))


def test_the_corpus_is_read_in_the_order_of_its_files_a_part_a_writer(written: Written, tmp_path: Path) -> None:
    for name in ("transcripts-en-a", "sentences-zh-b", "sentences-en-a", "redaction-en"):
        written({"text": name, "lang": "en", "labels": [], "source": "told"}, name=f"{name}.jsonl")
    assert [(row.text, row.source) for row in read_corpus(tmp_path)] == [
        ("sentences-en-a", "en-a"),
        ("sentences-zh-b", "zh-b"),
        ("transcripts-en-a", "en-a"),
    ]


def test_a_folder_without_a_corpus_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"holds no sentences-\*\.jsonl"):
        read_corpus(tmp_path)


def test_the_whole_corpus_is_read(corpus_folder: Path) -> None:
    rows = read_corpus(corpus_folder)
    files = [*corpus_folder.glob("sentences-*.jsonl"), *corpus_folder.glob("transcripts-*.jsonl")]
    assert len(rows) == sum(len(path.read_text("utf-8").splitlines()) for path in files)
    assert {row.lang for row in rows} == {"zh", "en"}
    assert all(row.text.strip() for row in rows)
