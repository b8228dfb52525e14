"""Whatever dies, nothing is lost: faults in real processes, each ended by a clean `vocbus verify`."""

import os
import random
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from vocbus.ops.embedded import servers as embedded

pytestmark = [pytest.mark.servers, pytest.mark.timeout(400)]

Make = Callable[..., dict[str, Any]]
KILLED_WORKER = str(Path(__file__).with_name("killed_worker.py"))


def test_an_intake_killed_again_and_again_under_load_loses_nothing(
    bus: Any, make_interaction: Make, until: Any
) -> None:
    bus.publish([make_interaction(number) for number in range(8_000)])
    chance = random.Random(7)
    for _ in range(4):
        before = bus.end_offset("interactions")
        worker = bus.start("worker", "intake", "--instance", "intake-1")
        grown = before + chance.randrange(200, 1_500)
        until(lambda grown=grown: bus.end_offset("interactions") >= grown, what="intake at work")
        worker.kill()
        worker.wait()
    bus.start("worker", "intake", "--instance", "intake-1")
    bus.start("worker", "index", "--instance", "index-1")
    report = bus.assert_clean()
    assert report["events"]["interactions"] == 8_000
    assert bus.documents("interactions") == 8_000


@pytest.mark.parametrize(("role", "moment"), [("index", "stored"), ("intake", "delivered")])
def test_a_worker_killed_between_delivery_and_acknowledgement_repeats_and_loses_nothing(
    bus: Any, make_interaction: Make, role: str, moment: str
) -> None:
    bus.publish([make_interaction(number) for number in range(3_000)])
    others = {"intake", "index"} - {role}
    for other in others:
        bus.start("worker", other)
    killed = bus.start(KILLED_WORKER, role, moment, "2")
    assert killed.wait(60) == -signal.SIGKILL
    bus.start("worker", role)
    bus.assert_clean()
    assert bus.documents("interactions") == 3_000
    assert bus.documents("signals") == bus.verify()["topics"]["signals"]


def test_elasticsearch_away_for_20_seconds_holds_up_the_index_alone(
    bus: Any, servers: Any, make_interaction: Make, until: Any
) -> None:
    intake, index = bus.start("worker", "intake"), bus.start("worker", "index")
    bus.publish([make_interaction(number) for number in range(500)])
    until(lambda: bus.documents("interactions") > 0, what="indexing")
    embedded.kill_server(servers.data, "elasticsearch")
    bus.publish([make_interaction(number) for number in range(500, 1_500)])
    until(lambda: bus.end_offset("interactions") >= 1_500, what="decisions without Elasticsearch")
    with pytest.raises(TimeoutError):
        bus.exit_of(index, seconds=20)
    embedded.start_server(servers.data, "elasticsearch")
    bus.assert_clean()
    assert bus.documents("interactions") == 1_500
    assert intake.poll() is None
    assert index.poll() is None


@pytest.mark.parametrize("how", ["stopped", "killed"])
def test_kafka_restarted_under_load_loses_nothing(
    bus: Any, servers: Any, make_interaction: Make, until: Any, how: str
) -> None:
    bus.start("worker")
    bus.publish([make_interaction(number) for number in range(3_000)])
    until(lambda: bus.end_offset("interactions") > 0, what="intake at work")
    if how == "killed":
        embedded.kill_server(servers.data, "kafka")
    else:
        embedded.stop(servers.data, only=["kafka"])
    embedded.start_server(servers.data, "kafka")
    bus.publish([make_interaction(number) for number in range(3_000, 4_000)])
    report = bus.assert_clean(wait=150)
    assert report["events"]["interactions"] == 4_000


def test_poison_of_every_kind_is_dead_lettered_and_its_neighbours_pass(bus: Any, make_interaction: Make) -> None:
    good = bus.encode("interactions-raw", make_interaction(1))
    signal_bytes = bus.any_signal()
    poison: list[bytes | None] = [
        None,
        b"",
        b"\x01" + good[1:],
        b"\x00\x7f\xff\xff\xff" + good[5:],
        good[:-7],
        good + b"\x00",
        os.urandom(200),
        bus.encode("interactions-raw", make_interaction(2, satisfaction={"csat": 9})),
        bus.encode("interactions-raw", make_interaction(3, text="x" * 2_000_000)),
        signal_bytes,
    ]
    events: list[tuple[bytes | None, bytes | None]] = []
    for number, value in enumerate(poison):
        events += [(b"C", value), (b"C", bus.encode("interactions-raw", make_interaction(100 + number)))]
    bus.publish_bytes(events)
    bus.start("worker")
    report = bus.assert_clean()
    assert report["events"]["interactions"] == len(poison)
    assert report["events"]["dead_letters"] == {
        "UNDECODABLE": 6,
        "UNKNOWN_SCHEMA": 1,
        "CONTRACT_VIOLATION": 2,
        "OVERSIZE": 1,
    }


def test_a_giant_that_came_compressed_does_not_hold_up_its_partition(bus: Any, make_interaction: Make) -> None:
    bus.publish_bytes([(b"C", b"x" * 9_000_000)], compression="gzip")
    bus.publish_bytes([(b"C", bus.encode("interactions-raw", make_interaction(1)))])
    bus.start("worker")
    report = bus.assert_clean()
    assert report["events"]["dead_letters"] == {"OVERSIZE": 1}
    assert report["events"]["interactions"] == 1


def test_poison_on_the_topics_that_are_indexed_is_dead_lettered_too(bus: Any, make_interaction: Make) -> None:
    bus.publish([make_interaction(number) for number in range(10)])
    bus.start("worker")
    bus.assert_clean()
    bus.publish_bytes([(b"k", b"not avro"), (b"k", None)], topic="signals")
    bus.publish([make_interaction(number) for number in range(10, 20)])
    bus.wait_indexed()
    assert bus.end_offset("signals-dlq") == 2
    assert bus.documents("interactions") == 20


def test_duplicates_and_events_out_of_order_stand_once(bus: Any, make_interaction: Make) -> None:
    records = [make_interaction(number) for number in range(300)]
    random.Random(3).shuffle(records)
    bus.publish(records + records[:100])
    bus.start("worker")
    report = bus.assert_clean()
    assert report["events"]["produced"] == 400
    assert report["events"]["duplicates"] == 100
    assert bus.documents("interactions") == 300


def test_two_workers_share_the_work_and_hand_it_over(bus: Any, make_interaction: Make, until: Any) -> None:
    bus.publish([make_interaction(number) for number in range(4_000)])
    first = bus.start("worker", "intake")
    until(lambda: bus.end_offset("interactions") > 500, what="first worker at work")
    bus.start("worker", "intake")
    bus.publish([make_interaction(number) for number in range(4_000, 8_000)])
    bus.start("worker", "index")
    assert bus.stop(first) == 0
    report = bus.assert_clean(wait=150)
    assert report["events"]["interactions"] == 8_000


def test_sigterm_drains_and_exits_within_ten_seconds(bus: Any, make_interaction: Make, until: Any) -> None:
    bus.publish([make_interaction(number) for number in range(10_000)])
    both = bus.start("worker")
    until(lambda: bus.end_offset("interactions") > 0, what="intake at work")
    assert bus.stop(both, seconds=10) == 0
    bus.start("worker")
    bus.assert_clean()


def test_sigterm_ends_a_worker_that_waits_for_elasticsearch(
    bus: Any, servers: Any, make_interaction: Make, until: Any
) -> None:
    index = bus.start("worker", "index")
    bus.start("worker", "intake")
    bus.publish([make_interaction(1)])
    until(lambda: bus.documents("interactions") == 1, what="indexing")
    embedded.kill_server(servers.data, "elasticsearch")
    try:
        bus.publish([make_interaction(number) for number in range(2, 50)])
        until(lambda: bus.end_offset("interactions") >= 49, what="decisions")
        assert bus.stop(index, seconds=10) == 0
    finally:
        embedded.start_server(servers.data, "elasticsearch")
    bus.start("worker", "index")
    bus.assert_clean()


def test_a_worker_without_elasticsearch_gives_up_with_status_1_after_its_limit(bus: Any, closed_port: int) -> None:
    address = f"http://127.0.0.1:{closed_port}"
    index = bus.start("worker", "index", VOCBUS_ELASTICSEARCH=address, VOCBUS_RETRY_LIMIT="2")
    assert index.wait(30) == 1
    assert "elasticsearch" in bus.logs()


@pytest.mark.parametrize("role", ["intake", "index"])
def test_a_worker_without_kafka_gives_up_with_status_1_and_the_way_out(bus: Any, closed_port: int, role: str) -> None:
    worker = bus.start("worker", role, VOCBUS_KAFKA=f"127.0.0.1:{closed_port}", VOCBUS_RETRY_LIMIT="2")
    assert worker.wait(30) == 1
    assert "VOCBUS_KAFKA" in bus.logs()
    assert "Traceback" not in bus.logs()


def test_intake_needs_no_elasticsearch(bus: Any, make_interaction: Make, until: Any) -> None:
    del bus.environment["VOCBUS_ELASTICSEARCH"]
    bus.publish([make_interaction(1)])
    bus.start("worker", "intake")
    until(lambda: bus.end_offset("interactions") == 1, what="a decision")


def test_a_worker_waits_for_kafka_to_come_up(bus: Any, servers: Any, make_interaction: Make) -> None:
    bus.publish([make_interaction(1)])
    embedded.stop(servers.data, only=["kafka"])
    try:
        worker = bus.start("worker")
        with pytest.raises(TimeoutError):
            bus.exit_of(worker, seconds=3)
    finally:
        embedded.start_server(servers.data, "kafka")
    bus.assert_clean()


@pytest.mark.parametrize(("variable", "value"), [("VOCBUS_TOKEN_KEY", "too short"), ("VOCBUS_RETRY_LIMIT", "soon")])
def test_wrong_settings_end_the_worker_with_status_2_and_without_their_value(
    bus: Any, variable: str, value: str
) -> None:
    assert bus.start("worker", **{variable: value}).wait(30) == 2
    assert variable in bus.logs()
    assert value not in bus.logs()
    assert "Traceback" not in bus.logs()


def test_a_killed_role_is_started_again_and_dies_with_its_supervisor(
    bus: Any, make_interaction: Make, until: Any
) -> None:
    supervisor = bus.start("worker")
    children = until(lambda: len(bus.children(supervisor)) == 2 and bus.children(supervisor), what="two roles")
    children[0].kill()
    until(lambda: len(set(bus.children(supervisor)) - set(children)) == 1, what="the role started again")
    bus.publish([make_interaction(number) for number in range(100)])
    bus.assert_clean()
    survivors = bus.children(supervisor)
    supervisor.kill()
    until(lambda: not any(child.is_running() for child in survivors), seconds=15, what="roles ended")


def test_what_customers_keep_secret_is_nowhere_downstream(bus: Any, make_interaction: Make) -> None:
    secrets = ["6222021234567890128", "11010519491231002X", "13812345678", "wang.fang@example.cn"]
    text = "我的卡号{}，身份证{}，电话{}，邮箱{}，一直没人处理，我要投诉".format(*secrets)
    bus.publish([make_interaction(1, text=text, subject=text, attributes={"note": text}), make_interaction(2)])
    bus.publish_bytes([(b"C", text.encode())])
    bus.start("worker", "--verbose")
    bus.assert_clean()
    everything = b"\n".join([bus.logs().encode(), *bus.downstream()])
    assert b"[CARD_1]" in everything
    for secret in [*secrets, "C-1"]:
        assert secret.encode() not in everything, "a secret got through"
