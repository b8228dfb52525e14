"""`vocbus diff`: what other rules or another model would decide otherwise, before they are switched on."""

import sys
from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
import orjson
from rich.console import Console, Group
from rich.table import Column, Table
from rich.text import Text

from vocbus.contracts.errors import Rejected
from vocbus.contracts.models import to_millis
from vocbus.contracts.rules import LABELS
from vocbus.ops.contact_lines import BLANK, Line, open_lines
from vocbus.ops.decision_changes import FIELDS, WAYS, Change, changes
from vocbus.ops.local_pipeline import FOLDER, Judge, decide_lines, judge, progress_bar
from vocbus.ops.signal_lines import printable

#: Exit status when decisions change.
CHANGED = 3
_SHOWN_EVIDENCE = 60


def _pair(_ctx: click.Context, _param: click.Parameter, folders: tuple[Path, ...]) -> tuple[Path | None, Path | None]:
    """Before and after; None is what ships."""
    if len(folders) > 2:
        raise click.BadParameter("may be given twice at most: before and after")
    if len(folders) == 1:
        return None, folders[0]
    return folders if len(folders) == 2 else (None, None)


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path))
@click.option(
    "--rules",
    type=FOLDER,
    multiple=True,
    callback=_pair,
    help="Folder of rules, twice: before and after. Given once, it is compared with those that ship.",
)
@click.option(
    "--model",
    type=FOLDER,
    multiple=True,
    callback=_pair,
    help="Folder of a model, twice: before and after. Given once, it is compared with the one that ships.",
)
@click.option(
    "--show",
    type=click.IntRange(0),
    default=10,
    show_default=True,
    metavar="N",
    help="So many changes are shown of each kind and way; all are counted.",
)
@click.option("--json", "as_json", is_flag=True, help="Print every change as one JSON object a line, for scripts.")
def diff(
    file: Path,
    rules: tuple[Path | None, Path | None],
    model: tuple[Path | None, Path | None],
    show: int,
    as_json: bool,
) -> None:
    """Show which decisions about the rows of FILE, or of standard input ("-"), the second rules or model change.

    FILE is as for `vocbus decide`. A signal, or the flag INQUIRY, is gained, lost, or changed in category, severity,
    polarity, interest, departments, priority or review; a kind that is no signal changes when it enters or leaves the
    review band. A confidence that moves without consequence is no change.

    With --json a line has line, id, kind, way (gained, lost, changed), fields, before and after: decided, what is
    listed above, confidence, and evidence, the words that carried the decision.

    \b
    Exit status:
      0  nothing changes
      1  the rules, a model or the file cannot be read, or no row can be decided
      3  something changes

    \b
    cp -r streams/vocbus/pipeline/rules my-rules      then change my-rules/complaint.yaml
    vocbus diff --rules my-rules archive.jsonl
    vocbus diff --rules my-rules --rules their-rules archive.jsonl --show 50
    vocbus diff --model build/model archive.jsonl --json > changes.jsonl
    """
    if (rules, model) == ((None, None), (None, None)):
        raise click.UsageError("give --rules FOLDER or --model FOLDER to compare with what ships, or twice for two")
    before, after = (judge(rules[side], model[side]) for side in (0, 1))
    now_ms = to_millis(datetime.now(UTC))
    counts: Counter[tuple[str, str]] = Counter()
    decided = undecided = 0
    shown: dict[tuple[str, str], list[tuple[Line, Change]]] = {}
    with open_lines(file, now_ms) as (lines, size), _bar(size, as_json) as progress:
        rows = (line for line in lines if line.contact is not BLANK)
        for line, (old, new) in decide_lines(rows, [before, after], now_ms, progress):
            nothing = isinstance(old, Rejected) and isinstance(new, Rejected)
            undecided += nothing
            decided += not nothing
            for change in changes(old, new):
                counts[change.kind, change.way] += 1
                counts.update((change.kind, field) for field in change.fields)
                if as_json:
                    click.echo(orjson.dumps({**_place(line), **change._asdict()}))
                elif counts[change.kind, change.way] <= show:
                    shown.setdefault((change.kind, change.way), []).append((line, change))
    if undecided:
        click.echo(f"{undecided:,} of {undecided + decided:,} rows could not be decided by either", err=True)
    if not decided:
        raise click.ClickException(f"{file} holds no row that can be decided: `vocbus decide --help` says what one is")
    if not as_json:
        Console(highlight=False).print(_view(before, after, decided, counts, shown))
    sys.exit(CHANGED if counts else 0)


def _bar(size: int | None, as_json: bool) -> AbstractContextManager[Callable[[int, int], None]]:
    # None between the changes on a terminal.
    return progress_bar("diff", size, shown=not (as_json and sys.stdout.isatty()))


def _place(line: Line) -> dict[str, Any]:
    return {"line": line.number, "id": line.fields.get("id", line.fields.get("interaction_id"))}


def _view(
    before: Judge,
    after: Judge,
    rows: int,
    counts: Counter[tuple[str, str]],
    shown: dict[tuple[str, str], list[tuple[Line, Change]]],
) -> Group:
    facts = f"{rows:,} rows\nbefore: {_version(before)}\nafter:  {_version(after)}"
    if not counts:
        return Group(Text(facts, style="dim"), "Nothing changes.")
    table = Table("kind", *(Column(way, justify="right") for way in WAYS), "changed in")
    for kind in LABELS:
        fields = [f"{field} {counts[kind, field]:,}" for field in FIELDS if counts[kind, field]]
        table.add_row(kind, *(f"{counts[kind, way]:,}" for way in WAYS), ", ".join(fields))
    rest = Table(Column("line", justify="right"), "kind", "", "before", "after", "because of", show_lines=True)
    for kind in LABELS:
        for way in WAYS:
            for line, change in shown.get((kind, way), ()):
                words = change.after["evidence"] or change.before["evidence"]
                because = "\n".join(printable(text)[:_SHOWN_EVIDENCE] for text in words)
                states = (_state(each, change.fields) for each in (change.before, change.after))
                rest.add_row(f"{line.number:,}", kind, way, *states, Text(because))
    return Group(Text(facts, style="dim"), table, *([rest] if shown else []))


def _version(side: Judge) -> str:
    return f"rules {side.rules.version}, model {side.rules.model.hash}"


def _state(state: dict[str, Any], fields: list[str]) -> Text:
    """A side of a change: whether it is decided, how surely, and what it is changed in."""
    lines = ["yes" if state["decided"] else "no"]
    if state["confidence"] is not None:
        lines[0] += f" {state['confidence']:.2f}"
    if state["review"]:
        lines[0] += ", for review"
    lines += [f"{field} {_value(state[field])}" for field in fields if field != "review"]
    if not fields and state["category"]:
        lines.append(state["category"])
    return Text("\n".join(lines))


def _value(value: Any) -> str:
    if isinstance(value, dict):
        return f"{value['product'] or 'anything'} ({value['strength']})"
    return ", ".join(value) if isinstance(value, list) else str(value)
