"""`vocbus topics` and `vocbus indices`: bring Kafka and Elasticsearch to what the contracts say."""

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import click
from rich.console import Console
from rich.table import Table

from vocbus.contracts.topics import catalogue
from vocbus.ops import plan
from vocbus.ops.connections import elasticsearch_client, kafka_admin
from vocbus.ops.indices_apply import reconcile_indices
from vocbus.ops.options import server_options
from vocbus.ops.topics_apply import read_topics, reconcile_topics
from vocbus.ops.topics_plan import Permission

_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON, for scripts.")
_DRY_RUN = click.option("--dry-run", is_flag=True, help="Say what would be done, and do nothing.")
_PREFIX = click.option(
    "--index-prefix",
    "prefix",
    envvar="VOCBUS_INDEX_PREFIX",
    show_envvar=True,
    default="vocbus",
    show_default=True,
    help="First word of the index names.",
)


@click.group()
def topics() -> None:
    """Create or extend the Kafka topics of the catalogue.

    The catalogue, topics.yaml in the package, says which topics there are, with partitions, retention and clean-up.
    """


@topics.command("apply")
@click.option(
    "--replication-factor",
    type=click.IntRange(1),
    metavar="N",
    help="Replicas of new topics. Default: 3, or the number of brokers where there are fewer.",
)
@click.option(
    "--allow-repartition",
    is_flag=True,
    help="Add partitions to topics that have fewer. Keys move to other partitions then: stop producers and let "
    "consumers catch up first.",
)
@click.option(
    "--allow-shorter-retention",
    is_flag=True,
    help="Shorten retention and change the clean-up policy: Kafka deletes what it kept until now.",
)
@_DRY_RUN
@_JSON
@server_options(elasticsearch=False)
def topics_apply(
    kafka: str,
    data: Path,
    replication_factor: int | None,
    allow_repartition: bool,
    allow_shorter_retention: bool,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Bring the topics to the catalogue. Running it again changes nothing.

    Missing topics are created, settings that keep more are changed. What would lose messages or their order is
    refused, with the way out, and ends the command with status 1 after everything else is done.

    \b
    vocbus topics apply --dry-run
    vocbus topics apply --kafka broker1:9092,broker2:9092 --replication-factor 3
    """
    permission = Permission(repartition=allow_repartition, shorter_retention=allow_shorter_retention)
    with kafka_admin(kafka) as admin, _working("topics"):
        actions = reconcile_topics(
            admin, catalogue(), replication=replication_factor, permission=permission, dry_run=dry_run
        )
    _report(actions, "topic", dry_run=dry_run, as_json=as_json)


@topics.command("list")
@_JSON
@server_options(elasticsearch=False)
def topics_list(kafka: str, data: Path, as_json: bool) -> None:
    """Show the catalogue beside what the cluster has."""
    with kafka_admin(kafka) as admin, _working("topics"):
        state = read_topics(admin, catalogue().topics)
    rows = [
        {
            "topic": topic.name,
            "there": topic.name in state,
            "partitions": state[topic.name].partitions if topic.name in state else topic.partitions,
            "retention": topic.retention,
            "record": topic.record,
            "owner": topic.owner,
            "personal_data": topic.personal_data,
            "summary": topic.summary,
        }
        for topic in catalogue()
    ]
    _list(rows, as_json=as_json)


@click.group()
def indices() -> None:
    """Create or extend the Elasticsearch index templates.

    They are rendered from the Avro schemas. Indices, one a month, follow from them at the first document.
    """


@indices.command("apply")
@_PREFIX
@click.option(
    "--replicas",
    type=click.IntRange(0),
    metavar="N",
    help="Replicas of indices made from now on. Default: what the template has, else 1, or 0 on a single node.",
)
@click.option(
    "--refresh-interval",
    metavar="TIME",
    help="How soon documents can be searched, as in 5s. Default: what the template has, else 5s.",
)
@click.option(
    "--delete-after",
    type=click.IntRange(1),
    metavar="DAYS",
    help="Have Elasticsearch delete a month's index so long after its creation. Needs index lifecycle management.",
)
@_DRY_RUN
@_JSON
@server_options(kafka=False)
def indices_apply(
    elasticsearch: str,
    data: Path,
    prefix: str,
    replicas: int | None,
    refresh_interval: str | None,
    delete_after: int | None,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Bring the index templates and the existing indices to the contracts. Running it again changes nothing.

    New fields are added everywhere. A field whose type would change is refused, with the way out, and ends the
    command with status 1 after everything else is done.

    \b
    vocbus indices apply --dry-run
    vocbus indices apply --elasticsearch https://search.example.com:9200 --replicas 1
    """
    chosen = {"index.number_of_replicas": replicas, "index.refresh_interval": refresh_interval}
    explicit = {key: str(value) for key, value in chosen.items() if value is not None}
    with elasticsearch_client(elasticsearch) as client, _working("index templates"):
        actions = reconcile_indices(client, prefix, settings=explicit, delete_after=delete_after, dry_run=dry_run)
    _report(actions, "template or index", dry_run=dry_run, as_json=as_json)


@indices.command("list")
@_PREFIX
@_JSON
@server_options(kafka=False)
def indices_list(elasticsearch: str, data: Path, prefix: str, as_json: bool) -> None:
    """Show the indices with their documents and size."""
    with elasticsearch_client(elasticsearch) as client, _working("indices"):
        found = client.cat.indices(
            index=f"{prefix}-*", format="json", bytes="b", h="index,health,docs.count,store.size", s="index"
        )
    rows = [
        {
            "index": row["index"],
            "health": row["health"],
            "documents": int(row["docs.count"] or 0),
            "bytes": int(row["store.size"] or 0),
        }
        for row in cast("list[dict[str, Any]]", found.body)
    ]
    _list(rows, as_json=as_json)


@contextmanager
def _working(what: str) -> Iterator[None]:
    with Console(stderr=True).status(f"{what} …"):
        yield


def _report(actions: Sequence[plan.Action], noun: str, *, dry_run: bool, as_json: bool) -> None:
    if as_json:
        click.echo(plan.as_json(actions, dry_run=dry_run))
    else:
        console = Console(highlight=False)
        console.print(plan.as_table(actions, noun, dry_run=dry_run))
        console.print(plan.summary(actions, dry_run=dry_run))
    if not plan.succeeded(actions):
        sys.exit(1)


def _list(rows: Sequence[dict[str, Any]], *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False))
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in rows[0] if rows else ("nothing there yet",):
        table.add_column(name.replace("_", " "))
    for row in rows:
        table.add_row(*map(_cell, row.values()))
    Console(highlight=False).print(table)


def _cell(value: object) -> str:
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)
