"""Canonical JSON: one Interaction a line, with the field names of the Interaction schema.

Times are ISO 8601 with a zone, or epoch milliseconds.
"""

import hashlib
import re
from datetime import datetime
from typing import Any
from uuid import uuid5

import orjson
from pydantic import ValidationError

from vocbus.contracts.errors import Rejected, RejectReason
from vocbus.contracts.identity import NAMESPACE
from vocbus.contracts.models import Channel, Direction, Interaction, Source, Speaker, Turn

#: More violations than this are counted, not spelled out.
_SHOWN = 5
_FIELD_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}")
_LANGUAGES = ("en", "zh")


def canonical(line: bytes | str) -> Interaction:
    """The Interaction of one JSON line.

    Raises Rejected: UNDECODABLE for what is no JSON (with the column), CONTRACT_VIOLATION naming fields and rules.
    """
    return interaction(_json_object(line))


def canonical_or_labelled(line: bytes | str, position: int, *, tenant: str, at: datetime) -> Interaction:
    """The Interaction of one JSON line, or of a labelled row: one that has a text and no turns.

    A labelled row `{"text": …, "lang": "en" | "zh", …}` becomes a one-turn CHAT contact at `at`; other fields are
    ignored. Its id follows from position and text, so the same file gives the same ids. Raises Rejected.
    """
    row = _json_object(line)
    if "text" in row and "turns" not in row:
        return _one_turn(row, position, tenant, at)
    return interaction(row)


def interaction(fields: dict[str, Any]) -> Interaction:
    """The Interaction of plain fields. Raises Rejected(CONTRACT_VIOLATION) naming fields and rules, never values."""
    try:
        return Interaction.model_validate(fields)
    except ValidationError as error:
        raise Rejected(RejectReason.CONTRACT_VIOLATION, _violations(error)) from None


def _json_object(line: bytes | str) -> dict[str, Any]:
    try:
        value = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        raise Rejected(RejectReason.UNDECODABLE, f"no JSON: fault at column {error.colno}") from None
    if not isinstance(value, dict):
        raise Rejected(RejectReason.CONTRACT_VIOLATION, "must be a JSON object")
    return value


def _one_turn(row: dict[str, Any], position: int, tenant: str, at: datetime) -> Interaction:
    text, lang = row.get("text"), row.get("lang")
    if not isinstance(text, str) or not text.strip():
        raise Rejected(RejectReason.CONTRACT_VIOLATION, "text: must hold words")
    if lang not in _LANGUAGES:
        raise Rejected(RejectReason.CONTRACT_VIOLATION, f"lang: must be one of {', '.join(_LANGUAGES)}")
    digest = hashlib.sha256(text.encode()).hexdigest()
    return Interaction(
        interaction_id=str(uuid5(NAMESPACE, f"labelled\x1f{position}\x1f{digest}")),
        tenant=tenant,
        channel=Channel.CHAT,
        direction=Direction.INBOUND,
        customer_ref=f"labelled-{position}",
        started_at=at,
        locale=lang,
        turns=[Turn(speaker=Speaker.CUSTOMER, text=text)],
        source=Source(system="labelled-rows"),
    )


def _violations(error: ValidationError) -> str:
    found = error.errors(include_input=False, include_context=False, include_url=False)
    shown = [
        _violation(one["loc"], "is not a field" if one["type"] == "extra_forbidden" else one["msg"])
        for one in found[:_SHOWN]
    ]
    if len(found) > _SHOWN:
        shown.append(f"and {len(found) - _SHOWN} more")
    return "; ".join(shown)


def _violation(path: tuple[int | str, ...], message: str) -> str:
    message = message.removeprefix("Value error, ")
    # A key that a customer could have written (of attributes, or an unknown one) is not repeated.
    where = ".".join(str(part) if _FIELD_NAME.fullmatch(str(part)) or isinstance(part, int) else "?" for part in path)
    return f"{where}: {message[0].lower()}{message[1:]}" if where else message
