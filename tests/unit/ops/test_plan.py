"""How an apply command tells what it did."""

import io
import json

from rich.console import Console

from vocbus.ops.plan import Action, Kind, as_json, as_table, succeeded, summary

ACTIONS = [
    Action(kind=Kind.CREATE, target="signals", what="6 partitions"),
    Action(kind=Kind.UNCHANGED, target="interactions"),
    Action(kind=Kind.REFUSED, target="dept-risk", what="too few", way_out="do this"),
]


def rendered(*, dry_run: bool) -> str:
    console = Console(file=io.StringIO(), width=200)
    console.print(as_table(ACTIONS, "topic", dry_run=dry_run))
    return console.file.getvalue()  # type: ignore[attr-defined]  # it is the StringIO above


def test_the_table_names_every_target_and_the_way_out() -> None:
    table = rendered(dry_run=False)
    assert "created" in table
    assert "→ do this" in table
    assert all(action.target in table for action in ACTIONS)


def test_a_dry_run_says_what_would_be_done() -> None:
    assert "would create" in rendered(dry_run=True)
    assert summary(ACTIONS, dry_run=True) == "1 would create, 1 unchanged, 1 refused"


def test_json_counts_every_kind_and_lists_the_actions() -> None:
    document = json.loads(as_json(ACTIONS, dry_run=False))
    assert document["counts"] == {"create": 1, "extend": 0, "unchanged": 1, "refused": 1, "failed": 0}
    assert document["actions"][2] == {
        "kind": "refused",
        "target": "dept-risk",
        "what": "too few",
        "way_out": "do this",
    }


def test_a_refusal_or_a_failure_is_no_success() -> None:
    assert succeeded(ACTIONS[:2])
    assert not succeeded(ACTIONS)
    assert not succeeded([Action(kind=Kind.FAILED, target="x")])
