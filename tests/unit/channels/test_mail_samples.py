"""Real mails: those that ship with the project, and more where a folder of samples lies beside the project."""

import json
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from vocbus.contracts.errors import Rejected
from vocbus.contracts.models import Interaction

Convert = Callable[[bytes], Interaction]

PROJECT = Path(__file__).parents[3]
OWN = PROJECT / "deploy/vocbus/ops/samples/mail"
BESIDE = PROJECT.parent / "shared/samples"


def mails() -> list[Path]:
    return sorted(OWN.glob("*.eml")) + sorted((BESIDE / "email").rglob("*.eml"))


def facts() -> list[dict[str, Any]]:
    """What a careful reader noted about mails of the folder beside the project."""
    path = BESIDE / "expected.jsonl"
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()] if path.exists() else []
    return [row for row in rows if row["channel"] == "email"]


def test_says_which_samples_are_tried(capsys: pytest.CaptureFixture[str]) -> None:
    beside = len(mails()) - len(list(OWN.glob("*.eml")))
    with capsys.disabled():
        sys.stdout.write(f"\nmail samples: {len(mails()) - beside} of the project, {beside} from ../shared/samples\n")
    assert len(mails()) - beside >= 12


@pytest.mark.parametrize("path", mails(), ids=lambda path: f"{path.parent.name}/{path.name}")
def test_a_sample_is_an_interaction_or_rejected_with_a_reason(convert: Convert, path: Path) -> None:
    raw = path.read_bytes()
    try:
        text = convert(raw).turns[0].text
    except Rejected as rejected:
        text = rejected.detail
    assert text.strip()
    # No charset was left undecoded, unless the file itself holds replacement characters.
    assert "\ufffd" not in text or b"\xef\xbf\xbd" in raw


def test_the_own_samples_decode_to_what_they_say(convert: Convert, own_mails: dict[Path, dict[str, str]]) -> None:
    for path, expected in own_mails.items():
        found = convert(path.read_bytes())
        assert (found.customer_ref, found.subject) == (expected["from"], expected["subject"]), path.name
        assert expected["contains"] in found.turns[0].text, path.name


NOTED = {
    "file": OWN / "zh-05-html-only.eml",
    "customer_text": "您好，\n\n手机银行 8.2.1 版有两个小建议：",
    "occurred_at": "2026-11-14T22:37:12+08:00",
}


@pytest.mark.parametrize("row", [NOTED, *facts()], ids=lambda row: str(row["file"]).rpartition("/")[2])
def test_a_sample_says_what_a_reader_noted(convert: Convert, row: dict[str, Any]) -> None:
    found = convert((BESIDE / row["file"]).read_bytes())
    assert found.turns[0].text.startswith(row["customer_text"])
    assert found.started_at == datetime.fromisoformat(row["occurred_at"])
