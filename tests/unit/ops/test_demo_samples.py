"""What the demo publishes: everything that is sound decodes and keeps the contract, and nothing else does."""

import json
from collections import Counter
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from vocbus.contracts.codec import Codec
from vocbus.contracts.errors import Rejected, RejectReason
from vocbus.contracts.models import Interaction
from vocbus.contracts.registry import LockFileRegistry
from vocbus.contracts.rules import interaction_violations
from vocbus.contracts.settings import Settings
from vocbus.contracts.topics import RAW, catalogue
from vocbus.ops.demo_poison import Poison, poison
from vocbus.ops.demo_samples import AT, BadLine, file_lines, sample_set

CODEC = Codec(LockFileRegistry())


def reason_of(value: bytes | None) -> RejectReason | None:
    """Why intake would reject an event."""
    if value is not None and len(value) > Settings().max_event_bytes:
        return RejectReason.OVERSIZE
    try:
        record = CODEC.decode(value, "interaction")
    except Rejected as rejected:
        return rejected.reason
    return RejectReason.CONTRACT_VIOLATION if interaction_violations(record) else None


def lines(path: Path, *rows: Any) -> Path:
    text = "\n".join(row if isinstance(row, str) else json.dumps(row, ensure_ascii=False) for row in rows)
    path.write_text(text, "utf-8")
    return path


CANONICAL = {
    "interaction_id": "c-1",
    "tenant": "example-bank",
    "channel": "APP",
    "direction": "INBOUND",
    "customer_ref": "C-1",
    "started_at": "2026-11-02T09:00:00+08:00",
    "locale": "zh-CN",
    "turns": [{"speaker": "CUSTOMER", "text": "很好用"}],
    "source": {"system": "app"},
}


@pytest.mark.parametrize("event", poison(CODEC), ids=lambda event: event.why)
def test_each_poison_is_rejected_for_the_reason_that_it_states(event: Poison) -> None:
    assert reason_of(event.value) is event.reason


def test_the_topic_takes_the_largest_poison() -> None:
    largest = max(len(event.value or b"") for event in poison(CODEC))
    assert 2_000_000 <= largest < catalogue()[RAW].max_message_bytes


def test_the_sample_set_is_large_half_chinese_and_over_all_channels() -> None:
    sound = [item for item in sample_set(CODEC).items if isinstance(item, Interaction)]
    channels = Counter(item.channel for item in sound)
    chinese = sum((item.locale or "zh").startswith("zh") for item in sound)
    assert len({item.interaction_id for item in sound}) >= 200
    assert len(channels) == 9
    assert 0.4 < chinese / len(sound) < 0.6
    assert len(sound) > len({item.interaction_id for item in sound}), "no duplicates"


def test_the_sample_set_expects_what_intake_will_reject() -> None:
    material = sample_set(CODEC)
    items = list(material.items)
    unsound = [item for item in items if isinstance(item, Poison)]
    assert Counter(reason_of(item.value) for item in unsound) == material.expected
    assert len(items) == material.total
    assert not any(isinstance(item, BadLine) for item in items)


def test_the_unsound_ones_stand_among_the_sound_ones() -> None:
    kinds = [isinstance(item, Poison) for item in sample_set(CODEC).items]
    assert kinds.index(True) < len(kinds) / 4
    assert not any(first and second for first, second in pairwise(kinds))


def test_the_labels_of_the_sample_set_belong_to_its_interactions() -> None:
    material = sample_set(CODEC)
    ids = {item.interaction_id for item in material.items if isinstance(item, Interaction)}
    assert len(material.labels) >= 200
    assert material.labels.keys() <= ids
    assert {label.language for label in material.labels.values()} == {"zh", "en"}


def test_a_file_may_mix_canonical_lines_and_labelled_rows(tmp_path: Path) -> None:
    row = {"text": "How do I open an account?", "lang": "en", "labels": ["SALES_SIGNAL", "INQUIRY"], "source": "x"}
    material = file_lines(lines(tmp_path / "f.jsonl", CANONICAL, row))
    canonical, labelled = material.items
    assert isinstance(canonical, Interaction)
    assert canonical.interaction_id == "c-1"
    assert isinstance(labelled, Interaction)
    assert labelled.turns[0].text == "How do I open an account?"
    assert labelled.started_at == AT
    assert material.labels.keys() == {labelled.interaction_id}
    assert material.labels[labelled.interaction_id].found == {"SALES_SIGNAL", "INQUIRY"}
    assert material.expected is None


def test_the_same_file_gives_the_same_ids_and_times(tmp_path: Path) -> None:
    path = lines(tmp_path / "f.jsonl", {"text": "退款", "lang": "zh"}, {"text": "退款", "lang": "zh"})
    first, second = list(file_lines(path).items), list(file_lines(path).items)
    assert first == second
    assert len({item.interaction_id for item in first if isinstance(item, Interaction)}) == 2


def test_only_known_labels_count(tmp_path: Path) -> None:
    row = {"text": "ok", "lang": "en", "labels": ["COMPLAINT", "OTHER"], "known": ["COMPLAINT", "FEEDBACK"]}
    material = file_lines(lines(tmp_path / "f.jsonl", row))
    list(material.items)
    (label,) = material.labels.values()
    assert label.known == {"COMPLAINT", "FEEDBACK"}
    assert label.found == {"COMPLAINT"}


def test_a_canonical_line_may_carry_labels(tmp_path: Path) -> None:
    material = file_lines(lines(tmp_path / "f.jsonl", {**CANONICAL, "labels": ["FEEDBACK"], "lang": "zh"}))
    (item,) = material.items
    assert isinstance(item, Interaction)
    assert material.labels["c-1"].found == {"FEEDBACK"}
    assert material.labels["c-1"].language == "zh"


def test_bad_lines_are_named_by_number_and_do_not_stop_the_rest(tmp_path: Path) -> None:
    good = {"text": "fine", "lang": "en"}
    path = lines(
        tmp_path / "f.jsonl",
        "\ufeff" + json.dumps(good),
        "",
        "{not json",
        '"a string"',
        {"text": "bonjour", "lang": "fr"},
        {**CANONICAL, "channel": "FAX"},
        {"text": "fine", "lang": "en", "labels": "COMPLAINT"},
        {"text": "fine", "lang": "en", "labels": [["nested"], None], "known": 7},
    )
    items = list(file_lines(path).items)
    bad = [item for item in items if isinstance(item, BadLine)]
    assert [item.line for item in bad] == [3, 4, 5, 6]
    assert {item.rejected.reason for item in bad} == {RejectReason.UNDECODABLE, RejectReason.CONTRACT_VIOLATION}
    assert len(items) - len(bad) == 3
