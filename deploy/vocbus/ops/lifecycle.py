"""The index lifecycle policy of clusters that manage lifecycles: the plan (pure), and its execution.

Ages count from the creation of a month's index, at its first contact. Indices stay writable for ever, since a replay
or a later decision may reach any month; hence no read-only, shrink or force-merge step.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from elasticsearch import ApiError, Elasticsearch

from vocbus.ops.mapping_changes import merge
from vocbus.ops.plan import Action, Kind

_WARM_AFTER = "45d"


@dataclass(frozen=True, kw_only=True)
class LifecycleAction(Action):
    """`body` is the policy to put."""

    body: Mapping[str, Any] = field(default_factory=dict)


def policy_name(prefix: str) -> str:
    """Name of the policy."""
    return f"{prefix}-months"


def plan_lifecycle(name: str, current: Mapping[str, Any] | None, delete_after: int | None) -> LifecycleAction:
    """Create the policy, or change when it deletes (days) if that is asked for; all else of one that exists stays."""
    deletion = {"delete": {"min_age": f"{delete_after}d", "actions": {"delete": {}}}} if delete_after else {}
    what = f"index lifecycle policy: delete after {delete_after} days" if delete_after else "index lifecycle policy"
    if current is None:
        phases = {
            "hot": {"min_age": "0ms", "actions": {"set_priority": {"priority": 100}}},
            "warm": {"min_age": _WARM_AFTER, "actions": {"set_priority": {"priority": 50}}},
        }
        return LifecycleAction(kind=Kind.CREATE, target=name, what=what, body={"phases": phases | deletion})
    age = current.get("phases", {}).get("delete", {}).get("min_age")
    if not delete_after or age == f"{delete_after}d":
        return LifecycleAction(kind=Kind.UNCHANGED, target=name)
    return LifecycleAction(
        kind=Kind.EXTEND,
        target=name,
        what=f"{what} (now: {age or 'never'})",
        body=merge(current, {"phases": deletion}),
    )


def read_lifecycle(client: Elasticsearch, name: str) -> Mapping[str, Any] | None:
    """The policy, None when there is none of that name. Raises the client's errors."""
    found = client.options(ignore_status=404).ilm.get_lifecycle(name=name)
    policy: Mapping[str, Any] | None = found[name]["policy"] if found.meta.status == 200 else None
    return policy


def apply_lifecycle(client: Elasticsearch, action: LifecycleAction) -> LifecycleAction:
    """Carry the action out; returns it, or what failed as FAILED."""
    if action.kind in (Kind.CREATE, Kind.EXTEND):
        try:
            client.ilm.put_lifecycle(name=action.target, policy=action.body)
        except ApiError as error:
            return replace(action, kind=Kind.FAILED, what=f"{action.what}: {error.message}")
    return action
