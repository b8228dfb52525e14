"""The demo's worker: `vocbus worker` as a child process, and what it has got done."""

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import click
from kafka.errors import KafkaError

from vocbus.ops import verify
from vocbus.ops.demo_progress import Phase, Phases

#: Name of its roles among the members of their groups. Always the same, so that a demo that is run again after a
#: crash takes over from the member that died instead of waiting for its session to time out.
INSTANCE = "demo"

#: Seconds it gets to stop; it promises 10.
STOP_PATIENCE = 15.0

#: Seconds without any progress after which it is given up on.
STALL = 120.0

#: Seconds between two looks at how far it is.
POLL = 0.1


class Worker:
    """A running worker process. Its methods raise ClickException when it has ended, or does not get on."""

    def __init__(self, process: subprocess.Popen[bytes], log: Path, servers: verify.Servers) -> None:
        self._process, self._log = process, log
        self._servers = servers

    def await_membership(self, before: frozenset[str], phase: Phase) -> None:
        """Return when both roles have joined their groups, which had the members `before` until then."""
        deadline = time.monotonic() + STALL
        while missing := [group for group in _groups(self._servers) if not _members(self._servers, group) - before]:
            phase.tell(f"waiting for {' and '.join(missing)}")
            self._pause(deadline)

    def await_commits(self, phase: Phase) -> None:
        """Return when everything that is in the topics has been decided and indexed."""
        least, deadline = sys.maxsize, 0.0
        while behind := verify.in_flight(self._servers):
            if behind < least:
                least, deadline = behind, time.monotonic() + STALL
            phase.tell(f"{behind:,} events in flight")
            self._pause(deadline)

    def _pause(self, deadline: float) -> None:
        problem = None
        if (status := self._process.poll()) is not None:
            problem = f"ended with status {status}"
        elif time.monotonic() > deadline:
            problem = f"has not got on for {STALL:.0f} s"
        if problem is not None:
            last = "\n".join(self._log.read_text("utf-8", errors="replace").splitlines()[-5:])
            raise click.ClickException(f"The worker {problem}. The last of its log, {self._log}:\n{last}")
        time.sleep(POLL)


@contextlib.contextmanager
def running_worker(
    servers: verify.Servers, environment: Mapping[str, str], log: Path, phases: Phases
) -> Iterator[Worker]:
    """A worker that takes part. It is stopped at the end, and ends with this process however that ends.

    `environment` holds the addresses: one of them may carry a password, which a command line would show to others.
    """
    # A member that was killed is kept for a while; it is not the one to wait for.
    before = frozenset().union(*(_members(servers, group) for group in _groups(servers)))
    process = _start(environment, log)
    try:
        worker = Worker(process, log, servers)
        with phases("start the worker") as phase:
            worker.await_membership(before, phase)
        yield worker
    finally:
        with phases("stop the worker"):
            _stop(process)


def _start(environment: Mapping[str, str], log: Path) -> subprocess.Popen[bytes]:
    tether = [sys.executable, "-m", "vocbus.ops.embedded.tether", str(os.getpid())]
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as output:
        return subprocess.Popen(  # noqa: S603 - our own command line
            [*tether, sys.executable, "-m", "vocbus.ops.cli", "worker", "--instance", INSTANCE],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            # A terminal sends Ctrl-C to the whole group; the worker hears of it from here alone.
            start_new_session=True,
        )


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(STOP_PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _groups(servers: verify.Servers) -> list[str]:
    return [f"{servers.settings.group_prefix}-{role}" for role in ("intake", "index")]


def _members(servers: verify.Servers, group: str) -> frozenset[str]:
    """Ids of the members of a group that is complete; none while members come and go."""
    try:
        found = servers.admin.describe_groups([group])[group]
    except KafkaError:
        # A broker that has just started does not know yet who coordinates the group.
        return frozenset()
    return frozenset(member["member_id"] for member in found["members"] if found["group_state"] == "Stable")
