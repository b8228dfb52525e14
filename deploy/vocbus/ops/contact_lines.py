"""Contacts from the lines of a file or stream, to be decided without a bus. A line that is none keeps its place.

A line is a JSON object of one of three forms, or in a .txt file what a customer said:
  {"text": …}     what a customer said in one turn, with optional `lang` (BCP 47) and `channel`
  {"turns": […]}  a conversation of {"speaker", "text"}, with the same options
  an interaction  as `vocbus publish` takes it, known by its `customer_ref`
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

import click
import orjson

from vocbus.channels.canonical import interaction
from vocbus.channels.files import LARGEST_LINE
from vocbus.contracts.errors import Rejected, RejectReason
from vocbus.contracts.models import Channel, Speaker

PLAIN = ".txt"
CHANNELS = tuple(channel.value for channel in Channel if channel is not Channel.UNKNOWN)
_SPEAKERS = frozenset(speaker.value for speaker in Speaker)
_ORIGIN = "file"
_BOM = b"\xef\xbb\xbf"
#: A line without a row.
BLANK = Rejected(RejectReason.CONTRACT_VIOLATION, "the line is blank")


class Line(NamedTuple):
    """A line, counted from 1: its size in bytes, its fields where it is a JSON object, and the Interaction record or
    why there is none."""

    number: int
    size: int
    fields: Mapping[str, Any]
    contact: dict[str, Any] | Rejected


@contextmanager
def open_lines(path: Path, now_ms: int) -> Iterator[tuple[Iterator[Line], int | None]]:
    """The lines of a file, by its name of JSON or plain text, and its size; Path("-") is standard input, whose size is
    not known. The contacts are of `now_ms`, where they tell no time themselves."""
    if path == Path("-"):
        yield read_lines(click.get_binary_stream("stdin"), now_ms), None
        return
    try:
        stream = path.open("rb")
    except OSError as error:
        raise click.ClickException(f"{path} cannot be read: {error.strerror}") from None
    with stream:
        yield read_lines(stream, now_ms, plain=path.suffix.lower() == PLAIN), path.stat().st_size


def read_lines(stream: BinaryIO, now_ms: int, *, plain: bool = False) -> Iterator[Line]:
    """Every line of a stream of JSON lines or of plain text, in order; a line above LARGEST_LINE is passed over."""
    number = 0
    while line := stream.readline(LARGEST_LINE + 1):
        number += 1
        size = len(line)
        if size > LARGEST_LINE:
            while line and not line.endswith(b"\n"):
                line = stream.readline(LARGEST_LINE)
                size += len(line)
            yield Line(number, size, {}, Rejected(RejectReason.OVERSIZE, f"line is over {LARGEST_LINE} bytes"))
            continue
        fields: Mapping[str, Any] = {}
        contact: dict[str, Any] | Rejected
        try:
            bare = (line.removeprefix(_BOM) if number == 1 else line).strip()
            fields = _said(bare) if plain else _object(bare)
            contact = record(fields, now_ms) if bare else BLANK
        except Rejected as rejected:
            contact = rejected
        yield Line(number, size, fields, contact)


def record(fields: Mapping[str, Any], now_ms: int) -> dict[str, Any]:
    """The Interaction record of a line's fields. Raises Rejected naming fields and rules, never values."""
    if "customer_ref" in fields:
        return interaction(dict(fields)).to_record()
    if "turns" in fields:
        turns = _turns(fields["turns"])
    elif "text" in fields:
        if not isinstance(fields["text"], str):
            raise _violation("text", "must be a string")
        turns = [{"speaker": "CUSTOMER", "text": fields["text"], "at": None}]
    else:
        raise Rejected(RejectReason.CONTRACT_VIOLATION, "neither text nor turns, and no interaction with customer_ref")
    channel, lang = fields.get("channel"), fields.get("lang")
    channel = "CHAT" if channel is None else channel.upper() if isinstance(channel, str) else ""
    if channel not in CHANNELS:
        raise _violation("channel", f"must be one of {', '.join(CHANNELS)}")
    if lang is not None and not isinstance(lang, str):
        raise _violation("lang", "must be a string")
    return conversation(turns, channel, lang, now_ms)


def conversation(turns: list[dict[str, Any]], channel: str, lang: str | None, now_ms: int) -> dict[str, Any]:
    """The Interaction record of turns that nothing else is known about."""
    return {
        "interaction_id": _ORIGIN,
        "tenant": _ORIGIN,
        "channel": channel,
        "direction": "INBOUND",
        "customer_ref": _ORIGIN,
        "agent_ref": None,
        "team": None,
        "started_at": now_ms,
        "answered_at": None,
        "ended_at": None,
        "locale": lang,
        "subject": None,
        "turns": turns,
        "products": [],
        "satisfaction": None,
        "outcome": "UNKNOWN",
        "related": None,
        "consent": None,
        "attributes": {},
        "source": {"system": _ORIGIN, "version": None},
    }


def _object(line: bytes) -> dict[str, Any]:
    if not line:
        return {}
    try:
        value = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        raise Rejected(RejectReason.UNDECODABLE, f"no JSON: fault at column {error.colno}") from None
    if not isinstance(value, dict):
        raise Rejected(RejectReason.CONTRACT_VIOLATION, "must be a JSON object")
    return value


def _said(line: bytes) -> dict[str, Any]:
    try:
        return {"text": line.decode("utf-8")}
    except UnicodeDecodeError as error:
        raise Rejected(RejectReason.UNDECODABLE, f"no UTF-8 at byte {error.start + 1}") from None


def _turns(turns: Any) -> list[dict[str, Any]]:
    if not isinstance(turns, list):
        raise _violation("turns", "must be a list")
    found = []
    for index, turn in enumerate(turns):
        if not isinstance(turn, dict) or not isinstance(turn.get("text"), str):
            raise _violation(f"turns[{index}].text", "must be a string")
        speaker = turn.get("speaker", "UNKNOWN")
        speaker = speaker.upper() if isinstance(speaker, str) else ""
        if speaker not in _SPEAKERS:
            raise _violation(f"turns[{index}].speaker", f"must be one of {', '.join(Speaker)}")
        found.append({"speaker": speaker, "text": turn["text"], "at": None})
    return found


def _violation(field: str, rule: str) -> Rejected:
    return Rejected(RejectReason.CONTRACT_VIOLATION, f"{field}: {rule}")
