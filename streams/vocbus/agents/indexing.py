"""Indexing of one chunk: every event becomes a document in Elasticsearch, or a dead letter."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from vocbus.agents.backoff import until_done
from vocbus.agents.breaker import Breaker
from vocbus.agents.dead_letters import KafkaRecord, dead_letter_message, rejection
from vocbus.agents.delivery import Outgoing
from vocbus.contracts.errors import Rejected, RejectReason
from vocbus.contracts.rules import Rules, outcome_violations
from vocbus.contracts.topics import Catalogue
from vocbus.sinks.documents import Document, document
from vocbus.sinks.sink import Sink

Decode = Callable[[bytes | None], dict[str, Any]]
Encode = Callable[[dict[str, Any]], bytes]

#: Events that are decoded before the writing of them begins.
PART = 1000

#: Rules of the records that come from outside; the others are intake's own.
CHECKED: Mapping[str, Rules] = {"outcome": outcome_violations}


class Indexing:
    """decode → validate → document → Elasticsearch for all events of a chunk. What cannot be stored comes back as
    dead letters.

    Waits up to `retry_limit` seconds for the registry; the sink has its own patience.
    """

    def __init__(
        self,
        *,
        decoder: Callable[[str], Decode],
        encoder: Callable[[str], Encode],
        sink: Sink,
        catalogue: Catalogue,
        prefix: str,
        breaker: Breaker,
        retry_limit: float,
    ) -> None:
        self._decoder, self._encoder = decoder, encoder
        self._sink, self._catalogue, self._prefix = sink, catalogue, prefix
        self._breaker, self._retry_limit = breaker, retry_limit

    async def __call__(self, records: Sequence[KafkaRecord], now_ms: int) -> list[Outgoing]:
        """Store a chunk; return its dead letters. Raises Retryable past the limits, and BreakerOpen."""
        letters: list[Outgoing] = []
        writes: list[asyncio.Task[list[Outgoing]]] = []
        try:
            for start in range(0, len(records), PART):
                part = records[start : start + PART]
                made = await until_done(partial(self._documents, part, now_ms), limit=self._retry_limit)
                self._breaker.note_all(made.reasons)
                letters += made.letters
                writes.append(asyncio.create_task(self._write(made, now_ms)))
                # Elasticsearch works on this part while the next one is decoded.
                await asyncio.sleep(0)
            for refused in await asyncio.gather(*writes):
                letters += refused
        finally:
            for write in writes:
                write.cancel()
        return letters

    async def _documents(self, records: Sequence[KafkaRecord], now_ms: int) -> "_Made":
        made = _Made()
        for record in records:
            try:
                made.documents.append(self._document(record))
                made.sources.append(record)
                made.reasons.append(None)
                continue
            except Exception as error:  # noqa: BLE001 - a bug must not stop the events behind it
                rejected = rejection(error)
            made.letters.append(self._letter(record, "decode", rejected, now_ms))
            made.reasons.append(rejected.reason)
        return made

    def _document(self, record: KafkaRecord) -> Document:
        name = self._catalogue[record.topic].record
        decoded = self._decoder(name)(record.value)
        if name in CHECKED and (found := CHECKED[name](decoded)):
            raise Rejected(RejectReason.CONTRACT_VIOLATION, "; ".join(map(str, found)))
        return document(name, decoded, self._prefix)

    async def _write(self, made: "_Made", now_ms: int) -> list[Outgoing]:
        return [
            self._letter(
                made.sources[refusal.position], "index", Rejected(RejectReason.SINK_REFUSED, refusal.detail), now_ms
            )
            for refusal in await self._sink.write(made.documents)
        ]

    def _letter(self, record: KafkaRecord, stage: str, rejected: Rejected, now_ms: int) -> Outgoing:
        dlq = self._catalogue[self._catalogue.dead_letters_of(record.topic)]
        return dead_letter_message(record, stage, rejected, now_ms, dlq, self._encoder(dlq.name))


@dataclass(slots=True)
class _Made:
    """What a part of a chunk gives: documents with their events, dead letters, and what became of each event."""

    documents: list[Document] = field(default_factory=list)
    sources: list[KafkaRecord] = field(default_factory=list)
    letters: list[Outgoing] = field(default_factory=list)
    reasons: list[RejectReason | None] = field(default_factory=list)
