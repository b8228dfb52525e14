"""The bulk writer of Elasticsearch: bounded in memory and requests, patient with a busy cluster.

A caller hands in documents that it already holds; beyond these the writer holds `in_flight` request bodies of
`max_bytes`. `write` returns when everything is settled, so a slow cluster slows the caller down and nothing queues.
"""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version as installed_version
from typing import Any, cast
from urllib.parse import quote

from elasticsearch import (
    ApiError,
    AsyncElasticsearch,
    TransportError,
    UnsupportedProductError,
)

from vocbus.contracts.errors import Retryable
from vocbus.sinks import bulk
from vocbus.sinks.answers import Answer, AtFault, Away, fault, settle
from vocbus.sinks.bulk import Numbered
from vocbus.sinks.documents import Document
from vocbus.sinks.patience import Patience
from vocbus.sinks.sink import Refusal


@dataclass(frozen=True)
class Limits:
    """How much a writer sends at once, and how long it waits (seconds)."""

    max_bytes: int = 5_000_000
    max_count: int = 1000
    in_flight: int = 2
    request_timeout: float = 60.0
    retry_limit: float = 300.0
    backoff: float = 0.2
    max_backoff: float = 10.0


class ElasticsearchSink:
    """A Sink over a client, which it closes. Safe to call from several tasks: they share `in_flight`."""

    def __init__(
        self,
        client: AsyncElasticsearch,
        limits: Limits | None = None,
        *,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        clock: Callable[[], float] = time.monotonic,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._limits = limits = limits or Limits()
        # The client's own retries see neither all errors nor the items of an answer; two layers would multiply.
        self._client = client.options(
            max_retries=0, retry_on_status=(), retry_on_timeout=False, request_timeout=limits.request_timeout
        )
        self._slots = asyncio.Semaphore(limits.in_flight)
        self._patience = partial(
            Patience,
            "elasticsearch",
            limits.retry_limit,
            base=limits.backoff,
            ceiling=limits.max_backoff,
            sleep=sleep,
            clock=clock,
            jitter=jitter,
        )

    async def check(self, templates: Sequence[str] = ()) -> None:
        """Wait for the cluster, then make sure of its major version and of its index templates.

        Raises Retryable with the way out. Without its template an index would come to be with guessed mappings.
        """
        patience = self._patience()
        while True:
            try:
                version = await self._server_version()
                missing = [name for name in templates if await self._lacks_template(name)]
                break
            except Away as away:
                await patience.wait(str(away))
        client = installed_version("elasticsearch")
        major = (version or client).partition(".")[0]
        if major != client.partition(".")[0]:
            raise Retryable(
                "elasticsearch",
                f"the server is version {version}, the client {client}; install elasticsearch=={major}.*, "
                "or move the server to the client's major version",
            )
        if missing:
            raise Retryable(
                "elasticsearch", f"no index template {', '.join(missing)}; run `vocbus indices apply` first"
            )

    async def write(self, documents: Sequence[Document]) -> list[Refusal]:
        """See Sink. Documents go out in parts, `in_flight` at a time; only what needs it is sent again."""
        refusals: list[Refusal] = []
        remaining = bulk.parts(self._fitting(documents, refusals), self._limits.max_bytes, self._limits.max_count)

        async def drain() -> None:
            for part in remaining:
                await self._deliver(part, refusals, self._patience())

        try:
            async with asyncio.TaskGroup() as group:
                for _ in range(self._limits.in_flight):
                    group.create_task(drain())
        except ExceptionGroup as failures:
            raise failures.exceptions[0] from None
        return sorted(refusals)

    async def close(self) -> None:
        """Close the client's connections."""
        await self._client.close()

    @staticmethod
    def _fitting(documents: Sequence[Document], refusals: list[Refusal]) -> Iterator[Numbered]:
        """One id that is too long would have the whole request refused."""
        for position, document in enumerate(documents):
            if len(document.id.encode()) > bulk.MAX_ID_BYTES:
                refusals.append(Refusal(position, f"id longer than {bulk.MAX_ID_BYTES} bytes"))
            else:
                yield position, document

    async def _deliver(self, part: list[Numbered], refusals: list[Refusal], patience: Patience) -> None:
        """Send until every document of the part is settled.

        A part of which nothing got through goes on in halves: its size may be to blame (a cluster turns down for
        ever what is larger than its memory for writes), and a cluster that comes back is met with little at first.
        """
        while part:
            try:
                unsettled, seen = settle(part, await self._send(part), refusals)
            except Away as away:
                unsettled, seen = part, str(away)
            except AtFault as refused:
                if len(part) == 1:
                    refusals.append(Refusal(part[0][0], str(refused)))
                    return
                await self._deliver_halves(part, refusals, patience)
                return
            fruitless = len(unsettled) == len(part)
            if not fruitless:
                patience.restart()
            if unsettled:
                await patience.wait(f"{len(unsettled)} of {len(part)} documents: {seen}")
            if fruitless and len(part) > 1:
                await self._deliver_halves(part, refusals, patience)
                return
            part = unsettled

    async def _deliver_halves(self, part: list[Numbered], refusals: list[Refusal], patience: Patience) -> None:
        middle = len(part) // 2
        for half in (part[:middle], part[middle:]):
            await self._deliver(half, refusals, patience)

    async def _send(self, part: list[Numbered]) -> list[Answer]:
        """The answer for each document. Raises Away, AtFault, or Retryable when waiting cannot help."""
        async with self._slots:
            response = await self._ask(
                # The serializer passes bytes through; its annotation knows mappings only.
                self._client.bulk(
                    operations=cast(Any, [bulk.body(part)]),
                    filter_path=bulk.FILTER_PATH,
                    include_source_on_error=False,
                )
            )
        items = response.get("items", ())
        if len(items) != len(part):
            raise Away("an answer that does not fit the request")
        return [(item["index"]["status"], item["index"].get("error", {})) for item in items]

    async def _ask(self, request: Awaitable[Any]) -> Any:
        """The answer to a request, with every error as one of the kinds that `_send` raises."""
        try:
            return await request
        except UnsupportedProductError:
            raise Retryable("elasticsearch", "what answers is not Elasticsearch; check the Elasticsearch URL") from None
        except ApiError as error:
            raise fault(error.status_code, error.body) from None
        except TransportError as error:
            # Its text can hold the body of an answer; the name of its type says enough.
            raise Away(type(error).__name__) from None

    async def _server_version(self) -> str | None:
        """None when the credentials do not let one ask."""
        # `GET /` is not there on every build. Any media type, since a server of another major refuses the client's.
        found = await self._ask(
            self._client.options(ignore_status=403).perform_request(
                "GET", "/_nodes/_local?filter_path=nodes.*.version", headers={"accept": "*/*"}
            )
        )
        return None if found.meta.status == 403 else str(next(iter(found["nodes"].values()))["version"])

    async def _lacks_template(self, name: str) -> bool:
        """False when the credentials do not let one ask: writers need no rights on templates."""
        found = await self._ask(
            self._client.options(ignore_status=(403, 404)).perform_request(
                "GET", f"/_index_template/{quote(name)}", headers={"accept": "*/*"}
            )
        )
        return bool(found.meta.status == 404)
