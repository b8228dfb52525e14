"""`vocbus topics` and `vocbus indices` on real servers."""

import json
import time
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from click.testing import CliRunner, Result
from elasticsearch import Elasticsearch
from kafka.admin import KafkaAdminClient

from vocbus.contracts.topics import Catalogue, catalogue, parse_catalogue
from vocbus.ops.cli import vocbus
from vocbus.ops.indices_apply import apply_indices, reconcile_indices
from vocbus.ops.plan import Kind
from vocbus.ops.topics_apply import read_topics, reconcile_topics
from vocbus.ops.topics_plan import Permission, TopicState
from vocbus.sinks.documents import INDEXED

pytestmark = pytest.mark.servers

Run = Callable[..., Result]


@pytest.fixture
def run(servers: Any) -> Run:
    environment = {"VOCBUS_KAFKA": servers.kafka, "VOCBUS_ELASTICSEARCH": servers.elasticsearch}
    return lambda *arguments: CliRunner().invoke(vocbus, arguments, env=environment)


@pytest.fixture
def admin(servers: Any) -> Iterator[KafkaAdminClient]:
    client = KafkaAdminClient(bootstrap_servers=servers.kafka)
    yield client
    client.close()


@pytest.fixture
def client(servers: Any) -> Iterator[Elasticsearch]:
    with Elasticsearch(servers.elasticsearch) as client:
        yield client


@pytest.fixture
def prefix(client: Elasticsearch) -> Iterator[str]:
    """An index prefix that no other test uses."""
    prefix = f"t{uuid.uuid4().hex[:8]}"
    yield prefix
    for name in client.indices.get(index=f"{prefix}-*"):
        client.indices.delete(index=name)
    client.options(ignore_status=404).indices.delete_index_template(name=f"{prefix}-*")


@pytest.fixture
def one_topic() -> Callable[..., Catalogue]:
    """A catalogue of one topic of its own and one department, with what the test says of the topic."""
    name, department = f"t{uuid.uuid4().hex[:8]}", f"d{uuid.uuid4().hex[:8]}"

    def build(partitions: int = 2, retention: str = "P7D", cleanup: str = "delete", size: int = 1000000) -> Catalogue:
        common = "record: signal, key: customer_token, producers: [x], personal_data: false"
        return parse_catalogue(
            f"""
            topics:
              - {{name: {name}, {common}, partitions: {partitions}, retention: {retention}, cleanup: {cleanup},
                 owner: x, consumers: [x], max_message_bytes: {size}, summary: x}}
            departments:
              {{{common}, partitions: 1, retention: P1D, cleanup: delete, names: {{{department}: x}}}}
            """
        )

    return build


def until(expected: Callable[[TopicState], bool], admin: KafkaAdminClient, name: str) -> TopicState:
    """The topic's state once it is as expected: a broker learns of a change a little after the controller took it."""
    deadline = time.monotonic() + 20
    while True:
        state = read_topics(admin, [name])[name]
        if expected(state):
            return state
        assert time.monotonic() < deadline, state
        time.sleep(0.05)


def kinds(result: Result) -> dict[str, str]:
    return {action["target"]: action["kind"] for action in json.loads(result.stdout)["actions"]}


def test_topics_are_created_once_and_a_second_run_changes_nothing(run: Run, admin: KafkaAdminClient) -> None:
    first = run("topics", "apply", "--json")
    assert first.exit_code == 0, first.output
    assert set(kinds(first)) == set(catalogue().topics)
    assert set(kinds(first).values()) <= {"create", "unchanged"}
    again = run("topics", "apply", "--json")
    assert again.exit_code == 0
    assert set(kinds(again).values()) == {"unchanged"}
    state = read_topics(admin, catalogue().topics)
    for topic in catalogue():
        assert state[topic.name].partitions == topic.partitions
        assert topic.configuration.items() <= state[topic.name].configuration.items()


def test_topics_list_shows_them(run: Run) -> None:
    assert run("topics", "apply").exit_code == 0
    rows = json.loads(run("topics", "list", "--json").stdout)
    assert [row["topic"] for row in rows] == list(catalogue().topics)
    assert all(row["there"] for row in rows)
    assert "signals" in run("topics", "list").stdout


def test_a_dry_run_creates_no_topic(admin: KafkaAdminClient, one_topic: Callable[..., Catalogue]) -> None:
    wanted = one_topic()
    assert {action.kind for action in reconcile_topics(admin, wanted, dry_run=True)} == {Kind.CREATE}
    assert read_topics(admin, wanted.topics) == {}


def test_safe_changes_are_made_and_destructive_ones_refused(
    admin: KafkaAdminClient, one_topic: Callable[..., Catalogue]
) -> None:
    name = next(iter(one_topic().topics))
    reconcile_topics(admin, one_topic())

    longer = reconcile_topics(admin, one_topic(retention="P9D", size=2000000))
    assert [action.kind for action in longer if action.target == name] == [Kind.EXTEND]
    changed = {"retention.ms": str(9 * 86_400_000), "max.message.bytes": "2000000"}
    before = until(lambda state: changed.items() <= state.configuration.items(), admin, name)

    for destructive in (
        one_topic(retention="P1D", size=2000000),
        one_topic(retention="P9D", size=2000000, cleanup="compact"),
        one_topic(retention="P9D", size=2000000, partitions=1),
        one_topic(retention="P9D", size=2000000, partitions=4),
    ):
        actions = reconcile_topics(admin, destructive)
        assert [action.kind for action in actions if action.target == name] == [Kind.REFUSED]
        assert read_topics(admin, [name])[name] == before


def test_what_is_allowed_is_done(admin: KafkaAdminClient, one_topic: Callable[..., Catalogue]) -> None:
    name = next(iter(one_topic().topics))
    reconcile_topics(admin, one_topic())
    permission = Permission(repartition=True, shorter_retention=True)
    actions = reconcile_topics(admin, one_topic(partitions=4, retention="P1D"), permission=permission)
    assert [action.kind for action in actions if action.target == name] == [Kind.EXTEND, Kind.EXTEND]
    until(lambda state: (state.partitions, state.configuration["retention.ms"]) == (4, str(86_400_000)), admin, name)


def test_more_replicas_than_brokers_fail_with_kafkas_reason(
    admin: KafkaAdminClient, one_topic: Callable[..., Catalogue]
) -> None:
    actions = reconcile_topics(admin, one_topic(), replication=3)
    assert {action.kind for action in actions} == {Kind.FAILED}
    assert all("InvalidReplicationFactorError" in action.what for action in actions)


def test_a_refusal_ends_the_command_with_status_1_and_the_way_out(run: Run) -> None:
    assert run("topics", "apply").exit_code == 0
    result = run("topics", "apply", "--replication-factor", "2")
    assert result.exit_code == 1
    assert "kafka-reassign-partitions" in result.stdout


def test_templates_are_created_once_and_a_second_run_changes_nothing(run: Run, prefix: str) -> None:
    first = run("indices", "apply", "--index-prefix", prefix, "--json")
    assert first.exit_code == 0, first.output
    assert kinds(first) == {f"{prefix}-{indexed.name}": "create" for indexed in INDEXED.values()}
    again = run("indices", "apply", "--index-prefix", prefix, "--json")
    assert again.exit_code == 0
    assert set(kinds(again).values()) == {"unchanged"}


def test_a_dry_run_creates_no_template(run: Run, client: Elasticsearch, prefix: str) -> None:
    assert "would create" in run("indices", "apply", "--index-prefix", prefix, "--dry-run").stdout
    assert not client.indices.exists_index_template(name=f"{prefix}-signals")


def test_an_index_made_from_the_template_is_unchanged_and_listed(run: Run, client: Elasticsearch, prefix: str) -> None:
    run("indices", "apply", "--index-prefix", prefix)
    client.indices.create(index=f"{prefix}-signals-2026.11")
    again = run("indices", "apply", "--index-prefix", prefix, "--json")
    assert kinds(again)[f"{prefix}-signals-2026.11"] == "unchanged"
    [row] = json.loads(run("indices", "list", "--index-prefix", prefix, "--json").stdout)
    assert (row["index"], row["documents"], row["health"]) == (f"{prefix}-signals-2026.11", 0, "green")


def test_an_index_of_an_older_contract_gains_its_new_fields(run: Run, client: Elasticsearch, prefix: str) -> None:
    run("indices", "apply", "--index-prefix", prefix)
    body = client.indices.get_index_template(name=f"{prefix}-signals")["index_templates"][0]["index_template"]
    older = body["template"]["mappings"]["properties"]
    del older["team"], older["evidence"]["properties"]["rule"]
    client.indices.put_index_template(
        name=f"{prefix}-signals",
        index_patterns=body["index_patterns"],
        priority=body["priority"],
        template=body["template"],
        meta=body["_meta"],
    )
    index = f"{prefix}-signals-2026.10"
    client.indices.create(index=index)
    result = run("indices", "apply", "--index-prefix", prefix, "--json")
    assert result.exit_code == 0
    unchanged = {f"{prefix}-interactions": "unchanged", f"{prefix}-outcomes": "unchanged"}
    assert kinds(result) == unchanged | {f"{prefix}-signals": "extend", index: "extend"}
    mapping = client.indices.get_mapping(index=index)[index]["mappings"]["properties"]
    assert mapping["team"]["type"] == "keyword"
    assert mapping["evidence"]["properties"]["rule"]["type"] == "keyword"


def test_a_changed_type_is_refused_and_nothing_is_touched(run: Run, client: Elasticsearch, prefix: str) -> None:
    index = f"{prefix}-signals-2026.10"
    client.indices.create(index=index, mappings={"properties": {"priority": {"type": "keyword"}}})
    result = run("indices", "apply", "--index-prefix", prefix, "--json")
    assert result.exit_code == 1
    assert kinds(result)[index] == "refused"
    assert kinds(result)[f"{prefix}-signals"] == "create"
    assert client.indices.get_mapping(index=index)[index]["mappings"] == {
        "properties": {"priority": {"type": "keyword"}}
    }


def test_settings_that_were_asked_for_stay_when_they_are_not_asked_for_again(
    run: Run, client: Elasticsearch, prefix: str
) -> None:
    run("indices", "apply", "--index-prefix", prefix, "--replicas", "2", "--refresh-interval", "30s")
    assert run("indices", "apply", "--index-prefix", prefix).exit_code == 0
    body = client.indices.get_index_template(name=f"{prefix}-signals")["index_templates"][0]["index_template"]
    assert body["template"]["settings"]["index"]["number_of_replicas"] == "2"
    assert body["template"]["settings"]["index"]["refresh_interval"] == "30s"


def test_deletion_by_age_is_refused_where_nothing_would_carry_it_out(run: Run, prefix: str) -> None:
    result = run("indices", "apply", "--index-prefix", prefix, "--delete-after", "400")
    assert result.exit_code == 1
    assert "lifecycle" in result.output


def test_what_elasticsearch_refuses_is_told(client: Elasticsearch) -> None:
    planned = reconcile_indices(client, "UPPER", dry_run=True)
    done = apply_indices(client, planned)  # type: ignore[arg-type]  # this node has no lifecycle, so no such action
    assert {action.kind for action in done} == {Kind.FAILED}


def test_servers_that_are_not_there_are_told_with_the_way_out(run: Run, closed_port: int) -> None:
    result = run("indices", "apply", "--elasticsearch", f"http://127.0.0.1:{closed_port}")
    assert result.exit_code == 1
    assert "vocbus status" in result.output
    assert "Traceback" not in result.output
