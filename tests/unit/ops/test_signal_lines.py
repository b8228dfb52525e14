"""Signals as lines for a person."""

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vocbus.ops.signal_lines import highlighted, instant, line, printable, spans


def mark(text: str) -> str:
    return f"[{text}]"


@pytest.fixture
def signal() -> dict[str, Any]:
    return {
        "signal_id": "6fa459ea-ee8a-5ca4-894e-db77e160355e",
        "kind": "COMPLAINT",
        "category": "cards.fraud",
        "severity": 4,
        "polarity": None,
        "priority": 1,
        "channel": "PHONE",
        "language": "ZH",
        "occurred_at": 1_793_600_000_123,
        "excerpt": "卡被盗刷了两次，快处理",
        "evidence": [{"text": "盗刷"}, {"text": "两次"}],
    }


def test_a_line_shows_the_decision_and_the_words_that_carried_it(signal: dict[str, Any]) -> None:
    assert line(signal, mark).split() == [
        "2026-11-02",
        "06:13:20Z",
        "P1",
        "COMPLAINT",
        "cards.fraud",
        "S4",
        "PHONE",
        "ZH",
        "卡被[盗刷]了[两次]，快处理",
        "6fa459ea-ee8a-5ca4-894e-db77e160355e",
    ]


@pytest.mark.parametrize(("polarity", "shown"), [("PRAISE", "PRAISE"), (None, "-")])
def test_without_a_severity_the_polarity_stands_in_its_place(
    signal: dict[str, Any], polarity: str | None, shown: str
) -> None:
    assert line({**signal, "severity": None, "polarity": polarity}, mark).split()[5] == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\nb\r\tc", "a b  c"),
        ("\x1b[2Jgone\x07", "\ufffd[2Jgone\ufffd"),
        ("\x9b31m", "\ufffd31m"),
        ("abc\u202edcba", "abc\ufffddcba"),
        ("家人👨‍👩‍👧", "家人👨‍👩‍👧"),
    ],
)
def test_what_a_customer_wrote_cannot_steer_the_terminal(text: str, shown: str) -> None:
    assert printable(text) == shown


@given(st.text(), st.lists(st.text(max_size=4)))
def test_marking_loses_nothing_and_never_overlaps(text: str, pieces: list[str]) -> None:
    found = spans(text, pieces)

    assert all(start < end for start, end in found)
    assert all(before[1] < after[0] for before, after in pairwise(found))
    assert highlighted(text, pieces, lambda piece: piece) == printable(text)
    for piece in filter(None, pieces):
        if piece in text:
            at = text.find(piece)
            assert any(start <= at and at + len(piece) <= end for start, end in found)


def test_an_instant_is_utc_to_the_second() -> None:
    assert instant(-1) == "1969-12-31 23:59:59Z"
