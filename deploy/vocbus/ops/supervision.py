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
from dataclasses import dataclass

log = logging.getLogger(__name__)

#: Pause before a role is started again, doubled at each end that follows within STABLE, in seconds.
FIRST_PAUSE, LONGEST_PAUSE, STABLE = 0.5, 30.0, 60.0
#: Exit status of a worker whose own faults were too many (vocbus.agents.worker); it is not started again.
EXIT_BREAKER = 4


class Supervisor:
    """Keeps a process for each command line running until it is told to stop."""

    def __init__(self, commands: Mapping[str, Sequence[str]], environment: Mapping[str, str]) -> None:
        self._commands = commands
        self._environment = dict(environment)
        self._children: dict[str, subprocess.Popen[bytes]] = {}
        self._stop = threading.Event()

    def run(self, *, drain: float) -> int:
        """Run until SIGTERM or SIGINT; returns the exit status. Children get `drain` seconds to finish."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self._stop.set())
        roles = {name: _Role() for name in self._commands}
        for name, role in roles.items():
            self._start(name, role)
        while not self._stop.wait(0.2):
            for name, role in roles.items():
                self._look_after(name, role)
        return self._end(drain, roles)

    def _look_after(self, name: str, role: "_Role") -> None:
        """Start a role again when it gave up and its pause is over; never holds up the other roles."""
        now = time.monotonic()
        if role.due is not None:
            if now >= role.due:
                self._start(name, role)
            return
        status = self._children[name].poll()
        if status is None or role.given_up:
            return
        if status == EXIT_BREAKER:
            role.given_up = True
            log.error("%s stopped for its own faults and is not started again; the other roles go on", name)
            return
        role.pause = FIRST_PAUSE if now - role.started > STABLE else min(LONGEST_PAUSE, 2 * role.pause)
        role.due = now + role.pause
        log.warning("%s ended with status %d; it starts again in %.1f s", name, status, role.pause)

    def _start(self, name: str, role: "_Role") -> None:
        role.started, role.due = time.monotonic(), None
        self._children[name] = subprocess.Popen(  # noqa: S603 - our own command line
            list(self._commands[name]),
            env=self._environment,
            # A terminal sends Ctrl-C to the whole group; children hear of it from here alone.
            start_new_session=True,
        )
        log.info("%s runs as process %d", name, self._children[name].pid)

    def _end(self, drain: float, roles: Mapping[str, "_Role"]) -> int:
        for child in self._children.values():
            with contextlib.suppress(ProcessLookupError):
                child.send_signal(signal.SIGTERM)
        deadline = time.monotonic() + drain
        worst = EXIT_BREAKER if any(role.given_up for role in roles.values()) else 0
        for name, child in self._children.items():
            try:
                status = child.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                log.warning("%s did not stop in %.0f s and is ended; its unfinished chunks come again", name, drain)
                child.kill()
                child.wait()
                continue
            # -SIGTERM: told to stop before it could listen.
            if status not in (0, -signal.SIGTERM) and roles[name].due is None and not roles[name].given_up:
                worst = max(worst, abs(status))
        return worst


@dataclass
class _Role:
    """How a role fares: when it was started, its last pause, and when it is to start again (monotonic seconds)."""

    started: float = 0.0
    pause: float = FIRST_PAUSE / 2
    due: float | None = None
    given_up: bool = False


def role_command(role: str, instance: str) -> list[str]:
    """Command line of one role's worker process; it ends when this process does, however that happens."""
    tether = [sys.executable, "-m", "vocbus.ops.embedded.tether", str(os.getpid())]
    return [*tether, sys.executable, "-m", "vocbus.ops.cli", "worker", role, "--instance", instance]


def child_environment(values: Mapping[str, str]) -> dict[str, str]:
    """This process's environment with these values: secrets pass by environment, never by command line."""
    return {**os.environ, **values}
