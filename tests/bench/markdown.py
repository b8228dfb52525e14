"""The table of docs/benchmarks.md, from what a run found. Pure."""

from collections.abc import Mapping
from typing import Any

from tests.bench.report import figure, goals

BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"


def measured(found: Mapping[str, Any]) -> str:
    """Machine, results and figures of a run, as Markdown."""
    machine = found["machine"]
    load = machine["load"]
    lines = [
        f"{machine['cores']} cores of {machine['cpu']}, {machine['memory_gb']:g} GB, Python {machine['python']}; "
        + ", ".join(f"{name} {version}" for name, version in machine["versions"].items())
        + f". {load['events']:,} events of {load['bytes']:g} bytes and {load['characters']:g} characters in "
        f"{load['turns']:g} turns in the mean; rounds: {found['runs']}.",
        "",
        "| | median/s | min | max | CPU µs/event | RSS MB |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    for name, result in found["results"].items():
        cells = [f"{result[key]:,.0f}" for key in ("median_per_s", "min", "max")]
        cells.append(f"{result['cpu_us_per_event']:.0f}" if "cpu_us_per_event" in result else "")
        cells.append(f"{result['rss_start_mb']:.0f} → {result['rss_max_mb']:.0f}" if "rss_max_mb" in result else "")
        lines.append(f"| {name} | {' | '.join(cells)} |")
    lines += ["", "| figure | reached | goal | |", "|---|---:|---:|---|"]
    told = set()
    for goal, value in goals(found):
        told.add(goal.name)
        lines.append(f"| {goal.title} | {figure(value)} | {goal.bound} | {'yes' if goal.met(value) else 'no'} |")
    lines += [f"| {name} | {figure(value)} | | |" for name, value in found["ratios"].items() if name not in told]
    if delays := found["results"].get("latency"):
        lines += [
            "",
            f"Latency: p50 {delays['p50_ms']:g} ms, p99 {delays['p99_ms']:g} ms, at most {delays['max_ms']:g} ms.",
        ]
    return "\n".join(lines)


def insert(page: str, found: Mapping[str, Any]) -> str:
    """The page with what was measured between its marks. ValueError when it has none."""
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"the page needs the lines {BEGIN} and {END}")
    return f"{before}{BEGIN}\n\n{measured(found)}\n\n{END}{after}"
