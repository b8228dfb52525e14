"""Signals that end a long command in order."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from vocbus.ops.embedded.progress import Progress


class EndingWanted(Exception):
    """Raised in the middle of a start that is not wanted any more."""


class Ending:
    """Whether a signal has asked for the end.

    It is raised at safe points only: raised anywhere, as Ctrl-C is by default, it could be swallowed by a client
    library, or come between the start of a process and the note of its pid.
    """

    def __init__(self) -> None:
        self.wanted = False
        self._raised = False

    def before_each(self, progress: Progress) -> Progress:
        """Progress whose first call after the signal raises EndingWanted; cleaning up may tell more after it."""

        def tell(line: str) -> None:
            if self.wanted and not self._raised:
                self._raised = True
                raise EndingWanted
            progress(line)

        return tell


@contextmanager
def ending_by_signals() -> Iterator[Ending]:
    """SIGINT (Ctrl-C), SIGTERM and SIGHUP ask for the end; asked again while that is under way, they change nothing."""
    ending = Ending()

    def ask(_number: int, _frame: FrameType | None) -> None:
        ending.wanted = True

    before = {number: signal.signal(number, ask) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    try:
        yield ending
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
