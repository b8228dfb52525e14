"""`vocbus dead-letters` on a real Kafka."""

import hashlib
import json
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from kafka import KafkaAdminClient, TopicPartition

from vocbus.agents.dead_letters import attempt_of
from vocbus.contracts.topics import RAW, SIGNALS
from vocbus.ops.cli import vocbus
from vocbus.ops.topic_reader import TopicReader

pytestmark = pytest.mark.servers

SECRET = b"card 4111 1111 1111 1111"


@pytest.fixture
def letters(bus: Any) -> list[str]:
    """Ids of three dead letters, the oldest first; the third is at its second attempt."""
    ids = [bus.send(RAW, SECRET, key=f"customer {number}") for number in range(3)]
    for number, each in enumerate(ids):
        bus.dead_letter(
            each,
            "UNDECODABLE" if number == 0 else "CLASSIFIER_FAILED",
            key=f"customer {number}".encode(),
            payload=SECRET,
            headers=[{"key": "trace", "value": SECRET}],
            attempt=2 if number == 2 else 1,
            failed_at=1_800_000_000_000 + number,
        )
    return ids


@pytest.fixture
def records(bus: Any) -> Callable[[str], list[Any]]:
    """All records of a topic."""

    def read(topic: str) -> list[Any]:
        with TopicReader(bus.kafka) as reader:
            return list(reader.read(reader.span(topic)))

    return read


def test_the_list_shows_the_newest_first_and_nothing_of_the_payload(bus: Any, letters: list[str]) -> None:
    result = bus.run("dead-letters", "list", "--limit", "2")

    rows = [line.split()[0] for line in result.stdout.splitlines()]
    assert rows == ["id", letters[2], letters[1]]
    assert "2 of 3 dead letters" in result.stderr
    assert SECRET.decode() not in result.output


def test_the_list_takes_reason_and_topic(bus: Any, letters: list[str]) -> None:
    bus.dead_letter(bus.send(SIGNALS, b"x"), "SINK_REFUSED")

    by_reason = json.loads(bus.run("dead-letters", "list", "--reason", "undecodable", "--json").stdout)
    by_topic = json.loads(bus.run("dead-letters", "list", "--topic", SIGNALS, "--json").stdout)

    assert [each["id"] for each in by_reason] == [letters[0]]
    assert [each["reason"] for each in by_topic] == ["SINK_REFUSED"]


def test_show_tells_size_and_hash_of_the_payload_and_never_what_it_holds(bus: Any, letters: list[str]) -> None:
    told = json.loads(bus.run("dead-letters", "show", letters[2], "--json").stdout)
    text = bus.run("dead-letters", "show", letters[2])

    assert told["payload_bytes"] == len(SECRET)
    assert told["payload_sha256"] == hashlib.sha256(SECRET).hexdigest()
    assert told["attempt"] == 2
    assert told["headers"] == [{"key": "trace", "bytes": len(SECRET)}]
    assert SECRET.decode() not in json.dumps(told) + text.output
    assert "customer 2" not in json.dumps(told) + text.output


def test_show_saves_the_payload_to_a_file_of_its_owner_alone_and_never_over_another(
    bus: Any, letters: list[str], tmp_path: Path
) -> None:
    file = tmp_path / "payload"

    first = bus.run("dead-letters", "show", letters[0], "--save", str(file))
    second = bus.run("dead-letters", "show", letters[1], "--save", str(file))

    assert file.read_bytes() == SECRET
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert "personal data" in first.stderr
    assert second.exit_code == 1


def test_an_unknown_id_is_an_error(bus: Any, letters: list[str]) -> None:
    result = bus.run("dead-letters", "show", "interactions-raw-0-999")

    assert result.exit_code == 1
    assert "no dead letter interactions-raw-0-999" in result.stderr


def test_a_replay_is_the_original_event_with_the_next_attempt(
    bus: Any, letters: list[str], records: Callable[[str], list[Any]]
) -> None:
    result = bus.run("dead-letters", "replay", "--id", letters[2], "--limit", "1")

    assert result.exit_code == 0
    (replay,) = [record for record in records(RAW) if record.headers]
    assert (replay.key, replay.value) == (b"customer 2", SECRET)
    assert replay.headers == [
        ("trace", SECRET),
        ("vocbus-attempt", b"3"),
        ("vocbus-replay-of", letters[2].encode()),
    ]
    assert attempt_of(replay.headers) == 3


def test_a_second_run_replays_nothing_again(bus: Any, letters: list[str], records: Callable[[str], list[Any]]) -> None:
    first = bus.run("dead-letters", "replay", "--limit", "2", "--json")
    second = bus.run("dead-letters", "replay", "--limit", "2", "--json")
    third = bus.run("dead-letters", "replay", "--limit", "2", "--json")

    replayed = [[each["id"] for each in json.loads(run.stdout)["replayed"]] for run in (first, second, third)]
    assert replayed == [letters[:2], letters[2:], []]
    assert json.loads(third.stdout)["skipped"] == {"replayed_before": letters}
    assert third.exit_code == 0
    assert len(records(RAW)) == 6


def test_a_replay_that_failed_again_is_a_letter_of_its_own_with_one_more_attempt(
    bus: Any, letters: list[str], records: Callable[[str], list[Any]]
) -> None:
    bus.run("dead-letters", "replay", "--id", letters[0], "--limit", "1")
    (replay,) = [record for record in records(RAW) if record.headers]
    again = f"{RAW}-{replay.partition}-{replay.offset}"
    bus.dead_letter(
        again,
        "UNDECODABLE",
        payload=replay.value,
        key=replay.key,
        headers=[{"key": key, "value": value} for key, value in replay.headers],
        attempt=attempt_of(replay.headers),
        failed_at=1_900_000_000_000,
    )

    result = bus.run("dead-letters", "replay", "--reason", "UNDECODABLE", "--limit", "9", "--json")

    report = json.loads(result.stdout)
    assert [each["id"] for each in report["replayed"]] == [again]
    assert report["chosen"] == [{"id": again, "attempt": 3}]
    assert report["skipped"] == {"replayed_before": [letters[0]]}


def test_a_dry_run_says_what_it_would_do_and_does_nothing(
    bus: Any, letters: list[str], records: Callable[[str], list[Any]]
) -> None:
    result = bus.run("dead-letters", "replay", "--limit", "9", "--dry-run")

    assert result.exit_code == 0
    assert [line for line in result.stdout.splitlines() if line.startswith("would replay")] == [
        f"would replay {letters[0]} (UNDECODABLE, attempt 2)",
        f"would replay {letters[1]} (CLASSIFIER_FAILED, attempt 2)",
        f"would replay {letters[2]} (CLASSIFIER_FAILED, attempt 3)",
    ]
    assert len(records(RAW)) == 3


def test_letters_that_had_their_attempts_and_unknown_ids_are_refused_with_status_1(
    bus: Any, letters: list[str], records: Callable[[str], list[Any]]
) -> None:
    arguments = ["--id", letters[2], "--id", "interactions-raw-9-9", "--limit", "9", "--max-attempts", "2"]

    result = bus.run("dead-letters", "replay", *arguments)

    assert result.exit_code == 1
    assert f"had their attempts (--max-attempts): {letters[2]}" in result.stdout
    assert "not found among the dead letters: interactions-raw-9-9" in result.stdout
    assert len(records(RAW)) == 3


def test_a_letter_whose_earlier_replay_may_be_deleted_is_replayed_only_on_demand(
    bus: Any, records: Callable[[str], list[Any]]
) -> None:
    old = bus.send(RAW, SECRET)
    bus.dead_letter(old, "UNDECODABLE", payload=SECRET, failed_at=1_700_000_000_000)
    admin = KafkaAdminClient(bootstrap_servers=bus.kafka)
    admin.delete_records({TopicPartition(RAW, partition): -1 for partition in range(6)})
    admin.close()

    refused = bus.run("dead-letters", "replay", "--limit", "1")
    demanded = bus.run("dead-letters", "replay", "--limit", "1", "--past-retention")

    assert refused.exit_code == 1
    assert "--past-retention" in refused.stdout
    assert demanded.exit_code == 0
    assert len(records(RAW)) == 1


def test_an_event_with_null_value_and_one_of_four_megabytes_are_replayed(
    bus: Any, records: Callable[[str], list[Any]]
) -> None:
    large = b"x" * 4_000_000
    bus.dead_letter(bus.send(RAW, None), "UNDECODABLE", payload=None, headers=[{"key": "none", "value": None}])
    bus.dead_letter(bus.send(RAW, large), "OVERSIZE", payload=large)
    bus.dead_letter(bus.send(RAW, b"x"), "UNDECODABLE", payload=None, key=None)

    result = bus.run("dead-letters", "replay", "--limit", "9")

    assert result.exit_code == 1
    assert "1 with neither key nor value" in result.stdout
    replays = [record for record in records(RAW) if record.headers]
    assert {record.value for record in replays} == {None, large}
    assert ("none", b"") in next(record for record in replays if record.value is None).headers


def test_messages_that_are_no_dead_letters_are_told_and_passed_over(bus: Any, letters: list[str]) -> None:
    place = bus.send("interactions-raw-dlq", b"garbage")

    result = bus.run("dead-letters", "list")

    assert result.exit_code == 0
    assert f"{place} is no dead letter and is passed over" in result.stderr


@pytest.mark.parametrize("arguments", [["list"], ["show", "a-0-0"], ["replay", "--limit", "1"]])
def test_without_kafka_each_command_ends_with_status_3(closed_port: int, arguments: list[str]) -> None:
    result = CliRunner().invoke(vocbus, ["dead-letters", *arguments, "--kafka", f"127.0.0.1:{closed_port}"])

    assert result.exit_code == 3
    assert "Kafka does not answer" in result.stderr
