import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from vocbus.ops.embedded import state
from vocbus.ops.embedded.errors import DataRefused
from vocbus.ops.embedded.processes import Birth, birth_of
from vocbus.ops.embedded.progress import silent

SELF = birth_of(os.getpid())
ENTRY = state.Entry("4.3.1", 21000, 21001, heap_mb=384, quick=True, tied=True, process=SELF)


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    state.State(tmp_path, {"kafka": ENTRY}).write()
    assert state.read(tmp_path) == state.State(tmp_path, {"kafka": ENTRY})
    assert state.read(tmp_path).entries["kafka"].running == SELF


def test_a_new_folder_has_no_servers(tmp_path: Path) -> None:
    assert state.read(tmp_path).entries == {}


def test_forgetting_a_process_keeps_its_ports(tmp_path: Path) -> None:
    state.State(tmp_path, {"kafka": ENTRY}).write()
    state.read(tmp_path).forget_process("kafka")
    assert state.read(tmp_path).entries["kafka"] == replace(ENTRY, process=None)


def test_a_reused_pid_is_not_running() -> None:
    assert SELF is not None
    assert replace(ENTRY, process=Birth(SELF.pid, SELF.began - 3600)).running is None


def test_a_tied_server_whose_owner_has_ended_is_on_its_way_out_and_not_running(tmp_path: Path) -> None:
    assert SELF is not None
    orphan = replace(ENTRY, owner=Birth(SELF.pid, SELF.began - 3600))
    state.State(tmp_path, {"kafka": orphan, "elasticsearch": replace(ENTRY, owner=SELF)}).write()
    known = state.read(tmp_path)
    assert known.entries["kafka"].running is None
    assert known.entries["elasticsearch"].running == SELF


def test_a_copied_folder_does_not_own_the_processes_of_the_first(tmp_path: Path) -> None:
    first, copy = tmp_path / "first", tmp_path / "copy"
    first.mkdir()
    copy.mkdir()
    state.State(first, {"kafka": ENTRY}).write()
    (copy / state.FILE).write_bytes((first / state.FILE).read_bytes())
    assert state.read(copy).entries["kafka"] == replace(ENTRY, process=None)


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "null", "{}", '{"data": "/x", "servers": []}', '{"data": "/x", "servers": {"kafka": {"pid": 1}}}'],
)
def test_an_unreadable_state_is_refused_with_its_path(tmp_path: Path, text: str) -> None:
    (tmp_path / state.FILE).write_text(text)
    with pytest.raises(DataRefused, match="remove that file") as caught:
        state.read(tmp_path)
    assert str(tmp_path / state.FILE) in str(caught.value)


def test_the_folder_is_private(tmp_path: Path) -> None:
    data = tmp_path / "deep" / "data"
    with state.locked(data, silent):
        assert data.stat().st_mode & 0o077 == 0


def test_a_file_in_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file")
    with pytest.raises(DataRefused, match="--data"), state.locked(tmp_path / "data", silent):
        pass


def test_a_second_command_waits_for_the_first_and_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(state, "LOCK_PATIENCE_S", 0.3)
    hold = (
        "import fcntl, sys; f = open(sys.argv[1], 'w'); fcntl.flock(f, fcntl.LOCK_EX);"
        "print('held', flush=True); sys.stdin.read()"
    )
    lock = tmp_path / f".{state.FILE}.lock"
    with subprocess.Popen(
        [sys.executable, "-c", hold, str(lock)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as first:
        assert first.stdout is not None
        assert first.stdout.readline() == b"held\n"
        told: list[str] = []
        with pytest.raises(DataRefused, match="Another command"), state.locked(tmp_path, told.append):
            pass
        assert "waiting for another command" in told[0]
        first.communicate()
    with state.locked(tmp_path, silent) as known:
        assert known.entries == {}


def test_the_state_is_json_that_a_person_can_read(tmp_path: Path) -> None:
    state.State(tmp_path, {"kafka": ENTRY}).write()
    raw = json.loads((tmp_path / state.FILE).read_text())
    assert raw["servers"]["kafka"]["port"] == 21000
