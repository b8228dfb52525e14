"""The examples of each record: examples/<record>/valid/*.json and examples/<record>/invalid/*.json.

A valid example is the record as JSON: times as ISO 8601 with a zone, bytes as {"base64": "…"}. An invalid one is
{"why": …, "path": …, "record": …}: the twin must refuse the record at that field path (e.g. `turns[0].speaker`) with a
message that holds `why`.
"""

import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources.abc import Traversable
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import ErrorDetails

from vocbus.contracts.models import Record


@dataclass(frozen=True)
class Example:
    """A file of the examples; `place` is its path below the directory."""

    record: str
    valid: bool
    place: str
    text: str


class _Invalid(BaseModel):
    model_config = ConfigDict(extra="forbid")

    why: str
    path: str
    record: dict[str, Any]


def load_examples(directory: Traversable) -> Iterator[Example]:
    """Every example below examples/, by record."""
    for folder in sorted((directory / "examples").iterdir(), key=lambda item: item.name):
        for kind in ("valid", "invalid"):
            if (folder / kind).is_dir():
                for file in sorted((folder / kind).iterdir(), key=lambda item: item.name):
                    place = f"examples/{folder.name}/{kind}/{file.name}"
                    yield Example(folder.name, kind == "valid", place, file.read_text("utf-8"))


def accepted(example: Example, twin: type[Record]) -> Record:
    """The twin of a valid example. ValueError when there is none."""
    return twin.model_validate(_plain(json.loads(example.text)))


def unrefused(example: Example, twin: type[Record]) -> str | None:
    """None when the twin refuses an invalid example as the example states, else what happened instead."""
    stated = _Invalid.model_validate_json(example.text)
    try:
        twin.model_validate(_plain(stated.record))
    except ValidationError as error:
        told = [line for one in error.errors(include_input=False, include_url=False) for line in _told(one)]
        if any(line.startswith(f"{stated.path} ") and stated.why in line for line in told):
            return None
        return f"is refused, but not with “{stated.path} {stated.why}”: {'; '.join(told)}"
    return "is accepted"


def _told(error: ErrorDetails) -> list[str]:
    """Path and message of an error; that of a rule over the whole record names the paths in its message."""
    steps = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in error["loc"])
    message = error["msg"].removeprefix("Value error, ")
    return [f"{steps.removeprefix('.')} {message}"] if steps else message.split("; ")


def _plain(value: Any) -> Any:
    """JSON with each {"base64": …} replaced by its bytes."""
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if not isinstance(value, dict):
        return value
    if value.keys() == {"base64"}:
        return base64.b64decode(value["base64"], validate=True)
    return {key: _plain(item) for key, item in value.items()}
