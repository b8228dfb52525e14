"""Everything that is measured, in its order, and what has been found so far."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tests.bench import classification, latency, report, sinks
from tests.bench.cluster import Cluster
from tests.bench.events import Load
from tests.bench.functions import WORKS, Message
from tests.bench.race import Lap, race

from vocbus.contracts.topics import RAW

CONTESTANTS = ("worker", "stock_faust", "quix", "bare_loop")
SINKS = ("sink", "bulk_loop")
NAMES = (
    *CONTESTANTS,
    "worker_x2",
    *(f"{name}_passthrough" for name in CONTESTANTS),
    *SINKS,
    *classification.NAMES,
    "latency",
)


@dataclass
class Programme:
    """What is measured, with what, and what has been found so far."""

    runs: int
    events: int
    sink_events: int
    names: tuple[str, ...]
    cluster: Cluster
    elasticsearch: str
    folder: Path
    tell: Callable[[str, float], None]
    laps: dict[str, list[Lap]] = field(default_factory=lambda: defaultdict(list))
    rates: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    delays: latency.Latency | None = None

    def steps(self) -> Iterator[tuple[str, Callable[[str], None]]]:
        """Everything that is to be run, in its order. Each round begins with another contestant."""
        racing = [name for name in self.names if name.startswith(CONTESTANTS)]
        writing = [name for name in self.names if name in SINKS]
        for number in range(self.runs):
            turn = number % max(1, len(racing))
            yield from ((name, self._race) for name in racing[turn:] + racing[:turn])
        if writing:
            # Elasticsearch compiles its own hot paths first.
            yield "warm-up", lambda _: self._write(writing[0])
        for number in range(self.runs):
            yield from ((name, self._index) for name in (writing if number % 2 == 0 else reversed(writing)))
            yield from ((name, self._classify) for name in classification.NAMES if name in self.names)
        if "latency" in self.names:
            yield "latency", self._latency

    def fill(self) -> None:
        """Put the load on its topic, and work out what must come of it."""
        load = Load(self.events)
        self.expected = {name: load.expected(make()) for name, make in WORKS.items()}
        self.cluster.recreate([RAW])
        self.cluster.fill(self._counted(load))

    def _counted(self, load: Load) -> Iterator[Message]:
        for number, message in enumerate(load.messages()):
            if number % 1000 == 0:
                self.tell("load", number / load.events)
            yield message

    def _race(self, name: str) -> None:
        contestant = name.removesuffix("_passthrough").removesuffix("_x2")
        work = "passthrough" if name.endswith("_passthrough") else "decision"
        lap = race(
            self.cluster,
            self.folder,
            contestant,
            work,
            events=self.events,
            expected=self.expected[work],
            processes=2 if name.endswith("_x2") else 1,
            tell=lambda share: self.tell(name, share),
        )
        self.laps[name].append(lap)

    def _write(self, name: str) -> float:
        return sinks.index(self.elasticsearch, self.folder, name, self.sink_events)

    def _index(self, name: str) -> None:
        self.rates[name].append(self._write(name))

    def _classify(self, name: str) -> None:
        for measurement, rate in classification.measure(self.folder, name).items():
            self.rates[measurement].append(rate)

    def _latency(self, _: str) -> None:
        self.delays = latency.measure(self.cluster, self.folder)

    def results(self) -> report.Results:
        """Results by name."""
        found: report.Results = {}
        for name in self.names:
            if laps := self.laps.get(name):
                found[name] = {
                    **report.spread([lap.per_s for lap in laps]),
                    "cpu_us_per_event": round(sum(lap.cpu_us_per_event for lap in laps) / len(laps), 1),
                    "rss_start_mb": round(laps[-1].memory_start, 1),
                    "rss_max_mb": round(max(lap.memory_max for lap in laps), 1),
                }
        if "worker" in found:
            found["worker"]["rss_over_time"] = report.thin(self.laps["worker"][-1].memory)
        found |= {name: report.spread(rates) for name, rates in self.rates.items()}
        if self.delays is not None:
            values = self.delays.milliseconds
            found["latency"] = {
                **report.spread([self.delays.per_s]),
                "cpu_us_per_event": round(self.delays.cpu_us_per_event, 1),
                "p50_ms": round(report.percentile(values, 50), 1),
                "p99_ms": round(report.percentile(values, 99), 1),
                "max_ms": round(max(values), 1),
                "messages": len(values),
            }
        return found
