"""`vocbus explain`: what would become of a text, and why. Needs no server and keeps nothing."""

import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
from pydantic import ValidationError
from rich.console import Console, Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from vocbus.contracts.errors import Rejected
from vocbus.contracts.models import Interaction, Speaker, to_millis
from vocbus.contracts.topics import REVIEW
from vocbus.ops.contact_lines import CHANNELS, conversation
from vocbus.ops.decision_answers import signal_answer
from vocbus.ops.local_pipeline import judge, model_option, rules_option
from vocbus.pipeline.decide import Decided
from vocbus.pipeline.taxonomy import Taxonomy

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
@rules_option
@model_option
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object, for scripts.")
def explain(
    text: str | None,
    file: Path | None,
    lang: str | None,
    channel: str,
    speaker: str,
    rules: Path | None,
    model: Path | None,
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
        turn = {"speaker": speaker.upper(), "text": said.rstrip("\n"), "at": None}
        record = conversation([turn], channel.upper(), lang, now_ms)
    try:
        one = judge(rules, model)
        decided = one.pipeline.decide(record, now_ms)
    except Rejected as rejected:
        raise click.ClickException(f"this would be dead-lettered as {rejected.reason}: {rejected.detail}") from None
    if as_json:
        click.echo(json.dumps(_summary(decided, one.rules.taxonomy), ensure_ascii=False, indent=2))
    else:
        Console().print(_view(decided))


def _read(path: Path) -> dict[str, Any]:
    try:
        return Interaction.model_validate_json(path.read_text("utf-8-sig")).to_record()
    except ValidationError as error:
        findings = error.errors(include_input=False, include_url=False)
        problems = "; ".join(f"{'.'.join(map(str, found['loc']))}: {found['msg']}" for found in findings)
        raise click.ClickException(f"{path} is not an interaction: {problems}") from None
    except UnicodeDecodeError:
        raise click.ClickException(f"{path} is not UTF-8 text") from None


def _summary(decided: Decided, taxonomy: Taxonomy) -> dict[str, Any]:
    """What --json prints."""
    interaction = decided.interaction
    return {
        "language": interaction["language"],
        "inquiry": interaction["inquiry"],
        "sentiment": interaction["sentiment"],
        "signals": [
            {**signal_answer(signal, taxonomy), "departments": signal["departments"], "priority": signal["priority"]}
            for signal in decided.signals
        ],
        "review": interaction["review"],
        "redactions": interaction["redactions"],
        "redacted": "\n".join(turn["text"] for turn in interaction["turns"]),
        "rules_version": interaction["decision"]["rules_version"],
        "model_hash": interaction["decision"]["model_hash"],
    }


def _view(decided: Decided) -> Group:
    """What is printed for people: the words with the evidence marked, the signals, and what is in doubt."""
    interaction = decided.interaction
    words = Text("\n").join(
        Text.assemble((f"{turn['speaker'].lower()}  ", "dim"), _marked(turn["text"], index, decided))
        for index, turn in enumerate(interaction["turns"])
    )
    facts = [f"language {interaction['language']}"]
    if interaction["inquiry"]:
        facts.append("an inquiry")
    if interaction["sentiment"] is not None:
        facts.append(f"sentiment {interaction['sentiment']:+.2f}")
    facts += [f"{count} × {kind} redacted" for kind, count in interaction["redactions"].items()]
    facts += [f"rules {interaction['decision']['rules_version']}", f"model {interaction['decision']['model_hash']}"]
    shown: list[RenderableType] = [
        Text(" · ".join(facts), style="dim"),
        Panel(words, title="as it leaves intake", title_align="left"),
        _signals(decided)
        if decided.signals
        else Text("No complaint, feedback or sales signal: no department is told of it."),
    ]
    if doubts := interaction["review"]:
        signalled = {signal["kind"] for signal in decided.signals}
        told = (
            f"{doubt['kind']} ({doubt['confidence']:.2f}{'' if doubt['kind'] in signalled else ', just missed'})"
            for doubt in doubts
        )
        shown.append(Text(f"For people to see, in {REVIEW}: {', '.join(told)}", style="magenta"))
    return Group(*shown)


def _signals(decided: Decided) -> Table:
    table = Table("signal", "because of", "rule", "goes to", show_lines=True)
    for signal in decided.signals:
        grade = signal["polarity"] or (f"severity {signal['severity']}" if signal["severity"] else None)
        interest = signal["interest"]
        wish = interest and f"wants {interest['product'] or 'something'}, strength {interest['strength']} of 3"
        review = ", for review" if signal["review"] else ""
        signal_lines = [signal["category"], grade, wish, f"confidence {signal['confidence']:.2f}{review}"]
        words_of = {found["text"]: found["rule"] for found in signal["evidence"]}
        table.add_row(
            Text.assemble((signal["kind"], COLOURS[signal["kind"]]), *(f"\n{line}" for line in signal_lines if line)),
            # What a customer wrote is no markup.
            Text("\n".join(words_of)),
            "\n".join(words_of.values()),
            "\n".join((*signal["departments"], f"priority {signal['priority']}")),
        )
    return table


def _marked(text: str, turn: int, decided: Decided) -> Text:
    """A turn with the words that carried each signal in that signal's colour."""
    marked = Text(text)
    for signal in decided.signals:
        for found in signal["evidence"]:
            if found["turn"] == turn:
                marked.stylize(f"bold {COLOURS[signal['kind']]}", found["start"], found["end"])
    return marked
