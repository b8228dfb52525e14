"""What an apply command is going to do, has done, or refuses: one action a line, as a table or as JSON."""

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from rich.table import Table


class Kind(StrEnum):
    CREATE = "create"
    EXTEND = "extend"
    UNCHANGED = "unchanged"
    REFUSED = "refused"
    FAILED = "failed"


@dataclass(frozen=True, kw_only=True)
class Action:
    """`what` says what changes, or why not; `way_out` what a person can do about a refusal or failure."""

    kind: Kind
    target: str
    what: str = ""
    way_out: str = ""


_DONE = {Kind.CREATE: "created", Kind.EXTEND: "extended"}
_TO_DO = {Kind.CREATE: "would create", Kind.EXTEND: "would extend"}
_STYLES = {Kind.CREATE: "green", Kind.EXTEND: "cyan", Kind.REFUSED: "bold red", Kind.FAILED: "bold red"}


def succeeded(actions: Iterable[Action]) -> bool:
    """Whether nothing was refused and nothing failed."""
    return all(action.kind not in (Kind.REFUSED, Kind.FAILED) for action in actions)


def as_table(actions: Sequence[Action], noun: str, *, dry_run: bool) -> Table:
    """A row an action, with the way out below what was refused."""
    table = Table("result", noun, "what", box=None, pad_edge=False, header_style="bold")
    words = _TO_DO if dry_run else _DONE
    for action in actions:
        what = f"{action.what}\n→ {action.way_out}" if action.way_out else action.what
        table.add_row(words.get(action.kind, action.kind), action.target, what, style=_STYLES.get(action.kind))
    return table


def as_json(actions: Sequence[Action], *, dry_run: bool) -> str:
    """`{"dry_run", "counts": {kind: n}, "actions": [{"kind", "target", "what", "way_out"}]}`."""
    counts = Counter(action.kind.value for action in actions)
    document: dict[str, Any] = {
        "dry_run": dry_run,
        "counts": {kind.value: counts[kind.value] for kind in Kind},
        "actions": [
            {"kind": action.kind, "target": action.target, "what": action.what, "way_out": action.way_out}
            for action in actions
        ],
    }
    return json.dumps(document, ensure_ascii=False)


def summary(actions: Sequence[Action], *, dry_run: bool) -> str:
    """Counts in one line."""
    words = _TO_DO if dry_run else _DONE
    counts = Counter(action.kind for action in actions)
    return ", ".join(f"{counts[kind]} {words.get(kind, kind.value)}" for kind in Kind if counts[kind])
