"""The steps of starting a server: check the data, settle ports, start the process, wait until it answers."""

import os
import time
from dataclasses import replace
from pathlib import Path

from vocbus.ops.embedded import java, logs, ports, processes, state
from vocbus.ops.embedded.errors import DataRefused, StartFailed
from vocbus.ops.embedded.kinds import KINDS, Kind
from vocbus.ops.embedded.progress import Progress


def require_version(data: Path, kind: Kind, entry: state.Entry) -> None:
    """Raise DataRefused when another version wrote the data: neither server reads back."""
    if entry.version != kind.VERSION:
        raise DataRefused(
            f"{data} holds data of {kind.TITLE} {entry.version}; this vocbus brings {kind.VERSION}.\n"
            "Choose another folder with --data, or remove that one if its data may go."
        )


def with_ports(known: state.State, kind: Kind, wanted: int) -> state.Entry:
    """The entry of a server that is to start, with ports that are free now."""
    before = known.entries.get(kind.NAME)
    taken = {port for entry in known.entries.values() for port in (entry.port, entry.inner_port)}
    if wanted:
        ports.require_free(wanted, kind.TITLE, kind.OPTION)
        port = wanted
    elif before and ports.is_free(before.port):
        port = before.port
    else:
        port = ports.pick(avoid=taken)
    if before and before.inner_port != port and ports.is_free(before.inner_port):
        inner_port = before.inner_port
    else:
        inner_port = ports.pick(avoid={*taken, port})
    return state.Entry(kind.VERSION, port, inner_port)


def spawn(known: state.State, kind: Kind, progress: Progress) -> dict[Path, int]:
    """Start one process and note it at once. Returns how long its logs were before."""
    data, entry = known.data, known.entries[kind.NAME]
    command = kind.prepare(data, entry, progress)
    progress(f"{kind.TITLE}: starting")
    log, output = logs.files(data, kind.NAME)
    output.unlink(missing_ok=True)
    before = logs.sizes([log, output])

    def note(birth: processes.Birth) -> None:
        owner = processes.birth_of(os.getpid()) if entry.tied else None
        known.entries[kind.NAME] = replace(entry, process=birth, owner=owner)
        known.write()

    processes.spawn(command, data / kind.NAME, output, java.environment(os.environ), tied=entry.tied, note=note)
    return before


def wait_until_ready(
    known: state.State, started: dict[str, dict[Path, int]], patience_s: float, progress: Progress
) -> None:
    """Return when all of `started` (name → sizes of its logs before) answer; StartFailed when one never will."""
    began = time.monotonic()
    waiting = list(started)
    while waiting:
        waited = time.monotonic() - began
        progress(f"waiting for {' and '.join(KINDS[name].TITLE for name in waiting)} ({waited:.0f} s)")
        for name in list(waiting):
            kind, entry = KINDS[name], known.entries[name]
            if not entry.running:
                raise StartFailed(obituary(kind, "ended while it started", started[name]))
            if kind.answers(entry.port):
                waiting.remove(name)
                progress(f"{kind.TITLE}: up at {kind.address(entry.port)}")
            elif waited >= patience_s:
                raise StartFailed(obituary(kind, f"did not answer within {patience_s:.0f} s", started[name]))
        time.sleep(0.05)


def obituary(kind: Kind, what: str, log_sizes: dict[Path, int]) -> str:
    """What to tell of a server that failed, from what its logs say after these sizes."""
    told = logs.trouble(log_sizes)
    where = " and ".join(str(path) for path in log_sizes)
    return f"{kind.TITLE} {what}. The last of its log:\n{told or '(nothing)'}\nThe whole log is in {where}."
