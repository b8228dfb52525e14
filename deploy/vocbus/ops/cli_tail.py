"""`vocbus tail`: follows what comes in for a department."""

import os
import sys
import time
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import click
import orjson

from vocbus.contracts.codec import Codec
from vocbus.contracts.errors import Rejected
from vocbus.contracts.registry import open_registry
from vocbus.contracts.settings import Settings
from vocbus.contracts.topics import Topic, catalogue
from vocbus.ops.options import server_options
from vocbus.ops.outages import outages
from vocbus.ops.signal_lines import line
from vocbus.ops.topic_reader import TopicReader


def _department(_ctx: click.Context, _param: click.Parameter, value: str) -> Topic:
    try:
        return catalogue().department(value)
    except KeyError as error:
        raise click.BadParameter(str(error.args[0])) from None


#: Signals that are known again when they repeat.
REMEMBERED = 100_000


@click.command()
@click.argument("department", callback=_department)
@click.option("--from-beginning", is_flag=True, help="Begin with the oldest signals that the topic holds.")
@click.option("--limit", type=click.IntRange(1), metavar="N", help="End after so many signals.")
@click.option("--idle", type=click.FloatRange(0), metavar="SECONDS", help="End when none has come for so long.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line, times in epoch milliseconds.")
@server_options(elasticsearch=False)
def tail(
    kafka: str,
    data: Path,
    department: Topic,
    from_beginning: bool,
    limit: int | None,
    idle: float | None,
    as_json: bool,
) -> None:
    """Follow the topic of a DEPARTMENT until Ctrl-C.

    A line shows when the contact began (UTC), priority, kind, category, severity or polarity, channel, language,
    what the customer said with the words that decided it marked, and the signal's id. Following leaves no trace:
    subscribers of the department receive the same signals. A signal that the topic holds several times (its contact was
    published again, or a worker crashed) is shown once.

    \b
    vocbus tail complaints
    vocbus tail sales --from-beginning --limit 20
    vocbus tail complaints --json | jq 'select(.severity == 4)'

    Exit status 0, also after Ctrl-C and when the reader of a pipe goes away; 3 when Kafka does not answer.
    """
    with outages(kafka), _quiet_ends(), TopicReader(kafka) as reader:
        decode = Codec(open_registry(Settings())).decoder(department.record)
        seen: OrderedDict[str, None] = OrderedDict()
        shown, heard = 0, time.monotonic()
        for record in reader.follow(department.name, from_beginning=from_beginning):
            if record is None:
                if idle is not None and time.monotonic() - heard >= idle:
                    return
                continue
            heard = time.monotonic()
            try:
                signal = decode(record.value)
            except Rejected as rejected:
                where = f"{record.topic}-{record.partition}-{record.offset}"
                click.echo(f"{where} is no signal: {rejected.reason}, {rejected.detail}", err=True)
                continue
            if signal["signal_id"] in seen:
                continue
            seen[signal["signal_id"]] = None
            if len(seen) > REMEMBERED:
                seen.popitem(last=False)
            click.echo(orjson.dumps(signal).decode() if as_json else line(signal, _mark))
            shown += 1
            if shown == limit:
                return


def _mark(text: str) -> str:
    """Words that decided: by style on a terminal, between guillemets elsewhere."""
    return click.style(text, bold=True, underline=True) if sys.stdout.isatty() else f"«{text}»"


@contextmanager
def _quiet_ends() -> Iterator[None]:
    """Ctrl-C and a pipe that nobody reads any more end the command without a word."""
    with suppress(KeyboardInterrupt):
        try:
            yield
        except BrokenPipeError:
            # What is buffered would be written once more at exit, and fail again.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
