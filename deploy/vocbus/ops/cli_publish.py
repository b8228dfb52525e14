"""`vocbus publish`: interactions from files to Kafka."""

import json
import logging
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn
from rich.table import Table

from vocbus.channels.files import Item, find, read, read_lines
from vocbus.channels.publisher import Publisher, PublishError
from vocbus.contracts.codec import Codec
from vocbus.contracts.errors import Retryable
from vocbus.contracts.registry import open_registry
from vocbus.contracts.settings import Settings
from vocbus.contracts.topics import RAW, catalogue
from vocbus.ops.options import server_options
from vocbus.ops.outages import publish_failure
from vocbus.ops.publication import Publication

_TOPICS = [topic.name for topic in catalogue() if topic.record == "interaction"]


@click.command()
@click.argument("paths", metavar="PATH...", nargs=-1, required=True)
@click.option(
    "--tenant",
    envvar="VOCBUS_TENANT",
    show_envvar=True,
    default="default",
    show_default=True,
    help="Legal entity that mails belong to; JSON lines name theirs.",
)
@click.option("--topic", type=click.Choice(_TOPICS), default=RAW, show_default=True, help="Topic to publish to.")
@click.option(
    "--registry",
    envvar="VOCBUS_REGISTRY",
    show_envvar=True,
    metavar="URL",
    help="Schema registry. Default: the released schemas that come with this package.",
)
@click.option(
    "--timeout",
    type=click.FloatRange(min=1),
    default=60,
    show_default=True,
    metavar="SECONDS",
    help="How long to try to deliver.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the summary as JSON, for scripts.")
@server_options(elasticsearch=False)
def publish(
    kafka: str,
    data: Path,
    paths: tuple[str, ...],
    tenant: str,
    topic: str,
    registry: str | None,
    timeout: float,
    as_json: bool,
) -> None:
    """Publish interactions from files, folders, or standard input ("-").

    \b
    .jsonl .ndjson .json   one interaction a line, with the fields of the Interaction schema; times as ISO 8601
                           with a zone or as epoch milliseconds
    .eml                   one mail a file (RFC 5322); quotes and signatures are cut, automatic mail is rejected

    A bad line or mail is reported with its reason and does not stop the rest. Publishing a file twice does no harm:
    the same interaction_id counts once.

    \b
    Exit status:
      0  everything is in Kafka
      1  Kafka could not be reached or refused; the message says how many interactions it acknowledged
      2  some lines or mails were rejected, all others are in Kafka

    \b
    vocbus publish interactions.jsonl
    vocbus publish inbox/ --tenant example-bank --kafka broker1:9092
    grep refund archive.jsonl | vocbus publish - --json
    """
    # This command says itself what went wrong, once and readably.
    logging.getLogger("kafka").setLevel(logging.CRITICAL)
    console = Console(stderr=True, highlight=False, soft_wrap=True)
    files, size = _files(paths, console)
    publication: Publication | None = None
    failure: str | None = None
    started = time.monotonic()
    try:
        settings = Settings() if registry is None else Settings(registry=registry)
        codec = Codec(open_registry(settings))
        with (
            _progress(console, size) as progress,
            Publisher(
                kafka, codec, topic=topic, connect_timeout=min(timeout, 10), delivery_timeout=timeout
            ) as publisher,
        ):
            publication = Publication(publisher, lambda rejection: console.print(str(rejection), markup=False))
            publication.run(_items(files, tenant), progress)
    except (Retryable, PublishError, OSError) as error:
        failure = publish_failure(error, kafka)
    seconds = time.monotonic() - started
    published = publication.published if publication else 0
    if as_json:
        summary: dict[str, Any] = {
            "published": published,
            "rejected": [rejection._asdict() for rejection in (publication.rejected if publication else ())],
            "seconds": round(seconds, 3),
        }
        click.echo(json.dumps(summary | ({"error": failure} if failure else {}), ensure_ascii=False))
    elif publication:
        Console(highlight=False).print(_table(publication, seconds))
    if failure:
        raise click.ClickException(f"{failure} {_way_on(published)}")
    sys.exit(2 if publication and publication.rejected else 0)


def _files(paths: tuple[str, ...], console: Console) -> tuple[list[Path | None], int | None]:
    """The files in order, None for standard input, and their size where it is known."""
    files: list[Path | None] = []
    passed_over = 0
    for path in paths:
        try:
            found, others = ([None], 0) if path == "-" else find(Path(path))
        except (OSError, ValueError) as error:
            raise click.ClickException(f"{error}. `vocbus publish --help` says what it takes.") from None
        files += found
        passed_over += others
    if passed_over:
        console.print(f"{passed_over} files with other endings are passed over")
    return files, None if None in files else sum(file.stat().st_size for file in files if file is not None)


def _items(files: list[Path | None], tenant: str) -> Iterator[Item]:
    for file in files:
        yield from read_lines(sys.stdin.buffer, "-") if file is None else read([file], tenant=tenant)


@contextmanager
def _progress(console: Console, size: int | None) -> Iterator[Callable[[int, int], None]]:
    """A bar over the bytes of the files; nothing where no one looks."""
    columns = (SpinnerColumn(), TextColumn("publish"), BarColumn(), TextColumn("{task.fields[count]:,} published"))
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bars:
        task = bars.add_task("publish", total=size, count=0)
        yield lambda read_now, count: bars.update(task, advance=read_now, count=count)


def _table(publication: Publication, seconds: float) -> Table:
    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column()
    table.add_column(justify="right")
    table.add_row("published", f"{publication.published:,}")
    for reason, count in publication.reasons.items():
        table.add_row(f"rejected {reason}", f"{count:,}")
    table.add_row("seconds", f"{seconds:,.1f}")
    table.add_row("per second", f"{publication.published / max(seconds, 0.001):,.0f}")
    return table


def _way_on(published: int) -> str:
    if not published:
        return "Nothing was published."
    return (
        f"Until then Kafka had acknowledged {published:,}. Run the command again to publish the rest: what is "
        "published twice counts once."
    )
