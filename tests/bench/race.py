"""One contestant over the whole load, from its first event to the last message in Kafka, checked for its answer."""

import time
import uuid
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from tests.bench.child import Child, Failed
from tests.bench.cluster import OUTPUTS, Cluster
from tests.bench.contestant import Job

START_S, STALL_S = 60.0, 30.0


@dataclass(frozen=True)
class Lap:
    """What one contestant did in one round. Memory in MB: at the first event, at most, and over time (seconds, MB)."""

    per_s: float
    cpu_us_per_event: float
    memory_start: float
    memory_max: float
    memory: list[tuple[float, float]]


def race(
    cluster: Cluster,
    folder: Path,
    name: str,
    work: str,
    *,
    events: int,
    expected: Mapping[str, int],
    processes: int = 1,
    tell: Callable[[float], None] = lambda _: None,
) -> Lap:
    """Run a contestant over the load of `events` on fresh output topics; `tell` gets the share that is done.

    Raises Failed unless it wrote exactly the expected messages to each topic and committed the whole load.
    """
    cluster.recreate(OUTPUTS)
    group = f"bench-{uuid.uuid4().hex[:8]}-intake"
    total = sum(expected.values())
    with ExitStack() as stack:
        children = [
            stack.enter_context(
                Child(name, Job(str(folder / f"{name}-{i}.json"), cluster.kafka, group=group, work=work))
            )
            for i in range(processes)
        ]
        first_ns, cpu = _await_start(children)
        ended_ns = _await_end(cluster, children, first_ns, total, tell)
        cpu = sum(child.cpu_seconds() for child in children) - cpu
        for child in children:
            child.sample()
            child.stop()
    found, committed = cluster.counts(OUTPUTS), cluster.committed(group)
    if found != expected:
        wrong = ", ".join(
            f"{topic} {found.get(topic, 0)} instead of {expected.get(topic, 0)}"
            for topic in sorted({*found, *expected})
            if found.get(topic) != expected.get(topic)
        )
        raise Failed(f"{name} gave a wrong answer: {wrong}")
    if committed != events:
        raise Failed(f"{name} committed {committed} of {events} events")
    memory = children[0].memory
    return Lap(
        per_s=events / ((ended_ns - first_ns) / 1e9),
        cpu_us_per_event=cpu * 1e6 / events,
        memory_start=memory[0][1],
        memory_max=max(mb for _, mb in memory),
        memory=[(at - memory[0][0], mb) for at, mb in memory],
    )


def _await_start(children: list[Child]) -> tuple[int, float]:
    """Time of the first event that any of them has in hand, and processor time until then."""
    deadline = time.monotonic() + START_S
    while True:
        for child in children:
            if told := child.report():
                for each in children:
                    each.sample()
                return told["first_event_ns"], sum(each.cpu_seconds() for each in children)
        if time.monotonic() > deadline:
            raise children[0].failed(f"had no event in hand after {START_S:.0f} s")
        time.sleep(0.005)


def _await_end(
    cluster: Cluster, children: list[Child], first_ns: int, total: int, tell: Callable[[float], None]
) -> int:
    """Time at which all messages are in Kafka. The nearer the end, the closer it looks."""
    before, progress_at = 0, time.monotonic()
    while True:
        done = sum(cluster.counts(OUTPUTS).values())
        now_ns = time.time_ns()
        tell(done / total)
        if done >= total:
            return now_ns
        if done > before:
            before, progress_at = done, time.monotonic()
        for child in children:
            child.sample()
            if child.process.poll() is not None:
                raise child.failed("ended before the load did")
        if time.monotonic() - progress_at > STALL_S:
            raise children[0].failed(f"stalled at {done} of {total} messages for {STALL_S:.0f} s")
        left = (total - done) * (now_ns - first_ns) / 1e9 / max(1, done)
        time.sleep(min(0.2, max(0.005, left / 4)))
