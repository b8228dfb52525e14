"""Runs one Faust app until it is told to stop or gives up."""

import asyncio
import logging
import os
import signal

import faust

from vocbus.agents.breaker import BreakerOpen
from vocbus.contracts.errors import Retryable

log = logging.getLogger(__name__)

#: Exit status of a worker that gave up on a dependency; started again, it goes on where it was.
EXIT_GAVE_UP = 1
#: Exit status of a worker whose own faults were too many; starting it again would drain the topic bit by bit.
EXIT_BREAKER = 4


async def run(app: faust.App, *, drain: float) -> int:
    """Run the app; returns the exit status.

    SIGTERM and SIGINT stop it: no more events are taken, chunks under way are finished and committed. What is not
    finished after `drain` seconds is left unacknowledged, and the process ends: it comes again after the next start.
    """
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    app.finalize()
    starting = asyncio.create_task(app.start())
    stopping = asyncio.create_task(stop.wait())
    ended = asyncio.create_task(_ended(app, starting))
    await asyncio.wait({stopping, ended}, return_when=asyncio.FIRST_COMPLETED)
    if stop.is_set():
        status = 0
        log.info("stopping: chunks under way are finished first")
    else:
        status = _give_up(_reason(app, starting))
    starting.cancel()
    ended.cancel()
    done, _ = await asyncio.wait({asyncio.create_task(app.stop())}, timeout=drain)
    if not done:
        log.warning("chunks under way were not finished in %.0f s; they come again after the next start", drain)
        logging.shutdown()
        # Faust waits for unacknowledged chunks without end, in threads that would keep the process.
        os._exit(status)
    log.info("stopped")
    return status


async def _ended(app: faust.App, starting: asyncio.Task[None]) -> None:
    """Return when the app crashed, stopped by itself or could not start."""
    while not (app.crashed or app.should_stop or (starting.done() and starting.exception())):  # noqa: ASYNC110 - Faust sets these without an event of ours
        await asyncio.sleep(0.1)


def _reason(app: faust.App, starting: asyncio.Task[None]) -> BaseException | None:
    return app.crash_reason or (starting.exception() if starting.done() else None)


def _give_up(reason: BaseException | None) -> int:
    """Say why; the exit status that follows. Errors other than our own might hold values of events."""
    if isinstance(reason, BreakerOpen):
        log.error(
            "giving up: %s. Nothing of the last chunk was acknowledged. Starting again would dead-letter on: "
            "go back to the release before, or mend the rules, then start",
            reason,
        )
        return EXIT_BREAKER
    log.error("giving up: %s", reason if isinstance(reason, Retryable) else type(reason).__name__)
    return EXIT_GAVE_UP
