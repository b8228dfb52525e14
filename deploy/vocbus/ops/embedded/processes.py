"""Child processes by pid and birth: start them, know them again, end them."""

import os
import signal
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

from vocbus.ops.embedded.launch import NOTED


@dataclass(frozen=True)
class Birth:
    """A process known for good: its pid, and when it began, in seconds since the computer's boot."""

    pid: int
    began: float


def birth_of(pid: int) -> Birth | None:
    """The process that has this pid now; None when none runs. A child that has ended is reaped on the way."""
    try:
        process = psutil.Process(pid)
        if process.status() == psutil.STATUS_ZOMBIE and _has_ended(process):
            return None
        # Seconds since boot, since times of day move when somebody sets the clock.
        return Birth(pid, process.create_time() - psutil.boot_time())
    except psutil.NoSuchProcess:
        return None


def _has_ended(zombie: psutil.Process) -> bool:
    """Whether the last thread is gone too: until then a killed process still holds its ports and files."""
    try:
        zombie.wait(timeout=0)
    except psutil.TimeoutExpired:
        return zombie.num_threads() <= 1
    return True


def is_running(birth: Birth) -> bool:
    """Whether this very process still runs: a stranger with a reused pid does not count."""
    now = birth_of(birth.pid)
    return now is not None and abs(now.began - birth.began) < 2  # the boot time is told in whole seconds


def spawn(
    command: Sequence[str],
    folder: Path,
    output: Path,
    environ: Mapping[str, str],
    *,
    tied: bool,
    note: Callable[[Birth], None],
) -> None:
    """Start a command in `folder` and in its own session, so that a terminal's Ctrl-C does not reach it.

    What it prints replaces the file `output`. It waits until `note` has put down who it is; if that fails or
    never comes to pass, it ends. With `tied` it ends when the calling thread does (see launch and tether).
    """
    launch = [sys.executable, "-P", "-m", "vocbus.ops.embedded.launch"]
    reading, writing = os.pipe()
    try:
        pid = os.posix_spawn(
            sys.executable,
            [*launch, str(folder), str(os.getpid() if tied else 0), *command],
            environ,
            file_actions=[
                (os.POSIX_SPAWN_DUP2, reading, 0),
                (os.POSIX_SPAWN_OPEN, 1, str(output), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600),
                (os.POSIX_SPAWN_DUP2, 1, 2),
            ],
            setsid=True,
        )
        if birth := birth_of(pid):
            note(birth)
            os.write(writing, NOTED)
    finally:
        os.close(reading)
        os.close(writing)


def end(births: Iterable[Birth], patience_s: float) -> list[Birth]:
    """SIGTERM all, wait, SIGKILL what is left. Returns those that had to be killed."""
    running = [birth for birth in births if send(birth, signal.SIGTERM)]
    deadline = time.monotonic() + patience_s
    stubborn = [birth for birth in running if not wait_gone(birth, deadline)]
    kill(stubborn)
    return stubborn


def kill(births: Iterable[Birth]) -> None:
    """SIGKILL at once, and wait until they are gone."""
    killed = [birth for birth in births if send(birth, signal.SIGKILL)]
    for birth in killed:
        wait_gone(birth, time.monotonic() + 10)


def send(birth: Birth, number: signal.Signals) -> bool:
    """Signal this very process. False when it runs no more."""
    if not is_running(birth):
        return False
    try:
        os.kill(birth.pid, number)
    except ProcessLookupError:
        return False
    return True


def wait_gone(birth: Birth, deadline: float) -> bool:
    """Wait until the process is gone; False when `deadline` (monotonic clock) comes first."""
    while is_running(birth):
        if time.monotonic() >= deadline:
            return False
        time.sleep(0.02)
    return True
