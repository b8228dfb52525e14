"""`vocbus demo`: everything once on sample data, with a proof that nothing was lost."""

import json
import logging
import shutil
import signal
import sys
from pathlib import Path

import click
from rich.console import Console

from vocbus.ops.demo import Request, run
from vocbus.ops.demo_progress import Phases
from vocbus.ops.demo_report import as_json, show, show_ways, ways_around
from vocbus.ops.embedded.ending import EndingWanted, ending_by_signals
from vocbus.ops.options import elasticsearch_option, kafka_option
from vocbus.ops.outages import EXIT_UNREACHABLE


@click.command()
@click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    default=".vocbus/demo",
    show_default=True,
    help="Folder that keeps the servers' data and logs.",
)
@click.option(
    "--file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help='Take the lines of this file instead: canonical interactions, or rows {"text": …, "lang": "en" | "zh"}, '
    'with "labels" and "known" if there are any.',
)
@click.option("--keep", is_flag=True, help="Leave the servers up at the end, and say how to look around.")
@click.option("--json", "as_json_", is_flag=True, help="Print the summary as JSON, for scripts.")
@kafka_option
@elasticsearch_option
def demo(
    data: Path, file: Path | None, keep: bool, as_json_: bool, kafka: str | None, elasticsearch: str | None
) -> None:
    """Run everything once, and prove that nothing was lost.

    Starts a real Kafka and a real Elasticsearch on free ports, creates topics and indices, runs the agents, publishes
    the sample set that comes with vocbus (some 300 interactions in Chinese and English over nine channels, mails,
    repetitions, and events that can never pass), waits until all of it is decided and indexed, and verifies it.
    Then it stops everything that it has started. It takes less than a minute, and one more at the first time, when
    90 MB of servers are downloaded.

    Running it again, also after it was killed, publishes the same once more: the bus counts it once.

    \b
    Exit status:
      0  verify is clean and the numbers are as they must be
      1  they are not; what is wrong stands in the last lines
      3  it could not be done: a server did not start or does not answer

    \b
    vocbus demo --keep
    vocbus demo --file reviews.jsonl --json
    """
    # What Kafka's clients have to say of a server that is starting is no news here.
    logging.getLogger("kafka").setLevel(logging.CRITICAL)
    console = Console(stderr=True, highlight=False)
    request = Request(data, file, keep, kafka, elasticsearch)
    with ending_by_signals() as ending:
        try:
            outcome = run(request, Phases(console, ending))
        except EndingWanted:
            console.print("Interrupted; nothing was left running.")
            sys.exit(128 + signal.SIGINT)
        except click.ClickException as error:
            error.exit_code = EXIT_UNREACHABLE
            raise
    if as_json_:
        click.echo(json.dumps(as_json(outcome), ensure_ascii=False))
    else:
        show(outcome, Console(highlight=False))
    if keep:
        show_ways(ways_around(outcome.endpoints, data, _program()), console)
    sys.exit(1 if outcome.problems else 0)


def _program() -> str:
    """How this command can be called again: by its name where the shell finds it, else by its path."""
    return "vocbus" if shutil.which("vocbus") else sys.argv[0]
