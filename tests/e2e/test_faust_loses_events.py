"""What stock Faust 0.15 loses without a word, and that chunks with manual acknowledgement lose nothing.

Twelve numbered events in one partition. A first worker process fails at some of them; a second one, which never fails,
then reads whatever the first left uncommitted. What neither handled is lost. All scenarios run side by side.
"""

import subprocess
import sys
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from kafka import KafkaProducer
from kafka.admin import KafkaAdminClient, NewTopic

pytestmark = pytest.mark.servers

EVENTS = range(12)
WORKER = Path(__file__).with_name("faust_worker.py")


@dataclass(frozen=True)
class Scenario:
    """How the agent reads (see faust_worker.py), where it raises, and whether event 5 cannot be decoded."""

    mode: str
    raises_at: str = ""
    undecodable: bool = False


STOCK = {
    "async for": Scenario("for", raises_at="5"),
    "async with": Scenario("with", raises_at="5"),
    "take": Scenario("take", raises_at="5"),
    "serializer": Scenario("serializer", undecodable=True),
    "restarted twice": Scenario("restart", raises_at="5,8"),
}
CHUNKS = {
    "no failure": Scenario("chunks"),
    "first": Scenario("chunks", raises_at="0"),
    "middle": Scenario("chunks", raises_at="5"),
    "last": Scenario("chunks", raises_at="11"),
    "undecodable": Scenario("chunks", undecodable=True),
}


@dataclass(frozen=True)
class Run:
    """Numbers handled by both workers in order, and the exit status of the first."""

    handled: list[int]
    first_exit: int

    @property
    def lost(self) -> set[int]:
        return set(EVENTS) - set(self.handled)


@pytest.fixture(scope="module")
def runs(servers: Any, tmp_path_factory: pytest.TempPathFactory) -> Mapping[Scenario, Run]:
    folder = tmp_path_factory.mktemp("faust")
    scenarios = [*STOCK.values(), *CHUNKS.values()]
    topics = [f"numbers-{position}" for position in range(len(scenarios))]
    admin = KafkaAdminClient(bootstrap_servers=servers.kafka)
    admin.create_topics([NewTopic(topic, num_partitions=1, replication_factor=1) for topic in topics])
    admin.close()
    with KafkaProducer(bootstrap_servers=servers.kafka) as producer:
        for topic, scenario in zip(topics, scenarios, strict=True):
            for number in EVENTS:
                bad = scenario.undecodable and number == 5
                producer.send(topic, b"{not json" if bad else b"%d" % number)

    def run(topic: str, scenario: Scenario) -> Run:
        log, output = folder / f"{topic}.handled", folder / f"{topic}.log"
        log.touch()
        exits = []
        for raises_at in (scenario.raises_at, ""):
            command = [sys.executable, str(WORKER), scenario.mode, servers.kafka, topic, str(log), raises_at]
            with open(output, "ab") as sink:
                exits.append(subprocess.run(command, check=False, timeout=150, stdout=sink, stderr=sink).returncode)
        assert exits[1] == 0, output.read_text()
        return Run([int(line) for line in log.read_text().split()], exits[0])

    with ThreadPoolExecutor(5) as pool:
        return dict(zip(scenarios, pool.map(run, topics, scenarios), strict=True))


@pytest.mark.parametrize("reading", ["async for", "async with", "serializer"])
def test_stock_faust_loses_the_event_that_failed(runs: Mapping[Scenario, Run], reading: str) -> None:
    assert runs[STOCK[reading]].lost == {5}


def test_stock_take_loses_more_than_the_event_that_failed(runs: Mapping[Scenario, Run]) -> None:
    lost = runs[STOCK["take"]].lost
    assert 5 in lost
    assert len(lost) > 1


def test_stock_agent_restarted_twice_in_place_commits_past_what_it_left(runs: Mapping[Scenario, Run]) -> None:
    """faust issue 606: manual acknowledgement does not help while the supervisor restarts the agent in place."""
    assert runs[STOCK["restarted twice"]].lost


@pytest.mark.parametrize("failure", CHUNKS)
def test_chunks_lose_nothing_wherever_the_agent_fails(runs: Mapping[Scenario, Run], failure: str) -> None:
    run = runs[CHUNKS[failure]]
    assert run.lost == set()
    assert run.first_exit == (3 if CHUNKS[failure].raises_at else 0)


def test_chunks_come_again_whole_and_in_order_after_a_crash(runs: Mapping[Scenario, Run]) -> None:
    assert runs[CHUNKS["middle"]].handled == [*range(5), *EVENTS]
