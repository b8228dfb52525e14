"""Starts contestants, each in a process of its own, and watches their memory and processor time."""

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import psutil
from tests.bench.contestant import Job

ROOT = Path(__file__).parents[2]
_MB = 1024 * 1024


class Failed(Exception):
    """A contestant crashed, stalled, or gave a wrong answer: there is no result then."""


@dataclass
class Child:
    """A contestant's process. It ends with its context, and with this process however that ends."""

    name: str
    job: Job
    memory: list[tuple[float, float]] = field(default_factory=list)

    def __enter__(self) -> Self:
        report = Path(self.job.report)
        report.unlink(missing_ok=True)
        self._output = report.with_suffix(".log")
        # Nothing of the caller's set-up may change what is measured. Faust and Quix leave folders where they run.
        kept = {key: value for key, value in os.environ.items() if not key.startswith("VOCBUS_")}
        path = [str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
        tether = [sys.executable, "-P", "-m", "vocbus.ops.embedded.tether", str(os.getpid())]
        with open(self._output, "wb") as output:
            self.process = psutil.Popen(
                [*tether, sys.executable, "-m", "tests.bench.contestant", self.name, self.job.to_json()],
                cwd=report.parent,
                env={**kept, "PYTHONPATH": os.pathsep.join(path)},
                stdout=output,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()

    def report(self) -> dict[str, Any] | None:
        """What it has told, None while it has not. Raises Failed when it ended without a word."""
        try:
            return dict(json.loads(Path(self.job.report).read_text()))
        except FileNotFoundError:
            if self.process.poll() is not None:
                raise self.failed(f"ended with status {self.process.returncode} before its report") from None
            return None

    def wait_report(self, seconds: float) -> dict[str, Any]:
        """Wait for its report."""
        deadline = time.monotonic() + seconds
        while (found := self.report()) is None:
            if time.monotonic() > deadline:
                raise self.failed(f"told nothing for {seconds:.0f} s")
            time.sleep(0.005)
        return found

    def sample(self) -> None:
        """Note resident memory (MB) at this time."""
        self.memory.append((time.monotonic(), self.process.memory_info().rss / _MB))

    def cpu_seconds(self) -> float:
        """Processor time so far, of all its threads."""
        times = self.process.cpu_times()
        return float(times.user + times.system)

    def stop(self, seconds: float = 30.0) -> None:
        """SIGTERM, and wait for a clean end."""
        self.process.send_signal(signal.SIGTERM)
        self.wait(seconds)

    def wait(self, seconds: float) -> None:
        """Wait for a clean end."""
        try:
            status = self.process.wait(seconds)
        except (psutil.TimeoutExpired, subprocess.TimeoutExpired):
            raise self.failed(f"did not end in {seconds:.0f} s") from None
        if status:
            raise self.failed(f"ended with status {status}")

    def failed(self, what: str) -> Failed:
        """The error that says what happened, with the last of what the process printed."""
        tail = "\n".join(self._output.read_text(errors="replace").splitlines()[-15:])
        return Failed(f"{self.name} {what}. The last of its output:\n{tail or '(nothing)'}")
