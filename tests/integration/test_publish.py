"""Publisher and `vocbus publish` on a real Kafka."""

import functools
import itertools
import json
import os
import random
import threading
import uuid
from collections import defaultdict
from collections.abc import Callable, Iterator
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from kafka import KafkaConsumer, TopicPartition
from kafka.admin import KafkaAdminClient
from kafka.partitioner import murmur2

from vocbus.channels.canonical import interaction
from vocbus.channels.publisher import Delivery, Publisher, PublishError, TopicMissing
from vocbus.contracts.codec import Codec
from vocbus.contracts.errors import Rejected, RejectReason, Retryable
from vocbus.contracts.models import Interaction
from vocbus.contracts.registry import LockFileRegistry
from vocbus.contracts.topics import RAW, catalogue
from vocbus.ops.cli import vocbus
from vocbus.ops.embedded import servers as embedded

pytestmark = pytest.mark.servers

CODEC = Codec(LockFileRegistry())
SAMPLES = Path(str(resources.files("vocbus.ops") / "samples"))
MOST_BYTES = catalogue()[RAW].max_message_bytes
#: A topic of the catalogue that is made to take little here.
SMALL = "dept-sales"

Make = Callable[..., Interaction]


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Data folder of a Kafka with two topics, which tests may kill."""
    data = tmp_path_factory.mktemp("publish")
    embedded.start(data, only=("kafka",), tied=True, quick=True, kafka_heap_mb=256)
    admin = KafkaAdminClient(bootstrap_servers=running(data))
    for name, most in ((RAW, MOST_BYTES), (SMALL, 2000)):
        configs = {"max.message.bytes": str(most)}
        admin.create_topics({name: {"num_partitions": 6, "replication_factor": 1, "configs": configs}})
    admin.wait_for_topics([RAW, SMALL], timeout_ms=30_000)
    admin.close()
    yield data
    embedded.stop(data)


@pytest.fixture
def kafka(data: Path) -> str:
    """Its address; it is up, whatever the test before did to it."""
    status = embedded.status(data)
    if status is None or status.kafka is None:
        embedded.start_server(data, "kafka")
    return running(data)


def running(data: Path) -> str:
    status = embedded.status(data)
    assert status is not None
    assert status.kafka is not None
    return status.kafka


@pytest.fixture
def make() -> Make:
    """Builder of interactions whose ids and customers are this test's own."""
    prefix = uuid.uuid4().hex

    def contact(number: int, customers: int = 50) -> Interaction:
        return interaction(
            {
                "interaction_id": f"{prefix}-{number}",
                "tenant": "bank",
                "channel": "CHAT",
                "direction": "INBOUND",
                "customer_ref": f"客户-{prefix}-{number % customers}",
                "started_at": 1_793_600_000_000 + number,
                "turns": [{"speaker": "CUSTOMER", "text": "I was charged twice"}],
                "source": {"system": "test"},
            }
        )

    return contact


def events(kafka: str, topic: str = RAW) -> list[Any]:
    """All messages of a topic, each partition in order."""
    consumer = KafkaConsumer(bootstrap_servers=kafka, enable_auto_commit=False, auto_offset_reset="earliest")
    try:
        partitions = [TopicPartition(topic, number) for number in sorted(consumer.partitions_for_topic(topic))]
        consumer.assign(partitions)
        ends = consumer.end_offsets(partitions)
        found: list[Any] = []
        while any(consumer.position(partition) < ends[partition] for partition in partitions):
            for batch in consumer.poll(timeout_ms=1000).values():
                found += batch
        return found
    finally:
        consumer.close()


def arrived(kafka: str, like: Interaction) -> list[tuple[Any, dict[str, Any]]]:
    """Events and records of the test that made `like`."""
    prefix = like.interaction_id.partition("-")[0]
    own = [event for event in events(kafka) if prefix.encode() in (event.key or b"")]
    return [(event, CODEC.decode(event.value, "interaction")) for event in own]


def numbers(kafka: str, like: Interaction) -> list[int]:
    """Their numbers in the order of arrival, by partition."""
    return [int(record["interaction_id"].partition("-")[2]) for _, record in arrived(kafka, like)]


def write(path: Path, *interactions: Interaction | str) -> str:
    texts = [one if isinstance(one, str) else one.model_dump_json() for one in interactions]
    path.write_text("".join(f"{text}\n" for text in texts), "utf-8")
    return str(path)


def run(*arguments: str, stdin: bytes | None = None) -> Result:
    return CliRunner().invoke(vocbus, arguments, input=stdin, catch_exceptions=False)


# The publisher


def test_everything_arrives_once_in_the_order_of_its_customer_where_murmur2_puts_it(kafka: str, make: Make) -> None:
    published = [make(number) for number in range(3000)]
    with Publisher(kafka, CODEC) as publisher:
        for one in published:
            publisher.publish(one)
    assert publisher.acknowledged == 3000
    by_customer = defaultdict(list)
    for event, record in arrived(kafka, published[0]):
        assert event.partition == (murmur2(event.key) & 0x7FFFFFFF) % 6
        by_customer[event.key.decode()].append(record)
    expected = defaultdict(list)
    for one in published:
        expected[one.customer_ref].append(CODEC.decode(CODEC.encode(RAW, one.to_record()), "interaction"))
    assert by_customer == expected


def test_a_delivery_tells_where_its_event_is(kafka: str, make: Make) -> None:
    heard: list[Delivery] = []
    with Publisher(kafka, CODEC, linger=5.0) as publisher:
        delivery = publisher.publish(make(1), heard.append)
        assert not delivery.done
        publisher.flush()
        assert heard == [delivery]
        position = delivery.result(0)
    ((event, _),) = arrived(kafka, make(1))
    assert position == (RAW, event.partition, event.offset)


def test_bytes_are_published_as_they_stand(kafka: str) -> None:
    key = uuid.uuid4().bytes
    with Publisher(kafka, CODEC) as publisher:
        publisher.publish_bytes(key, b"\x00poison")
        publisher.publish_bytes(key, None)
    assert [event.value for event in events(kafka) if event.key == key] == [b"\x00poison", None]


def test_an_event_as_large_as_the_topic_takes_passes_and_a_larger_one_stops_only_itself(kafka: str, make: Make) -> None:
    noise = random.Random(1).randbytes(MOST_BYTES)
    with Publisher(kafka, CODEC) as publisher:
        publisher.publish_bytes(b"k", noise[: MOST_BYTES - 200])
        with pytest.raises(Rejected) as caught:
            publisher.publish_bytes(b"k", noise)
        publisher.publish(make(1))
    assert caught.value.reason is RejectReason.OVERSIZE
    assert publisher.acknowledged == 2


def test_a_topic_that_takes_less_than_the_catalogue_says_stops_the_publisher(kafka: str) -> None:
    publisher = Publisher(kafka, CODEC, topic=SMALL)
    delivery = publisher.publish_bytes(b"k", random.Random(1).randbytes(50_000))
    with pytest.raises(PublishError, match="smaller events than the catalogue"):
        publisher.flush()
    with pytest.raises(PublishError):
        delivery.result()
    with pytest.raises(PublishError):
        publisher.publish_bytes(b"k", b"small")
    publisher.close()
    assert publisher.acknowledged == 0


def test_memory_is_bounded_by_what_kafka_acknowledges(kafka: str, make: Make) -> None:
    with Publisher(kafka, CODEC, buffer_bytes=20_000) as publisher:
        for number in range(500):
            publisher.publish(make(number))
            # An interaction counts for at least 512 bytes.
            assert (number + 1 - publisher.acknowledged) * 512 <= 20_000
    assert sorted(numbers(kafka, make(0))) == list(range(500))


def test_threads_share_a_publisher(kafka: str, make: Make) -> None:
    def publish(publisher: Publisher, start: int) -> None:
        for number in range(start, start + 250):
            publisher.publish(make(number))

    with Publisher(kafka, CODEC) as publisher:
        threads = [threading.Thread(target=publish, args=(publisher, start)) for start in range(0, 1000, 250)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert sorted(numbers(kafka, make(0))) == list(range(1000))


def test_an_exception_in_the_block_still_delivers_what_was_handed_over(kafka: str, make: Make) -> None:
    def fail_after(one: Interaction) -> None:
        with Publisher(kafka, CODEC, linger=1.0) as publisher:
            publisher.publish(one)
            raise KeyError

    with pytest.raises(KeyError):
        fail_after(make(1))
    assert numbers(kafka, make(1)) == [1]


# Kafka at fault


def test_a_missing_topic_is_told_at_once(kafka: str) -> None:
    with pytest.raises(TopicMissing, match="dept-risk"):
        Publisher(kafka, CODEC, topic="dept-risk")


def test_a_kafka_killed_before_the_first_event_is_told_within_the_time(data: Path, kafka: str, make: Make) -> None:
    publisher = Publisher(kafka, CODEC, delivery_timeout=2)
    embedded.kill_server(data, "kafka")
    publisher.publish(make(1))
    with pytest.raises(Retryable):
        publisher.flush()
    publisher.close()
    assert publisher.acknowledged == 0


def test_a_kafka_killed_on_the_way_is_told_and_what_it_acknowledged_is_there(
    data: Path, kafka: str, make: Make
) -> None:
    acknowledged: list[int] = []
    publisher = Publisher(kafka, CODEC, delivery_timeout=3, buffer_bytes=200_000)

    def note(number: int, delivery: Delivery) -> None:
        if delivery.error is None:
            acknowledged.append(number)

    def publish_without_end() -> None:
        for number in itertools.count():
            publisher.publish(make(number), functools.partial(note, number))
            if number == 2000:
                embedded.kill_server(data, "kafka")

    with pytest.raises((Retryable, PublishError)):
        publish_without_end()
    with pytest.raises((Retryable, PublishError)):
        publisher.publish(make(0))
    publisher.close()
    assert publisher.acknowledged == len(acknowledged) > 0

    embedded.start_server(data, "kafka")
    assert set(acknowledged) <= set(numbers(kafka, make(0)))


def test_a_kafka_that_comes_back_in_time_gets_everything_once_and_in_order(data: Path, kafka: str, make: Make) -> None:
    with Publisher(kafka, CODEC, delivery_timeout=120) as publisher:
        for number in range(2000):
            publisher.publish(make(number, customers=1))
            if number == 1000:
                embedded.kill_server(data, "kafka")
                embedded.start_server(data, "kafka")
    assert numbers(kafka, make(0)) == list(range(2000))


# The command


def test_the_sample_interactions_and_mails_are_published(kafka: str) -> None:
    mails = sorted((SAMPLES / "mail").glob("*.eml"))
    result = run("publish", str(SAMPLES / "interactions.jsonl"), *map(str, mails), "--kafka", kafka)
    lines = (SAMPLES / "interactions.jsonl").read_text("utf-8").splitlines()
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.split()[:2] == ["published", str(len(lines) + len(mails))]
    keys = {event.key for event in events(kafka)}
    assert {json.loads(line)["customer_ref"].encode() for line in lines} <= keys
    assert b"shan.zy@example.cn" in keys


def test_bad_lines_are_told_and_the_rest_is_published(kafka: str, make: Make, tmp_path: Path) -> None:
    path = write(tmp_path / "x.jsonl", make(1, 1), "no json", "", '{"interaction_id": "6222021234567890"}', make(2, 1))
    result = run("publish", path, "--kafka", kafka)
    assert result.exit_code == 2
    assert f"{path}:2: UNDECODABLE: no JSON: fault at column 1" in result.stderr
    assert f"{path}:4: CONTRACT_VIOLATION: tenant: field required" in result.stderr
    assert "6222021234567890" not in result.output
    assert numbers(kafka, make(1)) == [1, 2]


def test_the_json_summary_has_each_rejection(kafka: str, make: Make, tmp_path: Path) -> None:
    (tmp_path / "bounce.eml").write_bytes(b"From: MAILER-DAEMON@example.com\r\n\r\nreturned\r\n")
    (tmp_path / "notes.txt").write_text("not taken")
    path = write(tmp_path / "x.jsonl", make(1), "[]")
    result = run("publish", "--json", str(tmp_path), "--kafka", kafka)
    summary = json.loads(result.stdout)
    assert result.exit_code == 2
    assert summary["published"] == 1
    assert summary["seconds"] > 0
    assert summary["rejected"] == [
        {
            "file": str(tmp_path / "bounce.eml"),
            "line": None,
            "reason": "CONTRACT_VIOLATION",
            "detail": "mail: bounce, not written by a customer",
        },
        {"file": path, "line": 2, "reason": "CONTRACT_VIOLATION", "detail": "must be a JSON object"},
    ]
    assert "1 files with other endings are passed over" in result.stderr


def test_standard_input_is_read_as_lines(kafka: str, make: Make) -> None:
    result = run("publish", "-", "--kafka", kafka, stdin=make(1).model_dump_json().encode() + b"\nbad\n")
    assert result.exit_code == 2
    assert "-:2: UNDECODABLE" in result.stderr
    assert numbers(kafka, make(1)) == [1]


def test_mails_have_the_tenant_that_is_asked_for(kafka: str, make: Make, tmp_path: Path) -> None:
    sender = f"{make(1).interaction_id}@example.com"
    (tmp_path / "x.eml").write_text(f"From: {sender}\nSubject: fee\n\nwords\n")
    assert run("publish", str(tmp_path), "--tenant", "example-bank", "--kafka", kafka).exit_code == 0
    ((event, record),) = arrived(kafka, make(1))
    assert (record["tenant"], event.key.decode()) == ("example-bank", sender)


def test_kafka_away_ends_the_command_with_the_way_out(closed_port: int, make: Make, tmp_path: Path) -> None:
    path = write(tmp_path / "x.jsonl", make(1))
    result = run("publish", path, "--kafka", f"127.0.0.1:{closed_port}", "--timeout", "1", "--json")
    assert result.exit_code == 1
    assert json.loads(result.stdout)["published"] == 0
    assert f"Kafka at 127.0.0.1:{closed_port} does not answer" in result.stderr
    assert "Nothing was published" in result.stderr


def test_kafka_lost_on_the_way_ends_the_command_with_what_was_acknowledged(
    data: Path, kafka: str, make: Make, tmp_path: Path
) -> None:
    fifo = tmp_path / "endless.jsonl"
    os.mkfifo(fifo)

    def feed() -> None:
        with fifo.open("wb", buffering=0) as stream:
            for number in range(5000):
                stream.write(make(number).model_dump_json().encode() + b"\n")
            embedded.kill_server(data, "kafka")
            stream.write(make(5000).model_dump_json().encode() + b"\n")

    feeder = threading.Thread(target=feed)
    feeder.start()
    result = run("publish", str(fifo), "--kafka", kafka, "--timeout", "2", "--json")
    feeder.join()
    assert result.exit_code == 1
    published = json.loads(result.stdout)["published"]
    assert 0 < published <= 5000
    assert f"acknowledged {published:,}" in result.stderr
    embedded.start_server(data, "kafka")
    assert len(set(numbers(kafka, make(0)))) >= published


def test_a_cluster_without_topics_is_told_how_to_get_them(kafka: str, make: Make, tmp_path: Path) -> None:
    admin = KafkaAdminClient(bootstrap_servers=kafka)
    admin.delete_topics([RAW])
    admin.close()
    result = run("publish", write(tmp_path / "x.jsonl", make(1)), "--kafka", kafka)
    assert result.exit_code == 1
    assert f"`vocbus topics apply --kafka {kafka}`" in result.stderr


def test_a_file_of_another_kind_is_refused_before_anything_is_published(
    closed_port: int, make: Make, tmp_path: Path
) -> None:
    good = write(tmp_path / "x.jsonl", make(1))
    (tmp_path / "notes.txt").write_text("x")
    result = run("publish", good, str(tmp_path / "notes.txt"), "--kafka", f"127.0.0.1:{closed_port}")
    assert result.exit_code == 1
    assert "ends in none of .eml, .json, .jsonl, .ndjson" in result.stderr
