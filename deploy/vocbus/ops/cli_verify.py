"""`vocbus verify`: proves by ids that nothing was lost."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn
from rich.table import Table

from vocbus.contracts.codec import Codec
from vocbus.contracts.registry import open_registry
from vocbus.contracts.settings import Settings
from vocbus.contracts.topics import catalogue
from vocbus.ops import verify as verification
from vocbus.ops.connections import elasticsearch_client, kafka_admin
from vocbus.ops.conservation.report import Report
from vocbus.ops.options import server_options
from vocbus.ops.outages import outages
from vocbus.ops.topic_reader import TopicReader

#: Findings that a person is shown; --json has all.
SHOWN = 20


@click.command()
@click.option(
    "--wait",
    type=click.FloatRange(0),
    default=0.0,
    metavar="SECONDS",
    help="Wait so long for what is in flight before judging.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object, with every finding.")
@server_options()
def verify(kafka: str, elasticsearch: str, data: Path, wait: float, as_json: bool) -> None:
    """Prove by ids that nothing was lost.

    Every raw event must be among the interactions, dead-lettered, a duplicate of one, or in flight. Every signal
    that an interaction lists must be in `signals` and in the topics of its departments, and every interaction whose
    decision is in doubt in `interactions-review`. Every interaction, signal and outcome must stand in Elasticsearch
    once, unless it is dead-lettered. And none of these may come from nowhere. The bus may be running meanwhile. All
    topics are read whole; a million interactions take some minutes and about 0.5 GB.

    What a topic no longer holds by retention is not counted as missing; the notes say what was not checked. What was
    deleted from Elasticsearch while its topic still holds it does count.

    \b
    Exit status:
      0  clean: everything is accounted for, nothing is in flight
      1  something is missing, should not be, or is in flight
      3  Kafka, Elasticsearch or the schema registry does not answer, or topics are missing

    \b
    vocbus verify --wait 60
    vocbus verify --json | jq '.findings[] | .text'
    """
    report = verified(kafka, elasticsearch, wait, Console(stderr=True))
    if as_json:
        click.echo(json.dumps(report.to_json(), ensure_ascii=False))
    else:
        show(report, Console(highlight=False, soft_wrap=True))
    sys.exit(0 if report.clean else 1)


def verified(kafka: str, elasticsearch: str, wait: float, console: Console) -> Report:
    """The report on these servers; progress goes to the console. Raises ClickException with EXIT_UNREACHABLE."""
    settings = Settings()
    with (
        outages(kafka),
        elasticsearch_client(elasticsearch) as client,
        kafka_admin(kafka) as admin,
        TopicReader(kafka) as reader,
        progress_on(console) as progress,
    ):
        servers = verification.Servers(reader, admin, client, settings, catalogue())
        return verification.verify(servers, Codec(open_registry(settings)), wait=wait, progress=progress)


@contextmanager
def progress_on(console: Console) -> Iterator[verification.Progress]:
    """A bar for what is being read; nothing where no one looks."""
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bars:
        task = bars.add_task("verify", total=None)
        yield lambda what, done, total: bars.update(task, description=what, completed=done, total=total or None)


def show(report: Report, console: Console) -> None:
    """Table, notes, findings and verdict for a person."""
    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column()
    table.add_column(justify="right")
    for name, count in rows(report):
        table.add_row(name, str(count), style="bold" if name == name.lstrip() else None)
    console.print(table)
    for note in report.notes:
        console.print(f"Note: {note}", style="yellow", markup=False)
    for finding in report.findings[:SHOWN]:
        console.print(f"✗ {finding}", style="red", markup=False)
    if len(report.findings) > SHOWN:
        console.print(f"… and {len(report.findings) - SHOWN} more: vocbus verify --json")
    console.print(verdict(report), style="bold green" if report.clean else "bold red", markup=False)


def rows(report: Report) -> list[tuple[str, int]]:
    """Lines of the table; those that are indented add up to the one above them, or explain it."""
    found = [
        ("events produced", report.produced),
        ("  interactions", report.interactions),
        ("  duplicates", report.duplicates),
        *((f"  dead letters {reason}", count) for reason, count in sorted(report.dead_letters.items())),
        ("  in flight", report.in_flight),
        ("  not checked", report.not_checked),
        ("  lost", report.lost),
        ("interactions for review", report.for_review),
        ("signals", report.signals),
        *((f"  to {name}", count) for name, count in report.departments.items() if count),
        ("outcomes", report.outcomes),
        ("documents in Elasticsearch", sum(report.documents.values())),
        *((f"  {name}", count) for name, count in report.documents.items()),
        *((f"  dead letters {reason}", count) for reason, count in sorted(report.refused.items())),
        ("  in flight", report.to_index),
    ]
    optional = (
        *("  not checked", "  lost", "  in flight", "  duplicates"),
        *("interactions for review", "outcomes", "  outcomes"),
    )
    return [(name, count) for name, count in found if count or name not in optional]


def verdict(report: Report) -> str:
    """The last line."""
    if report.clean:
        return "clean: everything that was produced is accounted for"
    problems = []
    if report.findings:
        problems.append(f"{len(report.findings)} missing or wrong")
    if not report.settled:
        in_flight = report.in_flight + report.to_index
        problems.append(f"{in_flight} in flight (is a worker running? try --wait 60)")
    return f"not clean: {', '.join(problems)}"
