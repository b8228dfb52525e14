import io
import json
import os
from pathlib import Path
from typing import Any

import pytest

from vocbus.channels import files
from vocbus.channels.files import Item, find, read, read_lines
from vocbus.contracts.errors import Rejected, RejectReason
from vocbus.contracts.models import Interaction, to_millis

MAIL = b"From: ann@example.com\r\nSubject: fee\r\n\r\nwords\r\n"


def reasons(items: list[Item]) -> list[tuple[int | None, RejectReason | None]]:
    return [(item.line, item.outcome.reason if isinstance(item.outcome, Rejected) else None) for item in items]


def test_lines_are_numbered_and_bad_ones_do_not_stop_the_rest(fields: dict[str, Any]) -> None:
    good = json.dumps(fields).encode()
    stream = io.BytesIO(b"\xef\xbb\xbf" + good + b"\r\n\n  \nbad\n{}\n" + good)
    assert reasons(list(read_lines(stream, "x.jsonl"))) == [
        (1, None),
        (4, RejectReason.UNDECODABLE),
        (5, RejectReason.CONTRACT_VIOLATION),
        (6, None),
    ]


def test_a_line_beyond_all_bounds_is_rejected_whole(fields: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "LARGEST_LINE", 1000)
    good = json.dumps(fields).encode()
    stream = io.BytesIO(b"x" * 5500 + b"\n" + good + b"\n" + b"y" * 1000)
    assert reasons(list(read_lines(stream, "-"))) == [
        (1, RejectReason.OVERSIZE),
        (2, None),
        (3, RejectReason.UNDECODABLE),
    ]


def test_a_folder_is_read_in_order_with_its_folders_but_without_hidden_ones(tmp_path: Path) -> None:
    for name in ("b.jsonl", "a/z.EML", "a/y.json", "notes.txt", ".git/x.json", "a/.hidden.eml"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"")
    found, others = find(tmp_path)
    assert [str(path.relative_to(tmp_path)) for path in found] == ["a/y.json", "a/z.EML", "b.jsonl"]
    assert others == 1


def test_a_missing_file_and_one_of_another_kind_are_told_apart(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("x")
    with pytest.raises(FileNotFoundError, match="does not exist"):
        find(tmp_path / "none.jsonl")
    with pytest.raises(ValueError, match=r"ends in none of .*\.eml"):
        find(tmp_path / "notes.txt")


def test_a_mail_without_a_date_has_that_of_its_file(tmp_path: Path) -> None:
    path = tmp_path / "m.eml"
    path.write_bytes(MAIL)
    os.utime(path, (1_793_600_000, 1_793_600_000))
    (item,) = read([path], tenant="example-bank")
    assert isinstance(item.outcome, Interaction)
    assert (item.line, item.size, item.outcome.tenant) == (None, len(MAIL), "example-bank")
    assert to_millis(item.outcome.started_at) == 1_793_600_000_000


def test_a_mail_beyond_all_bounds_is_rejected_unread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "LARGEST_MAIL", 10)
    path = tmp_path / "m.eml"
    path.write_bytes(MAIL)
    assert reasons(list(read([path], tenant="t"))) == [(None, RejectReason.OVERSIZE)]
