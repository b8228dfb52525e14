"""Files that change only as a whole."""

import os
from pathlib import Path

import click
import pytest

from vocbus.ops.whole_files import replacing


def test_the_new_content_is_there_at_the_end_and_the_old_until_then(tmp_path: Path) -> None:
    file = tmp_path / "out"
    file.write_text("old")
    with replacing(file) as stream:
        stream.write(b"new")
        stream.flush()
        assert file.read_text() == "old"
    assert file.read_text() == "new"
    assert list(tmp_path.iterdir()) == [file]


def test_what_fails_on_the_way_leaves_the_old_content_alone(tmp_path: Path) -> None:
    file = tmp_path / "out"
    file.write_text("old")
    with pytest.raises(ZeroDivisionError), replacing(file) as stream:
        stream.write(bytes(1 // (stream.write(b"new") - 3)))
    assert file.read_text() == "old"
    assert list(tmp_path.iterdir()) == [file]


def test_a_link_stays_a_link_to_the_new_content(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "out")
    with replacing(tmp_path / "link") as stream:
        stream.write(b"new")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "out").read_text() == "new"


def test_a_device_is_written_and_not_replaced() -> None:
    with replacing(Path(os.devnull)) as stream:
        stream.write(b"new")
    assert Path(os.devnull).is_char_device()


def test_a_folder_that_is_missing_is_named(tmp_path: Path) -> None:
    file = tmp_path / "none" / "out"
    with pytest.raises(click.ClickException, match="cannot be written: No such file or directory"), replacing(file):
        pass
