"""What the demo says at its end: tables for a person, JSON for a script, and how to look around."""

import shlex
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from vocbus.ops.cli_verify import show as show_verify
from vocbus.ops.demo import Outcome
from vocbus.ops.demo_summary import KINDS, Agreement
from vocbus.ops.embedded.endpoints import Endpoints

#: Lines of a file that were refused and are shown; --json has all.
SHOWN = 10


def show(outcome: Outcome, console: Console) -> None:
    """Tables of what came of the events, the proof, and the verdict."""
    for line in outcome.published.refused[:SHOWN]:
        console.print(f"not published, {line}", style="yellow", markup=False)
    if len(outcome.published.refused) > SHOWN:
        console.print(f"… and {len(outcome.published.refused) - SHOWN} more: --json has all", style="yellow")
    for table in _tables(outcome):
        console.print()
        console.print(table)
    console.print()
    console.print("[bold]verify[/], over all that the topics hold")
    show_verify(outcome.report, console)
    console.print()
    console.print(
        f"{outcome.published.events:,} events in {outcome.flow_seconds:.1f} s from the first published to the last "
        f"indexed, {rate(outcome):,.0f} a second; the whole demo took {outcome.total_seconds:.0f} s.",
        soft_wrap=True,
    )
    for problem in outcome.problems:
        console.print(f"✗ {problem}", style="bold red", markup=False)


def rate(outcome: Outcome) -> float:
    """Events a second from the first published to the last one indexed."""
    return outcome.published.events / max(outcome.flow_seconds, 0.001)


def as_json(outcome: Outcome) -> dict[str, Any]:
    """The same as plain JSON values, with every line that was refused and every finding."""
    decided = outcome.decided
    return {
        "ok": not outcome.problems,
        "problems": outcome.problems,
        "seconds": {name: round(seconds, 3) for name, seconds in outcome.seconds.items()},
        "flow_seconds": round(outcome.flow_seconds, 3),
        "total_seconds": round(outcome.total_seconds, 3),
        "events_per_second": round(rate(outcome), 1),
        "published": {
            "events": outcome.published.events,
            "interactions": len(outcome.published.ids),
            "refused": outcome.published.refused,
        },
        "decided": {
            "interactions": decided.interactions,
            "without_signal": decided.plain,
            "channels": dict(decided.channels),
            "languages": dict(decided.languages),
            "kinds": dict(decided.kinds),
            "departments": dict(decided.departments),
        },
        "dead_letters": dict(outcome.dead_letters),
        "expected_dead_letters": None if outcome.expected is None else dict(outcome.expected),
        "agreement": [{**row._asdict(), "precision": row.precision, "recall": row.recall} for row in outcome.agreement],
        "verify": outcome.report.to_json(),
    }


def ways_around(endpoints: Endpoints, data: Path, program: str) -> list[tuple[str, str]]:
    """Commands to look around with while the servers are up, each with what it shows."""
    where = f"--data {shlex.quote(str(data))}"
    search = f"{endpoints.elasticsearch}/vocbus-signals-*/_search?q=excerpt:refund&size=3&pretty"
    return [
        (f"{program} tail complaints --from-beginning {where}", "what reached the complaints department"),
        (f"{program} tail sales --from-beginning {where}", "and sales"),
        (f"curl -s {shlex.quote(search)}", "signals about refunds, from Elasticsearch"),
        (f"{program} dead-letters list {where}", "events that could never pass, and why"),
        (f"{program} explain '我的卡被重复扣费，一直没有人处理'", "how a text of your own would be decided"),
        (f"{program} worker {where}", "the agents, to run while you publish something of your own:"),
        (f"{program} publish FILE {where}", "JSON lines or mail"),
        (f"{program} down {where}", "stop the servers; their data stays"),
    ]


def show_ways(ways: Iterable[tuple[str, str]], console: Console) -> None:
    """The commands, each below what it shows, ready to be copied."""
    console.print("\n[bold]The servers stay up.[/] Look around:")
    for command, what in ways:
        console.print(f"  # {what}", style="dim", markup=False)
        console.print(f"  {command}", markup=False, soft_wrap=True)


def _tables(outcome: Outcome) -> Iterator[Table]:
    yield _channels(outcome)
    yield _counts("department", "signals", _by_count(outcome.decided.departments))
    if outcome.dead_letters or outcome.expected:
        yield _dead_letters(outcome)
    if outcome.agreement:
        yield _agreement(outcome.agreement)


def _channels(outcome: Outcome) -> Table:
    decided = outcome.decided
    table = _table("channel", "interactions", *(_words(kind) for kind in KINDS), "no signal")
    for channel, count in _by_count(decided.channels):
        cells = (decided.by_channel[channel, kind] for kind in (*KINDS, ""))
        table.add_row(channel, f"{count:,}", *(f"{cell:,}" if cell else "·" for cell in cells))
    table.add_section()
    totals = (decided.interactions, *(decided.kinds[kind] for kind in KINDS), decided.plain)
    table.add_row("all", *(f"{total:,}" for total in totals), style="bold")
    return table


def _counts(what: str, unit: str, counts: Iterable[tuple[str, int]]) -> Table:
    table = _table(what, unit)
    for name, count in counts:
        table.add_row(name, f"{count:,}")
    return table


def _dead_letters(outcome: Outcome) -> Table:
    expected = outcome.expected
    table = _table("dead letters", "found", *([] if expected is None else ["expected"]))
    for reason in sorted({*outcome.dead_letters, *(expected or ())}):
        found = outcome.dead_letters[reason]
        style = "bold red" if expected is not None and found != expected[reason] else None
        table.add_row(reason, f"{found:,}", *([] if expected is None else [f"{expected[reason]:,}"]), style=style)
    return table


def _agreement(rows: Iterable[Agreement]) -> Table:
    table = _table("agreement with labels", "language", "labelled", "found", "both", "precision", "recall")
    table.columns[1].justify = "left"
    for row in rows:
        counts = (row.both + row.label_alone, row.both + row.bus_alone, row.both)
        table.add_row(
            _words(row.kind),
            row.language,
            *(f"{count:,}" for count in counts),
            _share(row.precision),
            _share(row.recall),
        )
    return table


def _table(first: str, *others: str) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column(first)
    for other in others:
        table.add_column(other, justify="right")
    return table


def _share(share: float | None) -> str:
    return "–" if share is None else f"{share:.2f}"


def _words(kind: str) -> str:
    return kind.lower().replace("_", " ")


def _by_count(counts: Counter[str]) -> list[tuple[str, int]]:
    """The largest first, equal ones by name: the same figures always print the same table."""
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))
