import json
import socket
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from vocbus.contracts.errors import Rejected, RejectReason, Retryable
from vocbus.contracts.http_registry import HttpRegistry
from vocbus.contracts.schemas import latest


@pytest.fixture
def silent_port() -> Iterator[int]:
    """A port that takes connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


@pytest.fixture
def closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
    return port


def test_each_schema_is_asked_for_once(confluent: Any) -> None:
    registry = HttpRegistry(confluent.url)
    for _ in range(3):
        schema_id = registry.id_of("signals-value", latest("signal"))
        registry.schema(schema_id)
    assert confluent.requests == ["POST /subjects/signals-value/versions", "GET /schemas/ids/1"]


def test_each_subject_is_registered(confluent: Any) -> None:
    registry = HttpRegistry(confluent.url)
    assert registry.id_of("signals-value", latest("signal")) == registry.id_of("dept-sales-value", latest("signal"))
    assert len(confluent.requests) == 2


def test_the_path_of_the_url_is_kept(confluent: Any) -> None:
    confluent.answer = (200, '{"id": 7}', {})
    assert HttpRegistry(f"{confluent.url}/apis/ccompat/v7/").id_of("signals-value", latest("signal")) == 7
    assert confluent.requests == ["POST /apis/ccompat/v7/subjects/signals-value/versions"]


def test_an_unknown_id_is_asked_for_again_only_after_a_while(confluent: Any) -> None:
    now = [0.0]
    registry = HttpRegistry(confluent.url, unknown_ttl=30, clock=lambda: now[0])
    for seconds, requests in ((0.0, 1), (29.0, 1), (31.0, 2)):
        now[0] = seconds
        with pytest.raises(Rejected):
            registry.schema(5)
        assert len(confluent.requests) == requests


def test_an_id_that_becomes_known_is_found(confluent: Any) -> None:
    now = [0.0]
    registry = HttpRegistry(confluent.url, clock=lambda: now[0])
    with pytest.raises(Rejected):
        registry.schema(1)
    registry.id_of("signals-value", latest("signal"))
    now[0] = 31.0
    assert registry.schema(1)["name"] == "Signal"


def test_a_given_client_is_used(confluent: Any) -> None:
    with httpx.Client(headers={"X-Team": "bus"}) as client:
        assert HttpRegistry(confluent.url, client).id_of("signals-value", latest("signal")) == 1
    with pytest.raises(RuntimeError, match="closed"):
        HttpRegistry(confluent.url, client).schema(1)


@pytest.mark.parametrize("status", [400, 401, 403, 409, 422, 429, 500, 502, 503, 504])
def test_a_registry_that_fails_is_retried_and_never_blamed_on_the_event(confluent: Any, status: int) -> None:
    confluent.answer = (status, json.dumps({"error_code": status * 100 + 1, "message": "no"}), {})
    registry = HttpRegistry(confluent.url)
    with pytest.raises(Retryable, match=str(status)):
        registry.schema(1)
    with pytest.raises(Retryable, match=str(status)):
        registry.id_of("signals-value", latest("signal"))


def test_a_failed_request_is_repeated(confluent: Any) -> None:
    confluent.answer = (503, "", {})
    registry = HttpRegistry(confluent.url)
    with pytest.raises(Retryable):
        registry.id_of("signals-value", latest("signal"))
    confluent.answer = None
    assert registry.id_of("signals-value", latest("signal")) == 1


@pytest.mark.parametrize(("header", "seconds"), [("7", 7.0), ("Wed, 21 Oct 2026 07:28:00 GMT", None), (None, None)])
def test_the_wait_that_a_registry_asks_for_is_passed_on(confluent: Any, header: str | None, seconds: float) -> None:
    confluent.answer = (503, "", {} if header is None else {"Retry-After": header})
    with pytest.raises(Retryable) as caught:
        HttpRegistry(confluent.url).schema(1)
    assert caught.value.retry_after == seconds


@pytest.mark.parametrize("body", ["", "<html>not found</html>", "[]", '{"error_code": 404}'])
def test_a_404_that_is_not_the_registry_speaking_does_not_make_events_dead_letters(confluent: Any, body: str) -> None:
    confluent.answer = (404, body, {})
    with pytest.raises(Retryable, match="check the URL"):
        HttpRegistry(confluent.url).schema(1)


@pytest.mark.parametrize("code", [40401, 40402, 40403])
def test_each_way_to_say_not_found_is_understood(confluent: Any, code: int) -> None:
    confluent.answer = (404, json.dumps({"error_code": code, "message": "not found"}), {})
    registry = HttpRegistry(confluent.url)
    with pytest.raises(Rejected) as caught:
        registry.schema(12)
    assert caught.value.detail == "schema id 12 is not in the schema registry"
    with pytest.raises(Retryable):
        registry.id_of("signals-value", latest("signal"))


@pytest.mark.parametrize("body", ["", "no json", "[]", "{}", '{"schema": 5}', '{"schema": "{"}', "\xff"])
def test_a_reply_without_a_schema_is_retried(confluent: Any, body: str) -> None:
    confluent.answer = (200, body, {})
    registry = HttpRegistry(confluent.url)
    with pytest.raises(Retryable):
        registry.schema(1)
    with pytest.raises(Retryable):
        registry.id_of("signals-value", latest("signal"))


@pytest.mark.parametrize(
    "reply",
    [
        {"schema": 'syntax = "proto3";', "schemaType": "PROTOBUF"},
        {"schema": '{"type": "object"}', "schemaType": "JSON"},
        {"schema": '{"type": "record", "name": "A", "fields": []}', "references": [{"name": "b"}]},
        {"schema": '"string"'},
        {"schema": '["null", "string"]'},
    ],
)
def test_a_schema_that_is_no_avro_record_is_unknown(confluent: Any, reply: dict[str, Any]) -> None:
    confluent.answer = (200, json.dumps(reply), {})
    with pytest.raises(Rejected) as caught:
        HttpRegistry(confluent.url).schema(1)
    assert caught.value.reason is RejectReason.UNKNOWN_SCHEMA


def test_a_registry_that_is_away_is_retried(closed_port: int) -> None:
    with pytest.raises(Retryable, match="ConnectError"):
        HttpRegistry(f"http://127.0.0.1:{closed_port}").schema(1)


def test_a_registry_that_does_not_answer_is_retried(silent_port: int) -> None:
    with pytest.raises(Retryable, match="ReadTimeout"):
        HttpRegistry(f"http://127.0.0.1:{silent_port}", timeout=0.05).schema(1)


def test_credentials_of_the_url_reach_the_registry(confluent: Any) -> None:
    confluent.user, confluent.password = "bus", "p@ss"
    url = confluent.url.replace("http://", "http://bus:p%40ss@")
    assert HttpRegistry(url).id_of("signals-value", latest("signal")) == 1


def test_credentials_stand_in_no_error(confluent: Any, closed_port: int) -> None:
    confluent.user, confluent.password = "bus", "right"
    for address in (confluent.url, f"http://127.0.0.1:{closed_port}"):
        registry = HttpRegistry(address.replace("http://", "http://intruder:wr0ng@"))
        with pytest.raises(Retryable) as caught:
            registry.id_of("signals-value", latest("signal"))
        told = f"{caught.value} {caught.value.args} {caught.value.detail} {registry!r}"
        assert "wr0ng" not in told
        assert "intruder" not in told
