"""Where the demo runs."""

from pathlib import Path

import click
import pytest
from rich.console import Console

from vocbus.ops.demo_progress import Phases
from vocbus.ops.demo_servers import own_folder, running_servers
from vocbus.ops.embedded.ending import Ending


def test_a_second_demo_in_the_same_folder_is_refused_until_the_first_has_ended(tmp_path: Path) -> None:
    folder = tmp_path / "not" / "yet"
    with own_folder(folder), pytest.raises(click.ClickException, match="Another demo runs"), own_folder(folder):
        pass
    with own_folder(folder):
        assert folder.is_dir()


def test_a_folder_that_cannot_be_used_is_told_with_the_way_out(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(click.ClickException, match="--data"), own_folder(tmp_path / "file" / "data"):
        pass


def test_given_servers_are_taken_and_nothing_is_started(tmp_path: Path) -> None:
    phases = Phases(Console(quiet=True), Ending())
    with running_servers(tmp_path, "broker:9092", "http://search:9200", keep=False, phases=phases) as endpoints:
        assert endpoints == ("broker:9092", "http://search:9200")
    assert phases.seconds == {}
    assert list(tmp_path.iterdir()) == []
