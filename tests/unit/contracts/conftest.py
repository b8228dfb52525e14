"""Builders for the tests of the contracts: records, strategies, schema directories, a registry that speaks HTTP."""

import base64
import json
import shutil
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st

from vocbus.contracts.schemas import packaged

Record = dict[str, Any]

# No deadline for an example: a busy machine is no failure.
settings.register_profile("busy machine", deadline=None)
settings.load_profile("busy machine")


@pytest.fixture
def interaction() -> Record:
    """A full Interaction as a plain record."""
    at = 1_793_600_000_000
    return {
        "interaction_id": "call-1",
        "tenant": "example-bank",
        "channel": "PHONE",
        "direction": "INBOUND",
        "customer_ref": "CIF-1",
        "agent_ref": "A-1",
        "team": None,
        "started_at": at,
        "answered_at": at + 1,
        "ended_at": at + 60_000,
        "locale": "zh-CN",
        "subject": "年费",
        "turns": [
            {"speaker": "AGENT", "text": "您好", "at": at + 1},
            {"speaker": "CUSTOMER", "text": "为什么又扣费？ Why twice? 😟", "at": None},
        ],
        "products": ["credit-card"],
        "satisfaction": {"csat": 1, "nps": 0, "comment": ""},
        "outcome": "UNRESOLVED",
        "related": {"case_id": None, "interaction_id": "call-0"},
        "consent": {"recording": True, "marketing": False},
        "attributes": {"队列": "cards"},
        "source": {"system": "amazon-connect", "version": None},
    }


@pytest.fixture
def signal() -> Record:
    """A Signal as a plain record."""
    return {
        "signal_id": "s-1",
        "interaction_id": "call-1",
        "tenant": "example-bank",
        "customer_token": "k1.abc",
        "kind": "COMPLAINT",
        "category": "cards.fees",
        "severity": 2,
        "polarity": None,
        "sentiment": -0.5,
        "interest": None,
        "confidence": 0.5,
        "review": True,
        "evidence": [{"turn": 1, "start": 0, "end": 3, "text": "为什么", "rule": "fees.zh"}],
        "excerpt": "为什么又扣费？",
        "products": [],
        "channel": "PHONE",
        "language": "ZH",
        "agent_ref": None,
        "team": None,
        "case_id": None,
        "occurred_at": 1_793_600_000_000,
        "departments": ["complaints"],
        "priority": 2,
        "decision": {"decided_at": 1_793_600_000_500, "rules_version": "1", "model_hash": None},
    }


@pytest.fixture
def outcome() -> Record:
    """An Outcome as a plain record: a correction in which everything was judged."""
    return {
        "outcome_id": "o-1",
        "tenant": "example-bank",
        "kind": "CORRECTED",
        "customer_token": "k1.abc",
        "interaction_id": "call-1",
        "signal_id": "s-1",
        "case_id": None,
        "department": "training",
        "actor_ref": "A-1",
        "occurred_at": 1_793_600_000_000,
        "correction": {
            "labels": ["COMPLAINT", "FEEDBACK"],
            "inquiry": False,
            "category": "cards.fees",
            "severity": 2,
            "polarity": "CRITICISM",
            "known": ["COMPLAINT", "FEEDBACK", "SALES_SIGNAL", "INQUIRY"],
        },
    }


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    """A copy of the shipped avro/ and examples/ that a test may change."""
    for part in ("avro", "examples"):
        shutil.copytree(Path(str(packaged())) / part, tmp_path / part)
    return tmp_path


@pytest.fixture
def add_version(directory: Path) -> Callable[..., None]:
    """Writes the next version of a record into `directory`: the newest one after `change(schema)`."""

    def add(record: str, change: Callable[[Record], object]) -> None:
        folder = directory / "avro" / record
        newest = len(list(folder.iterdir()))
        schema = json.loads((folder / f"v{newest}.avsc").read_text("utf-8"))
        change(schema)
        (folder / f"v{newest + 1}.avsc").write_text(json.dumps(schema, ensure_ascii=False), "utf-8")

    return add


@pytest.fixture(scope="session")
def records_of() -> Callable[[Any], st.SearchStrategy[Any]]:
    """A strategy for the values of a parsed Avro schema."""
    primitives: dict[str, st.SearchStrategy[Any]] = {
        "null": st.none(),
        "boolean": st.booleans(),
        "int": st.integers(-(2**31), 2**31 - 1),
        "long": st.integers(-(2**63), 2**63 - 1),
        "double": st.floats(allow_nan=False),
        "bytes": st.binary(max_size=20),
        "string": st.text(max_size=20),
    }

    def strategy(schema: Any, named: dict[str, st.SearchStrategy[Any]]) -> st.SearchStrategy[Any]:
        if isinstance(schema, list):
            return st.one_of([strategy(branch, named) for branch in schema])
        kind = schema["type"] if isinstance(schema, dict) else schema
        if kind == "array":
            return st.lists(strategy(schema["items"], named), max_size=3)
        if kind == "map":
            return st.dictionaries(st.text(max_size=5), strategy(schema["values"], named), max_size=3)
        if kind == "enum":
            return named.setdefault(schema["name"], st.sampled_from(schema["symbols"]))
        if kind == "record":
            fields = {one["name"]: strategy(one["type"], named) for one in schema["fields"]}
            return named.setdefault(schema["name"], st.fixed_dictionaries(fields))
        return primitives[kind] if kind in primitives else named[kind]

    return lambda schema: strategy(schema, {})


@dataclass
class ConfluentServer:
    """A schema registry on loopback with the two routes of the Confluent API that the bus uses.

    `answer` replaces every reply by (status, body, headers); `user` and `password` are asked for when set; `requests`
    holds method and path of each request.
    """

    url: str = ""
    texts: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    answer: tuple[int, str, dict[str, str]] | None = None
    user: str | None = None
    password: str | None = None

    def reply(self, method: str, path: str, body: bytes, authorization: str | None) -> tuple[int, str, dict[str, str]]:
        self.requests.append(f"{method} {path}")
        if self.answer is not None:
            return self.answer
        token = base64.b64encode(f"{self.user}:{self.password}".encode()).decode()
        if self.user is not None and authorization != f"Basic {token}":
            return 401, json.dumps({"error_code": 40101, "message": "Unauthorized"}), {}
        if method == "POST" and path.startswith("/subjects/") and path.endswith("/versions"):
            text = json.dumps(json.loads(json.loads(body)["schema"]), sort_keys=True)
            if text not in self.texts:
                self.texts.append(text)
            return 200, json.dumps({"id": self.texts.index(text) + 1}), {}
        if method == "GET" and path.startswith("/schemas/ids/"):
            schema_id = int(path.rpartition("/")[2])
            if 1 <= schema_id <= len(self.texts):
                return 200, json.dumps({"schema": self.texts[schema_id - 1]}), {}
            return 404, json.dumps({"error_code": 40403, "message": "Schema not found"}), {}
        return 404, json.dumps({"error_code": 404, "message": "HTTP 404 Not Found"}), {}


@pytest.fixture
def confluent() -> Iterator[ConfluentServer]:
    """A running ConfluentServer."""
    state = ConfluentServer()

    class Handler(BaseHTTPRequestHandler):
        def _serve(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            status, text, headers = state.reply(self.command, self.path, body, self.headers.get("Authorization"))
            raw = text.encode()
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(raw))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(raw)

        do_GET = do_POST = _serve

        def log_message(self, format: str, *args: object) -> None:
            """Test output stays free of access logs."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    state.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield state
    server.shutdown()
    thread.join()
    server.server_close()
