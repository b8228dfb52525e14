"""Short-lived clients for commands, whose failures end the command with a message that names the way out."""

from collections.abc import Iterator
from contextlib import contextmanager

import click
from elasticsearch import ApiError, Elasticsearch, TransportError
from kafka.admin import KafkaAdminClient
from kafka.errors import KafkaError

from vocbus.sinks.bulk import explain

_IS_IT_UP = "Is it up, and is the address right? `vocbus status` shows what runs on this computer."


@contextmanager
def kafka_admin(bootstrap: str) -> Iterator[KafkaAdminClient]:
    """An admin client. Raises ClickException for any failure of Kafka inside the block."""
    try:
        admin = KafkaAdminClient(
            bootstrap_servers=bootstrap.split(","), bootstrap_timeout_ms=10_000, client_id="vocbus-admin"
        )
    except KafkaError as error:
        raise click.ClickException(
            f"Kafka does not answer at {bootstrap} ({type(error).__name__}). {_IS_IT_UP}"
        ) from None
    try:
        yield admin
    except KafkaError as error:
        raise click.ClickException(f"Kafka at {bootstrap} answered {type(error).__name__}: {error}") from None
    finally:
        admin.close()


@contextmanager
def elasticsearch_client(url: str) -> Iterator[Elasticsearch]:
    """A client. Raises ClickException for any failure of Elasticsearch inside the block."""
    try:
        with Elasticsearch(url, request_timeout=60) as client:
            yield client
    except ApiError as error:
        raise click.ClickException(f"Elasticsearch answered {explain(error.status_code, error.message)}") from None
    except TransportError as error:
        # The URL is not repeated: it may hold a password.
        raise click.ClickException(f"Elasticsearch does not answer ({type(error).__name__}). {_IS_IT_UP}") from None
