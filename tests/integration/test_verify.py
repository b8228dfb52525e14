"""`vocbus verify` on real servers, with messages written as channels and agents would write them."""

import json
import time
from collections.abc import Callable
from threading import Thread
from typing import Any

import pytest
from click.testing import CliRunner
from kafka import KafkaAdminClient, TopicPartition

from vocbus.contracts.topics import INTERACTIONS, OUTCOMES, RAW, REVIEW, SIGNALS
from vocbus.ops.cli import vocbus

pytestmark = pytest.mark.servers

Make = Callable[..., dict[str, Any]]

#: Kinds in doubt, by interaction.
REVIEWED = {"two": ("SALES_SIGNAL",)}


@pytest.fixture
def full(bus: Any, make_raw: Make, make_signal: Make, make_classified: Make, make_correction: Make) -> Any:
    """Three interactions with three signals, one of them in doubt and corrected; a duplicate, an undecodable event;
    all handled and committed."""
    signals = {
        "one": [make_signal("one", departments=("complaints", "product")), make_signal("one", "FEEDBACK")],
        "two": [make_signal("two", departments=("sales",))],
        "three": [],
    }
    for name, found in signals.items():
        bus.send(RAW, make_raw(name), f"customer of {name}")
        bus.classify(name, *found, review=REVIEWED.get(name, ()))
        bus.store("classified_interaction", make_classified(name, found, REVIEWED.get(name, ())))
        for each in found:
            bus.store("signal", each)
    bus.send(RAW, make_raw("one"), "customer of one")
    bus.classify("one", *signals["one"])
    bus.dead_letter(bus.send(RAW, None), "UNDECODABLE")
    bus.send(OUTCOMES, make_correction("two"), "two")
    bus.store("outcome", make_correction("two"))
    bus.commit()
    return bus


def test_a_whole_set_is_clean(full: Any) -> None:
    result = full.run("verify", "--json")

    report = json.loads(result.stdout)
    assert report["findings"] == []
    assert result.exit_code == 0
    assert report["events"] == {
        "produced": 5,
        "interactions": 3,
        "duplicates": 1,
        "dead_letters": {"UNDECODABLE": 1},
        "in_flight": 0,
        "not_checked": 0,
        "lost": 0,
    }
    assert report["topics"]["signals"] == 3
    assert report["topics"]["departments"]["complaints"] == 2
    assert report["topics"]["review"] == 1
    assert report["topics"]["outcomes"] == 1
    assert report["elasticsearch"]["documents"] == {"interactions": 3, "signals": 3, "outcomes": 1}


def test_the_table_ends_with_the_verdict(full: Any) -> None:
    result = full.run("verify")

    lines = result.stdout.splitlines()
    assert [line.split() for line in lines[:4]] == [
        ["events", "produced", "5"],
        ["interactions", "3"],
        ["duplicates", "1"],
        ["dead", "letters", "UNDECODABLE", "1"],
    ]
    assert lines[-1] == "clean: everything that was produced is accounted for"


def test_a_deleted_document_is_named(full: Any, make_signal: Make) -> None:
    lost = make_signal("two", departments=("sales",))["signal_id"]
    full.client.indices.refresh(index=f"{full.index_prefix}-*")
    full.client.delete(index=f"{full.index_prefix}-signals-2026.11", id=lost)

    result = full.run("verify")

    assert result.exit_code == 1
    assert f"signal {lost} has no document in {full.index_prefix}-signals-*" in result.stdout


def test_a_document_in_a_second_index_and_one_from_nowhere_are_named(full: Any, make_classified: Make) -> None:
    full.store("classified_interaction", make_classified("two", []), index=f"{full.index_prefix}-interactions-2026.12")
    full.store("classified_interaction", make_classified("nobody", []))

    found = json.loads(full.run("verify", "--json").stdout)["findings"]

    assert {(each["kind"], each["id"]) for each in found} == {
        ("DOCUMENT_REPEATED", "two"),
        ("WITHOUT_ORIGIN", "nobody"),
    }


@pytest.mark.parametrize(("topic", "kind"), [(SIGNALS, "SIGNAL_LOST"), ("dept-sales", "DEPARTMENT_LOST")])
def test_a_signal_that_was_left_out_is_named(
    full: Any, make_raw: Make, make_signal: Make, make_classified: Make, topic: str, kind: str
) -> None:
    lost = make_signal("four", departments=("sales",))
    full.send(RAW, make_raw("four"), "customer of four")
    full.classify("four", lost, leave_out=topic)
    full.store("classified_interaction", make_classified("four", [lost]))
    if topic != SIGNALS:
        full.store("signal", lost)
    full.commit()

    result = full.run("verify", "--json")

    assert result.exit_code == 1
    found = json.loads(result.stdout)["findings"]
    assert [(each["kind"], each["id"], each["where"]) for each in found] == [(kind, lost["signal_id"], topic)]


def test_an_interaction_in_doubt_that_nobody_is_asked_about_is_named(
    full: Any, make_raw: Make, make_classified: Make
) -> None:
    full.send(RAW, make_raw("four"), "customer of four")
    full.classify("four", review=("COMPLAINT",), leave_out=REVIEW)
    full.store("classified_interaction", make_classified("four", [], ("COMPLAINT",)))
    full.commit()

    result = full.run("verify", "--json")

    assert result.exit_code == 1
    (found,) = json.loads(result.stdout)["findings"]
    assert (found["kind"], found["id"], found["where"]) == ("REVIEW_LOST", "four", REVIEW)


def test_an_outcome_without_its_document_is_named(full: Any, make_correction: Make) -> None:
    lost = make_correction("one")
    place = full.send(OUTCOMES, lost, "one")
    assert json.loads(full.run("verify", "--json").stdout)["elasticsearch"]["in_flight"] == 1
    full.commit()

    result = full.run("verify")

    assert result.exit_code == 1
    assert f"outcome {lost['outcome_id']} has no document in {full.index_prefix}-outcomes-* ({place})" in result.stdout


def test_a_refused_outcome_is_accounted_for_by_its_dead_letter(full: Any, make_correction: Make) -> None:
    place = full.send(OUTCOMES, make_correction("one"), "one")
    full.dead_letter(place, "CONTRACT_VIOLATION")
    full.commit()

    assert full.run("verify").exit_code == 0


def test_a_raw_event_that_left_no_trace_is_named(full: Any, make_raw: Make) -> None:
    place = full.send(RAW, make_raw("four"), "customer of four")
    full.commit()

    result = full.run("verify")

    assert result.exit_code == 1
    assert f"raw event four is neither in interactions nor dead-lettered ({place})" in result.stdout


def test_a_refused_document_is_accounted_for_by_its_dead_letter(
    full: Any, make_raw: Make, make_classified: Make
) -> None:
    full.send(RAW, make_raw("four"), "customer of four")
    place = full.send(INTERACTIONS, make_classified("four", []), "four")
    full.commit()
    assert full.run("verify").exit_code == 1

    full.dead_letter(place, "SINK_REFUSED")

    result = full.run("verify", "--json")
    assert result.exit_code == 0
    assert json.loads(result.stdout)["elasticsearch"]["dead_letters"] == {"SINK_REFUSED": 1}


def test_what_no_agent_has_committed_is_in_flight(full: Any, make_raw: Make) -> None:
    full.send(RAW, make_raw("four"), "customer of four")

    result = full.run("verify", "--json")

    report = json.loads(result.stdout)
    assert result.exit_code == 1
    assert report["findings"] == []
    assert report["events"]["in_flight"] == 1


def test_waiting_ends_when_the_agents_have_caught_up(full: Any, make_raw: Make, make_classified: Make) -> None:
    full.send(RAW, make_raw("four"), "customer of four")

    def catch_up() -> None:
        time.sleep(1.5)  # the agent that takes its time; the command waits for its commit, not for this
        full.classify("four")
        full.store("classified_interaction", make_classified("four", []))
        full.commit()

    agent = Thread(target=catch_up)
    agent.start()
    result = full.run("verify", "--wait", "60")
    agent.join()

    assert result.exit_code == 0


def test_waiting_ends_at_its_time(full: Any, make_raw: Make) -> None:
    full.send(RAW, make_raw("four"), "customer of four")

    result = full.run("verify", "--wait", "1")

    assert result.exit_code == 1
    assert "1 in flight" in result.stdout


def test_raw_events_deleted_by_retention_are_said_and_not_missed(full: Any) -> None:
    admin = KafkaAdminClient(bootstrap_servers=full.kafka)
    admin.delete_records({TopicPartition(RAW, partition): -1 for partition in range(6)})
    admin.close()

    result = full.run("verify")

    assert result.exit_code == 0
    assert "interactions-raw no longer holds its first events" in result.stdout


def test_a_message_that_is_no_signal_is_named_by_its_place(full: Any) -> None:
    place = full.send("dept-sales", b"garbage")

    result = full.run("verify")

    assert result.exit_code == 1
    assert f"a message of dept-sales does not decode and is not dead-lettered ({place})" in result.stdout


@pytest.mark.parametrize("away", ["kafka", "elasticsearch"])
def test_a_server_that_is_away_ends_it_with_status_3(own_servers: tuple[str, str], closed_port: int, away: str) -> None:
    addresses = {"kafka": own_servers[0], "elasticsearch": own_servers[1]}
    addresses[away] = f"127.0.0.1:{closed_port}" if away == "kafka" else f"http://127.0.0.1:{closed_port}"

    result = CliRunner().invoke(
        vocbus, ["verify", "--kafka", addresses["kafka"], "--elasticsearch", addresses["elasticsearch"]]
    )

    assert result.exit_code == 3
    assert f"{away.capitalize()} does not answer" in result.stderr


def test_missing_topics_end_it_with_status_3_and_the_way_out(bus: Any) -> None:
    admin = KafkaAdminClient(bootstrap_servers=bus.kafka)
    admin.delete_topics(["dept-training"])
    deadline = time.monotonic() + 30
    while "dept-training" in admin.list_topics() and time.monotonic() < deadline:
        time.sleep(0.1)
    admin.close()

    result = bus.run("verify")

    assert result.exit_code == 3
    assert "`vocbus topics apply`" in result.stderr
