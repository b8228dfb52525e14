"""Which Kafka and Elasticsearch a command talks to: option, else environment, else the data folder's servers."""

import os
from pathlib import Path
from typing import NamedTuple

from vocbus.ops.embedded.errors import NotRunning
from vocbus.ops.embedded.extra import servers_module

KAFKA_VARIABLE = "VOCBUS_KAFKA"
ELASTICSEARCH_VARIABLE = "VOCBUS_ELASTICSEARCH"


class Endpoints(NamedTuple):
    """Addresses as clients take them: `host:port[,host:port…]` and an http(s) URL."""

    kafka: str
    elasticsearch: str


def endpoints(data: Path, kafka: str | None, elasticsearch: str | None) -> Endpoints:
    """Both addresses, each the first of: the option given, VOCBUS_KAFKA or VOCBUS_ELASTICSEARCH, what runs in `data`.

    Raises NotRunning, with the ways out, for one that none of them knows.
    """
    return Endpoints(kafka_endpoint(data, kafka), elasticsearch_endpoint(data, elasticsearch))


def kafka_endpoint(data: Path, option: str | None) -> str:
    """Kafka's bootstrap servers; see endpoints."""
    if found := option or os.environ.get(KAFKA_VARIABLE) or _running(data)[0]:
        return found
    raise NotRunning(_advice("Kafka", data, "--kafka HOST:PORT", KAFKA_VARIABLE))


def elasticsearch_endpoint(data: Path, option: str | None) -> str:
    """Elasticsearch's URL; see endpoints."""
    if found := option or os.environ.get(ELASTICSEARCH_VARIABLE) or _running(data)[1]:
        return found
    raise NotRunning(_advice("Elasticsearch", data, "--elasticsearch URL", ELASTICSEARCH_VARIABLE))


def _running(data: Path) -> tuple[str | None, str | None]:
    # A folder that never had servers needs no Java packages to say so.
    running = servers_module().status(data) if data.exists() else None
    return (running.kafka, running.elasticsearch) if running else (None, None)


def _advice(title: str, data: Path, flag: str, variable: str) -> str:
    return (
        f"No {title} runs in {data}. Start one with `vocbus up --data {data}`, or point at one of your own with "
        f"{flag} (or {variable})."
    )
