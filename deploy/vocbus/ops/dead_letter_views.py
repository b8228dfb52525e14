"""Dead letters and replays as text and JSON, without anything that the events hold. Pure."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rich.table import Table
from rich.text import Text

from vocbus.ops.dead_letters import OWN_HEADERS, Letter, Outcome, Plan, Summary
from vocbus.ops.signal_lines import instant, printable


def described(letter: Summary) -> dict[str, Any]:
    """What `list --json` gives of a letter; `failed_at` in epoch milliseconds."""
    return {
        "id": letter.id,
        "failed_at": letter.failed_at,
        "topic": letter.topic,
        "stage": letter.stage,
        "reason": letter.reason,
        "detail": letter.detail,
        "attempt": letter.attempt,
        "replay_of": letter.replay_of,
    }


def table(letters: Sequence[Summary]) -> Table:
    """What `list` prints."""
    shown = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("id", "when", "stage", "reason", "attempt", "detail"):
        shown.add_column(name, overflow="fold", no_wrap=name != "detail")
    for each in letters:
        row = (each.id, instant(each.failed_at), each.stage, each.reason, str(each.attempt), each.detail)
        # Text, not str: a detail in brackets is no markup.
        shown.add_row(*(Text(printable(cell)) for cell in row))
    return shown


def described_whole(letter: Letter) -> dict[str, Any]:
    """Everything about a letter; key, payload and headers of others only by their sizes, the payload also by hash."""
    record, payload, key = letter.record, letter.record["payload"], letter.record["key"]
    return {
        **described(letter.summary),
        "partition": record["partition"],
        "offset": record["offset"],
        "processor_version": record["processor_version"],
        "stands_at": f"{letter.summary.dlq}-{letter.summary.partition}-{letter.summary.offset}",
        "key_bytes": None if key is None else len(key),
        "headers": [_header(header["key"], header["value"]) for header in record["headers"]],
        "payload_bytes": None if payload is None else len(payload),
        "payload_sha256": None if payload is None else hashlib.sha256(payload).hexdigest(),
    }


def _header(key: str, value: bytes | None) -> dict[str, Any]:
    if key in OWN_HEADERS and value is not None:
        return {"key": key, "value": value.decode("utf-8", "replace")}
    return {"key": key, "bytes": None if value is None else len(value)}


def lines(whole: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Name and value of each line of `show`."""
    for name, value in whole.items():
        if name == "headers":
            for header in value:
                told = header["value"] if "value" in header else f"{header['bytes']} bytes"
                yield "header", printable(f"{header['key']}: {told}")
        elif value is not None:
            yield name.replace("_", " "), instant(value) if name == "failed_at" else printable(str(value))


def _skipped(planned: Plan, missing: Sequence[str]) -> dict[str, tuple[str, list[str]]]:
    """Why letters were left alone, as a word for scripts and a sentence, and which."""
    return {
        "replayed_before": ("replayed before", [each.id for each in planned.replayed]),
        "attempts_used_up": ("had their attempts (--max-attempts)", [each.id for each in planned.exhausted]),
        "past_unknown": (
            "older than what their topic keeps, so an earlier replay could not be seen (--past-retention)",
            [each.id for each in planned.unknowable],
        ),
        "empty": ("with neither key nor value, which Kafka clients do not send", [each.id for each in planned.empty]),
        "unknown_topic": ("of a topic that the catalogue does not have", [each.id for each in planned.foreign]),
        "later": ("beyond --limit", [each.id for each in planned.later]),
        "not_found": ("not found among the dead letters", list(missing)),
    }


def replay_report(
    planned: Plan, outcomes: Sequence[Outcome], missing: Sequence[str], *, dry_run: bool
) -> dict[str, Any]:
    """What `replay --json` gives."""
    return {
        "dry_run": dry_run,
        "chosen": [{"id": each.id, "attempt": each.attempt + 1} for each in planned.chosen],
        "replayed": [{"id": each.letter.id, "place": each.place} for each in outcomes if each.error is None],
        "failed": [{"id": each.letter.id, "error": each.error} for each in outcomes if each.error is not None],
        "skipped": {word: ids for word, (_, ids) in _skipped(planned, missing).items() if ids},
    }


def replay_lines(planned: Plan, outcomes: Sequence[Outcome], missing: Sequence[str], *, dry_run: bool) -> Iterator[str]:
    """What `replay` prints."""
    if dry_run:
        for letter in planned.chosen:
            yield f"would replay {letter.id} ({letter.reason}, attempt {letter.attempt + 1})"
    for outcome in outcomes:
        if outcome.error is None:
            yield f"replayed {outcome.letter.id} as {outcome.place}, attempt {outcome.letter.attempt + 1}"
        else:
            yield f"not replayed {outcome.letter.id}: {outcome.error}. Running the command again is safe."
    for sentence, ids in _skipped(planned, missing).values():
        if ids:
            more = f" and {len(ids) - 5} more" if len(ids) > 5 else ""
            yield f"{len(ids)} {sentence}: {', '.join(ids[:5])}{more}"
    done = len(planned.chosen) if dry_run else sum(outcome.error is None for outcome in outcomes)
    yield f"{done} {'would be ' if dry_run else ''}replayed"
