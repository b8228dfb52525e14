"""`vocbus dead-letters`: list, show and replay events that could not pass."""

import json
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from rich.console import Console

from vocbus.contracts.codec import Codec
from vocbus.contracts.errors import RejectReason
from vocbus.contracts.registry import open_registry
from vocbus.contracts.settings import Settings
from vocbus.contracts.topics import catalogue
from vocbus.ops.dead_letter_topics import DeadLetterTopics, replay
from vocbus.ops.dead_letter_views import described, described_whole, lines, replay_lines, replay_report, table
from vocbus.ops.dead_letters import Selection, plan
from vocbus.ops.options import server_options
from vocbus.ops.outages import outages
from vocbus.ops.topic_reader import TopicReader

_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON, for scripts.")
_REASON = click.option(
    "--reason",
    type=click.Choice([reason.value for reason in RejectReason], case_sensitive=False),
    metavar="REASON",
    help="Only letters with this reason, such as UNDECODABLE.",
)
_TOPIC = click.option(
    "--topic",
    type=click.Choice([topic.name for topic in catalogue() if topic.dlq is not None]),
    help="Only events of this topic.",
)


@click.group(name="dead-letters")
def dead_letters() -> None:
    """List, show and replay dead letters.

    A dead letter is an event that could not pass, kept whole, with a reason. Its id is the event's topic, partition
    and offset. What the event holds is personal data: no command prints it.
    """


@dead_letters.command(name="list")
@_REASON
@_TOPIC
@click.option("--limit", type=click.IntRange(1), default=50, show_default=True, metavar="N", help="The newest N.")
@_JSON
@server_options(elasticsearch=False)
def list_letters(kafka: str, data: Path, reason: str | None, topic: str | None, limit: int, as_json: bool) -> None:
    """Show the newest dead letters, the newest first.

    Exit status 0; 3 when Kafka does not answer.
    """
    selection = Selection(reason, topic)
    with _topics(kafka) as topics:
        found = [each.summary for each in topics.letters(topics.names) if selection.takes(each.summary)]
    found.sort(key=lambda each: (each.failed_at, each.id), reverse=True)
    shown = found[:limit]
    if as_json:
        click.echo(json.dumps([described(each) for each in shown], ensure_ascii=False))
        return
    # A pipe has no width of its own: a line a letter, uncut.
    Console(highlight=False, markup=False, width=None if sys.stdout.isatty() else 500).print(table(shown))
    click.echo(f"{len(shown)} of {len(found)} dead letters", err=True)


@dead_letters.command()
@click.argument("letter_id", metavar="ID")
@click.option(
    "--save",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write the event's bytes to a new file that only you can read.",
)
@_JSON
@server_options(elasticsearch=False)
def show(kafka: str, data: Path, letter_id: str, save: Path | None, as_json: bool) -> None:
    """Show everything about a dead letter except what the event holds.

    Exit status 0; 1 when there is no such dead letter or the file exists; 3 when Kafka does not answer.
    """
    with _topics(kafka) as topics:
        found = next((each for each in topics.letters(topics.names) if each.summary.id == letter_id), None)
    if found is None:
        raise click.ClickException(f"no dead letter {letter_id}. See `vocbus dead-letters list`.")
    whole = described_whole(found)
    if as_json:
        click.echo(json.dumps(whole, ensure_ascii=False))
    else:
        for name, value in lines(whole):
            click.echo(f"{name:<19} {value}")
    if save is not None:
        _save(found.record["payload"], save)


@dead_letters.command(name="replay")
@_REASON
@_TOPIC
@click.option("--id", "ids", multiple=True, metavar="ID", help="Only this one; may be given several times.")
@click.option("--limit", type=click.IntRange(1), required=True, metavar="N", help="At most so many, oldest first.")
@click.option(
    "--max-attempts",
    type=click.IntRange(1),
    default=5,
    show_default=True,
    metavar="N",
    help="Leave events alone that failed so many times.",
)
@click.option(
    "--past-retention",
    is_flag=True,
    help="Also replay letters so old that an earlier replay may have been deleted from the topic. An event that has "
    "passed already is only a duplicate then.",
)
@click.option("--dry-run", is_flag=True, help="Say what would be replayed, and do nothing.")
@_JSON
@server_options(elasticsearch=False)
def replay_letters(
    kafka: str,
    data: Path,
    reason: str | None,
    topic: str | None,
    ids: tuple[str, ...],
    limit: int,
    max_attempts: int,
    past_retention: bool,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Publish the events of dead letters again, to their original topics.

    Key, bytes and headers are the original ones; two headers are added, the attempt, one higher, and the dead letter
    that is replayed. A letter of which a replay is found is never replayed again, so running the command twice is
    safe; two at the same time are not. Repair the cause first: an event that fails again is a new dead letter.

    \b
    Exit status:
      0  everything selected is replayed, or was before, or is left for later by --limit
      1  something selected was not: it had its attempts, its past is not known, there is no such id, or Kafka
         did not take it
      3  Kafka does not answer

    \b
    vocbus dead-letters replay --reason CLASSIFIER_FAILED --limit 100 --dry-run
    vocbus dead-letters replay --id interactions-raw-3-1042 --limit 1
    """
    selection = Selection(reason, topic, frozenset(ids))
    with _topics(kafka) as topics:
        everything = [each.summary for each in topics.letters(topics.names)]
        selected = [each for each in everything if selection.takes(each)]
        missing = sorted(set(ids) - {each.id for each in selected})
        sources = {each.topic for each in selected} & catalogue().topics.keys()
        planned = plan(
            selected,
            # A replay that failed again is known by its own letter, also when the event itself is deleted by now.
            topics.replays(sources) | {each.replay_of for each in everything if each.replay_of is not None},
            topics.kept_since(sources, time.time_ns() // 1_000_000),
            limit=limit,
            max_attempts=max_attempts,
            past_retention=past_retention,
        )
        outcomes = [] if dry_run else list(replay(kafka, topics.again(planned.chosen)))
    if as_json:
        click.echo(json.dumps(replay_report(planned, outcomes, missing, dry_run=dry_run), ensure_ascii=False))
    else:
        for line in replay_lines(planned, outcomes, missing, dry_run=dry_run):
            click.echo(line)
    failed = any(outcome.error is not None for outcome in outcomes)
    sys.exit(1 if planned.refused or missing or failed else 0)


@contextmanager
def _topics(kafka: str) -> Iterator[DeadLetterTopics]:
    """The dead letters of these servers; tells at the end of messages that are none."""
    with outages(kafka), TopicReader(kafka) as reader:
        topics = DeadLetterTopics(reader, Codec(open_registry(Settings())), catalogue())
        yield topics
        for place in topics.unreadable:
            click.echo(f"{place} is no dead letter and is passed over", err=True)


def _save(payload: bytes | None, path: Path) -> None:
    """Write a payload to a new file of mode 0600."""
    if payload is None:
        raise click.ClickException("the event's value is null: there is nothing to save")
    try:
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise click.ClickException(f"cannot make the file {path}: {error.strerror}") from None
    with os.fdopen(file, "wb") as out:
        out.write(payload)
    click.echo(f"Warning: {path} holds personal data. Delete it when you are done.", err=True)
