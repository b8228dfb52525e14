"""A clean bus on the session's servers, with workers as real processes."""

import json
import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from importlib import resources
from pathlib import Path
from typing import Any

import psutil
import pytest
from elasticsearch import Elasticsearch
from elasticsearch.helpers import scan
from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import KafkaAdminClient

from vocbus.contracts.codec import Codec
from vocbus.contracts.models import Signal
from vocbus.contracts.registry import LockFileRegistry
from vocbus.contracts.topics import RAW, catalogue

VOCBUS = [sys.executable, "-m", "vocbus.ops.cli"]
CODEC = Codec(LockFileRegistry())


def wait_until(condition: Callable[[], Any], *, seconds: float = 60, what: str = "condition") -> Any:
    """Poll until the condition holds and return its value; fail after `seconds`."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if value := condition():
            return value
        time.sleep(0.05)
    return pytest.fail(f"{what} did not come true in {seconds} s")


def interaction(number: int, text: str = "I was charged twice and nobody answers. Refund me.", **fields: Any) -> Any:
    """A raw record; numbers share 50 customers."""
    return {
        "interaction_id": f"i-{number}",
        "tenant": "test-bank",
        "channel": "CHAT",
        "direction": "INBOUND",
        "customer_ref": f"C-{number % 50}",
        "started_at": 1_793_600_000_000 + number * 1000,
        "turns": [{"speaker": "CUSTOMER", "text": text}],
        "source": {"system": "test"},
        **fields,
    }


@dataclass
class Bus:
    """The servers with topics and indices of their own, and ways to feed, run and check them."""

    servers: Any
    folder: Path
    environment: dict[str, str]
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def run(self, *arguments: str, timeout: float = 120) -> subprocess.CompletedProcess[str]:
        """Run a vocbus command to its end."""
        return subprocess.run(
            [*VOCBUS, *arguments], env=self.environment, capture_output=True, text=True, timeout=timeout, check=False
        )

    def start(self, *command: str, **environment: str) -> subprocess.Popen[bytes]:
        """Start a vocbus command (or, with a first word ending in .py, a script) that runs on; its output is kept."""
        words = [sys.executable, *command] if command[0].endswith(".py") else [*VOCBUS, *command]
        with open(self.folder / "workers.log", "ab") as log:
            process = subprocess.Popen(words, env={**self.environment, **environment}, stdout=log, stderr=log)
        self.processes.append(process)
        return process

    def logs(self) -> str:
        return (self.folder / "workers.log").read_text(errors="replace")

    def publish(self, records: Sequence[dict[str, Any]]) -> None:
        """Put records on the raw topic as a channel would, and wait until Kafka has them."""
        encode = CODEC.encoder(RAW)
        self.publish_bytes([(record["customer_ref"].encode(), encode(record)) for record in records])

    def publish_bytes(
        self,
        events: Sequence[tuple[bytes | None, bytes | None]],
        topic: str = RAW,
        compression: str | None = None,
    ) -> None:
        with KafkaProducer(
            bootstrap_servers=self.servers.kafka,
            linger_ms=20,
            max_request_size=20_000_000,
            delivery_timeout_ms=120_000,
            compression_type=compression,
        ) as producer:
            futures = [producer.send(topic, value, key=key) for key, value in events]
            for future in futures:
                future.get(120)

    def verify(self, wait: float = 90) -> dict[str, Any]:
        """The conservation report once nothing is in flight."""
        done = self.run("verify", "--json", "--wait", str(int(wait)), timeout=wait + 60)
        assert done.stdout, done.stderr
        report: dict[str, Any] = json.loads(done.stdout)
        assert (done.returncode == 0) == report["clean"], done.stderr
        return report

    def assert_clean(self, wait: float = 90) -> dict[str, Any]:
        report = self.verify(wait)
        assert report["clean"], (report, self.logs()[-5000:])
        return report

    def documents(self, record: str) -> int:
        """Number of documents that are searchable now."""
        with Elasticsearch(self.servers.elasticsearch) as client:
            index = f"vocbus-{record}-*"
            client.indices.refresh(index=index)
            return int(client.count(index=index)["count"])

    def encode(self, topic: str, record: dict[str, Any]) -> bytes:
        return CODEC.encode(topic, record)

    def any_signal(self) -> bytes:
        """A valid event of another record than the raw topic's."""
        example = next((resources.files("vocbus.contracts") / "examples" / "signal" / "valid").iterdir())
        twin = Signal.model_validate_json(example.read_text("utf-8"))
        return CODEC.encode("signals", twin.to_record())

    def end_offset(self, topic: str) -> int:
        """Number of records ever written to a topic."""
        return sum(self.consumer.end_offsets(self._partitions(topic)).values())

    @cached_property
    def consumer(self) -> KafkaConsumer:
        return KafkaConsumer(bootstrap_servers=self.servers.kafka, enable_auto_commit=False)

    def _partitions(self, topic: str) -> list[TopicPartition]:
        return [TopicPartition(topic, partition) for partition in range(catalogue()[topic].partitions)]

    def wait_indexed(self) -> None:
        """Wait until the index group has committed all of its topics."""

        def lag() -> int:
            with_offsets = KafkaAdminClient(bootstrap_servers=self.servers.kafka)
            committed = with_offsets.list_group_offsets({"vocbus-index": None})["vocbus-index"]
            with_offsets.close()
            done = sum(max(0, offset.offset) for offset in committed.values())
            return sum(map(self.end_offset, ("interactions", "signals", "outcomes"))) - done

        wait_until(lambda: self.end_offset("interactions") and lag() == 0, what="all indexed")

    def downstream(self) -> list[bytes]:
        """Every value and key of the topics without personal data, and every document."""
        topics = [topic.name for topic in catalogue() if not topic.personal_data]
        partitions = [each for topic in topics for each in self._partitions(topic)]
        self.consumer.assign(partitions)
        self.consumer.seek_to_beginning()
        left = sum(self.consumer.end_offsets(partitions).values())
        found = []
        while left > 0:
            for records in self.consumer.poll(1000).values():
                left -= len(records)
                found += [(record.key or b"") + (record.value or b"") for record in records]
        with Elasticsearch(self.servers.elasticsearch) as client:
            client.indices.refresh(index="vocbus-*")
            hits = scan(client, index="vocbus-*")
            return found + [json.dumps(hit, ensure_ascii=False).encode() for hit in hits]

    def children(self, process: subprocess.Popen[bytes]) -> list[psutil.Process]:
        """Living child processes."""
        return [child for child in psutil.Process(process.pid).children() if child.status() != psutil.STATUS_ZOMBIE]

    def exit_of(self, process: subprocess.Popen[bytes], seconds: float) -> int:
        """Exit status. Raises TimeoutError when the process still runs after `seconds`."""
        try:
            return process.wait(seconds)
        except subprocess.TimeoutExpired:
            raise TimeoutError from None

    def stop(self, process: subprocess.Popen[bytes], seconds: float = 10) -> int:
        """SIGTERM, and the exit status, which must come within `seconds`."""
        process.send_signal(signal.SIGTERM)
        return process.wait(seconds)


def _clean(servers: Any) -> None:
    """Remove what earlier tests left: topics, groups, indices."""
    admin = KafkaAdminClient(bootstrap_servers=servers.kafka)
    ours = {topic.name for topic in catalogue()}
    if there := ours & set(admin.list_topics()):
        admin.delete_topics(sorted(there))
    wait_until(lambda: not ours & set(admin.list_topics()), what="topics deleted")
    groups = [group["group_id"] for group in admin.list_groups() if group["group_id"].startswith("vocbus-")]
    if groups:
        admin.delete_groups(groups)
    admin.close()
    with Elasticsearch(servers.elasticsearch) as client:
        indices = list(client.indices.get(index="vocbus-*", ignore_unavailable=True, allow_no_indices=True))
        if indices:
            client.indices.delete(index=indices)


@pytest.fixture
def make_interaction() -> Callable[..., dict[str, Any]]:
    return interaction


@pytest.fixture
def until() -> Callable[..., Any]:
    return wait_until


@pytest.fixture
def bus(servers: Any, tmp_path: Path) -> Iterator[Bus]:
    _clean(servers)
    environment = {
        **os.environ,
        "VOCBUS_KAFKA": servers.kafka,
        "VOCBUS_ELASTICSEARCH": servers.elasticsearch,
        "VOCBUS_TOKEN_KEY": uuid.uuid4().hex,
        "VOCBUS_SESSION_TIMEOUT": "6",
    }
    bus = Bus(servers, tmp_path, environment)
    for command in ("topics", "indices"):
        done = bus.run(command, "apply")
        assert done.returncode == 0, done.stderr
    yield bus
    bus.consumer.close()
    for process in bus.processes:
        if process.poll() is None:
            process.terminate()
    for process in bus.processes:
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
