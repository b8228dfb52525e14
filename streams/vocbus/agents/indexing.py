"""Indexing of one chunk: every event becomes a document in Elasticsearch, or a dead letter."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

from vocbus.agents.batching import Outgoing
from vocbus.agents.dead_letters import KafkaRecord, dead_letter
from vocbus.contracts.errors import Rejected, RejectReason
from vocbus.contracts.topics import Catalogue
from vocbus.sinks.documents import Document, document
from vocbus.sinks.sink import Sink

Decode = Callable[[bytes | None], dict[str, Any]]
Encode = Callable[[dict[str, Any]], bytes]

#: Events that are decoded before the writing of them begins.
PART = 500


class Indexing:
    """decode → document → Elasticsearch for all events of a chunk. What cannot be stored comes back as dead letters."""

    def __init__(
        self,
        *,
        decoder: Callable[[str], Decode],
        encoder: Callable[[str], Encode],
        sink: Sink,
        catalogue: Catalogue,
        prefix: str,
    ) -> None:
        self._decoder, self._encoder = decoder, encoder
        self._sink, self._catalogue, self._prefix = sink, catalogue, prefix

    async def __call__(self, records: Sequence[KafkaRecord], now_ms: int) -> list[Outgoing]:
        """Store a chunk; return its dead letters. Raises Retryable while Elasticsearch or the registry is away."""
        letters: list[Outgoing] = []
        writes: list[asyncio.Task[None]] = []
        try:
            for start in range(0, len(records), PART):
                documents, sources = self._documents(records[start : start + PART], letters, now_ms)
                writes.append(asyncio.create_task(self._write(documents, sources, letters, now_ms)))
                # Elasticsearch works on this part while the next one is decoded.
                await asyncio.sleep(0)
            await asyncio.gather(*writes)
        finally:
            for write in writes:
                write.cancel()
        return letters

    def _documents(
        self, records: Sequence[KafkaRecord], letters: list[Outgoing], now_ms: int
    ) -> tuple[list[Document], list[KafkaRecord]]:
        documents: list[Document] = []
        sources: list[KafkaRecord] = []
        for record in records:
            name = self._catalogue[record.topic].record
            try:
                documents.append(document(name, self._decoder(name)(record.value), self._prefix))
                sources.append(record)
            except Rejected as rejected:
                letters.append(self._letter(record, "decode", rejected, now_ms))
        return documents, sources

    async def _write(
        self, documents: list[Document], sources: list[KafkaRecord], letters: list[Outgoing], now_ms: int
    ) -> None:
        for refusal in await self._sink.write(documents):
            refused = Rejected(RejectReason.SINK_REFUSED, refusal.detail)
            letters.append(self._letter(sources[refusal.position], "index", refused, now_ms))

    def _letter(self, record: KafkaRecord, stage: str, rejected: Rejected, now_ms: int) -> Outgoing:
        dlq = self._catalogue.dead_letters_of(record.topic)
        return Outgoing(dlq, record.key, self._encoder(dlq)(dead_letter(record, stage, rejected, now_ms)))
