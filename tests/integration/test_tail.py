"""`vocbus tail` on a real Kafka."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from click.testing import CliRunner

from vocbus.ops.cli import vocbus

pytestmark = pytest.mark.servers

Make = Callable[..., dict[str, Any]]
Start = Callable[..., Any]


@pytest.fixture
def signals(bus: Any, make_signal: Make) -> list[dict[str, Any]]:
    """Three complaints."""
    made = [make_signal(f"contact {number}") for number in range(3)]
    for each in made:
        bus.send("dept-complaints", each, each["customer_token"])
    return made


@pytest.fixture
def start(bus: Any) -> Start:
    """Start `vocbus tail complaints` as a process of its own, in a block."""

    @contextmanager
    def start(*arguments: str) -> Iterator[subprocess.Popen[str]]:
        command = [sys.executable, "-m", "vocbus.ops.cli", "tail", "complaints", "--kafka", bus.kafka, *arguments]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        try:
            yield process
        finally:
            process.kill()
            process.communicate()

    return start


def test_from_the_beginning_it_shows_a_line_a_signal_with_its_evidence_marked(
    bus: Any, signals: list[dict[str, Any]]
) -> None:
    result = bus.run("tail", "complaints", "--from-beginning", "--limit", "3")

    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert {line.split()[-1] for line in lines} == {each["signal_id"] for each in signals}
    assert all("I was «charged twice»" in line for line in lines)


def test_as_json_each_line_is_the_whole_signal(bus: Any, signals: list[dict[str, Any]]) -> None:
    result = bus.run("tail", "complaints", "--from-beginning", "--json", "--idle", "2")

    found = {each["signal_id"]: each for each in map(json.loads, result.stdout.splitlines())}
    assert found == {each["signal_id"]: each for each in signals}


def test_without_from_beginning_it_shows_only_what_comes_then(
    bus: Any, signals: list[dict[str, Any]], start: Start, make_signal: Make
) -> None:
    late = make_signal("late")
    with start("--limit", "1", "--json", "--idle", "60") as process:
        # It cannot tell when it listens, so it is told the same until it has heard it.
        while process.poll() is None:
            bus.send("dept-complaints", late, late["customer_token"])
        out, _ = process.communicate(timeout=30)

    assert json.loads(out)["signal_id"] == late["signal_id"]
    assert process.returncode == 0


def test_it_ends_when_nothing_comes_for_the_idle_time(bus: Any) -> None:
    result = bus.run("tail", "sales", "--idle", "0.5")

    assert (result.exit_code, result.output) == (0, "")


def test_what_is_no_signal_is_told_on_stderr_and_passed_over(bus: Any, signals: list[dict[str, Any]]) -> None:
    place = bus.send("dept-complaints", b"card 4111")

    result = bus.run("tail", "complaints", "--from-beginning", "--idle", "2")

    assert len(result.stdout.splitlines()) == 3
    assert f"{place} is no signal: UNDECODABLE" in result.stderr
    assert "4111" not in result.output


def test_ctrl_c_ends_it_without_a_word(start: Start, signals: list[dict[str, Any]]) -> None:
    with start("--from-beginning") as process:
        for _ in range(3):
            assert process.stdout.readline()
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=30)

    assert (process.returncode, err) == (0, "")


def test_a_reader_that_goes_away_ends_it_without_a_word(
    bus: Any, start: Start, signals: list[dict[str, Any]], make_signal: Make
) -> None:
    with start("--from-beginning", "--idle", "60") as process:
        assert process.stdout.readline()
        os.close(process.stdout.fileno())
        late = make_signal("late")
        while process.poll() is None:
            bus.send("dept-complaints", late, late["customer_token"])
        err = process.stderr.read()
        process.stdout = None

    assert (process.returncode, err) == (0, "")


def test_an_unknown_department_is_a_usage_error_that_names_the_known_ones(bus: Any) -> None:
    result = bus.run("tail", "moon")

    assert result.exit_code == 2
    assert "no department 'moon'; known: complaints, product, sales" in result.stderr


def test_without_kafka_it_ends_with_status_3(closed_port: int) -> None:
    result = CliRunner().invoke(vocbus, ["tail", "sales", "--kafka", f"127.0.0.1:{closed_port}"])

    assert result.exit_code == 3
    assert "Kafka does not answer" in result.stderr
