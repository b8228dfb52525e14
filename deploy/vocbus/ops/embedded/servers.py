"""Start, stop and show the real Kafka and Elasticsearch of a data folder.

    servers = start(Path(".vocbus"), progress=print)
    servers.kafka            # "127.0.0.1:21234"
    servers.elasticsearch    # "http://127.0.0.1:25678"
    stop(Path(".vocbus"))

Data and ports stay in the folder; the next start finds both. Whether a server runs is judged by its process, so
that another program on the same port, or with the same pid after a reboot, is never taken for it.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from vocbus.ops.embedded import logs, processes, starting, state
from vocbus.ops.embedded.errors import NotRunning, StartFailed
from vocbus.ops.embedded.kinds import ELASTICSEARCH, KAFKA, KINDS
from vocbus.ops.embedded.progress import Progress, silent

START_PATIENCE_S = 120.0
STOP_PATIENCE_S = 20.0


@dataclass(frozen=True)
class Servers:
    """Where the servers of a data folder run. None: that server does not run."""

    data: Path
    kafka: str | None
    elasticsearch: str | None
    pids: dict[str, int]

    @property
    def complete(self) -> bool:
        """Whether both run."""
        return self.kafka is not None and self.elasticsearch is not None


def status(data: Path) -> Servers | None:
    """The servers of this folder whose processes run; None when none does."""
    data = data.resolve()
    running = {
        name: (KINDS[name].address(entry.port), birth.pid)
        for name, entry in state.read(data).entries.items()
        if (birth := entry.running)
    }
    if not running:
        return None
    addresses = {name: address for name, (address, _) in running.items()}
    pids = {name: pid for name, (_, pid) in running.items()}
    return Servers(data, addresses.get(KAFKA), addresses.get(ELASTICSEARCH), pids)


def start(
    data: Path,
    *,
    kafka_port: int = 0,
    elasticsearch_port: int = 0,
    only: Collection[str] = (KAFKA, ELASTICSEARCH),
    kafka_heap_mb: int = 384,
    elasticsearch_heap_mb: int = 512,
    quick: bool = False,
    tied: bool = False,
    patience_s: float = START_PATIENCE_S,
    progress: Progress = silent,
) -> Servers:
    """Start what does not run yet, side by side, and wait until it answers. Repeatable.

    A port of 0 takes the one that the folder remembers if it is free, else any free one. With `quick` they start
    with half the work and serve somewhat slower: for tests. With `tied` they end when the calling thread does,
    however it ends; otherwise they live on.

    If one fails or the caller is interrupted, all that this call started is ended before the error leaves it:
    PortTaken, DownloadFailed, StartFailed or DataRefused.
    """
    data = data.resolve()
    wanted_ports = {KAFKA: kafka_port, ELASTICSEARCH: elasticsearch_port}
    heaps = {KAFKA: kafka_heap_mb, ELASTICSEARCH: elasticsearch_heap_mb}
    with state.locked(data, progress) as known:
        logs.folder(data).mkdir(exist_ok=True)
        for name, entry in known.entries.items():
            starting.require_version(data, KINDS[name], entry)
        due = [name for name in KINDS if name in only and not _runs(known, name)]
        # Those of an owner that was killed may still be ending, with their ports and files in their hands.
        _end(known, [name for name in due if name in known.entries], STOP_PATIENCE_S)
        for name in due:
            entry = starting.with_ports(known, KINDS[name], wanted_ports[name])
            known.entries[name] = replace(entry, heap_mb=heaps[name], quick=quick, tied=tied)
        started: dict[str, dict[Path, int]] = {}
        try:
            for name in due:
                started[name] = starting.spawn(known, KINDS[name], progress)
            starting.wait_until_ready(known, started, patience_s, progress)
        except BaseException:
            progress("stopping what was started")
            _end(known, due, STOP_PATIENCE_S)
            raise
    servers = status(data)
    if servers is None:
        raise StartFailed(f"The servers ended right after their start. Their logs are in {logs.folder(data)}.")
    return servers


def start_server(data: Path, name: str, *, progress: Progress = silent) -> Servers:
    """Start one server again as it was: data, port, heap. Raises PortTaken when another has that port now."""
    entry = state.read(data.resolve()).entries.get(name)
    if entry is None:
        raise NotRunning(f"{data} has never had {KINDS[name].TITLE}.")
    return start(
        data,
        only=[name],
        kafka_port=entry.port,
        kafka_heap_mb=entry.heap_mb,
        elasticsearch_port=entry.port,
        elasticsearch_heap_mb=entry.heap_mb,
        quick=entry.quick,
        tied=entry.tied,
        progress=progress,
    )


def stop(
    data: Path,
    *,
    only: Collection[str] = (KAFKA, ELASTICSEARCH),
    patience_s: float = STOP_PATIENCE_S,
    progress: Progress = silent,
) -> list[str]:
    """Let the running servers flush and end; kill those that take too long. Returns the names of those stopped."""
    data = data.resolve()
    if not (data / state.FILE).exists():
        return []
    with state.locked(data, progress) as known:
        running = [name for name in KINDS if name in only and _runs(known, name)]
        if running:
            progress(f"stopping {' and '.join(KINDS[name].TITLE for name in running)}")
        _end(known, running, patience_s)
    return running


def kill_server(data: Path, name: str) -> None:
    """SIGKILL one server, as a crash would; it is gone when this returns. Its data and port stay."""
    data = data.resolve()
    entry = state.read(data).entries.get(name)
    birth = entry.running if entry else None
    if birth is None:
        raise NotRunning(f"No {KINDS[name].TITLE} runs in {data}.")
    processes.kill([birth])


def crashes(data: Path, names: Collection[str]) -> str:
    """What is to be told of those servers that ended though nobody stopped them; empty when there is none."""
    data = data.resolve()
    known = state.read(data)
    fallen = [name for name in names if known.entries[name].process and not known.entries[name].running]
    recent = {name: logs.sizes(logs.files(data, name), less=50_000) for name in fallen}
    return "\n".join(starting.obituary(KINDS[name], "ended unexpectedly", recent[name]) for name in fallen)


def _runs(known: state.State, name: str) -> bool:
    entry = known.entries.get(name)
    return entry is not None and entry.running is not None


def _end(known: state.State, names: Iterable[str], patience_s: float) -> None:
    births = {name: birth for name in names if (birth := known.entries[name].process)}
    processes.end(births.values(), patience_s)
    for name in births:
        known.forget_process(name)
