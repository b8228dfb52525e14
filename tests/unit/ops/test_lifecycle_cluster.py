"""`reconcile_indices` on a cluster with lifecycle management and language analyzers, which the embedded one lacks."""

import json
from typing import Any, NamedTuple

import pytest
from elastic_transport import ApiResponseMeta, BaseNode, HttpHeaders
from elasticsearch import Elasticsearch

from vocbus.ops.indices_apply import reconcile_indices
from vocbus.ops.plan import Kind


class Answer(NamedTuple):
    """What the transport takes from a node."""

    meta: ApiResponseMeta
    body: bytes


class Cluster:
    """Three nodes, no templates; keeps what is put. `refused` is a path that it refuses to be put to."""

    def __init__(self) -> None:
        self.put: dict[str, Any] = {}
        self.policies: dict[str, Any] = {}
        self.refused = ""

    def answer(self, method: str, path: str, body: bytes | None) -> tuple[int, Any]:
        if method == "PUT":
            if path == self.refused:
                return 403, {"error": {"type": "security_exception", "reason": "no"}}
            self.put[path] = json.loads(body or b"{}")
            return 200, {"acknowledged": True}
        match path.split("/")[1:]:
            case ["_cluster", "health"]:
                return 200, {"number_of_data_nodes": 3}
            case ["_ilm", "policy"]:
                return 200, self.policies
            case ["_ilm", "policy", name]:
                return (200, {name: self.policies[name]}) if name in self.policies else (404, {})
            case ["_index_template", _]:
                return 404, {}
            case _:
                return 200, {}

    def client(self) -> Elasticsearch:
        cluster = self

        class Node(BaseNode):
            def perform_request(self, method: str, target: str, body: bytes | None = None, *_: Any, **__: Any) -> Any:
                status, answer = cluster.answer(method, target.partition("?")[0], body)
                headers = HttpHeaders({"content-type": "application/json", "x-elastic-product": "Elasticsearch"})
                meta = ApiResponseMeta(
                    status=status, http_version="1.1", headers=headers, duration=0.0, node=self.config
                )
                return Answer(meta, json.dumps(answer).encode())

            def close(self) -> None:
                pass

        return Elasticsearch("http://cluster.test:9200", node_class=Node)


@pytest.fixture
def cluster() -> Cluster:
    return Cluster()


def test_templates_carry_the_policy_the_analyzers_and_a_replica(cluster: Cluster) -> None:
    actions = reconcile_indices(cluster.client(), "bank")
    assert [(action.kind, action.target) for action in actions] == [
        (Kind.CREATE, "bank-months"),
        (Kind.CREATE, "bank-interactions"),
        (Kind.CREATE, "bank-signals"),
        (Kind.CREATE, "bank-outcomes"),
    ]
    template = cluster.put["/_index_template/bank-signals"]["template"]
    assert template["settings"]["index.lifecycle.name"] == "bank-months"
    assert template["settings"]["index.number_of_replicas"] == "1"
    assert template["mappings"]["properties"]["excerpt"]["fields"].keys() == {"cjk", "english"}
    assert "delete" not in cluster.put["/_ilm/policy/bank-months"]["policy"]["phases"]


def test_deletion_is_set_up_when_it_is_asked_for(cluster: Cluster) -> None:
    cluster.policies = {"bank-months": {"policy": {"phases": {"warm": {"min_age": "9d", "actions": {}}}}}}
    action = reconcile_indices(cluster.client(), "bank", delete_after=400)[0]
    assert action.kind is Kind.EXTEND
    phases = cluster.put["/_ilm/policy/bank-months"]["policy"]["phases"]
    assert phases["delete"]["min_age"] == "400d"
    assert phases["warm"]["min_age"] == "9d"


def test_a_dry_run_puts_nothing(cluster: Cluster) -> None:
    assert reconcile_indices(cluster.client(), "bank", delete_after=400, dry_run=True)
    assert cluster.put == {}


def test_what_the_cluster_refuses_is_told_and_the_rest_is_done(cluster: Cluster) -> None:
    cluster.refused = "/_ilm/policy/bank-months"
    actions = reconcile_indices(cluster.client(), "bank")
    assert [action.kind for action in actions] == [Kind.FAILED, Kind.CREATE, Kind.CREATE, Kind.CREATE]
    assert "security_exception" in actions[0].what
