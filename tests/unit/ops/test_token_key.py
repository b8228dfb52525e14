"""The key of the customer pseudonyms."""

from pathlib import Path

import click
import pytest

from vocbus.ops.token_key import token_key


@pytest.fixture(autouse=True)
def _no_key_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("VOCBUS_TOKEN_KEY", raising=False)


def test_a_key_is_made_once_whole_and_for_its_owner_alone(tmp_path: Path) -> None:
    key = token_key(tmp_path)
    assert len(key) >= 32
    assert token_key(tmp_path) == key
    assert [file.name for file in tmp_path.iterdir()] == ["token.key"]
    assert (tmp_path / "token.key").stat().st_mode & 0o777 == 0o600


def test_every_folder_has_a_key_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    assert token_key(tmp_path / "a") != token_key(tmp_path / "b")


def test_the_environment_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VOCBUS_TOKEN_KEY", "x" * 32)
    assert token_key(tmp_path) == "x" * 32
    assert list(tmp_path.iterdir()) == []


def test_without_a_folder_no_key_is_made_up(tmp_path: Path) -> None:
    with pytest.raises(click.ClickException, match="VOCBUS_TOKEN_KEY is not set"):
        token_key(tmp_path / "none")
