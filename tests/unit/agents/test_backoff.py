import pytest

from vocbus.agents.backoff import until_done
from vocbus.contracts.errors import Retryable


class Timeline:
    """A clock that only sleeping moves."""

    def __init__(self) -> None:
        self.now = 0.0
        self.pauses: list[float] = []

    async def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.now += seconds

    def clock(self) -> float:
        return self.now


async def test_waits_longer_each_time_until_the_dependency_is_back() -> None:
    timeline, calls = Timeline(), 0

    async def operation() -> str:
        nonlocal calls
        calls += 1
        if calls < 5:
            raise Retryable("kafka", "away")
        return "done"

    result = await until_done(operation, limit=60, sleep=timeline.sleep, clock=timeline.clock, jitter=lambda: 1.0)
    assert result == "done"
    assert timeline.pauses == [0.1, 0.2, 0.4, 0.8]


async def test_gives_up_at_the_limit_with_the_last_failure() -> None:
    timeline = Timeline()

    async def operation() -> None:
        raise Retryable("elasticsearch", "429")

    with pytest.raises(Retryable, match="429"):
        await until_done(operation, limit=10, sleep=timeline.sleep, clock=timeline.clock, jitter=lambda: 1.0)
    assert timeline.now <= 10


async def test_keeps_to_the_pause_that_the_dependency_asks_for() -> None:
    timeline, failures = Timeline(), [Retryable("elasticsearch", "busy", retry_after=3.0)]

    async def operation() -> None:
        if failures:
            raise failures.pop()

    await until_done(operation, limit=10, sleep=timeline.sleep, clock=timeline.clock, jitter=lambda: 1.0)
    assert timeline.pauses == [3.0]


async def test_any_other_error_passes_through_at_once() -> None:
    async def operation() -> None:
        raise LookupError("a bug")

    with pytest.raises(LookupError):
        await until_done(operation, limit=10)
