"""The plan for Kafka topics, and its execution against a broker's faults that a healthy one does not show."""

from dataclasses import replace
from typing import Any

import pytest
from kafka.errors import InvalidPartitionsError

from vocbus.contracts.topics import Topic, catalogue
from vocbus.ops.plan import Kind, succeeded
from vocbus.ops.topics_apply import apply_topics
from vocbus.ops.topics_plan import Permission, TopicAction, TopicState, plan_topics

DAY_MS = 86_400_000


@pytest.fixture
def topic() -> Topic:
    return catalogue()["signals"].model_copy(update={"partitions": 6, "retention": "P30D", "cleanup": "delete"})


def as_wanted(topic: Topic) -> TopicState:
    return TopicState(topic.partitions, 1, {**topic.configuration, "segment.ms": "604800000"})


def planned(topic: Topic, state: TopicState, **kwargs: Any) -> list[TopicAction]:
    return plan_topics([topic], {topic.name: state}, brokers=1, **kwargs)


def test_every_topic_of_the_catalogue_is_created_in_its_order_on_an_empty_cluster() -> None:
    actions = plan_topics(catalogue(), {}, brokers=1)
    assert [action.target for action in actions] == list(catalogue().topics)
    assert {action.kind for action in actions} == {Kind.CREATE}
    raw = actions[0]
    assert raw.partitions == catalogue()["interactions-raw"].partitions
    assert raw.configuration == catalogue()["interactions-raw"].configuration


@pytest.mark.parametrize(
    ("brokers", "asked", "replicas", "in_sync"),
    [(1, None, 1, None), (2, None, 2, "1"), (3, None, 3, "2"), (9, None, 3, "2"), (9, 5, 5, "4")],
)
def test_new_topics_get_three_replicas_where_there_are_brokers_and_survive_the_loss_of_one(
    topic: Topic, brokers: int, asked: int | None, replicas: int, in_sync: str | None
) -> None:
    [action] = plan_topics([topic], {}, brokers=brokers, replication=asked)
    assert action.replication == replicas
    assert action.configuration.get("min.insync.replicas") == in_sync


def test_a_topic_as_the_catalogue_has_it_is_unchanged_whatever_else_is_configured(topic: Topic) -> None:
    [action] = planned(topic, as_wanted(topic))
    assert action.kind is Kind.UNCHANGED


def test_fewer_partitions_are_refused_even_with_every_permission(topic: Topic) -> None:
    [action] = planned(
        topic, replace(as_wanted(topic), partitions=7), permission=Permission(repartition=True, shorter_retention=True)
    )
    assert action.kind is Kind.REFUSED
    assert "7" in action.way_out


def test_more_partitions_are_refused_since_keys_would_move(topic: Topic) -> None:
    [action] = planned(topic, replace(as_wanted(topic), partitions=3))
    assert action.kind is Kind.REFUSED
    assert "--allow-repartition" in action.way_out


def test_more_partitions_are_added_when_that_is_allowed(topic: Topic) -> None:
    [action] = planned(topic, replace(as_wanted(topic), partitions=3), permission=Permission(repartition=True))
    assert (action.kind, action.partitions) == (Kind.EXTEND, 6)


@pytest.mark.parametrize(
    ("key", "before"),
    [
        ("retention.ms", str(31 * DAY_MS)),
        ("retention.ms", "-1"),
        ("cleanup.policy", "compact"),
    ],
)
def test_what_would_delete_messages_is_refused_unless_allowed(topic: Topic, key: str, before: str) -> None:
    state = as_wanted(topic)
    state = replace(state, configuration={**state.configuration, key: before})
    [refused] = planned(topic, state)
    assert refused.kind is Kind.REFUSED
    assert "--allow-shorter-retention" in refused.way_out
    [allowed] = planned(topic, state, permission=Permission(shorter_retention=True))
    assert allowed.kind is Kind.EXTEND
    assert allowed.configuration == {key: topic.configuration[key]}


@pytest.mark.parametrize(
    ("retention", "before"), [("P30D", str(29 * DAY_MS)), ("forever", str(29 * DAY_MS)), ("P30D", "0")]
)
def test_longer_retention_is_set_without_asking(topic: Topic, retention: str, before: str) -> None:
    topic = topic.model_copy(update={"retention": retention})
    state = as_wanted(topic)
    [action] = planned(topic, replace(state, configuration={**state.configuration, "retention.ms": before}))
    assert action.kind is Kind.EXTEND
    assert action.configuration == {"retention.ms": topic.configuration["retention.ms"]}


def test_a_refused_setting_does_not_hold_up_a_safe_one(topic: Topic) -> None:
    state = as_wanted(topic)
    state = replace(
        state, configuration={**state.configuration, "cleanup.policy": "compact", "max.message.bytes": "1000"}
    )
    actions = planned(topic, state)
    assert {action.kind for action in actions} == {Kind.REFUSED, Kind.EXTEND}
    assert [dict(action.configuration) for action in actions if action.kind is Kind.EXTEND] == [
        {"max.message.bytes": topic.configuration["max.message.bytes"]}
    ]


def test_replicas_of_an_existing_topic_are_not_moved(topic: Topic) -> None:
    [action] = planned(topic, as_wanted(topic), replication=3)
    assert action.kind is Kind.REFUSED
    [untouched] = planned(topic, as_wanted(topic))
    assert untouched.kind is Kind.UNCHANGED


class FaultyAdmin:
    """A broker that refuses one topic, partitions and settings."""

    def __init__(self) -> None:
        self.awaited: list[str] = []

    def create_topics(self, topics: dict[str, Any], raise_errors: bool) -> dict[str, Any]:
        return {
            "topics": [
                {"name": name, "error_code": 38 if name == "signals" else 0, "error_message": "too few brokers"}
                for name in topics
            ]
        }

    def wait_for_topics(self, names: list[str]) -> None:
        self.awaited = names

    def create_partitions(self, topics: dict[str, int]) -> None:
        raise InvalidPartitionsError

    def alter_configs(self, resources: list[Any], incremental: bool) -> dict[str, Any]:
        return {"topic": {resource.name: "PolicyViolationError" for resource in resources}}


def test_what_the_broker_refuses_is_told_and_the_rest_is_done(topic: Topic) -> None:
    admin = FaultyAdmin()
    actions = plan_topics([topic, catalogue()["interactions"]], {}, brokers=1, replication=3)
    failed, created = apply_topics(admin, actions)
    assert failed.kind is Kind.FAILED
    assert "InvalidReplicationFactorError too few brokers" in failed.what
    assert created.kind is Kind.CREATE
    assert admin.awaited == ["interactions"]
    assert not succeeded([failed, created])


def test_a_failed_extension_is_told(topic: Topic) -> None:
    state = replace(as_wanted(topic), partitions=3)
    state = replace(state, configuration={**state.configuration, "retention.ms": "0"})
    actions = planned(topic, state, permission=Permission(repartition=True))
    done = apply_topics(FaultyAdmin(), actions)
    assert [action.kind for action in done] == [Kind.FAILED, Kind.FAILED]
    assert "InvalidPartitionsError" in done[0].what
    assert "PolicyViolationError" in done[1].what
