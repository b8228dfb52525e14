import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from vocbus.ops.embedded import processes
from vocbus.ops.embedded.processes import Birth

ENVIRON = dict(os.environ)
SLEEPER = [sys.executable, "-c", "import time; print('on', flush=True); time.sleep(600)"]
STUBBORN = [
    sys.executable,
    "-c",
    "import signal, time; signal.signal(15, signal.SIG_IGN); print('on', flush=True); time.sleep(600)",
]


def spawn(command: list[str], folder: Path, *, tied: bool = False) -> Birth:
    noted: list[Birth] = []
    processes.spawn(command, folder, folder / "out", ENVIRON, tied=tied, note=noted.append)
    wait_for_text(folder / "out", "on")
    return noted[0]


def wait_for_text(path: Path, text: str) -> None:
    deadline = time.monotonic() + 20
    while text not in (path.read_text() if path.exists() else ""):
        assert time.monotonic() < deadline, f"{path} never said {text}"
        time.sleep(0.01)


@pytest.fixture
def sleeper(tmp_path: Path) -> Iterator[Birth]:
    birth = spawn(SLEEPER, tmp_path)
    yield birth
    processes.kill([birth])


def test_a_stranger_with_a_reused_pid_is_neither_known_nor_signalled(sleeper: Birth) -> None:
    former = replace(sleeper, began=sleeper.began - 60)
    assert processes.is_running(sleeper)
    assert not processes.is_running(former)
    assert not processes.send(former, signal.SIGKILL)
    assert processes.end([former], patience_s=0) == []
    assert processes.is_running(sleeper)


def test_ending_terminates_and_reaps(sleeper: Birth) -> None:
    assert processes.end([sleeper], patience_s=20) == []
    assert not processes.is_running(sleeper)
    with pytest.raises(ChildProcessError):
        os.waitpid(sleeper.pid, os.WNOHANG)


def test_one_that_ignores_the_request_is_killed_when_patience_ends(tmp_path: Path) -> None:
    birth = spawn(STUBBORN, tmp_path)
    assert processes.end([birth], patience_s=0.1) == [birth]
    assert not processes.is_running(birth)


def test_ending_what_is_gone_does_nothing(sleeper: Birth) -> None:
    processes.kill([sleeper])
    assert processes.end([sleeper], patience_s=20) == []


def test_a_child_runs_in_its_folder_and_its_own_session_and_reads_nothing(tmp_path: Path) -> None:
    tell = "import os, sys; print(os.getcwd(), os.getsid(0) == os.getpid(), repr(sys.stdin.read()), 'on')"
    spawn([sys.executable, "-c", tell], tmp_path)
    assert (tmp_path / "out").read_text().split() == [str(tmp_path), "True", "''", "on"]


def test_a_child_that_could_not_be_noted_ends_before_it_becomes_the_command(tmp_path: Path) -> None:
    noted: list[Birth] = []

    def interrupted(birth: Birth) -> None:
        noted.append(birth)
        raise KeyboardInterrupt

    touch = [sys.executable, "-c", f"open({str(tmp_path / 'ran')!r}, 'w')"]
    with pytest.raises(KeyboardInterrupt):
        processes.spawn(touch, tmp_path, tmp_path / "out", ENVIRON, tied=False, note=interrupted)
    assert processes.wait_gone(noted[0], time.monotonic() + 20)
    assert not (tmp_path / "ran").exists()
    assert "before it had noted" in (tmp_path / "out").read_text()


@pytest.mark.parametrize("tied", [True, False])
def test_only_a_tied_child_ends_with_a_parent_that_is_killed(tmp_path: Path, tied: bool) -> None:
    code = f"""
import os, sys, time
from pathlib import Path
from vocbus.ops.embedded import processes
def note(birth):
    Path("birth").write_text(f"{{birth.pid}} {{birth.began}}")
processes.spawn({SLEEPER!r}, Path.cwd(), Path("out"), dict(os.environ), tied={tied}, note=note)
time.sleep(600)
"""
    with subprocess.Popen([sys.executable, "-c", code], cwd=tmp_path) as parent:
        wait_for_text(tmp_path / "out", "on")
        parent.kill()
    pid, began = (tmp_path / "birth").read_text().split()
    birth = Birth(int(pid), float(began))
    try:
        assert processes.wait_gone(birth, time.monotonic() + (20 if tied else 0.5)) is tied
    finally:
        processes.kill([birth])
