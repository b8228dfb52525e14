"""Stops a worker whose own faults are too many, so that a bad release cannot drain a topic into the dead letters."""

from collections import deque
from collections.abc import Iterable

from vocbus.contracts.errors import FAULT_REASONS, RejectReason


class BreakerOpen(Exception):
    """Too many events failed by a fault of the bus; the worker must stop and leave them unacknowledged."""


class Breaker:
    """Opens after a run of faults, or when faults exceed a share of the last events.

    `run` consecutive faults open it at once; `share` (0 to 1) of the last `window` events does once the window is
    full. Rejections that are the event's own doing count as successes.
    """

    def __init__(self, run: int = 25, share: float = 0.2, window: int = 500) -> None:
        self._limit, self._share = run, share
        self._run = 0
        self._recent: deque[bool] = deque(maxlen=window)
        self._faults = 0

    def note_all(self, reasons: Iterable[RejectReason | None]) -> None:
        """What became of some events in order; None passed. Raises BreakerOpen at the one too many."""
        for reason in reasons:
            if reason in FAULT_REASONS:
                self.fault(reason)
            else:
                self.success()

    def success(self) -> None:
        """An event passed, or was rejected for what it is."""
        self._run = 0
        self._note(False)

    def fault(self, reason: RejectReason) -> None:
        """An event failed by a fault of the bus. Raises BreakerOpen when that was one too many."""
        self._run += 1
        self._note(True)
        if self._run >= self._limit:
            raise BreakerOpen(f"{self._run} events in a row failed, the last as {reason}")
        full = len(self._recent) == self._recent.maxlen
        if full and self._faults > self._share * len(self._recent):
            raise BreakerOpen(f"{self._faults} of the last {len(self._recent)} events failed, the last as {reason}")

    def _note(self, fault: bool) -> None:
        if len(self._recent) == self._recent.maxlen:
            self._faults -= self._recent[0]
        self._recent.append(fault)
        self._faults += fault
