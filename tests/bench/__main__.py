"""`python -m tests.bench`: everything in one run, side by side; writes build/bench.json."""

import json
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from confluent_kafka import KafkaException
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from tests.bench import machine, markdown, report
from tests.bench.child import ROOT, Failed
from tests.bench.cluster import Cluster
from tests.bench.events import Load
from tests.bench.programme import CONTESTANTS, NAMES, Programme

from vocbus.ops.embedded import servers
from vocbus.ops.embedded.errors import ServersError


@click.command()
@click.option("--runs", default=3, show_default=True, type=click.IntRange(1), help="Rounds; medians are told.")
@click.option("--events", default=30_000, show_default=True, type=click.IntRange(1000), help="Raw events of a race.")
@click.option(
    "--sink-events", default=20_000, show_default=True, type=click.IntRange(1000), help="Interactions to index."
)
@click.option("--only", multiple=True, type=click.Choice(NAMES), help="Measure this; may be repeated.")
@click.option("--docs", is_flag=True, help="Put what was measured into docs/benchmarks.md as well.")
@click.option(
    "--output", default="build/bench.json", show_default=True, type=click.Path(dir_okay=False, path_type=Path)
)
def main(runs: int, events: int, sink_events: int, only: tuple[str, ...], docs: bool, output: Path) -> None:
    """Measure the worker beside its peers on Kafka and Elasticsearch of its own.

    Fails, and writes nothing, when a contestant gives a wrong answer.
    """
    console = Console()
    described = machine.describe()
    if described["load_average"] > 0.3 * described["cores"]:
        console.print(
            f"[yellow]Others use this machine (load {described['load_average']} on {described['cores']} cores): "
            "what follows tells little.[/]",
            highlight=False,
        )
    begin = time.monotonic()
    names = tuple(name for name in NAMES if not only or name in only)
    try:
        with tempfile.TemporaryDirectory(prefix="vocbus-bench-") as folder, _progress(console) as (tell, advance):
            tell("servers", 0.0)
            with _servers(Path(folder) / "servers") as (kafka, elasticsearch):
                programme = Programme(
                    runs, events, sink_events, names, Cluster(kafka), elasticsearch, Path(folder), tell
                )
                steps = list(programme.steps())
                if any(name.startswith(CONTESTANTS) for name in names):
                    programme.fill()
                for position, (name, run) in enumerate(steps):
                    advance(position, len(steps))
                    tell(name, 0.0)
                    run(name)
    except (Failed, KafkaException, TimeoutError) as failure:
        console.print(f"[bold red]failed:[/] {failure}", highlight=False)
        sys.exit(1)
    except ServersError as error:
        raise click.ClickException(str(error)) from None
    found = report.document({**described, "load": _load(events)}, runs, programme.results())
    output.parent.mkdir(parents=True, exist_ok=True)
    output.write_text(json.dumps(found, indent=2, ensure_ascii=False) + "\n")
    if docs:
        page = ROOT / "docs" / "benchmarks.md"
        page.write_text(markdown.insert(page.read_text(), found))
    console.print(report.results_table(found))
    console.print(report.goals_table(found))
    console.print(f"{output} written after {time.monotonic() - begin:.0f} s")


def _load(events: int) -> dict[str, Any]:
    return {"events": events, **Load(events).lengths()}


@contextmanager
def _servers(data: Path) -> Iterator[tuple[str, str]]:
    started = servers.start(data, tied=True)
    assert started.kafka is not None
    assert started.elasticsearch is not None
    try:
        yield started.kafka, started.elasticsearch
    finally:
        servers.stop(data)


@contextmanager
def _progress(console: Console) -> Iterator[tuple[Callable[[str, float], None], Callable[[int, int], None]]]:
    """Two functions: what runs now and the share of it that is done; steps done, and of how many."""
    columns = (
        TextColumn("{task.description:<28}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f} %"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, transient=True, refresh_per_second=4) as progress:
        whole = progress.add_task("bench", total=1.0)
        now = progress.add_task("", total=1.0)

        def advance(done: int, of: int) -> None:
            progress.update(whole, completed=done / of, description=f"step {done + 1} of {of}")

        yield lambda name, share: progress.update(now, description=name, completed=share), advance


if __name__ == "__main__":
    main()
