"""The plan for index templates, indices and the lifecycle policy."""

import copy
from typing import Any

import pytest

from vocbus.ops.capabilities import Capabilities
from vocbus.ops.indices_plan import IndicesState, plan_indices, wanted_templates
from vocbus.ops.lifecycle import plan_lifecycle
from vocbus.ops.mapping_changes import flat_settings
from vocbus.ops.plan import Kind

ONE_NODE = Capabilities(data_nodes=1, analyzers=(), lifecycle=False)
THREE_NODES = Capabilities(data_nodes=3, analyzers=("cjk", "english"), lifecycle=True)
EMPTY = IndicesState({}, {})


@pytest.fixture
def wanted() -> dict[str, Any]:
    return wanted_templates("vocbus", ONE_NODE, EMPTY, {})


@pytest.fixture
def stored(wanted: dict[str, Any]) -> dict[str, Any]:
    """The templates as Elasticsearch gives them back: nested settings, times of its own."""
    stored = copy.deepcopy(wanted)
    for body in stored.values():
        settings = body["template"]["settings"]
        nested = {key.removeprefix("index."): value for key, value in settings.items()}
        body["template"]["settings"] = {"index": nested}
        body |= {"composed_of": [], "created_date_millis": 1, "modified_date_millis": 2}
    return stored


def properties(body: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = body["template"]["mappings"]["properties"]
    return found


def test_templates_are_created_on_an_empty_cluster(wanted: dict[str, Any]) -> None:
    actions = plan_indices(wanted, EMPTY)
    assert [(action.kind, action.target) for action in actions] == [
        (Kind.CREATE, "vocbus-interactions"),
        (Kind.CREATE, "vocbus-signals"),
        (Kind.CREATE, "vocbus-outcomes"),
    ]


def test_what_elasticsearch_gives_back_of_them_is_unchanged(wanted: dict[str, Any], stored: dict[str, Any]) -> None:
    index = copy.deepcopy(properties(wanted["vocbus-signals"]))
    actions = plan_indices(wanted, IndicesState(stored, {"vocbus-signals-2026.11": index}))
    assert {action.kind for action in actions} == {Kind.UNCHANGED}
    assert [action.target for action in actions] == [
        "vocbus-interactions",
        "vocbus-signals",
        "vocbus-signals-2026.11",
        "vocbus-outcomes",
    ]


def test_a_new_field_is_added_to_template_and_indices(wanted: dict[str, Any], stored: dict[str, Any]) -> None:
    index = copy.deepcopy(properties(wanted["vocbus-signals"]))
    properties(wanted["vocbus-signals"])["evidence"]["properties"]["score"] = {"type": "double"}
    _, template, month, *_ = plan_indices(wanted, IndicesState(stored, {"vocbus-signals-2026.11": index}))
    assert (template.kind, template.what) == (Kind.EXTEND, "field evidence.score (double)")
    assert (month.kind, month.what) == (Kind.EXTEND, "field evidence.score (double)")
    assert month.body["evidence"]["properties"]["score"] == {"type": "double"}


def test_fields_of_a_newer_version_survive_an_older_one(wanted: dict[str, Any], stored: dict[str, Any]) -> None:
    properties(stored["vocbus-signals"])["newer"] = {"type": "keyword"}
    index = {**copy.deepcopy(properties(wanted["vocbus-signals"])), "newer": {"type": "keyword"}}
    properties(wanted["vocbus-signals"])["added"] = {"type": "keyword"}
    _, template, month, *_ = plan_indices(wanted, IndicesState(stored, {"vocbus-signals-2026.11": index}))
    assert {"newer", "added"} <= properties(template.body).keys()  # type: ignore[arg-type]  # a dict in fact
    assert {"newer", "added"} <= month.body.keys()


@pytest.mark.parametrize(
    ("field", "told"),
    [
        ({"type": "text"}, "priority: integer cannot become text"),
        ({"properties": {"level": {"type": "integer"}}}, "priority: integer cannot become object"),
        ({"type": "integer", "store": True}, "priority: store cannot be changed"),
    ],
)
def test_a_field_that_would_change_its_type_is_refused_with_the_way_out(
    wanted: dict[str, Any], stored: dict[str, Any], field: dict[str, Any], told: str
) -> None:
    index = copy.deepcopy(properties(wanted["vocbus-signals"]))
    properties(wanted["vocbus-signals"])["priority"] = field
    interactions, template, month, *_ = plan_indices(wanted, IndicesState(stored, {"vocbus-signals-2026.11": index}))
    assert interactions.kind is Kind.UNCHANGED
    for action in (template, month):
        assert (action.kind, action.what) == (Kind.REFUSED, told)
        assert "VOCBUS_INDEX_PREFIX" in action.way_out
        assert not action.body


def test_a_clash_in_a_nested_field_is_found(wanted: dict[str, Any], stored: dict[str, Any]) -> None:
    properties(wanted["vocbus-signals"])["evidence"]["properties"]["start"] = {"type": "keyword"}
    _, template, *_ = plan_indices(wanted, IndicesState(stored, {}))
    assert template.what == "evidence.start: integer cannot become keyword"


def test_a_template_of_somebody_else_is_left_alone(wanted: dict[str, Any], stored: dict[str, Any]) -> None:
    del stored["vocbus-signals"]["_meta"]
    _, template, *_ = plan_indices(wanted, IndicesState(stored, {}))
    assert template.kind is Kind.REFUSED
    assert "not of vocbus" in template.what


def test_analyzers_that_a_cluster_gains_become_sub_fields(wanted: dict[str, Any], stored: dict[str, Any]) -> None:
    index = copy.deepcopy(properties(wanted["vocbus-signals"]))
    state = IndicesState(stored, {"vocbus-signals-2026.11": index})
    _, template, month, *_ = plan_indices(wanted_templates("vocbus", THREE_NODES, state, {}), state)
    assert "excerpt: fields" in template.what
    assert month.what == "evidence.text: fields, excerpt: fields"
    assert month.body["excerpt"]["fields"]["cjk"] == {"type": "text", "analyzer": "cjk"}


def settings_of(found: Capabilities, current: IndicesState, explicit: dict[str, str]) -> dict[str, str]:
    body = wanted_templates("vocbus", found, current, explicit)["vocbus-signals"]
    return flat_settings(body["template"]["settings"])


def test_a_single_node_gets_no_replica_and_more_get_one() -> None:
    assert settings_of(ONE_NODE, EMPTY, {})["index.number_of_replicas"] == "0"
    assert settings_of(THREE_NODES, EMPTY, {})["index.number_of_replicas"] == "1"


def test_lifecycle_is_attached_only_where_there_is_one() -> None:
    assert "index.lifecycle.name" not in settings_of(ONE_NODE, EMPTY, {})
    assert settings_of(THREE_NODES, EMPTY, {})["index.lifecycle.name"] == "vocbus-months"


def test_settings_are_the_asked_ones_else_those_of_the_template_else_defaults(stored: dict[str, Any]) -> None:
    stored["vocbus-signals"]["template"]["settings"]["index"] = {"number_of_replicas": 2, "refresh_interval": "30s"}
    current = IndicesState(stored, {})
    assert settings_of(ONE_NODE, current, {}) == {
        "index.number_of_shards": "1",
        "index.number_of_replicas": "2",
        "index.refresh_interval": "30s",
    }
    assert settings_of(ONE_NODE, current, {"index.refresh_interval": "1s"})["index.refresh_interval"] == "1s"


def test_a_changed_setting_is_told(wanted: dict[str, Any], stored: dict[str, Any]) -> None:
    wanted["vocbus-signals"]["template"]["settings"]["index.number_of_replicas"] = "2"
    _, template, *_ = plan_indices(wanted, IndicesState(stored, {}))
    assert (template.kind, template.what) == (Kind.EXTEND, "index.number_of_replicas 0 → 2")
    # The times are Elasticsearch's own and cannot be put back.
    assert template.body.keys() == wanted["vocbus-signals"].keys() | {"composed_of"}


def test_a_policy_is_made_without_deletion_unless_that_is_asked_for() -> None:
    kept = plan_lifecycle("vocbus-months", None, None)
    assert kept.kind is Kind.CREATE
    assert "delete" not in kept.body["phases"]
    assert plan_lifecycle("vocbus-months", None, 400).body["phases"]["delete"]["min_age"] == "400d"


def test_a_policy_of_the_cluster_keeps_all_but_the_deletion_that_is_asked_for() -> None:
    tuned = {"phases": {"warm": {"min_age": "9d", "actions": {}}}}
    assert plan_lifecycle("vocbus-months", tuned, None).kind is Kind.UNCHANGED
    action = plan_lifecycle("vocbus-months", tuned, 400)
    assert action.kind is Kind.EXTEND
    assert "(now: never)" in action.what
    assert action.body["phases"]["warm"] == {"min_age": "9d", "actions": {}}
    again = plan_lifecycle("vocbus-months", action.body, 400)
    assert again.kind is Kind.UNCHANGED
