"""Where the servers are, for every command alike: by option, by environment, else those of a running `vocbus up`."""

import functools
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from vocbus.ops.embedded.endpoints import elasticsearch_endpoint, kafka_endpoint

_Command = Callable[..., Any]

_BOOTSTRAP = re.compile(r"(?:\[[0-9a-fA-F:]+\]|[^\s,:/]+):\d{1,5}")
_URL = re.compile(r"https?://[^/\s]+:\d{1,5}(?:/\S*)?")


def _bootstrap(_ctx: click.Context, _param: click.Parameter, value: str | None) -> str | None:
    if value is not None and not all(map(_BOOTSTRAP.fullmatch, value.split(","))):
        raise click.BadParameter("must be host:port, or several with commas between: broker1:9092,broker2:9092")
    return value


def _url(_ctx: click.Context, _param: click.Parameter, value: str | None) -> str | None:
    if value is not None and not _URL.fullmatch(value):
        # The value is not repeated: it may hold a password.
        raise click.BadParameter("must be a URL with scheme and port: https://search.example.com:9200")
    return value


kafka_option = click.option(
    "--kafka",
    envvar="VOCBUS_KAFKA",
    show_envvar=True,
    metavar="HOST:PORT",
    callback=_bootstrap,
    help="Kafka bootstrap servers.",
)
elasticsearch_option = click.option(
    "--elasticsearch",
    envvar="VOCBUS_ELASTICSEARCH",
    show_envvar=True,
    metavar="URL",
    callback=_url,
    help="Elasticsearch.",
)


def data_option(text: str) -> Callable[[_Command], _Command]:
    """The option --data, with what the folder means to the command."""
    return click.option(
        "--data",
        envvar="VOCBUS_DATA",
        show_envvar=True,
        type=click.Path(file_okay=False, path_type=Path),
        default=".vocbus",
        show_default=True,
        help=text,
    )


_DATA = data_option("Data folder of `vocbus up`, whose servers are taken where none are given.")


def server_options(*, kafka: bool = True, elasticsearch: bool = True) -> Callable[[_Command], _Command]:
    """Decorator, below `@click.command()`, of a command that needs servers.

    Adds --data and those asked for of --kafka and --elasticsearch. Calls the command with `data: Path`,
    `kafka: str` (bootstrap servers) and `elasticsearch: str` (URL), each known; a server that is not known ends the
    command with an error that names the ways out.
    """

    def decorate(command: _Command) -> _Command:
        @functools.wraps(command)
        def resolved(*args: Any, data: Path, **kwargs: Any) -> Any:
            if kafka:
                kwargs["kafka"] = kafka_endpoint(data, kwargs["kafka"])
            if elasticsearch:
                kwargs["elasticsearch"] = elasticsearch_endpoint(data, kwargs["elasticsearch"])
            return command(*args, data=data, **kwargs)

        decorated: _Command = _DATA(resolved)
        if elasticsearch:
            decorated = elasticsearch_option(decorated)
        return kafka_option(decorated) if kafka else decorated

    return decorate
