"""`vocbus eval`: how well the decisions agree with labelled rows. Needs no server and keeps nothing."""

import json
from collections.abc import Mapping
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
import orjson
from rich.box import SIMPLE_HEAD
from rich.console import Console, Group
from rich.table import Column, Table
from rich.text import Text

from vocbus.contracts.errors import Rejected
from vocbus.contracts.models import to_millis
from vocbus.ops.contact_lines import BLANK, Line, open_lines
from vocbus.ops.local_pipeline import decide_lines, judge, model_option, progress_bar, rules_option
from vocbus.ops.whole_files import replacing
from vocbus.training.evaluation import NOTHING, Gold, Judgement, Measure, Tally, judgement

_BAR = 8
_EIGHTHS = " ▏▎▍▌▋▊▉█"


@click.command("eval")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object, for scripts.")
@click.option(
    "--errors",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write the misjudged rows, with their texts, as JSON lines to this file, which is replaced.",
)
@rules_option
@model_option
def evaluate(file: Path, as_json: bool, errors: Path | None, rules: Path | None, model: Path | None) -> None:
    """Measure the decisions about the labelled rows of FILE, or of standard input ("-").

    \b
    A line of FILE is a JSON object with
      text or turns   what a customer said, or a conversation of {"speaker", "text"}; optional "channel"
      lang            zh or en
      labels          those of COMPLAINT, FEEDBACK, SALES_SIGNAL, INQUIRY that hold; INQUIRY also as "inquiry": true
      known           the labels that the annotation decides; absent: all four. A label counts only on rows whose
                      "known" names it.
    Other fields are passed over.

    For each label and language: rows that know it, rows where it holds, precision, recall, F1; and how many of those
    where it holds (yes) or does not (no) were decided surely, decided but for people to see (review), just missed and
    for people to see, or not decided. INQUIRY has no review band. Texts are redacted first, as at intake. What intake
    would dead-letter, such as a text without words, counts as holding nothing.

    Exit status 0 when all rows are measured, 1 when a row is faulty (the message tells its line).

    \b
    vocbus eval dev.jsonl
    vocbus eval dev.jsonl --errors wrong.jsonl --model build/model
    vocbus eval dev.jsonl --json | jq '.labels[] | select(.label == "COMPLAINT") | .f1'
    """
    one = judge(rules, model)
    now_ms = to_millis(datetime.now(UTC))
    tally = Tally()
    undecided = misjudged = 0
    with ExitStack() as stack:
        lines, size = stack.enter_context(open_lines(file, now_ms))
        wrong_rows = stack.enter_context(replacing(errors)) if errors else None
        progress = stack.enter_context(progress_bar("eval", size))
        rows = (line for line in lines if line.contact is not BLANK)
        for line, (outcome,) in decide_lines(rows, [one], now_ms, progress):
            gold = _gold(line, file)
            undecided += isinstance(outcome, Rejected)
            judged = NOTHING if isinstance(outcome, Rejected) else judgement(outcome)
            if wrong := tally.add(gold, judged):
                misjudged += 1
                if wrong_rows:
                    misread = _misread(line, gold, judged, wrong)
                    wrong_rows.write(orjson.dumps(misread, option=orjson.OPT_APPEND_NEWLINE))
    measures = tally.measures()
    if as_json:
        summary = {
            "rows": tally.rows,
            "undecided": undecided,
            "misjudged": misjudged,
            "labels": [measure._asdict() for measure in measures],
            "rules_version": one.rules.version,
            "model_hash": one.rules.model.hash,
        }
        click.echo(json.dumps(summary, indent=2))
        return
    notes = [f"{tally.rows:,} rows", f"{misjudged:,} misjudged in some label"]
    if undecided:
        notes.append(f"{undecided:,} that intake would dead-letter")
    versions = f"rules {one.rules.version} · model {one.rules.model.hash}"
    Console(highlight=False).print(_view(measures, f"{' · '.join(notes)}\n{versions}"))


def _gold(line: Line, file: Path) -> Gold:
    """The annotation of a line. Raises ClickException telling the line and never its text."""
    problem: Exception
    if isinstance(line.contact, Rejected):
        problem = line.contact
    else:
        try:
            return Gold.of(line.fields)
        except ValueError as error:
            problem = error
    raise click.ClickException(f"{file}, line {line.number}: {problem}. `vocbus eval --help` says what a row is.")


def _misread(line: Line, gold: Gold, judged: Judgement, wrong: list[str]) -> dict[str, Any]:
    """What --errors writes of a row."""
    fields: Mapping[str, Any] = line.fields
    verdicts = gold.verdicts()
    return {
        "line": line.number,
        "id": fields.get("id"),
        "wrong": wrong,
        "labels": [label for label, holds in verdicts.items() if holds],
        "known": list(verdicts),
        "decided": sorted(judged.decided),
        "review": sorted(judged.review),
        "confidence": judged.confidence,
        "lang": gold.lang,
        **{name: fields[name] for name in ("text", "turns") if name in fields},
    }


def _view(measures: list[Measure], notes: str) -> Group:
    scores = Table("label", "lang", *map(_right, ("rows", "yes", "precision", "recall", "F1")), "", box=SIMPLE_HEAD)
    done = ("decided", "decided,\nfor review", "missed,\nfor review", "not\ndecided")
    confusion = Table("label", "lang", "truth", *map(_right, done), box=SIMPLE_HEAD)
    for label, lang, rows, positive, precision, recall, f1, truths in measures:
        shown = map(_score, (precision, recall, f1))
        scores.add_row(label, lang, f"{rows:,}", f"{positive:,}", *shown, Text(_bar(f1 or 0), style="green"))
        for truth, cells in truths.items():
            counts = ("–" if count is None else f"{count:,}" for count in cells.values())
            confusion.add_row(*((label, lang) if truth == "yes" else ("", "")), truth, *counts)
    return Group(Text(notes, style="dim"), scores, confusion)


def _right(name: str) -> Column:
    return Column(name, justify="right")


def _score(share: float | None) -> str:
    return "–" if share is None else f"{share:.3f}"


def _bar(share: float) -> str:
    whole, rest = divmod(round(share * _BAR * 8), 8)
    return "█" * whole + _EIGHTHS[rest].strip()
