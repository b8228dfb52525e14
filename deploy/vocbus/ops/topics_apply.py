"""Kafka topics after the catalogue: reads the cluster and carries out the plan of topics_plan."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from kafka.admin import AlterConfigOp, ConfigResource, ConfigResourceType, KafkaAdminClient
from kafka.errors import KafkaError, for_code

from vocbus.contracts.topics import Catalogue
from vocbus.ops.plan import Kind
from vocbus.ops.topics_plan import SAFE_ONLY, Permission, TopicAction, TopicState, plan_topics


def reconcile_topics(
    admin: KafkaAdminClient,
    wanted: Catalogue,
    *,
    replication: int | None = None,
    permission: Permission = SAFE_ONLY,
    dry_run: bool = False,
) -> list[TopicAction]:
    """Bring the cluster to the catalogue as far as is safe or allowed. Returns what was done, and what was not."""
    actions = plan_topics(
        wanted,
        read_topics(admin, wanted.topics),
        brokers=len(admin.describe_cluster()["brokers"]),
        replication=replication,
        permission=permission,
    )
    return actions if dry_run else apply_topics(admin, actions)


def read_topics(admin: KafkaAdminClient, names: Iterable[str]) -> dict[str, TopicState]:
    """Those of the topics that the cluster has. Raises KafkaError."""
    wanted = set(names)
    found = {topic["name"]: topic for topic in admin.describe_topics() if topic["name"] in wanted}
    if not found:
        return {}
    described = admin.describe_configs(
        [ConfigResource(ConfigResourceType.TOPIC, name) for name in found], config_filter="all"
    )["topic"]
    return {
        name: TopicState(
            partitions=len(topic["partitions"]),
            replication=len(topic["partitions"][0]["replica_nodes"]),
            configuration={key: entry["value"] for key, entry in described[name].items()},
        )
        for name, topic in found.items()
    }


def apply_topics(admin: KafkaAdminClient, actions: Sequence[TopicAction]) -> list[TopicAction]:
    """Carry out what the plan creates and extends; returns the actions, those that failed as FAILED."""
    faults = _create_all(admin, [action for action in actions if action.kind is Kind.CREATE])
    done = []
    for action in actions:
        fault = faults.get(action.target)
        if action.kind is Kind.EXTEND:
            fault = _extend(admin, action)
        done.append(replace(action, kind=Kind.FAILED, what=f"{action.what}: {fault}") if fault else action)
    return done


def _create_all(admin: KafkaAdminClient, actions: Sequence[TopicAction]) -> dict[str, str]:
    """Create the topics and wait until they can be used. Returns what went wrong by topic."""
    if not actions:
        return {}
    topics = {
        action.target: {
            "num_partitions": action.partitions,
            "replication_factor": action.replication,
            "configs": dict(action.configuration),
        }
        for action in actions
    }
    answer = admin.create_topics(topics, raise_errors=False)
    faults = {
        topic["name"]: f"{for_code(topic['error_code']).__name__} {topic.get('error_message') or ''}".strip()
        for topic in answer["topics"]
        if topic["error_code"]
    }
    admin.wait_for_topics([name for name in topics if name not in faults])
    return faults


def _extend(admin: KafkaAdminClient, action: TopicAction) -> str | None:
    """What went wrong, None when nothing did."""
    try:
        if action.partitions is not None:
            admin.create_partitions({action.target: action.partitions})
        if action.configuration:
            changes = {key: (AlterConfigOp.SET, value) for key, value in action.configuration.items()}
            resource = ConfigResource(ConfigResourceType.TOPIC, action.target, changes)
            result: str = admin.alter_configs([resource], incremental=True)["topic"][action.target]
            if result != "OK":
                return result
    except KafkaError as error:
        return type(error).__name__
    return None
