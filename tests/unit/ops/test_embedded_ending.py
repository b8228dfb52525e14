import io
import os
import signal

import pytest
from rich.console import Console

from vocbus.ops.embedded.ending import EndingWanted, ending_by_signals
from vocbus.ops.embedded.progress import progress_on


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_the_work_at_its_next_word_and_lets_it_clean_up(number: signal.Signals) -> None:
    told: list[str] = []
    before = signal.getsignal(number)
    with ending_by_signals() as ending:
        tell = ending.before_each(told.append)
        tell("starting")
        assert not ending.wanted
        os.kill(os.getpid(), number)
        assert ending.wanted
        with pytest.raises(EndingWanted):
            tell("still starting")
        os.kill(os.getpid(), number)  # an impatient second Ctrl-C
        tell("cleaning up")
    assert told == ["starting", "cleaning up"]
    assert signal.getsignal(number) is before


def test_without_a_terminal_each_step_is_told_once() -> None:
    written = io.StringIO()
    with progress_on(Console(file=written, force_terminal=False)) as tell:
        for line in ("downloading (0 of 9 MB)", "downloading (5 of 9 MB)", "starting", "starting"):
            tell(line)
    assert written.getvalue() == "downloading\nstarting\n"
