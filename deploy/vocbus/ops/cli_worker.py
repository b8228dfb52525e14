"""`vocbus worker`: runs the agents."""

import asyncio
import logging
import os
import sys
import uuid
from pathlib import Path

import click

from vocbus.contracts.settings import Settings
from vocbus.ops.options import server_options
from vocbus.ops.supervision import Supervisor, child_environment, role_command
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
@server_options()
def worker(kafka: str, elasticsearch: str, data: Path, role: str | None, instance: str | None, verbose: bool) -> None:
    """Run the agents until SIGTERM or Ctrl-C.

    \b
    intake  decides raw interactions: validate, redact, classify, route
    index   puts interactions and signals into Elasticsearch

    Without ROLE both run, each in a process of its own that is started again when it gives up. Give a ROLE to run
    one under your own supervisor: it exits with 0 when stopped and 1 when it gave up on a dependency or on too many
    faults of its own; then nothing unfinished was acknowledged and it can simply be started again.

    VOCBUS_TOKEN_KEY holds the key of the customer pseudonyms. With the servers of `vocbus up` a key is made and
    kept in the data folder.
    """
    key = token_key(data)
    environment = {
        "VOCBUS_KAFKA": kafka,
        "VOCBUS_ELASTICSEARCH": elasticsearch,
        "VOCBUS_DATA": str(data),
        "VOCBUS_TOKEN_KEY": key,
    }
    logging.basicConfig(
        level=logging.INFO if verbose else logging.WARNING,
        format="%(asctime)s %(levelname)s %(name)s %(message)s",
        stream=sys.stderr,
    )
    logging.getLogger("vocbus").setLevel(logging.INFO)
    if role is None:
        name = instance or uuid.uuid4().hex[:8]
        commands = {each: role_command(each, f"{name}-{each}") for each in ROLES}
        if verbose:
            commands = {each: [*command, "--verbose"] for each, command in commands.items()}
        sys.exit(Supervisor(commands, child_environment(environment)).run(drain=DRAIN + 1))
    os.environ.update(environment)
    sys.exit(asyncio.run(_run(role, Settings(), instance)))


async def _run(role: str, settings: Settings, instance: str | None) -> int:
    # Imported here: Faust takes a second, which --help and the supervising process need not pay.
    from vocbus.agents.app import run_role  # noqa: PLC0415

    return await run_role(role, settings, instance=instance, drain=DRAIN)
