"""`vocbus worker`: runs the agents."""

import asyncio
import logging
import os
import sys
import uuid
from pathlib import Path

import click
from pydantic import ValidationError

from vocbus.agents.log_privacy import WithoutValues
from vocbus.contracts.settings import TOKEN_KEY_LENGTH, Settings
from vocbus.ops.embedded.endpoints import elasticsearch_endpoint
from vocbus.ops.options import elasticsearch_option, server_options
from vocbus.ops.supervision import Supervisor, role_command
from vocbus.ops.token_key import token_key

ROLES = ("intake", "index")

#: Seconds that chunks under way get to finish after SIGTERM; the whole stop takes less than 10.
DRAIN = 8.0


@click.command()
@click.argument("role", type=click.Choice(ROLES), required=False)
@click.option(
    "--instance",
    help="Name of this worker among those of its role. A worker that is started again under the same name has its "
    "partitions back at once (static membership). Default: a new name, kept over restarts by this command.",
)
@click.option("-v", "--verbose", is_flag=True, help="Log every chunk, and Faust's own messages.")
@elasticsearch_option
@server_options(elasticsearch=False)
def worker(
    kafka: str, elasticsearch: str | None, data: Path, role: str | None, instance: str | None, verbose: bool
) -> None:
    """Run the agents until SIGTERM or Ctrl-C.

    \b
    intake  decides raw interactions: validate, redact, classify, route
    index   puts interactions and signals into Elasticsearch

    Without ROLE both run, each in a process of its own that is started again when it gives up. Give a ROLE to run
    one under your own supervisor.

    \b
    Exit status:
      0  stopped
      1  gave up on Kafka, Elasticsearch or the schema registry after VOCBUS_RETRY_LIMIT seconds: start it again
      2  the settings are wrong
      4  too many faults of its own (a bad release, a bad rule): starting it again would only dead-letter more
    Whatever was not finished is not acknowledged, and comes again.

    VOCBUS_TOKEN_KEY holds the key of the customer pseudonyms. With the servers of `vocbus up` a key is made and
    kept in the data folder.
    """
    environment = {
        "VOCBUS_KAFKA": kafka,
        "VOCBUS_DATA": str(data),
        "VOCBUS_TOKEN_KEY": token_key(data),
    }
    if role != "intake":
        environment["VOCBUS_ELASTICSEARCH"] = elasticsearch_endpoint(data, elasticsearch)
    os.environ.update(environment)
    settings = read_settings()
    log_to_stderr(verbose)
    if role is None:
        name = instance or uuid.uuid4().hex[:8]
        commands = {each: role_command(each, f"{name}-{each}") for each in ROLES}
        if verbose:
            commands = {each: [*command, "--verbose"] for each, command in commands.items()}
        sys.exit(Supervisor(commands, os.environ).run(drain=DRAIN + 1))
    sys.exit(asyncio.run(_run(role, settings, instance)))


def read_settings() -> Settings:
    """The settings. Raises UsageError (exit status 2) naming the variable and what is wrong, never its value."""
    try:
        settings = Settings()
    except ValidationError as error:
        wrong = "; ".join(f"VOCBUS_{each['loc'][0]}".upper() + f": {each['msg']}" for each in error.errors())
        raise click.UsageError(f"wrong settings: {wrong}") from None
    key = settings.token_key
    if key is None or len(key.get_secret_value()) < TOKEN_KEY_LENGTH:
        raise click.UsageError(
            f"VOCBUS_TOKEN_KEY must hold {TOKEN_KEY_LENGTH} characters or more: the secret key of the pseudonyms"
        )
    return settings


def log_to_stderr(verbose: bool) -> None:
    """Our lines from INFO on, those of libraries from WARNING on (all from INFO on when verbose), without values."""
    # With DEVLOG set, Faust logs whole messages.
    os.environ.pop("DEVLOG", None)
    handler = logging.StreamHandler(sys.stderr)
    handler.addFilter(WithoutValues())
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    logging.basicConfig(level=logging.INFO if verbose else logging.WARNING, handlers=[handler])
    logging.getLogger("vocbus").setLevel(logging.INFO)


async def _run(role: str, settings: Settings, instance: str | None) -> int:
    # Imported here: Faust takes a second, which --help and the supervising process need not pay.
    from vocbus.agents.app import run_role  # noqa: PLC0415

    return await run_role(role, settings, instance=instance, drain=DRAIN)
