"""How a long start tells what it is doing."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console

#: Called with one line for a person, again and again; the newest line replaces the one before.
#: It may raise to break off what it is told of, which then cleans up after itself.
Progress = Callable[[str], None]


def silent(_line: str) -> None:
    """Tell nobody."""


@contextmanager
def progress_on(console: Console) -> Iterator[Progress]:
    """Progress on a console: on a terminal one line that changes, elsewhere a line for each new step."""
    if console.is_terminal:
        with console.status("") as spinner:
            yield spinner.update
        return
    told: set[str] = set()

    def tell(line: str) -> None:
        step = line.partition(" (")[0]
        if step not in told:
            told.add(step)
            console.print(step)

    yield tell
