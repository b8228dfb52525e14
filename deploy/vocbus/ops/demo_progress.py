"""The phases of the demo as a person sees them on standard error, and how long each took."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from rich.console import Console

from vocbus.ops.embedded.ending import Ending


@dataclass
class Phase:
    """`tell` replaces the line that says what is going on now; `result` is what stays to be read afterwards.

    `tell` raises EndingWanted when a signal has asked for the end: what cleans up must not use it.
    """

    tell: Callable[[str], None]
    result: str = ""


@dataclass
class Phases:
    """Runs phases one after the other; `seconds` keeps how long each took, by name."""

    console: Console
    ending: Ending
    clock: Callable[[], float] = time.monotonic
    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def __call__(self, name: str) -> Iterator[Phase]:
        """A phase of this name; it is timed and shown also when it fails."""
        started, mark = self.clock(), "[bold red]✗[/]"
        try:
            # Where no one looks there is no spinner, only the line at the end.
            with self.console.status(name) as status:
                tell = self.ending.before_each(lambda line: status.update(f"{name}: {line}"))
                phase = Phase(tell)
                yield phase
            mark = "[green]✓[/]"
        finally:
            self.seconds[name] = self.clock() - started
            result = phase.result if "✓" in mark else ""
            self.console.print(f"{mark} {name:<20}{self.seconds[name]:>7.1f} s   {result}", soft_wrap=True)
