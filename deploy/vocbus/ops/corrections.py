"""Corrections by people as rows to train with: the latest one of each interaction, beside what the customer said."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

from elasticsearch import Elasticsearch

from vocbus.contracts.models import OutcomeKind
from vocbus.contracts.rules import LABELS
from vocbus.ops.document_scan import scan
from vocbus.pipeline.reading import said
from vocbus.sinks.documents import INDEXED

#: What a row needs of an interaction.
_SAID = {"includes": ["channel", "subject", "turns", "satisfaction", "language"]}
#: Interactions that are fetched at once; a long conversation may take a megabyte.
_BATCH = 200
_LANGUAGES = {"ZH": "zh", "EN": "en"}

Record = Mapping[str, Any]


def interactions(
    client: Elasticsearch, prefix: str, ids: Iterable[str], source: Mapping[str, Any]
) -> Iterator[dict[str, Record]]:
    """Classified interactions by id, in batches in the order of `ids`, as far as Elasticsearch has them; `source` says
    which of their fields."""
    pattern = f"{prefix}-{INDEXED['classified_interaction'].name}-*"
    waiting = iter(ids)
    while batch := list(islice(waiting, _BATCH)):
        hits = scan(client, pattern, query={"ids": {"values": batch}}, source=source, page=_BATCH)
        yield {hit["_id"]: hit["_source"] for hit in hits}


def latest_corrections(client: Elasticsearch, prefix: str, since_ms: int | None) -> dict[str, Record]:
    """Interaction id → Outcome record of its latest correction, in the order of the ids; `since_ms` leaves out what
    was corrected before."""
    conditions: list[dict[str, Any]] = [{"term": {"kind": OutcomeKind.CORRECTED.value}}]
    if since_ms is not None:
        conditions.append({"range": {"occurred_at": {"gte": since_ms}}})
    pattern = f"{prefix}-{INDEXED['outcome'].name}-*"
    hits = scan(client, pattern, query={"bool": {"filter": conditions}}, source=True)
    return latest(hit["_source"] for hit in hits)


def latest(corrections: Iterable[Record]) -> dict[str, Record]:
    """The last correction of each interaction, in the order of the interaction ids."""
    found: dict[str, Record] = {}
    for outcome in corrections:
        before = found.get(outcome["interaction_id"])
        # By id where two have the same time, so that the order of reading does not matter.
        if before is None or _age(before) < _age(outcome):
            found[outcome["interaction_id"]] = outcome
    return dict(sorted(found.items()))


def _age(outcome: Record) -> tuple[int, str]:
    return outcome["occurred_at"], outcome["outcome_id"]


def training_row(outcome: Record, interaction: Record | None) -> dict[str, Any] | str:
    """The row of a correction, or why there is none. The text is what the customer said, redacted."""
    if interaction is None:
        return "their interaction is not in Elasticsearch"
    text = "\n".join(piece for _, piece in said(interaction))
    if not text.strip():
        return "the customer said nothing in words"
    if interaction["language"] not in _LANGUAGES:
        return "the language is neither Chinese nor English"
    correction = outcome["correction"]
    labels = {*correction["labels"], *(["INQUIRY"] if correction["inquiry"] else [])}
    return {
        "text": text,
        "lang": _LANGUAGES[interaction["language"]],
        "labels": [label for label in LABELS if label in labels],
        "known": [label for label in LABELS if label in correction["known"]],
        "tier": "human",
        "source": "corrections",
        "interaction_id": outcome["interaction_id"],
        "category": correction["category"],
        "severity": correction["severity"],
        "polarity": correction["polarity"],
    }


def training_rows(
    client: Elasticsearch,
    prefix: str,
    corrections: Mapping[str, Record],
    left_out: Counter[str],
    progress: Callable[[int], None],
) -> Iterator[dict[str, Any]]:
    """The rows of these corrections in their order. `left_out` counts those without one, by reason; `progress` is told
    how many are done."""
    waiting = iter(corrections.items())
    done = 0
    for batch in interactions(client, prefix, corrections, _SAID):
        for name, outcome in islice(waiting, _BATCH):
            row = training_row(outcome, batch.get(name))
            if isinstance(row, str):
                left_out[row] += 1
            else:
                yield row
            done += 1
        progress(done)
