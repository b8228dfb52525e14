"""Decisions without a bus: the pipeline of intake, with rules and a model of one's choice, on this computer alone."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn

from vocbus.contracts.errors import Rejected
from vocbus.ops.contact_lines import Line
from vocbus.pipeline.decide import Decided, Pipeline
from vocbus.pipeline.ruleset import Rules, load_rules

#: Contacts that are decided at once: many are faster than one, and these take a few megabytes.
BATCH = 500
FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)

rules_option = click.option("--rules", type=FOLDER, help="Folder of rules to try instead of those that ship.")
model_option = click.option("--model", type=FOLDER, help="Folder of a model to try instead of the one that ships.")


class Judge(NamedTuple):
    """A pipeline, and the rules and the model by which it decides."""

    pipeline: Pipeline
    rules: Rules


def judge(rules: Path | None, model: Path | None) -> Judge:
    """The pipeline with the rules and the model of these folders, by default those that ship.

    Nothing of its decisions is kept, so that its customer tokens need no key and mean nothing.
    """
    try:
        loaded = load_rules(rules, model=model)
    except (ValueError, OSError, EOFError) as error:
        raise click.ClickException(str(error)) from None
    pipeline = Pipeline(rules=loaded, tokenise=lambda tenant, customer_ref: "")
    return Judge(pipeline, loaded)


def decide_lines(
    lines: Iterable[Line], judges: Sequence[Judge], now_ms: int, progress: Callable[[int, int], None]
) -> Iterator[tuple[Line, list[Decided | Rejected]]]:
    """Each line with what each judge decides about it, in order; `progress` hears of bytes and lines of each batch."""
    waiting = iter(lines)
    while batch := list(islice(waiting, BATCH)):
        records = [line.contact for line in batch if not isinstance(line.contact, Rejected)]
        outcomes = [iter(each.pipeline.decide_all(records, now_ms)) for each in judges]
        for line in batch:
            if isinstance(line.contact, Rejected):
                yield line, [line.contact] * len(judges)
            else:
                yield line, [next(outcome) for outcome in outcomes]
        progress(sum([line.size for line in batch]), len(batch))


@contextmanager
def progress_bar(what: str, size: int | None, *, shown: bool = True) -> Iterator[Callable[[int, int], None]]:
    """A bar over the bytes of a file on standard error; nothing where no one looks."""
    console = Console(stderr=True)
    columns = (SpinnerColumn(), TextColumn(what), BarColumn(), TextColumn("{task.fields[count]:,} rows"))
    with Progress(*columns, console=console, transient=True, disable=not (shown and console.is_terminal)) as bars:
        task = bars.add_task(what, total=size, count=0)
        done = 0

        def advance(read: int, rows: int) -> None:
            nonlocal done
            done += rows
            bars.update(task, advance=read, count=done)

        yield advance
