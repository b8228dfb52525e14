"""`vocbus decide`: the decision about every row of a file. Needs no server and keeps nothing."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

import click
import orjson

from vocbus.contracts.errors import Rejected
from vocbus.contracts.models import to_millis
from vocbus.ops.contact_lines import open_lines
from vocbus.ops.decision_answers import answer
from vocbus.ops.local_pipeline import decide_lines, judge, model_option, progress_bar, rules_option
from vocbus.ops.whole_files import replacing


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path))
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write to this file, which is replaced once all is decided. Default: standard output.",
)
@rules_option
@model_option
def decide(file: Path, output: Path | None, rules: Path | None, model: Path | None) -> None:
    """Decide every row of FILE, or of standard input ("-"), and print one JSON object a line: line n answers line n.

    \b
    A line of FILE is
      {"text": …}     what a customer said in one turn; "lang" (zh, en) and "channel" are optional, other fields
                      are passed over
      {"turns": […]}  a conversation of {"speaker", "text"}, with the same options; only the CUSTOMER decides
      an interaction  as `vocbus publish` takes it
      plain text      in a file that ends in .txt: what a customer said

    \b
    A line of the answer has
      signals    of COMPLAINT, FEEDBACK, SALES_SIGNAL: kind, category, severity (of a complaint), polarity (of
                 feedback), interest (of a sales signal), confidence, review, evidence,
               cfpb (product and issue of the Consumer Financial Protection Bureau)
      inquiry    whether it asks for information or a service action
      language   ZH, EN or UNKNOWN
      sentiment  -1 to 1, null without words
      review     what people should look at, decided or just missed: kind, confidence
      products   that the words name

    Every text is redacted before it is classified, exactly as at intake: [CARD_1] stands for a card number, and the
    places of evidence count in the redacted text. A line that cannot be decided, or is blank, is answered with "error"
    and no signal.

    Exit status 0 when every line is answered, also where answers are errors: their number goes to standard error.

    \b
    vocbus decide texts.jsonl --output decisions.jsonl
    vocbus decide reviews.txt | jq -c '[.signals[].kind]'
    grep refund archive.jsonl | vocbus decide -
    """
    one = judge(rules, model)
    now_ms = to_millis(datetime.now(UTC))
    read = failed = 0
    with (
        open_lines(file, now_ms) as (lines, size),
        _target(output) as target,
        # No bar between the answers on a terminal.
        progress_bar("decide", size, shown=output is not None or not sys.stdout.isatty()) as progress,
    ):
        for line, (outcome,) in decide_lines(lines, [one], now_ms, progress):
            read = line.number
            failed += isinstance(outcome, Rejected)
            target.write(orjson.dumps(answer(outcome, one.rules.taxonomy), option=orjson.OPT_APPEND_NEWLINE))
    if failed:
        click.echo(f"{failed:,} of {read:,} lines could not be decided; their answer is an error", err=True)


@contextmanager
def _target(output: Path | None) -> Iterator[BinaryIO]:
    if output is None:
        stream = click.get_binary_stream("stdout")
        yield stream
        stream.flush()
    else:
        with replacing(output) as stream:
            yield stream
