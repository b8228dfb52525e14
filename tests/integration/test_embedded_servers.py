"""The embedded servers as a person and a supervisor meet them: real processes, signals and crashes.

Every command runs without Java, Maven or a network: an empty PATH, and a Maven mirror that refuses.
"""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import psutil
import pytest
from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer
from kafka.admin import NewTopic

from vocbus.ops.embedded import servers
from vocbus.ops.embedded.errors import StartFailed

pytestmark = [pytest.mark.servers, pytest.mark.timeout(120)]

VOCBUS = [sys.executable, "-m", "vocbus.ops.cli"]
FREE_PORTS = ["--kafka-port", "0", "--elasticsearch-port", "0"]
TOPIC = "kept"


def environ() -> dict[str, str]:
    own = {name: value for name, value in os.environ.items() if not name.startswith("VOCBUS_")}
    cache = {name: value for name, value in os.environ.items() if name == "VOCBUS_CACHE"}
    return own | cache | {"PATH": "/nonexistent", "VOCBUS_MAVEN_REPOSITORY": "http://127.0.0.1:9/"}


def vocbus(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*VOCBUS, *arguments], env=environ(), capture_output=True, text=True, timeout=60, check=False)


def eventually(holds: Callable[[], bool], what: str, seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, f"not within {seconds} s: {what}"
        time.sleep(0.05)


def gone(pids: dict[str, int]) -> bool:
    return not any(psutil.pid_exists(pid) and psutil.Process(pid).status() != "zombie" for pid in pids.values())


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A data folder whose servers run at the start of every test; tests may stop and kill them."""
    folder = tmp_path_factory.mktemp("embedded")
    servers.start(folder, quick=True, tied=True)
    yield folder
    servers.stop(folder)


@pytest.fixture
def both(data: Path) -> servers.Servers:
    return servers.start(data, quick=True, tied=True)


@pytest.fixture
def foreground(tmp_path: Path) -> Iterator[tuple["subprocess.Popen[str]", servers.Servers]]:
    """`vocbus up` in the foreground with both servers up."""
    process = subprocess.Popen(
        [*VOCBUS, "up", "--quick", "--data", str(tmp_path / "data"), *FREE_PORTS, "--json"],
        env=environ(),
        stdout=subprocess.PIPE,
        stderr=(tmp_path / "stderr").open("w"),
        text=True,
    )
    try:
        assert process.stdout is not None
        shown = process.stdout.readline()
        assert shown, (tmp_path / "stderr").read_text()
        running = servers.status(tmp_path / "data")
        assert running is not None
        assert json.loads(shown) == {
            "kafka": running.kafka,
            "elasticsearch": running.elasticsearch,
            "data": str(tmp_path / "data"),
        }
        yield process, running
    finally:
        process.kill()
        process.communicate()
        servers.stop(tmp_path / "data")


def write_event(kafka: str, value: bytes) -> None:
    admin = KafkaAdminClient(bootstrap_servers=kafka)
    if TOPIC not in admin.list_topics():
        admin.create_topics([NewTopic(name=TOPIC, num_partitions=1, replication_factor=1)])
    admin.close()
    producer = KafkaProducer(bootstrap_servers=kafka, acks="all", max_request_size=4_000_000)
    producer.send(TOPIC, value).get(timeout=30)
    producer.close()


def has_event(kafka: str, value: bytes) -> bool:
    consumer = KafkaConsumer(
        TOPIC, bootstrap_servers=kafka, auto_offset_reset="earliest", group_id=None, consumer_timeout_ms=20_000
    )
    found = any(record.value == value for record in consumer)
    consumer.close()
    return found


def write_document(url: str, name: str) -> None:
    httpx.put(f"{url}/kept/_doc/{name}", json={"name": name}, trust_env=False).raise_for_status()


def read_document(url: str, name: str) -> dict[str, str]:
    return httpx.get(f"{url}/kept/_doc/{name}", trust_env=False).raise_for_status().json()["_source"]


def test_status_shows_both_as_json_and_as_text(data: Path, both: servers.Servers) -> None:
    shown = vocbus("status", "--data", str(data), "--json")
    assert (shown.returncode, json.loads(shown.stdout)) == (
        0,
        {"kafka": both.kafka, "elasticsearch": both.elasticsearch, "data": str(data)},
    )
    text = vocbus("status", "--data", str(data))
    assert text.returncode == 0
    assert both.kafka in text.stdout
    assert both.elasticsearch in text.stdout


def test_status_of_own_servers_needs_no_data_folder(both: servers.Servers, tmp_path: Path) -> None:
    own = ["--kafka", both.kafka, "--elasticsearch", both.elasticsearch]
    shown = vocbus("status", "--data", str(tmp_path / "none"), *own, "--json")
    assert shown.returncode == 0
    assert json.loads(shown.stdout)["kafka"] == both.kafka


def test_status_of_an_empty_folder_is_null_and_1(tmp_path: Path) -> None:
    shown = vocbus("status", "--data", str(tmp_path), "--json")
    assert shown.returncode == 1
    assert json.loads(shown.stdout) == {"kafka": None, "elasticsearch": None, "data": str(tmp_path)}
    assert "vocbus up" in shown.stderr


def test_a_second_up_reports_what_runs_and_starts_nothing(data: Path, both: servers.Servers) -> None:
    again = vocbus("up", "--data", str(data))
    assert again.returncode == 0
    assert both.kafka in again.stdout
    assert both.elasticsearch in again.stdout
    assert "run already" in again.stderr
    assert servers.status(data) == both


def test_data_and_ports_stay_over_stop_and_start(data: Path, both: servers.Servers) -> None:
    big = b"x" * 2_100_000
    write_event(both.kafka, big)
    write_document(both.elasticsearch, "stopped")
    stopped = vocbus("down", "--data", str(data))
    assert (stopped.returncode, gone(both.pids)) == (0, True)
    assert "Kafka" in stopped.stdout
    again = servers.start(data, quick=True, tied=True)
    assert (again.kafka, again.elasticsearch) == (both.kafka, both.elasticsearch)
    assert again.pids.keys() == both.pids.keys()
    assert not set(again.pids.values()) & set(both.pids.values())
    assert has_event(again.kafka, big)
    assert read_document(again.elasticsearch, "stopped") == {"name": "stopped"}


@pytest.mark.parametrize("name", ["kafka", "elasticsearch"])
def test_acknowledged_data_survives_kill_9_of_one_server(data: Path, both: servers.Servers, name: str) -> None:
    write_event(both.kafka, name.encode())
    write_document(both.elasticsearch, name)
    servers.kill_server(data, name)
    left = servers.status(data)
    assert left is not None
    assert left.pids.keys() == both.pids.keys() - {name}
    assert vocbus("status", "--data", str(data)).returncode == 1
    again = servers.start_server(data, name)
    assert (again.kafka, again.elasticsearch) == (both.kafka, both.elasticsearch)
    assert has_event(again.kafka, name.encode())
    assert read_document(again.elasticsearch, name) == {"name": name}


@pytest.mark.parametrize("option", ["--kafka-port", "--elasticsearch-port"])
def test_a_taken_port_is_told_and_nothing_stays(tmp_path: Path, option: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = str(listener.getsockname()[1])
        told = vocbus("up", "--data", str(tmp_path / "data"), *FREE_PORTS, option, port)
    assert told.returncode == 1
    assert port in told.stderr
    assert f"{option} 0" in told.stderr
    assert servers.status(tmp_path / "data") is None


def test_a_server_that_cannot_start_takes_the_other_down_and_tells_why(tmp_path: Path) -> None:
    (tmp_path / "elasticsearch").mkdir()
    (tmp_path / "elasticsearch" / "data").write_text("a file where a folder belongs")
    pids: dict[str, int] = {}

    def watch(_line: str) -> None:
        running = servers.status(tmp_path)
        pids.update(running.pids if running else {})

    with pytest.raises(StartFailed) as caught:
        servers.start(tmp_path, quick=True, tied=True, progress=watch)
    assert pids.keys() == {"kafka", "elasticsearch"}
    assert gone(pids)
    assert servers.status(tmp_path) is None
    assert "Elasticsearch ended while it started" in str(caught.value)
    assert "elasticsearch/data" in str(caught.value)
    assert str(tmp_path / "logs" / "elasticsearch.log") in str(caught.value)


def test_ctrl_c_in_the_foreground_ends_both(
    foreground: tuple["subprocess.Popen[str]", servers.Servers], tmp_path: Path
) -> None:
    process, running = foreground
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=30) == 0
    assert gone(running.pids)
    assert "the data stays" in (tmp_path / "stderr").read_text()


def test_kill_9_of_the_foreground_leaves_no_orphan(
    foreground: tuple["subprocess.Popen[str]", servers.Servers],
) -> None:
    process, running = foreground
    process.kill()
    eventually(lambda: gone(running.pids), "both servers gone")


def test_a_crash_of_one_ends_the_foreground_with_an_error(
    foreground: tuple["subprocess.Popen[str]", servers.Servers], tmp_path: Path
) -> None:
    process, running = foreground
    os.kill(running.pids["elasticsearch"], signal.SIGKILL)
    assert process.wait(timeout=30) == 1
    assert gone(running.pids)
    assert "Elasticsearch ended unexpectedly" in (tmp_path / "stderr").read_text()


def test_an_interrupted_start_leaves_nothing(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [*VOCBUS, "up", "--detach", "--data", str(tmp_path / "data"), *FREE_PORTS],
        env=environ(),
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        eventually(lambda: len(getattr(servers.status(tmp_path / "data"), "pids", ())) == 2, "both processes")
        running = servers.status(tmp_path / "data")
        assert running is not None
        process.send_signal(signal.SIGTERM)
        _, told = process.communicate(timeout=40)
        assert process.returncode == 130
        assert "nothing was left running" in told
        assert gone(running.pids)
    finally:
        process.kill()
        process.communicate()
        servers.stop(tmp_path / "data")
