"""Waiting for a store that is away or busy."""

import logging
from collections.abc import Awaitable, Callable

from vocbus.contracts.errors import Retryable

log = logging.getLogger(__name__)


class Patience:
    """Exponential backoff with full jitter, until nothing has got better for `limit` seconds.

    Full jitter (a pause of anything between nothing and the whole backoff) keeps workers that failed together from
    coming back together.
    """

    def __init__(
        self,
        dependency: str,
        limit: float,
        *,
        base: float,
        ceiling: float,
        sleep: Callable[[float], Awaitable[None]],
        clock: Callable[[], float],
        jitter: Callable[[], float],
    ) -> None:
        self._dependency, self._limit, self._base, self._ceiling = dependency, limit, base, ceiling
        self._sleep, self._clock, self._jitter = sleep, clock, jitter
        self.restart()

    def restart(self) -> None:
        """Something got through: be patient anew."""
        self._attempt = 0
        self._deadline = self._clock() + self._limit

    async def wait(self, seen: str) -> None:
        """Sleep before the next attempt. Raises Retryable when that would pass the limit."""
        backoff = min(self._ceiling, self._base * 2.0 ** min(self._attempt, 32))
        pause = self._jitter() * backoff
        if self._clock() + pause > self._deadline:
            raise Retryable(self._dependency, f"{seen}, for more than {self._limit:g} s")
        self._attempt += 1
        log.warning("%s: %s; attempt %d follows in %.1f s", self._dependency, seen, self._attempt + 1, pause)
        await self._sleep(pause)
