"""Real Kafka and Elasticsearch, started once for the session on free ports."""

import socket
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from vocbus.ops.embedded import servers as embedded


@dataclass(frozen=True)
class TestServers:
    """Where the session's servers are; `data` is their folder, for tests that kill and restart them."""

    kafka: str
    elasticsearch: str
    data: Path


@pytest.fixture(scope="session")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestServers]:
    data = tmp_path_factory.mktemp("servers")
    started = embedded.start(data, tied=True, quick=True)
    assert started.kafka is not None
    assert started.elasticsearch is not None
    yield TestServers(started.kafka, started.elasticsearch, data)
    embedded.stop(data)


@pytest.fixture
def closed_port() -> int:
    """A port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port
