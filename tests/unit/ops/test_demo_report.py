"""What the demo says at its end."""

import io
import json
import shlex
from collections import Counter
from pathlib import Path

import pytest
from click.testing import CliRunner
from rich.console import Console

from vocbus.contracts.errors import RejectReason
from vocbus.ops.cli import vocbus
from vocbus.ops.conservation.report import Report
from vocbus.ops.demo import Outcome
from vocbus.ops.demo_progress import Phases
from vocbus.ops.demo_publish import Published
from vocbus.ops.demo_report import as_json, show, ways_around
from vocbus.ops.demo_summary import Agreement, Decision, tally
from vocbus.ops.embedded.ending import Ending, EndingWanted
from vocbus.ops.embedded.endpoints import Endpoints

ENDPOINTS = Endpoints("127.0.0.1:21000", "http://127.0.0.1:22000")


@pytest.fixture
def outcome() -> Outcome:
    decisions = [
        Decision("PHONE", "ZH", frozenset({"COMPLAINT", "SALES_SIGNAL"}), False, ("complaints", "sales", "risk")),
        Decision("APP", "EN", frozenset(), True, ()),
    ]
    return Outcome(
        endpoints=ENDPOINTS,
        published=Published(events=4, ids={"1", "2"}, refused=[f"line {number}: no" for number in range(30)]),
        decided=tally(decisions),
        dead_letters=Counter({RejectReason.UNDECODABLE: 1}),
        expected=Counter({RejectReason.UNDECODABLE: 2}),
        agreement=[Agreement("COMPLAINT", "zh", both=3, bus_alone=1, label_alone=0, neither=5)],
        report=Report(produced=4, interactions=2, dead_letters=Counter({"UNDECODABLE": 2})),
        seconds={"servers": 5.0, "publish": 0.25},
        flow_seconds=2.0,
        total_seconds=9.0,
        problems=["1 dead letters UNDECODABLE instead of 2"],
    )


def shown(outcome: Outcome) -> str:
    console = Console(file=io.StringIO(), width=120)
    show(outcome, console)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_the_tables_hold_channel_kind_department_reason_and_agreement(outcome: Outcome) -> None:
    rows = [line.split() for line in shown(outcome).splitlines()]
    assert ["PHONE", "1", "1", "·", "1", "·"] in rows
    assert ["all", "2", "1", "0", "1", "1"] in rows
    assert ["complaints", "1"] in rows
    assert ["UNDECODABLE", "1", "2"] in rows
    assert ["complaint", "zh", "3", "4", "3", "0.75", "1.00"] in rows


def test_rate_problems_and_the_first_refused_lines_are_told(outcome: Outcome) -> None:
    text = shown(outcome)
    assert "2 a second" in text
    assert "✗ 1 dead letters UNDECODABLE instead of 2" in text
    assert text.count("not published, line") == 10
    assert "20 more" in text


def test_json_holds_every_number_and_every_refused_line(outcome: Outcome) -> None:
    found = json.loads(json.dumps(as_json(outcome)))
    assert found["ok"] is False
    assert found["events_per_second"] == 2.0
    assert found["decided"]["channels"] == {"PHONE": 1, "APP": 1}
    assert found["decided"]["departments"] == {"complaints": 1, "sales": 1, "risk": 1}
    assert found["dead_letters"] == {"UNDECODABLE": 1}
    assert found["expected_dead_letters"] == {"UNDECODABLE": 2}
    assert len(found["published"]["refused"]) == 30
    assert found["agreement"][0]["precision"] == 0.75
    assert found["verify"]["clean"] is True


def test_the_ways_around_are_commands_that_exist_for_the_folder_and_its_ports() -> None:
    commands = [shlex.split(command) for command, _ in ways_around(ENDPOINTS, Path("my data"), "vocbus")]
    named = [words for words in commands if words[0] == "vocbus"]
    assert {words[1] for words in named} >= {"tail", "dead-letters", "explain", "down"}
    for words in named:
        assert CliRunner().invoke(vocbus, [words[1], "--help"]).exit_code == 0, words
        assert words[1] == "explain" or words[-2:] == ["--data", "my data"]
    assert any(ENDPOINTS.elasticsearch in words[-1] for words in commands if words[0] == "curl")


def test_phases_are_timed_and_shown_also_when_they_fail() -> None:
    console, now = Console(file=io.StringIO(), width=120), iter([0.0, 1.5, 10.0, 12.0])
    phases = Phases(console, Ending(), clock=lambda: next(now))
    with phases("first") as phase:
        phase.result = "15 topics"
    with pytest.raises(ValueError, match="no"), phases("second"):
        raise ValueError("no")
    assert phases.seconds == {"first": 1.5, "second": 2.0}
    assert isinstance(console.file, io.StringIO)
    first, second = console.file.getvalue().splitlines()
    assert first.split() == ["✓", "first", "1.5", "s", "15", "topics"]
    assert second.split() == ["✗", "second", "2.0", "s"]


def test_a_phase_breaks_off_where_it_tells_something_once_the_end_is_wanted() -> None:
    ending = Ending()
    phases = Phases(Console(file=io.StringIO()), ending)
    ending.wanted = True
    with pytest.raises(EndingWanted), phases("wait") as phase:
        phase.tell("still waiting")


def test_a_demo_that_cannot_be_done_ends_with_3_and_the_way_out(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    done = CliRunner().invoke(vocbus, ["demo", "--data", str(tmp_path / "file" / "data")])
    assert done.exit_code == 3
    assert "Choose another folder with --data" in done.output
