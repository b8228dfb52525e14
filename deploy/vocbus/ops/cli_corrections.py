"""`vocbus corrections`: what people corrected, on its way back into the training."""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn

from vocbus.contracts.models import to_millis
from vocbus.contracts.settings import Settings
from vocbus.ops.connections import elasticsearch_client
from vocbus.ops.corrections import latest_corrections, training_rows
from vocbus.ops.options import server_options


def _since(_ctx: click.Context, _param: click.Parameter, value: str | None) -> int | None:
    if value is None:
        return None
    try:
        at = datetime.fromisoformat(value)
    except ValueError:
        raise click.BadParameter("must be ISO 8601, as in 2026-11-01 or 2026-11-01T09:00:00+08:00") from None
    return to_millis(at if at.tzinfo else at.replace(tzinfo=UTC))


@click.group()
def corrections() -> None:
    """Use what people corrected with `vocbus correct`."""


@corrections.command()
@click.option(
    "--since",
    callback=_since,
    metavar="TIME",
    help="Only what was corrected since then: ISO 8601; without a zone, UTC.",
)
@click.option(
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write to this file, which is replaced once all is read. Default: standard output.",
)
@server_options(kafka=False)
def export(elasticsearch: str, data: Path, since: int | None, output: Path | None) -> None:
    """Print corrections as rows to train with, one JSON object a line, in the order of the interaction ids.

    A row holds what the customer said (redacted; subject, turns and survey comment, a line each), its language, and
    the labels of the latest correction. `known` names the labels that a person judged: one that it does not name
    neither trains nor scores. What cannot become a row is counted on standard error.

    \b
    vocbus corrections export --output corrections.jsonl
    vocbus corrections export --since 2026-11-01 | jq -r '.labels[]' | sort | uniq -c
    """
    prefix = Settings().index_prefix
    console = Console(stderr=True, highlight=False, soft_wrap=True)
    left_out: Counter[str] = Counter()
    with elasticsearch_client(elasticsearch) as client:
        found = latest_corrections(client, prefix, since)
        with _progress(console, len(found), shown=output is not None) as progress:
            rows = training_rows(client, prefix, found, left_out, progress)
            _write((json.dumps(row, ensure_ascii=False) for row in rows), output)
    for reason, count in sorted(left_out.items()):
        console.print(f"{count} left out: {reason}", markup=False)
    console.print(f"{len(found) - left_out.total()} of {len(found)} corrected interactions exported", markup=False)


def _write(lines: Iterable[str], output: Path | None) -> None:
    """Write the lines. A file changes only when all of them are there."""
    if output is None:
        for line in lines:
            click.echo(line)
        return
    part = output.with_name(f"{output.name}.part")
    try:
        with part.open("w", encoding="utf-8", newline="\n") as file:
            file.writelines(f"{line}\n" for line in lines)
        part.replace(output)
    except OSError as error:
        raise click.ClickException(f"{output} cannot be written: {error.strerror}") from None
    finally:
        part.unlink(missing_ok=True)


@contextmanager
def _progress(console: Console, total: int, *, shown: bool) -> Iterator[Callable[[int], None]]:
    """A bar over the corrections; none between rows on a terminal, and none where no one looks."""
    columns = (SpinnerColumn(), TextColumn("corrections"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=console, transient=True, disable=not (shown and console.is_terminal)) as bars:
        task = bars.add_task("corrections", total=total)
        yield lambda done: bars.update(task, completed=done)
