"""`vocbus correct` and `vocbus corrections export` on real servers, with what agents would have stored."""

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from kafka import KafkaAdminClient

from vocbus.contracts.models import SignalKind
from vocbus.contracts.topics import OUTCOMES
from vocbus.departments.outcomes import OutcomePublisher, Subject, TopicMissing
from vocbus.ops.topic_reader import TopicReader

pytestmark = pytest.mark.servers

Make = Callable[..., dict[str, Any]]


@pytest.fixture
def full(bus: Any, make_classified: Make) -> Any:
    """Three interactions in Elasticsearch."""
    assert bus.run("indices", "apply").exit_code == 0
    for name in ("one", "two", "three"):
        bus.store("classified_interaction", make_classified(name, []))
    return bus


def published(bus: Any) -> list[tuple[str, dict[str, Any]]]:
    """Key and record of each outcome in Kafka."""
    with TopicReader(bus.kafka) as reader:
        records = list(reader.read(reader.span(OUTCOMES)))
    return [(record.key.decode(), bus.codec.decode(record.value, "outcome")) for record in records]


def exported(bus: Any, *arguments: str) -> list[dict[str, Any]]:
    result = bus.run("corrections", "export", *arguments)
    assert result.exit_code == 0, result.stderr
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_a_correction_is_published_under_the_token_and_tenant_of_its_interaction(full: Any) -> None:
    result = full.run(
        *("correct", "two", "--labels", "complaint,sales_signal", "--severity", "3", "--category", "cards.fees"),
        *("--no-inquiry", "--by", "A-7", "--department", "complaints", "--json"),
    )

    assert result.exit_code == 0, result.stderr
    ((key, outcome),) = published(full)
    assert json.loads(result.stdout) == outcome
    assert key == outcome["customer_token"] == "k1.two"
    assert (outcome["tenant"], outcome["department"], outcome["actor_ref"]) == ("bank", "complaints", "A-7")
    assert outcome["correction"] == {
        "labels": ["COMPLAINT", "SALES_SIGNAL"],
        "inquiry": False,
        "category": "cards.fees",
        "severity": 3,
        "polarity": None,
        "known": ["COMPLAINT", "FEEDBACK", "SALES_SIGNAL", "INQUIRY"],
    }


def test_a_person_reads_what_was_corrected(full: Any) -> None:
    result = full.run("correct", "two", "--labels", "none", "--known", "COMPLAINT", "--by", "A-7")

    assert result.stdout.startswith("two corrected to no signal (judged: COMPLAINT), outcome ")


def test_an_interaction_that_is_not_known_is_answered_with_the_way_out(full: Any) -> None:
    result = full.run("correct", "nobody", "--labels", "COMPLAINT", "--by", "A-7")

    assert result.exit_code == 1
    assert "Elasticsearch has no interaction nobody" in result.stderr
    assert "`vocbus verify`" in result.stderr
    assert published(full) == []


def test_what_does_not_fit_together_is_answered_with_the_rule(full: Any) -> None:
    result = full.run("correct", "two", "--labels", "FEEDBACK", "--severity", "3", "--by", "A-7")

    assert result.exit_code == 2
    assert "severity belongs to the label COMPLAINT" in result.stderr
    assert published(full) == []


def test_without_a_topic_of_outcomes_the_way_out_is_told(full: Any, until_gone: Callable[[str], None]) -> None:
    until_gone(OUTCOMES)

    with pytest.raises(TopicMissing):
        OutcomePublisher(full.kafka, "training", full.codec)
    result = full.run("correct", "two", "--labels", "none", "--by", "A-7")

    assert result.exit_code == 1
    assert "`vocbus topics apply" in result.stderr


def test_kafka_that_is_away_is_told(full: Any, closed_port: int) -> None:
    result = full.run("correct", "two", "--labels", "none", "--by", "A-7", "--kafka", f"127.0.0.1:{closed_port}")

    assert result.exit_code == 1
    assert "Kafka at 127.0.0.1" in result.stderr
    assert "Traceback" not in result.stderr


def test_a_published_outcome_has_a_place_and_decodes(bus: Any) -> None:
    with OutcomePublisher(bus.kafka, "complaints", bus.codec) as outcomes:
        made = outcomes.correct(Subject("bank", "k1.one", "one"), [SignalKind.COMPLAINT], by="A-7")
        place = outcomes.publish(made)

    assert (place.topic, place.offset) == (OUTCOMES, 1)
    assert [record for _, record in published(bus)] == [made.to_record()] * 2


def test_the_export_holds_the_latest_correction_of_each_interaction_in_order(full: Any, make_correction: Make) -> None:
    for correction in (
        make_correction("two", 1, labels=["COMPLAINT"], severity=2),
        make_correction("two", 2, labels=["FEEDBACK"], polarity="CRITICISM"),
        make_correction("one", 0, inquiry=True, known=["INQUIRY"]),
    ):
        full.store("outcome", correction)

    assert exported(full) == [
        {
            "text": "I was charged twice",
            "lang": "en",
            "labels": labels,
            "known": known,
            "tier": "human",
            "source": "corrections",
            "interaction_id": name,
            "category": None,
            "severity": None,
            "polarity": polarity,
        }
        for name, labels, known, polarity in (
            ("one", ["INQUIRY"], ["INQUIRY"], None),
            ("two", ["FEEDBACK"], ["COMPLAINT", "FEEDBACK", "SALES_SIGNAL"], "CRITICISM"),
        )
    ]


def test_the_export_can_begin_at_a_time(full: Any, make_correction: Make) -> None:
    for name, number in (("one", 0), ("two", 10)):
        full.store("outcome", make_correction(name, number))

    # The first correction is of 2026-11-02T06:13:20Z.
    assert [row["interaction_id"] for row in exported(full, "--since", "2026-11-02T06:13:25Z")] == ["two"]
    assert len(exported(full, "--since", "2026-11-02T14:13:20+08:00")) == 2
    assert len(exported(full, "--since", "2026-11-01")) == 2
    assert exported(full, "--since", "2026-11-03") == []


def test_what_cannot_be_trained_with_is_counted_and_other_outcomes_are_passed_over(
    full: Any, make_correction: Make
) -> None:
    full.store("outcome", make_correction("gone"))
    full.store("outcome", make_correction("one") | {"kind": "RESOLVED", "correction": None})

    result = full.run("corrections", "export")

    assert result.stdout == ""
    assert result.stderr.splitlines() == [
        "1 left out: their interaction is not in Elasticsearch",
        "0 of 1 corrected interactions exported",
    ]


def test_more_corrections_than_one_page_come_out_whole(full: Any, make_correction: Make, make_classified: Make) -> None:
    names = [f"contact-{number:03}" for number in range(450)]
    for name in names:
        full.store("classified_interaction", make_classified(name, []))
        full.store("outcome", make_correction(name))

    assert [row["interaction_id"] for row in exported(full)] == names


def test_a_file_is_replaced_when_all_is_read(full: Any, make_correction: Make, tmp_path: Path) -> None:
    full.store("outcome", make_correction("one"))
    file = tmp_path / "rows.jsonl"
    file.write_text("older\n")

    result = full.run("corrections", "export", "--output", str(file))

    assert result.exit_code == 0
    assert result.stdout == ""
    assert [json.loads(line)["interaction_id"] for line in file.read_text("utf-8").splitlines()] == ["one"]
    assert list(tmp_path.iterdir()) == [file]


def test_a_file_that_cannot_be_written_is_told(full: Any, make_correction: Make, tmp_path: Path) -> None:
    full.store("outcome", make_correction("one"))

    result = full.run("corrections", "export", "--output", str(tmp_path / "missing" / "rows.jsonl"))

    assert result.exit_code == 1
    assert "cannot be written: No such file or directory" in result.stderr


def test_nothing_was_corrected_yet(bus: Any) -> None:
    result = bus.run("corrections", "export")

    assert (result.exit_code, result.stdout) == (0, "")


@pytest.fixture
def until_gone(bus: Any) -> Callable[[str], None]:
    """Deletes a topic and waits until Kafka does not list it any more."""

    def delete(topic: str) -> None:
        admin = KafkaAdminClient(bootstrap_servers=bus.kafka)
        admin.delete_topics([topic])
        deadline = time.monotonic() + 30
        while topic in admin.list_topics() and time.monotonic() < deadline:
            time.sleep(0.1)
        admin.close()

    return delete
