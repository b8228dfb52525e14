"""Files of interactions: JSON lines and mails, from paths, folders and a stream."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from vocbus.channels.canonical import canonical
from vocbus.channels.email import email
from vocbus.contracts.errors import Rejected, RejectReason
from vocbus.contracts.models import Interaction

JSON_LINES = frozenset({".jsonl", ".ndjson", ".json"})
MAIL = frozenset({".eml"})
#: Far beyond what Kafka takes; keeps a file that is no JSON lines from filling the memory.
LARGEST_LINE = 16 * 1024 * 1024
LARGEST_MAIL = 64 * 1024 * 1024


@dataclass(frozen=True)
class Item:
    """One interaction of a file, or why it is none. `line` counts from 1 and is None for a mail."""

    file: str
    line: int | None
    size: int
    outcome: Interaction | Rejected


def find(path: Path) -> tuple[list[Path], int]:
    """The files that `path` stands for, in order, and how many others a folder holds. Hidden ones count as neither.

    Raises FileNotFoundError, and ValueError for a file with another ending.
    """
    if not path.exists():
        raise FileNotFoundError(f"{path} does not exist")
    if not path.is_dir():
        if path.suffix.lower() not in JSON_LINES | MAIL:
            raise ValueError(f"{path} ends in none of {', '.join(sorted(JSON_LINES | MAIL))}")
        return [path], 0
    files = [
        file
        for file in sorted(path.rglob("*"))
        if file.is_file() and not any(part.startswith(".") for part in file.relative_to(path).parts)
    ]
    taken = [file for file in files if file.suffix.lower() in JSON_LINES | MAIL]
    return taken, len(files) - len(taken)


def read(files: Iterable[Path], *, tenant: str) -> Iterator[Item]:
    """All interactions of files, one by one; `tenant` is that of the mails. Raises OSError for an unreadable file."""
    for file in files:
        if file.suffix.lower() in MAIL:
            yield _read_mail(file, tenant)
        else:
            with file.open("rb") as stream:
                yield from read_lines(stream, str(file))


def read_lines(stream: BinaryIO, name: str) -> Iterator[Item]:
    """The interactions of a stream of JSON lines; blank lines are passed over."""
    number = 0
    while line := stream.readline(LARGEST_LINE + 1):
        number += 1
        if len(line) > LARGEST_LINE:
            size = len(line) + _skip_rest(line, stream)
            yield Item(name, number, size, Rejected(RejectReason.OVERSIZE, f"line is over {LARGEST_LINE} bytes"))
        elif line.strip():
            bare = line.removeprefix(b"\xef\xbb\xbf") if number == 1 else line
            yield Item(name, number, len(line), _outcome(bare))


def _skip_rest(line: bytes, stream: BinaryIO) -> int:
    skipped = 0
    while line and not line.endswith(b"\n"):
        line = stream.readline(LARGEST_LINE)
        skipped += len(line)
    return skipped


def _outcome(line: bytes) -> Interaction | Rejected:
    try:
        return canonical(line)
    except Rejected as rejected:
        return rejected


def _read_mail(file: Path, tenant: str) -> Item:
    facts = file.stat()
    if facts.st_size > LARGEST_MAIL:
        return Item(
            str(file), None, facts.st_size, Rejected(RejectReason.OVERSIZE, f"mail is over {LARGEST_MAIL} bytes")
        )
    try:
        received_at = datetime.fromtimestamp(facts.st_mtime, UTC)
        outcome: Interaction | Rejected = email(file.read_bytes(), tenant=tenant, received_at=received_at)
    except Rejected as rejected:
        outcome = rejected
    return Item(str(file), None, facts.st_size, outcome)
