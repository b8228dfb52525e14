"""How much personal data redaction finds, and how much else it takes: measured on the labelled contacts of a folder.

`python -m vocbus.training.redaction FOLDER` prints a table. A secret is found when nothing of it that could be read
stays; what is replaced where no secret is labelled is taken wrongly.
"""

import json
import re
import sys
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from vocbus.pipeline.redact import Redactor

TOKEN = re.compile(r"\[[A-Z]+_\d+\]")
#: Types that tell one thing by two names: a telephone number that is somebody's WhatsApp.
SAME = {"IM": {"IM", "PHONE"}, "PHONE": {"PHONE", "IM"}}

Span = tuple[int, int]


@dataclass
class Measure:
    """Counts by type, and what went wrong: (id of the row, type), never the text."""

    labelled: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    replaced: Counter[str] = field(default_factory=Counter)
    rightly: Counter[str] = field(default_factory=Counter)
    kept: Counter[bool] = field(default_factory=Counter)
    missed: list[tuple[str, str]] = field(default_factory=list)
    taken: list[tuple[str, str]] = field(default_factory=list)


def measure(rows: Iterable[dict[str, Any]]) -> Measure:
    """Redacts every row as intake does and compares. Rows: id, channel, turns, secrets (turn, type, text), keep."""
    result, redactor = Measure(), Redactor()
    for row in rows:
        turns = [{"speaker": turn["speaker"], "text": turn["text"], "at": None} for turn in row["turns"]]
        clean = redactor.redact({"channel": row["channel"], "turns": turns}).record["turns"]
        replaced = [replacements(before["text"], after["text"]) for before, after in zip(turns, clean, strict=True)]
        secrets = [_spans(turns, secret) for secret in row["secrets"]]
        for secret, places in zip(row["secrets"], secrets, strict=True):
            kind = secret["type"]
            result.labelled[kind] += 1
            if all(_covered(span, replaced[secret["turn"]], secret["text"]) for span in places):
                result.found[kind] += 1
            else:
                result.missed.append((row["id"], kind))
        for turn, spans in enumerate(replaced):
            for start, end, kind in spans:
                result.replaced[kind] += 1
                if any(
                    secret["turn"] == turn and begin < end and start < stop
                    for secret, places in zip(row["secrets"], secrets, strict=True)
                    for begin, stop in places
                ):
                    result.rightly[kind] += 1
                else:
                    result.taken.append((row["id"], kind))
        for keep in row["keep"]:
            result.kept[any(keep in turn["text"] for turn in clean)] += 1
    return result


def replacements(before: str, after: str) -> list[tuple[int, int, str]]:
    """Spans of the text before that are tokens in the text after, with the tokens' types."""
    spans = []
    at = end = 0
    for token in TOKEN.finditer(after):
        literal = after[end : token.start()]
        start = before.index(literal, at) + len(literal) if literal else at
        following = TOKEN.search(after, token.end())
        literal = after[token.end() : following.start() if following else len(after)]
        stop = before.index(literal, start) if literal and following else len(before) - len(literal)
        spans.append((start, max(start, stop), token[0][1:].rsplit("_", 1)[0]))
        at, end = stop, token.end()
    return spans


def _spans(turns: list[dict[str, Any]], secret: dict[str, Any]) -> list[Span]:
    """Where a secret stands: each of its occurrences in its turn."""
    return [found.span() for found in re.finditer(re.escape(secret["text"]), turns[secret["turn"]]["text"])]


def _covered(span: Span, replaced: list[tuple[int, int, str]], text: str) -> bool:
    """Whether of a secret nothing but fillers stays: no digit, and less than half of its letters."""
    left = [
        character
        for at, character in enumerate(text, span[0])
        if not any(start <= at < end for start, end, _ in replaced) and character.isalnum()
    ]
    letters = sum([character.isalnum() for character in text])
    return not any(character.isdigit() for character in left) and len(left) * 2 < letters


def table(result: Measure) -> str:
    """A Markdown table of recall and precision by type."""
    lines = ["| type | labelled | recall | replaced | precision |", "|---|---|---|---|---|"]
    for kind in sorted(set(result.labelled) | set(result.replaced)):
        recall = _share(result.found[kind], result.labelled[kind])
        precision = _share(result.rightly[kind], result.replaced[kind])
        lines.append(f"| {kind} | {result.labelled[kind]} | {recall} | {result.replaced[kind]} | {precision} |")
    labelled, replaced = result.labelled.total(), result.replaced.total()
    recall, precision = _share(result.found.total(), labelled), _share(result.rightly.total(), replaced)
    lines.append(f"| **all** | {labelled} | **{recall}** | {replaced} | **{precision}** |")
    lines.append(f"\nOf {result.kept.total()} phrases to be kept, {result.kept[True]} were.")
    return "\n".join(lines)


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.3f}" if whole else "–"


def main() -> None:
    """Entry point."""
    folder = Path(sys.argv[1])
    rows = [json.loads(line) for file in sorted(folder.glob("*.jsonl")) for line in file.open(encoding="utf-8")]
    result = measure(rows)
    print(table(result))  # noqa: T201 - it is a command
    if "--errors" in sys.argv:
        print("missed", result.missed, "\ntaken", result.taken)  # noqa: T201


if __name__ == "__main__":
    main()
