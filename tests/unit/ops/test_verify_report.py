"""What `vocbus verify` prints."""

from collections import Counter
from io import StringIO

import pytest
from rich.console import Console

from vocbus.ops.cli_verify import SHOWN, rows, show, verdict
from vocbus.ops.conservation.report import Finding, Kind, Report


def printed(report: Report) -> list[str]:
    out = StringIO()
    show(report, Console(file=out, width=200, highlight=False))
    return out.getvalue().splitlines()


@pytest.fixture
def report() -> Report:
    return Report(
        produced=6,
        interactions=3,
        dead_letters=Counter(UNDECODABLE=2, OVERSIZE=1),
        signals=2,
        departments={"complaints": 2, "sales": 0},
        documents={"interactions": 3, "signals": 2},
    )


def test_fates_stand_below_what_was_produced_and_only_where_there_are_any(report: Report) -> None:
    assert rows(report) == [
        ("events produced", 6),
        ("  interactions", 3),
        ("  dead letters OVERSIZE", 1),
        ("  dead letters UNDECODABLE", 2),
        ("signals", 2),
        ("  to complaints", 2),
        ("documents in Elasticsearch", 5),
        ("  interactions", 3),
        ("  signals", 2),
    ]


def test_review_and_outcomes_have_lines_where_there_are_any(report: Report) -> None:
    report.for_review, report.outcomes, report.documents["outcomes"] = 1, 2, 2

    assert [line for line in rows(report) if "review" in line[0] or "outcomes" in line[0]] == [
        ("interactions for review", 1),
        ("outcomes", 2),
        ("  outcomes", 2),
    ]


def test_the_last_line_is_the_verdict(report: Report) -> None:
    assert printed(report)[-1] == "clean: everything that was produced is accounted for"


def test_what_is_in_flight_is_not_clean_and_names_the_way_out(report: Report) -> None:
    report.in_flight, report.to_index = 2, 3

    assert verdict(report) == "not clean: 5 in flight (is a worker running? try --wait 60)"


def test_a_person_sees_the_first_findings_and_how_many_more_there_are(report: Report) -> None:
    report.findings = [
        Finding(Kind.EVENT_LOST, "raw event", f"[bold]{number}", f"interactions-raw-0-{number}", "interactions")
        for number in range(SHOWN + 5)
    ]
    report.notes = ["Something was not checked."]

    lines = printed(report)

    assert "Note: Something was not checked." in lines
    assert next(line for line in lines if line.startswith("✗")) == (
        "✗ raw event [bold]0 is neither in interactions nor dead-lettered (interactions-raw-0-0)"
    )
    assert sum(line.startswith("✗") for line in lines) == SHOWN
    assert lines[-2:] == ["… and 5 more: vocbus verify --json", f"not clean: {SHOWN + 5} missing or wrong"]
