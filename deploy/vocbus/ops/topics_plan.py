"""Kafka topics after the catalogue: what has to be done, and what is refused. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from vocbus.contracts.topics import Topic
from vocbus.ops.plan import Action, Kind

FOREVER = -1


@dataclass(frozen=True)
class TopicState:
    """A topic as the cluster has it; `configuration` holds effective values."""

    partitions: int
    replication: int
    configuration: Mapping[str, str]


@dataclass(frozen=True)
class Permission:
    """What a person allowed beyond what is always safe."""

    repartition: bool = False
    shorter_retention: bool = False


SAFE_ONLY = Permission()


@dataclass(frozen=True, kw_only=True)
class TopicAction(Action):
    """`partitions` is the count to create with or to grow to; `configuration` what to set."""

    partitions: int | None = None
    replication: int | None = None
    configuration: Mapping[str, str] = field(default_factory=dict)


def plan_topics(
    wanted: Iterable[Topic],
    current: Mapping[str, TopicState],
    *,
    brokers: int,
    replication: int | None = None,
    permission: Permission = SAFE_ONLY,
) -> list[TopicAction]:
    """Actions that bring the cluster to the catalogue; at least one a topic, in the catalogue's order.

    Without `replication` new topics get three replicas, or as many as there are brokers.
    """
    replicas = replication or min(3, brokers)
    actions = []
    for topic in wanted:
        state = current.get(topic.name)
        if state is None:
            actions.append(_create(topic, replicas))
            continue
        differences = [
            *_partitions(topic, state, permission),
            *_replication(topic, state, replication),
            *_configuration(topic, state, permission),
        ]
        actions += differences or [TopicAction(kind=Kind.UNCHANGED, target=topic.name)]
    return actions


def _create(topic: Topic, replicas: int) -> TopicAction:
    configuration = dict(topic.configuration)
    if replicas > 1:
        # With acks=all a message must stand on one more broker than may be lost.
        configuration["min.insync.replicas"] = str(replicas - 1)
    copies = "1 replica" if replicas == 1 else f"{replicas} replicas"
    what = f"{topic.partitions} partitions, {copies}, retention {topic.retention}, {topic.cleanup}"
    return TopicAction(
        kind=Kind.CREATE,
        target=topic.name,
        what=what,
        partitions=topic.partitions,
        replication=replicas,
        configuration=configuration,
    )


def _partitions(topic: Topic, state: TopicState, permission: Permission) -> Iterable[TopicAction]:
    if topic.partitions == state.partitions:
        return
    what = f"partitions {state.partitions} → {topic.partitions}"
    if topic.partitions < state.partitions:
        yield TopicAction(
            kind=Kind.REFUSED,
            target=topic.name,
            what=f"{what}: Kafka cannot take partitions away",
            way_out=f"set partitions to {state.partitions} in topics.yaml, or move to a new topic",
        )
    elif not permission.repartition:
        yield TopicAction(
            kind=Kind.REFUSED,
            target=topic.name,
            what=f"{what}: keys would move to other partitions, and a customer's events lose their order once",
            way_out="let consumers catch up and stop producers, then run again with --allow-repartition",
        )
    else:
        yield TopicAction(kind=Kind.EXTEND, target=topic.name, what=what, partitions=topic.partitions)


def _replication(topic: Topic, state: TopicState, replication: int | None) -> Iterable[TopicAction]:
    if replication is not None and replication != state.replication:
        yield TopicAction(
            kind=Kind.REFUSED,
            target=topic.name,
            what=f"replicas {state.replication} → {replication}: that moves data between brokers",
            way_out="use Kafka's kafka-reassign-partitions, or leave --replication-factor out",
        )


def _configuration(topic: Topic, state: TopicState, permission: Permission) -> Iterable[TopicAction]:
    changed = {key: value for key, value in topic.configuration.items() if state.configuration.get(key) != value}
    safe = {}
    for key, value in changed.items():
        before = state.configuration.get(key, "unset")
        if _loses_messages(key, before, value) and not permission.shorter_retention:
            yield TopicAction(
                kind=Kind.REFUSED,
                target=topic.name,
                what=f"{key} {before} → {value}: Kafka would delete messages that it keeps now",
                way_out="when they may go, run again with --allow-shorter-retention",
            )
        else:
            safe[key] = value
    if safe:
        what = ", ".join(f"{key} {state.configuration.get(key, 'unset')} → {value}" for key, value in safe.items())
        yield TopicAction(kind=Kind.EXTEND, target=topic.name, what=what, configuration=safe)


def _loses_messages(key: str, before: str, after: str) -> bool:
    if key == "cleanup.policy":
        return True
    if key != "retention.ms" or int(after) == FOREVER:
        return False
    return before == "unset" or int(before) == FOREVER or int(after) < int(before)
