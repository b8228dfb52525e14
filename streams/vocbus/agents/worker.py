"""Runs one Faust app until it is told to stop or crashes."""

import asyncio
import logging
import os
import signal

import faust

from vocbus.agents.breaker import BreakerOpen
from vocbus.contracts.errors import Retryable

log = logging.getLogger(__name__)

#: Exit status of a worker that gave up; its supervisor starts it again.
EXIT_CRASHED = 1


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
    ended = asyncio.create_task(_ended(app))
    await asyncio.wait({stopping, ended}, return_when=asyncio.FIRST_COMPLETED)
    crashed = not stop.is_set()
    if crashed:
        log.error("giving up: %s", _reason(app))
    else:
        log.info("stopping: chunks under way are finished first")
    starting.cancel()
    done, _ = await asyncio.wait({asyncio.create_task(app.stop())}, timeout=drain)
    if not done:
        log.warning("chunks under way were not finished in %.0f s; they come again after the next start", drain)
        logging.shutdown()
        # Faust waits for unacknowledged chunks without end, in threads that would keep the process.
        os._exit(EXIT_CRASHED if crashed else 0)
    log.info("stopped")
    return EXIT_CRASHED if crashed else 0


def _reason(app: faust.App) -> str:
    """Why the app crashed; our own errors speak for themselves, others might hold values of events."""
    reason = app.crash_reason
    return str(reason) if isinstance(reason, Retryable | BreakerOpen) else type(reason).__name__


async def _ended(app: faust.App) -> None:
    """Return when the app crashed or stopped by itself."""
    while not (app.crashed or app.should_stop):  # noqa: ASYNC110 - Faust sets these flags without an event of ours
        await asyncio.sleep(0.1)
