"""What a data folder remembers: versions, ports and processes of its servers, in servers.json."""

import fcntl
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from vocbus.ops.embedded.errors import DataRefused
from vocbus.ops.embedded.processes import Birth, is_running
from vocbus.ops.embedded.progress import Progress

FILE = "servers.json"
LOCK_PATIENCE_S = 180


@dataclass(frozen=True)
class Entry:
    """One server: how it was started, which stays over restarts, and its process, which does not."""

    version: str
    port: int
    inner_port: int
    heap_mb: int = 512
    quick: bool = False
    tied: bool = False
    process: Birth | None = None
    owner: Birth | None = None

    @property
    def running(self) -> Birth | None:
        """Its process if that still runs and is not on its way out, as a tied one is once its owner has ended."""
        if self.process is None or not is_running(self.process):
            return None
        return self.process if self.owner is None or is_running(self.owner) else None


@dataclass
class State:
    """The servers of one data folder by name (`kafka`, `elasticsearch`)."""

    data: Path
    entries: dict[str, Entry] = field(default_factory=dict)

    def write(self) -> None:
        """Replace servers.json in one step."""
        text = json.dumps({"data": str(self.data), "servers": {k: asdict(v) for k, v in self.entries.items()}})
        part = self.data / f".{FILE}.part"
        part.write_text(text + "\n", encoding="utf-8")
        os.replace(part, self.data / FILE)

    def forget_process(self, name: str) -> None:
        """Note that a server has ended; its ports stay."""
        self.entries[name] = replace(self.entries[name], process=None, owner=None)
        self.write()


def read(data: Path) -> State:
    """The state of a data folder, empty for a new one. Raises DataRefused when it cannot be understood."""
    path = data / FILE
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
        state = State(data)
        for name, entry in raw["servers"].items():
            # A copy of the folder is not the folder whose servers run.
            births = {key: entry.get(key) if raw["data"] == str(data) else None for key in ("process", "owner")}
            known = {key: Birth(**birth) if birth else None for key, birth in births.items()}
            state.entries[name] = Entry(**entry | known)
    except FileNotFoundError:
        return State(data)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise DataRefused(
            f"{path} cannot be read ({error}). If no server uses {data}, remove that file and try again."
        ) from error
    return state


@contextmanager
def locked(data: Path, progress: Progress) -> Iterator[State]:
    """The state, with nobody else starting or stopping servers of this folder until the end of the block."""
    try:
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(data / f".{FILE}.lock", os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise DataRefused(f"Cannot use {data} as data folder: {error.strerror}. Choose another with --data.") from error
    try:
        deadline = time.monotonic() + LOCK_PATIENCE_S
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() >= deadline:
                    raise DataRefused(
                        f"Another command has been starting or stopping the servers of {data} "
                        f"for {LOCK_PATIENCE_S} s. End it, then try again."
                    ) from None
                progress(f"waiting for another command that starts or stops the servers of {data}")
                time.sleep(0.1)
        yield read(data)
    finally:
        os.close(handle)
