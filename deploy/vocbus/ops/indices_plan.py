"""Index templates and the mappings of existing indices after the contracts: what to do, what is refused. Pure.

The index of a past month gains new fields as the template does. Nothing is ever taken away: what the cluster has
beyond the contract (a field of a newer version, a setting that an administrator chose) stays.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from vocbus.ops.capabilities import Capabilities
from vocbus.ops.lifecycle import policy_name
from vocbus.ops.mapping_changes import additions, clashes, flat_settings, merge
from vocbus.ops.mappings import template, template_name
from vocbus.ops.plan import Action, Kind
from vocbus.sinks.documents import INDEXED

_OTHER_PREFIX = "apply under another VOCBUS_INDEX_PREFIX, replay the topics into it, then remove the old indices"


@dataclass(frozen=True)
class IndicesState:
    """What the cluster has: template bodies by name, and mapping properties by index."""

    templates: Mapping[str, Mapping[str, Any]]
    indices: Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, kw_only=True)
class IndexAction(Action):
    """`body` is what to put: a template's body, or the properties of an index."""

    is_template: bool
    body: Mapping[str, Any] = field(default_factory=dict)


def wanted_templates(
    prefix: str, found: Capabilities, current: IndicesState, explicit: Mapping[str, str]
) -> dict[str, dict[str, Any]]:
    """Index templates by name. A setting is the explicit one, else what the template has, else a default."""
    defaults = {
        "index.number_of_shards": "1",
        # A replica on the only node there is could never be placed, and the cluster would be yellow for ever.
        "index.number_of_replicas": "1" if found.data_nodes > 1 else "0",
        "index.refresh_interval": "5s",
    }
    if found.lifecycle:
        defaults["index.lifecycle.name"] = policy_name(prefix)
    wanted = {}
    for record in INDEXED:
        name = template_name(record, prefix)
        has = flat_settings(current.templates.get(name, {}).get("template", {}).get("settings", {}))
        wanted[name] = template(record, prefix, {**defaults, **has, **explicit}, found.analyzers)
    return wanted


def plan_indices(wanted: Mapping[str, Mapping[str, Any]], current: IndicesState) -> list[IndexAction]:
    """Actions that bring the cluster to the wanted templates (by name), each followed by those of its indices."""
    actions = []
    for name, body in wanted.items():
        actions.append(_template(name, body, current.templates.get(name)))
        actions += [
            _index(index, _properties(body), has)
            for index, has in sorted(current.indices.items())
            if index.startswith(f"{name}-")
        ]
    return actions


def _template(name: str, wanted: Mapping[str, Any], has: Mapping[str, Any] | None) -> IndexAction:
    if has is None:
        what = f"index template for {', '.join(wanted['index_patterns'])}"
        return IndexAction(kind=Kind.CREATE, target=name, what=what, is_template=True, body=wanted)
    if has.get("_meta", {}).get("managed_by") != "vocbus":
        return IndexAction(
            kind=Kind.REFUSED,
            target=name,
            what="an index template of this name exists and is not of vocbus",
            way_out="remove or rename it, or set another VOCBUS_INDEX_PREFIX",
            is_template=True,
        )
    if found := list(clashes(_properties(has), _properties(wanted))):
        return _refused(name, found, is_template=True)
    before = _comparable(has)
    after = merge(before, _comparable(wanted))
    if after == before:
        return IndexAction(kind=Kind.UNCHANGED, target=name, is_template=True)
    settings_before, settings = before["template"]["settings"], after["template"]["settings"]
    changes = [
        *additions(_properties(before), _properties(after)),
        *(
            f"{key} {settings_before.get(key, 'unset')} → {value}"
            for key, value in settings.items()
            if settings_before.get(key) != value
        ),
    ]
    what = ", ".join(changes) or "description"
    return IndexAction(kind=Kind.EXTEND, target=name, what=what, is_template=True, body=after)


def _index(name: str, wanted: Mapping[str, Any], has: Mapping[str, Any]) -> IndexAction:
    if found := list(clashes(has, wanted)):
        return _refused(name, found, is_template=False)
    changes = list(additions(has, wanted))
    if not changes:
        return IndexAction(kind=Kind.UNCHANGED, target=name, is_template=False)
    return IndexAction(
        kind=Kind.EXTEND, target=name, what=", ".join(changes), is_template=False, body=merge(has, wanted)
    )


def _refused(name: str, found: Iterable[str], *, is_template: bool) -> IndexAction:
    return IndexAction(
        kind=Kind.REFUSED, target=name, what=", ".join(found), way_out=_OTHER_PREFIX, is_template=is_template
    )


def _properties(template: Mapping[str, Any]) -> Mapping[str, Any]:
    found: Mapping[str, Any] = template.get("template", {}).get("mappings", {}).get("properties", {})
    return found


def _comparable(template: Mapping[str, Any]) -> dict[str, Any]:
    """A template body without what Elasticsearch adds to it, and with flat settings."""
    inner = {**template.get("template", {})}
    inner["settings"] = flat_settings(inner.get("settings", {}))
    return {**{key: value for key, value in template.items() if not key.endswith("_millis")}, "template": inner}
