"""A cluster that does what a test says: faults that a healthy Elasticsearch cannot be made to show."""

from collections.abc import Callable
from typing import Any, NamedTuple

import orjson
import pytest
from elastic_transport import ApiResponseMeta, BaseAsyncNode, HttpHeaders
from elasticsearch import AsyncElasticsearch

from vocbus.sinks.documents import Document
from vocbus.sinks.elasticsearch import ElasticsearchSink, Limits

JSON = "application/vnd.elasticsearch+json; compatible-with=9"


class Answer(NamedTuple):
    """What the transport takes from a node."""

    meta: ApiResponseMeta
    body: bytes


class Cluster:
    """Answers requests in turn from `script`, then stores everything.

    A step of the script is a list with the status, or (status, error), of each item; a tuple (status, body) for the
    whole request; or an exception.
    """

    def __init__(self) -> None:
        self.script: list[Any] = []
        self.requests: list[list[str]] = []
        self.bodies: list[bytes] = []
        self.pauses: list[float] = []
        self.now = 0.0
        self.version = "9.5.3"
        self.templates: set[str] = set()
        self.gate: Callable[[], Any] | None = None

    async def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.now += seconds

    async def answer(self, method: str, target: str, body: bytes | None) -> tuple[int, Any]:
        if self.script and not target.startswith("/_bulk"):
            return self._whole(self.script.pop(0))
        if target.startswith("/_nodes"):
            return 200, {"nodes": {"x": {"version": self.version}}}
        if target.startswith("/_index_template/"):
            name = target.removeprefix("/_index_template/")
            return (200, {"index_templates": [{"name": name}]}) if name in self.templates else (404, {})
        assert body is not None
        lines = body.splitlines()
        ids = [orjson.loads(line)["index"]["_id"] for line in lines[::2]]
        self.requests.append(ids)
        self.bodies.append(body)
        if self.gate is not None:
            await self.gate()
        step = self.script.pop(0) if self.script else [201] * len(ids)
        if not isinstance(step, list):
            return self._whole(step)
        return 200, {"errors": any(item != 201 for item in step), "items": [{"index": self._item(i)} for i in step]}

    @staticmethod
    def _item(step: Any) -> dict[str, Any]:
        if isinstance(step, int):
            return {"status": step} | ({} if step < 300 else {"error": {"type": "x", "reason": "x"}})
        status, error = step
        return {"status": status, "error": error if isinstance(error, dict) else {"type": error, "reason": ""}}

    @staticmethod
    def _whole(step: Any) -> tuple[int, Any]:
        if isinstance(step, BaseException):
            raise step
        status, body = step
        return status, {"error": {"type": body, "reason": "x"}} if isinstance(body, str) and "<" not in body else body

    def sink(self, limits: Limits | None = None, jitter: Callable[[], float] = lambda: 1.0) -> ElasticsearchSink:
        """A sink on this cluster, on a clock that only its own pauses move."""
        cluster = self

        class Node(BaseAsyncNode):
            async def perform_request(
                self, method: str, target: str, body: bytes | None = None, *_: Any, **__: Any
            ) -> Answer:
                status, answer = await cluster.answer(method, target, body)
                html = isinstance(answer, str)
                meta = ApiResponseMeta(
                    status=status,
                    http_version="1.1",
                    headers=HttpHeaders(
                        {"content-type": "text/html"}
                        if html
                        else {"content-type": JSON, "x-elastic-product": "Elasticsearch"}
                    ),
                    duration=0.0,
                    node=self.config,
                )
                return Answer(meta, answer.encode() if html else orjson.dumps(answer))

            async def close(self) -> None:
                pass

        client = AsyncElasticsearch("http://cluster.test:9200", node_class=Node)
        return ElasticsearchSink(client, limits, sleep=self.sleep, clock=lambda: self.now, jitter=jitter)


@pytest.fixture
def cluster() -> Cluster:
    return Cluster()


@pytest.fixture
def documents() -> Callable[..., list[Document]]:
    """So many documents with ids "0", "1" …; each holds the text."""

    def make(count: int, text: str = "x") -> list[Document]:
        return [Document("vocbus-signals-2026.11", str(n), 1, orjson.dumps({"excerpt": text})) for n in range(count)]

    return make
