"""Index templates and mappings after the contracts: reads the cluster and carries out the plan of indices_plan."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import click
from elasticsearch import ApiError, Elasticsearch

from vocbus.ops.capabilities import probe
from vocbus.ops.indices_plan import IndexAction, IndicesState, plan_indices, wanted_templates
from vocbus.ops.lifecycle import apply_lifecycle, plan_lifecycle, policy_name, read_lifecycle
from vocbus.ops.mappings import template_name
from vocbus.ops.plan import Action, Kind
from vocbus.sinks.documents import INDEXED


def reconcile_indices(
    client: Elasticsearch,
    prefix: str,
    *,
    settings: Mapping[str, str] | None = None,
    delete_after: int | None = None,
    dry_run: bool = False,
) -> list[Action]:
    """Bring templates and indices to the contracts as far as is safe. Returns what was done, and what was not.

    Raises ClickException when `delete_after` (days) is asked of a cluster without lifecycle management, before
    anything is done, and the client's errors.
    """
    found = probe(client)
    if delete_after and not found.lifecycle:
        raise click.ClickException(
            "this Elasticsearch has no index lifecycle management, so nothing would carry out --delete-after. "
            "Leave it out, and delete the indices of old months by their names."
        )
    actions: list[Action] = []
    if found.lifecycle:
        name = policy_name(prefix)
        lifecycle = plan_lifecycle(name, read_lifecycle(client, name), delete_after)
        actions.append(lifecycle if dry_run else apply_lifecycle(client, lifecycle))
    state = read_indices(client, prefix)
    planned = plan_indices(wanted_templates(prefix, found, state, settings or {}), state)
    return [*actions, *(planned if dry_run else apply_indices(client, planned))]


def read_indices(client: Elasticsearch, prefix: str) -> IndicesState:
    """What there is of the templates and their indices. Raises the client's errors."""
    templates: dict[str, Any] = {}
    indices: dict[str, Any] = {}
    for record in INDEXED:
        name = template_name(record, prefix)
        found = client.options(ignore_status=404).indices.get_index_template(name=name)
        templates |= {entry["name"]: entry["index_template"] for entry in found.get("index_templates", ())}
        mappings = client.indices.get_mapping(index=f"{name}-*")
        indices |= {index: entry["mappings"].get("properties", {}) for index, entry in mappings.items()}
    return IndicesState(templates, indices)


def apply_indices(client: Elasticsearch, actions: Sequence[IndexAction]) -> list[IndexAction]:
    """Carry out what the plan creates and extends; returns the actions, those that failed as FAILED."""
    done = []
    for action in actions:
        if action.kind in (Kind.CREATE, Kind.EXTEND):
            try:
                if action.is_template:
                    client.indices.put_index_template(name=action.target, **_arguments(action.body))
                else:
                    client.indices.put_mapping(index=action.target, properties=action.body)
            except ApiError as error:
                done.append(replace(action, kind=Kind.FAILED, what=f"{action.what}: {error.message}"))
                continue
        done.append(action)
    return done


def _arguments(body: Mapping[str, Any]) -> dict[str, Any]:
    """The client's parameter names."""
    return {("meta" if key == "_meta" else key): value for key, value in body.items()}
