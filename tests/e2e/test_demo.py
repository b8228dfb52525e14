"""`vocbus demo`, killed at many moments: the next one ends with a clean proof, and no process stays behind."""

import json
import os
import random
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

pytestmark = [pytest.mark.servers, pytest.mark.timeout(240)]

#: What the shipped sample set holds: 271 interactions and 12 mails, 8 of them twice, and 24 that can never pass.
DEAD_LETTERS = {"CONTRACT_VIOLATION": 13, "UNDECODABLE": 9, "UNKNOWN_SCHEMA": 1, "OVERSIZE": 1}


class Demo:
    """A running `vocbus demo --json` in a folder of its own."""

    def __init__(self, folder: Path, environment: dict[str, str], *options: str) -> None:
        folder.mkdir(exist_ok=True)
        self.data = folder / "data"
        self._outputs = folder / "stdout", folder / "stderr"
        command = [sys.executable, "-m", "vocbus.ops.cli", "demo", "--json", "--data", str(self.data), *options]
        with self._outputs[0].open("wb") as stdout, self._outputs[1].open("wb") as stderr:
            self.process = subprocess.Popen(command, env=environment, stdout=stdout, stderr=stderr)

    @property
    def told(self) -> str:
        """What it has said on standard error so far."""
        return self._outputs[1].read_text("utf-8")

    def summary(self) -> dict[str, Any]:
        """What it printed, once it has ended well."""
        assert self.process.wait(200) == 0, self.told + self._outputs[0].read_text("utf-8")
        found: dict[str, Any] = json.loads(self._outputs[0].read_text("utf-8"))
        assert found["ok"] is True
        assert found["verify"]["clean"] is True
        return found

    def family(self) -> list[psutil.Process]:
        """Processes below it, and those that were started for its folder."""
        return [process for process in psutil.process_iter() if str(self.data) in _words(process)]

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()


def _words(process: psutil.Process) -> str:
    """Command line and environment of a process; nothing of one that is gone."""
    try:
        return f"{process.cmdline()} {process.environ().get('VOCBUS_DATA')}"
    except psutil.Error:
        return ""


@pytest.fixture
def demo() -> Iterator[Callable[..., Demo]]:
    started: list[Demo] = []

    def start(*arguments: Any) -> Demo:
        started.append(Demo(*arguments))
        return started[-1]

    yield start
    for each in started:
        each.kill()
        for process in each.family():
            process.kill()


@pytest.fixture
def clean_environment() -> dict[str, str]:
    """This environment without servers of anyone's own."""
    return {name: value for name, value in os.environ.items() if not name.startswith("VOCBUS_")}


def assert_is_the_sample_set(found: dict[str, Any]) -> None:
    assert found["published"] == {"events": 315, "interactions": 283, "refused": []}
    assert found["decided"]["interactions"] == 283
    assert found["decided"]["channels"]["PHONE"] == 63
    assert found["decided"]["channels"]["EMAIL"] == 34 + 12
    assert sum(found["decided"]["channels"].values()) == 283
    assert found["dead_letters"] == found["expected_dead_letters"] == DEAD_LETTERS
    assert {row["kind"] for row in found["agreement"]} == {"COMPLAINT", "FEEDBACK", "SALES_SIGNAL", "INQUIRY"}
    assert found["verify"]["elasticsearch"]["documents"]["interactions"] == 283


def test_a_demo_killed_with_its_own_servers_leaves_nothing_and_the_next_one_proves_everything(
    demo: Callable[..., Demo], clean_environment: dict[str, str], tmp_path: Path, until: Any
) -> None:
    moment = random.Random(11).choice(["servers", "topics and indices", "start the worker"])
    killed = demo(tmp_path, clean_environment)
    until(lambda: f"✓ {moment}" in killed.told or killed.process.poll() is not None, seconds=120, what=moment)
    assert len(killed.family()) >= 3, killed.told
    killed.kill()
    # At once: its servers and its worker are still on their way out.
    again = demo(tmp_path, clean_environment)
    found = again.summary()
    assert_is_the_sample_set(found)
    assert found["seconds"].keys() >= {"servers", "publish", "decide and index", "verify", "stop the servers"}
    until(lambda: not again.family(), seconds=15, what="nothing left behind")


@pytest.mark.parametrize("moment", ["topics and indices", "start the worker", "publish"])
def test_a_demo_killed_at_work_is_made_good_by_the_next_one(
    demo: Callable[..., Demo], bus: Any, tmp_path: Path, until: Any, moment: str
) -> None:
    killed = demo(tmp_path, bus.environment)
    until(lambda: f"✓ {moment}" in killed.told or killed.process.poll() is not None, what=moment)
    killed.kill()
    assert f"✓ {moment}" in killed.told, killed.told
    until(lambda: not killed.family(), seconds=15, what="its worker ended with it")
    found = demo(tmp_path, bus.environment).summary()
    assert_is_the_sample_set(found)
    assert found["verify"]["events"]["lost"] == 0
    until(lambda: not killed.family(), seconds=15, what="nothing left behind")


def test_an_intake_killed_under_the_demo_loses_nothing_and_bad_lines_of_a_file_are_named(
    demo: Callable[..., Demo], bus: Any, tmp_path: Path, until: Any
) -> None:
    rows = [
        {
            "text": f"I was charged {number} times, refund me",
            "lang": "en",
            "labels": ["COMPLAINT"],
            "known": ["COMPLAINT"],
        }
        for number in range(2_000)
    ]
    file = tmp_path / "rows.jsonl"
    file.write_text("\n".join([json.dumps(row) for row in rows] + ["{", '{"text": "x", "lang": "xx"}']), "utf-8")
    running = demo(tmp_path / "run", bus.environment, "--file", str(file))
    some = random.Random(5).randrange(100, 1_000)
    until(lambda: bus.end_offset("interactions") >= some, seconds=90, what="intake at work")
    (intake,) = [each for each in running.family() if each.cmdline()[-3:-2] == ["intake"]]
    intake.kill()
    found = running.summary()
    assert found["published"]["events"] == found["decided"]["interactions"] == 2_000
    assert [refused.partition(":")[0] for refused in found["published"]["refused"]] == ["line 2001", "line 2002"]
    assert found["dead_letters"] == {}
    (row,) = found["agreement"]
    assert (row["kind"], row["language"], row["both"] + row["label_alone"]) == ("COMPLAINT", "en", 2_000)


def test_the_demo_stops_everything_at_ctrl_c(demo: Callable[..., Demo], bus: Any, tmp_path: Path, until: Any) -> None:
    running = demo(tmp_path, bus.environment)
    until(lambda: "✓ topics and indices" in running.told, what="the worker started")
    until(lambda: len(running.family()) >= 2, what="the worker started")
    running.process.send_signal(signal.SIGINT)
    assert running.process.wait(30) == 128 + signal.SIGINT
    assert running.family() == []
    assert "nothing was left running" in running.told
