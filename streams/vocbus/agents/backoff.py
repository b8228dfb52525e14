"""Waiting for a dependency that is away: exponential backoff with full jitter, up to a limit."""

import asyncio
import logging
import random
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

from vocbus.contracts.errors import Retryable

T = TypeVar("T")

log = logging.getLogger(__name__)


async def until_done(
    operation: Callable[[], Awaitable[T]],
    *,
    limit: float,
    base: float = 0.1,
    ceiling: float = 5.0,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    clock: Callable[[], float] = time.monotonic,
    jitter: Callable[[], float] = random.random,
) -> T:
    """Run the operation until it does not raise Retryable; raise the last one after `limit` seconds."""
    deadline = clock() + limit
    attempt = 0
    while True:
        try:
            return await operation()
        except Retryable as error:
            pause = min(ceiling, base * 2**attempt) if error.retry_after is None else max(base, error.retry_after)
            if clock() + pause > deadline:
                raise
            attempt += 1
            log.warning("%s is away, attempt %d: %s", error.dependency, attempt, error.detail)
            await sleep(pause * (0.5 + jitter() / 2))
