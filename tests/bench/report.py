"""What was measured, as JSON and as a table. Pure."""

from collections.abc import Mapping, Sequence
from statistics import median, quantiles
from typing import Any, NamedTuple

from rich.table import Table

Results = dict[str, dict[str, Any]]


class Goal(NamedTuple):
    """A figure to reach: a result's key, or a ratio, at least (or at most) so much."""

    name: str
    key: str
    value: float
    at_most: bool = False

    @property
    def title(self) -> str:
        """What the figure is called."""
        return self.name if self.key in ("ratio", "median_per_s") else f"{self.name} {self.key}"

    @property
    def bound(self) -> str:
        """The goal as it is told."""
        return f"{'≤' if self.at_most else '≥'} {self.value:,g}"

    def met(self, found: float) -> bool:
        return found <= self.value if self.at_most else found >= self.value


#: Ratio of medians by name: what is divided by what follows from the name.
RATIOS = (
    "worker/stock_faust",
    "worker/quix",
    "worker/bare_loop",
    "sink/bulk_loop",
    "worker_x2/worker",
    "worker_passthrough/stock_faust_passthrough",
    "worker_passthrough/quix_passthrough",
    "worker_passthrough/bare_loop_passthrough",
    "classify_short_60/classify_sklearn_short_60",
    "classify_transcript_1500/classify_sklearn_transcript_1500",
    "classify_monologue_1500/classify_sklearn_monologue_1500",
)

GOALS = (
    Goal("worker/stock_faust", "ratio", 3.0),
    Goal("worker/quix", "ratio", 1.2),
    Goal("worker/bare_loop", "ratio", 0.7),
    Goal("sink/bulk_loop", "ratio", 0.8),
    Goal("worker_x2/worker", "ratio", 1.7),
    Goal("classify_short_60", "median_per_s", 20_000),
    Goal("classify_transcript_1500", "median_per_s", 4_000),
    Goal("latency", "p99_ms", 250, at_most=True),
    Goal("worker", "rss_max_mb", 300, at_most=True),
)


def spread(per_s: Sequence[float]) -> dict[str, float]:
    """Median, least and most of the rounds, by second."""
    return {"median_per_s": round(median(per_s), 1), "min": round(min(per_s), 1), "max": round(max(per_s), 1)}


def percentile(values: Sequence[float], percent: int) -> float:
    """The value that `percent` of 100 do not exceed; linear between neighbours."""
    return values[0] if len(values) == 1 else quantiles(values, n=100, method="inclusive")[percent - 1]


def thin(points: Sequence[tuple[float, float]], most: int = 20) -> list[list[float]]:
    """At most `most` of the points, evenly chosen, with the first and the last."""
    if len(points) > most:
        step = (len(points) - 1) / (most - 1)
        points = [points[round(i * step)] for i in range(most)]
    return [[round(x, 1), round(y, 1)] for x, y in points]


def ratios(results: Mapping[str, Mapping[str, Any]]) -> dict[str, float]:
    """The ratios of which both sides were measured."""
    found = {}
    for name in RATIOS:
        over, under = name.split("/")
        if over in results and under in results:
            found[name] = round(results[over]["median_per_s"] / results[under]["median_per_s"], 3)
    return found


def document(machine: Mapping[str, Any], runs: int, results: Results) -> dict[str, Any]:
    """The content of build/bench.json."""
    return {"machine": dict(machine), "runs": runs, "results": results, "ratios": ratios(results)}


def goals(found: Mapping[str, Any]) -> list[tuple[Goal, float]]:
    """The goals that were measured, each with what was reached."""
    reached = []
    for goal in GOALS:
        value = (
            found["ratios"].get(goal.name) if goal.key == "ratio" else found["results"].get(goal.name, {}).get(goal.key)
        )
        if value is not None:
            reached.append((goal, value))
    return reached


def results_table(found: Mapping[str, Any]) -> Table:
    """Every result of the document on a line."""
    runs = found["runs"]
    table = Table(title=f"{runs} round{'s' if runs != 1 else ''}, per second", title_justify="left")
    for name in ("", "median", "min", "max", "CPU µs", "RSS MB"):
        table.add_column(name, justify="left" if not name else "right", no_wrap=True)
    for name, result in found["results"].items():
        table.add_row(
            name,
            *(f"{result[key]:,.0f}" for key in ("median_per_s", "min", "max")),
            f"{result['cpu_us_per_event']:.0f}" if "cpu_us_per_event" in result else "",
            f"{result['rss_start_mb']:.0f} → {result['rss_max_mb']:.0f}" if "rss_max_mb" in result else "",
        )
    return table


def goals_table(found: Mapping[str, Any]) -> Table:
    """The ratios, and how each figure stands to its goal."""
    table = Table(title="figures", title_justify="left")
    for name in ("", "reached", "goal", ""):
        table.add_column(name, justify="left" if not name else "right", no_wrap=True)
    told = set()
    for goal, value in goals(found):
        told.add(goal.name)
        table.add_row(goal.title, figure(value), goal.bound, "yes" if goal.met(value) else "no")
    for name, value in found["ratios"].items():
        if name not in told:
            table.add_row(name, figure(value), "", "")
    return table


def figure(value: float) -> str:
    """A figure as it is told: ratios with two decimals, counts whole."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.2f}"
