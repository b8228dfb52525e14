"""`vocbus explain`: what would become of a text, and why. Needs no server and keeps nothing."""

import json
import secrets
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
from pydantic import ValidationError
from rich.console import Console, Group
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from vocbus.contracts.errors import Rejected
from vocbus.contracts.identity import customer_token
from vocbus.contracts.models import Channel, Interaction, Speaker, to_millis
from vocbus.pipeline.decide import Decided, Pipeline
from vocbus.pipeline.ruleset import load_rules

CHANNELS = [channel.value for channel in Channel if channel is not Channel.UNKNOWN]
SPEAKERS = [speaker.value for speaker in Speaker]
COLOURS = {"COMPLAINT": "red", "FEEDBACK": "yellow", "SALES_SIGNAL": "green"}


@click.command()
@click.argument("text", required=False)
@click.option(
    "--file",
    "file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="An interaction as JSON instead.",
)
@click.option("--lang", type=click.Choice(["zh", "en"]), help="Language, where the text alone does not tell.")
@click.option("--channel", type=click.Choice(CHANNELS, case_sensitive=False), default="CHAT", show_default=True)
@click.option("--speaker", type=click.Choice(SPEAKERS, case_sensitive=False), default="CUSTOMER", show_default=True)
@click.option(
    "--rules",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Folder of rules to try instead of those that ship.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object, for scripts.")
def explain(
    text: str | None,
    file: Path | None,
    lang: str | None,
    channel: str,
    speaker: str,
    rules: Path | None,
    as_json: bool,
) -> None:
    """Show how TEXT would be classified and routed, with the words that decide it.

    TEXT is what a customer said; "-" reads it from standard input. Only what the customer says counts: try
    --speaker AGENT. With --file, an interaction as `vocbus publish` takes it (one JSON object) is explained turn
    by turn.

    \b
      vocbus explain "I was charged twice and nobody answers"
      vocbus explain "我想办一张信用卡，额度能有多少" --json
      vocbus explain --channel APP - < review.txt
    """
    if (text is None) == (file is None):
        raise click.UsageError('give either a TEXT (or "-" for standard input) or --file PATH')
    now_ms = to_millis(datetime.now(UTC))
    if file is not None:
        record = _read(file)
    else:
        said = sys.stdin.read() if text == "-" else str(text)
        record = _one_turn(said.rstrip("\n"), channel.upper(), speaker.upper(), lang, now_ms)
    try:
        loaded = load_rules(rules)
    except (ValueError, FileNotFoundError) as error:
        raise click.ClickException(str(error)) from None
    # A key that is gone with the process: no token of this run means anything to anybody.
    key = secrets.token_bytes(32)
    pipeline = Pipeline(
        rules=loaded, tokenise=lambda tenant, customer_ref: customer_token(key, "none", tenant, customer_ref)
    )
    try:
        decided = pipeline.decide(record, now_ms)
    except Rejected as rejected:
        raise click.ClickException(f"this would be dead-lettered as {rejected.reason}: {rejected.detail}") from None
    if as_json:
        click.echo(json.dumps(_summary(decided), ensure_ascii=False, indent=2))
    else:
        Console().print(_view(decided))


def _one_turn(text: str, channel: str, speaker: str, lang: str | None, now_ms: int) -> dict[str, Any]:
    return {
        "interaction_id": "explain",
        "tenant": "explain",
        "channel": channel,
        "direction": "INBOUND",
        "customer_ref": "explain",
        "agent_ref": None,
        "team": None,
        "started_at": now_ms,
        "answered_at": None,
        "ended_at": None,
        "locale": lang,
        "subject": None,
        "turns": [{"speaker": speaker, "text": text, "at": None}],
        "products": [],
        "satisfaction": None,
        "outcome": "UNKNOWN",
        "related": None,
        "consent": None,
        "attributes": {},
        "source": {"system": "explain", "version": None},
    }


def _read(path: Path) -> dict[str, Any]:
    try:
        return Interaction.model_validate_json(path.read_text("utf-8-sig")).to_record()
    except ValidationError as error:
        findings = error.errors(include_input=False, include_url=False)
        problems = "; ".join(f"{'.'.join(map(str, found['loc']))}: {found['msg']}" for found in findings)
        raise click.ClickException(f"{path} is not an interaction: {problems}") from None
    except UnicodeDecodeError:
        raise click.ClickException(f"{path} is not UTF-8 text") from None


def _summary(decided: Decided) -> dict[str, Any]:
    """What --json prints."""
    interaction = decided.interaction
    fields = ("kind", "category", "severity", "polarity", "confidence", "evidence", "departments", "priority")
    return {
        "language": interaction["language"],
        "inquiry": interaction["inquiry"],
        "signals": [{field: signal[field] for field in fields} for signal in decided.signals],
        "redactions": interaction["redactions"],
        "redacted": "\n".join(turn["text"] for turn in interaction["turns"]),
        "rules_version": interaction["decision"]["rules_version"],
    }


def _view(decided: Decided) -> Group:
    """What is printed for people: the words with the evidence marked, then the signals."""
    interaction = decided.interaction
    words = Text("\n").join(
        Text.assemble((f"{turn['speaker'].lower()}  ", "dim"), _marked(turn["text"], index, decided))
        for index, turn in enumerate(interaction["turns"])
    )
    facts = [f"language {interaction['language']}"]
    if interaction["inquiry"]:
        facts.append("an inquiry")
    facts += [f"{count} × {kind} redacted" for kind, count in interaction["redactions"].items()]
    facts.append(f"rules {interaction['decision']['rules_version']}")
    heading = Text(" · ".join(facts), style="dim")
    panel = Panel(words, title="as it leaves intake", title_align="left")
    if not decided.signals:
        return Group(
            heading, panel, Text("No complaint, feedback or sales signal: it goes to the interactions topic only.")
        )
    table = Table("signal", "because of", "rule", "goes to", show_lines=True)
    for signal in decided.signals:
        grade = signal["polarity"] or (f"severity {signal['severity']}" if signal["severity"] else None)
        signal_lines = [signal["category"], grade, f"confidence {signal['confidence']:.2f}"]
        words_of = {found["text"]: found["rule"] for found in signal["evidence"]}
        table.add_row(
            Text.assemble((signal["kind"], COLOURS[signal["kind"]]), *(f"\n{line}" for line in signal_lines if line)),
            "\n".join(words_of),
            "\n".join(words_of.values()),
            "\n".join((*signal["departments"], f"priority {signal['priority']}")),
        )
    return Group(heading, panel, table)


def _marked(text: str, turn: int, decided: Decided) -> Text:
    """A turn with the words that carried each signal in that signal's colour."""
    marked = Text(text)
    for signal in decided.signals:
        for found in signal["evidence"]:
            if found["turn"] == turn:
                marked.stylize(f"bold {COLOURS[signal['kind']]}", found["start"], found["end"])
    return marked
