"""Whether a Kafka or an Elasticsearch answers, embedded or not."""

import contextlib
import socket
from collections.abc import Mapping

import httpx
from kafka import KafkaAdminClient
from kafka.errors import KafkaError

TIMEOUT_S = 3.0


def kafka_answers(servers: str) -> bool:
    """Whether one of `host:port[,host:port…]` is an unfenced broker of a cluster with a controller."""
    # A refused connection is known at once here; the client would try for long and log it.
    if not any(_accepts(server) for server in servers.split(",")):
        return False
    timeout_ms = int(TIMEOUT_S * 1000)
    try:
        client = KafkaAdminClient(
            bootstrap_servers=servers.split(","),
            bootstrap_timeout_ms=timeout_ms,
            request_timeout_ms=timeout_ms,
        )
    except (OSError, KafkaError):
        return False
    with contextlib.closing(client):
        try:
            cluster: Mapping[str, list[Mapping[str, bool]]] = client.describe_cluster()
        except KafkaError:
            return False
    return any(not broker.get("is_fenced") for broker in cluster["brokers"])


def elasticsearch_answers(url: str) -> bool:
    """Whether the cluster has a master and all its primary shards."""
    try:
        # No proxy from the environment, as the Elasticsearch client takes none either.
        response = httpx.get(
            f"{url.rstrip('/')}/_cluster/health",
            params={"wait_for_status": "yellow", "timeout": "2s"},
            timeout=TIMEOUT_S,
            trust_env=False,
        )
        return response.status_code == 200 and response.json()["timed_out"] is False
    except (httpx.HTTPError, httpx.InvalidURL, ValueError, KeyError, TypeError):
        return False


def _accepts(server: str) -> bool:
    host, _, port = server.rpartition(":")
    try:
        socket.create_connection((host.strip("[]"), int(port)), timeout=TIMEOUT_S).close()
    except (OSError, ValueError, OverflowError):
        return False
    return True
