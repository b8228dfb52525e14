"""`vocbus up`, `down` and `status`: the embedded Kafka and Elasticsearch from a shell."""

import json
import os
import re
import shlex
import signal
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import click
from rich.console import Console

from vocbus.ops.embedded import probe
from vocbus.ops.embedded.ending import Ending, EndingWanted, ending_by_signals
from vocbus.ops.embedded.endpoints import ELASTICSEARCH_VARIABLE, KAFKA_VARIABLE
from vocbus.ops.embedded.errors import StartFailed
from vocbus.ops.embedded.extra import servers_module
from vocbus.ops.embedded.progress import progress_on
from vocbus.ops.options import data_option, elasticsearch_option, kafka_option

_Function = Callable[..., Any]

_WATCH_S = 0.3

_DATA = data_option("Folder that keeps the servers' data, logs and ports.")
_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON, for scripts.")


def _port(flag: str, title: str, default: int) -> Callable[[_Function], _Function]:
    return click.option(
        flag,
        type=click.IntRange(0, 65535),
        default=default,
        show_default=True,
        metavar="PORT",
        help=f"Where {title} listens on 127.0.0.1. 0 takes any free port, the same again at the next start.",
    )


@click.command()
@_DATA
@_port("--kafka-port", "Kafka", 9092)
@_port("--elasticsearch-port", "Elasticsearch", 9200)
@click.option("--detach", is_flag=True, help="Return when both are up; `vocbus down` stops them.")
@click.option("--quick", is_flag=True, help="Start with half the work but serve somewhat slower: for tests and CI.")
@_JSON
def up(data: Path, kafka_port: int, elasticsearch_port: int, detach: bool, quick: bool, as_json: bool) -> None:
    """Start a real Kafka and a real Elasticsearch on this computer.

    Both listen on 127.0.0.1 alone and keep their data over restarts. Java comes with Python packages; the servers'
    own files, about 90 MB, are downloaded at the first start and kept in VOCBUS_CACHE (by default in the user's
    cache folder). VOCBUS_MAVEN_REPOSITORY names a Maven mirror to take them from.

    Without --detach the command stays; Ctrl-C stops both.

    \b
    vocbus up                                    on the usual ports, 9092 and 9200
    vocbus up --detach                           in the background
    vocbus up --kafka-port 0 --elasticsearch-port 0 --data other
    """
    servers = servers_module()
    console = Console(stderr=True, highlight=False, soft_wrap=True)
    already = servers.status(data)
    mine = [name for name in servers.KINDS if already is None or name not in already.pids]
    with ending_by_signals() as ending:
        try:
            with progress_on(console) as progress:
                running = servers.start(
                    data,
                    kafka_port=kafka_port,
                    elasticsearch_port=elasticsearch_port,
                    quick=quick,
                    tied=not detach,
                    progress=ending.before_each(progress),
                )
        except EndingWanted:
            console.print("Interrupted; nothing was left running.")
            raise SystemExit(128 + signal.SIGINT) from None
        _show(running.kafka, running.elasticsearch, data, as_json)
        _advise(console, data, mine, detach)
        if mine and not detach:
            _watch(servers, data, mine, ending)
            with progress_on(console) as progress:
                servers.stop(data, only=mine, progress=progress)
            console.print("Stopped; the data stays.")


@click.command()
@_DATA
@_JSON
def down(data: Path, as_json: bool) -> None:
    """Stop the servers of a data folder. Their data stays. With --json prints {"stopped": [names], "data": folder}."""
    servers = servers_module()
    with progress_on(Console(stderr=True, highlight=False, soft_wrap=True)) as progress:
        stopped = servers.stop(data, progress=progress)
    if as_json:
        click.echo(json.dumps({"stopped": stopped, "data": str(data)}))
        return
    titles = " and ".join(servers.KINDS[name].TITLE for name in stopped)
    click.echo(f"Stopped {titles}; the data stays in {data}." if stopped else f"No servers run in {data}.")


@click.command()
@_DATA
@kafka_option
@elasticsearch_option
@_JSON
def status(data: Path, kafka: str | None, elasticsearch: str | None, as_json: bool) -> None:
    """Show where Kafka and Elasticsearch run.

    Exit status 0: both answer. 1: at least one does not; with --json it is null.
    """
    running = None if kafka and elasticsearch else servers_module().status(data)
    kafka = kafka or (running.kafka if running else None)
    elasticsearch = elasticsearch or (running.elasticsearch if running else None)
    silent = []
    if kafka and not probe.kafka_answers(kafka):
        silent.append(f"Kafka at {kafka} does not answer.")
        kafka = None
    if elasticsearch and not probe.elasticsearch_answers(elasticsearch):
        silent.append(f"Elasticsearch at {_without_password(elasticsearch)} does not answer.")
        elasticsearch = None
    _show(kafka, elasticsearch, data, as_json)
    if not (kafka and elasticsearch):
        ways = "Start both with `vocbus up`, or point at your own with --kafka and --elasticsearch."
        raise click.ClickException(" ".join([*silent, *([] if silent else [f"Not running in {data}."]), ways]))


def _show(kafka: str | None, elasticsearch: str | None, data: Path, as_json: bool) -> None:
    url = _without_password(elasticsearch) if elasticsearch else None
    if as_json:
        click.echo(json.dumps({"kafka": kafka, "elasticsearch": url, "data": str(data.resolve())}))
        return
    click.echo(f"Kafka          {kafka or 'not running'}")
    click.echo(f"Elasticsearch  {url or 'not running'}")
    click.echo(f"Data           {data.resolve()}")


def _without_password(url: str) -> str:
    return re.sub(r"(?<=://)[^/@]*@", "", url)


def _advise(console: Console, data: Path, mine: Sequence[str], detach: bool) -> None:
    if not mine:
        console.print("They run already; nothing was started.")
    for variable in (KAFKA_VARIABLE, ELASTICSEARCH_VARIABLE):
        if variable in os.environ:
            console.print(f"{variable} is set: commands take that server, not this one, until you unset it.")
    shown = shlex.quote(str(data))
    console.print(f"Other commands find them by --data {shown} or VOCBUS_DATA={shlex.quote(str(data.resolve()))}")
    if mine and not detach:
        console.print("Ctrl-C stops them.")
    else:
        console.print(f"Stop them with: vocbus down --data {shown}")


def _watch(servers: ModuleType, data: Path, names: Sequence[str], ending: Ending) -> None:
    """Stay until the end is wanted here, or somebody stopped the servers. Raises StartFailed when one crashed."""
    while not ending.wanted:
        if told := servers.crashes(data, names):
            servers.stop(data, only=names)
            raise StartFailed(told)
        running = servers.status(data)
        if running is None or not set(names) & running.pids.keys():
            return
        time.sleep(_WATCH_S)
