"""Runs the worker's roles as child processes and starts again those that gave up.

A role for a process: Elasticsearch being away never holds up the deciding of complaints, and two cores are used.
"""

import contextlib
import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence

log = logging.getLogger(__name__)

#: Pause before a role is started again, doubled at each crash that follows within a minute, in seconds.
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0


class Supervisor:
    """Keeps a process for each command line running until it is told to stop."""

    def __init__(self, commands: Mapping[str, Sequence[str]], environment: Mapping[str, str]) -> None:
        self._commands = commands
        self._environment = environment
        self._children: dict[str, subprocess.Popen[bytes]] = {}
        self._stop = threading.Event()

    def run(self, *, drain: float) -> int:
        """Run until SIGTERM or SIGINT; returns the exit status. Children get `drain` seconds to finish."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self._stop.set())
        pauses = dict.fromkeys(self._commands, FIRST_PAUSE)
        starts = dict.fromkeys(self._commands, 0.0)
        for name in self._commands:
            self._start(name)
            starts[name] = time.monotonic()
        while not self._stop.wait(0.2):
            for name, child in list(self._children.items()):
                status = child.poll()
                if status is None:
                    continue
                if time.monotonic() - starts[name] > 60:
                    pauses[name] = FIRST_PAUSE
                log.warning("%s ended with status %d; it starts again in %.1f s", name, status, pauses[name])
                if self._stop.wait(pauses[name]):
                    break
                pauses[name] = min(LONGEST_PAUSE, 2 * pauses[name])
                self._start(name)
                starts[name] = time.monotonic()
        return self._end(drain)

    def _start(self, name: str) -> None:
        self._children[name] = subprocess.Popen(  # noqa: S603 - our own command line
            list(self._commands[name]),
            env=self._environment,
            # A terminal sends Ctrl-C to the whole group; children hear of it from here alone.
            start_new_session=True,
        )
        log.info("%s runs as process %d", name, self._children[name].pid)

    def _end(self, drain: float) -> int:
        for child in self._children.values():
            with contextlib.suppress(ProcessLookupError):
                child.send_signal(signal.SIGTERM)
        deadline = time.monotonic() + drain
        worst = 0
        for name, child in self._children.items():
            try:
                status = child.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                log.warning("%s did not stop in %.0f s and is ended; its unfinished chunks come again", name, drain)
                child.kill()
                child.wait()
                continue
            worst = max(worst, abs(status))
        return worst


def role_command(role: str, instance: str) -> list[str]:
    """Command line of one role's worker process; it ends when this process does, however that happens."""
    tether = [sys.executable, "-m", "vocbus.ops.embedded.tether", str(os.getpid())]
    return [*tether, sys.executable, "-m", "vocbus.ops.cli", "worker", role, "--instance", instance]


def child_environment(values: Mapping[str, str]) -> dict[str, str]:
    """This process's environment with VOCBUS_* values set: secrets pass by environment, never by command line."""
    return {**os.environ, **values}
