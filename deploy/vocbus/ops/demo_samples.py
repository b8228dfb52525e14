"""What the demo publishes: the sample set of the package, or a file; with the labels that come with it."""

import codecs
import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib import resources
from pathlib import Path
from typing import Any, NamedTuple

from vocbus.channels.canonical import canonical, canonical_or_labelled
from vocbus.channels.email import email
from vocbus.contracts.codec import Codec
from vocbus.contracts.errors import Rejected, RejectReason
from vocbus.contracts.models import Interaction
from vocbus.contracts.topics import RAW
from vocbus.ops.demo_poison import Poison, poison, unruly
from vocbus.ops.demo_summary import INQUIRY, KINDS, Label

TENANT = "demo-bank"

#: Time of what does not carry its own. Always the same one, so that a file published again lands on the same documents.
AT = datetime(2026, 11, 2, tzinfo=UTC)

_ALL = frozenset((*KINDS, INQUIRY))


class BadLine(NamedTuple):
    """A line of a file that is no interaction; it is not published."""

    line: int
    rejected: Rejected


Item = Interaction | Poison | BadLine


@dataclass
class Material:
    """`items` may be gone through once; `labels` by interaction_id are complete after that.

    `expected` counts the dead letters that must come of the items, by reason; None when nobody can know.
    """

    items: Iterable[Item]
    total: int
    labels: dict[str, Label] = field(default_factory=dict)
    expected: Counter[RejectReason] | None = None


def sample_set(codec: Codec) -> Material:
    """The sample set: interactions, mails, repetitions, and among them what must end as dead letters."""
    folder = resources.files("vocbus.ops") / "samples"
    lines = [line for name in ("interactions", "duplicates") for line in _lines(folder / f"{name}.jsonl")]
    mails = sorted((file for file in (folder / "mail").iterdir() if file.name.endswith(".eml")), key=lambda f: f.name)
    sound = [
        *(canonical(line) for line in lines),
        *(email(file.read_bytes(), tenant=TENANT, received_at=AT) for file in mails),
    ]
    broken = [_broken(json.loads(line), codec) for line in _lines(folder / "broken.jsonl")]
    unsound = [*broken, *poison(codec)]
    labels = {row["interaction_id"]: _label(row) for row in map(json.loads, _lines(folder / "labels.jsonl"))}
    items = list(_woven(sound, unsound))
    return Material(items, len(items), labels, Counter(each.reason for each in unsound))


def file_lines(path: Path) -> Material:
    """The lines of a file: canonical interactions, or labelled rows `{"text", "lang"}`. Raises OSError."""
    with path.open("rb") as lines:
        material = Material((), sum(1 for _ in lines))
    material.items = _read(path, material.labels)
    return material


def _read(path: Path, labels: dict[str, Label]) -> Iterator[Item]:
    with path.open("rb") as lines:
        for number, line in enumerate(lines, 1):
            if line.strip():
                yield _item(line.removeprefix(codecs.BOM_UTF8) if number == 1 else line, number, labels)


def _item(line: bytes, number: int, labels: dict[str, Label]) -> Item:
    row = _object(line)
    labelled = "labels" in row
    try:
        # The contract of a canonical interaction has no labels; a row with a text may have whatever it likes.
        plain = _without_label(row) if labelled and "text" not in row else line
        item = canonical_or_labelled(plain, number, tenant=TENANT, at=AT)
    except Rejected as rejected:
        return BadLine(number, rejected)
    if labelled:
        labels[item.interaction_id] = _label(row)
    return item


def _without_label(row: dict[str, Any]) -> str:
    return json.dumps({key: value for key, value in row.items() if key not in ("labels", "known", "lang", "inquiry")})


def _object(line: bytes) -> dict[str, Any]:
    """The JSON object of a line; empty for what is none, which is refused with its reason afterwards."""
    try:
        row = json.loads(line)
    except ValueError:
        return {}
    return row if isinstance(row, dict) else {}


def _label(row: dict[str, Any]) -> Label:
    """`labels` and, as a flag or among them, the inquiry. Without `known` all kinds were looked for."""
    found = {*_words(row["labels"]), *([INQUIRY] if row.get("inquiry") else [])}
    known = _ALL & _words(row.get("known", sorted(_ALL)))
    return Label(str(row.get("lang") or row.get("locale") or "?")[:2], frozenset(found & known), frozenset(known))


def _words(value: Any) -> set[str]:
    """The strings of a JSON list; nothing of anything else."""
    return {word for word in value if isinstance(word, str)} if isinstance(value, list) else set()


def _broken(line: dict[str, Any], codec: Codec) -> Poison:
    value = codec.encode(RAW, unruly(line["interaction"]))
    return Poison(line["why"], value, RejectReason.CONTRACT_VIOLATION)


def _lines(file: Any) -> list[str]:
    return [line for line in file.read_text("utf-8").split("\n") if line]


def _woven(sound: list[Interaction], unsound: list[Poison]) -> Iterator[Item]:
    """The unsound ones spread among the sound ones: they must not hold up what comes after them."""
    gap = max(1, len(sound) // (len(unsound) + 1))
    waiting = iter(unsound)
    for number, item in enumerate(sound, 1):
        yield item
        if number % gap == 0 and (event := next(waiting, None)) is not None:
            yield event
    yield from waiting
