"""The pure part of the bench: medians, ratios, goals, and the JSON that others read."""

import json
from typing import Any

import pytest
from rich.console import Console
from tests.bench import markdown, report

MACHINE = {"cpu": "a processor", "cores": 2}


def result(*per_s: float, **more: Any) -> dict[str, Any]:
    return {**report.spread(per_s), **more}


def printed(table: Any) -> list[str]:
    console = Console(width=140, no_color=True)
    with console.capture() as captured:
        console.print(table)
    return captured.get().splitlines()


def test_spread_tells_median_least_and_most_and_not_the_mean() -> None:
    assert report.spread([10, 1000, 30]) == {"median_per_s": 30, "min": 10, "max": 1000}


def test_spread_of_one_round_is_that_round() -> None:
    assert report.spread([7.04]) == {"median_per_s": 7.0, "min": 7.0, "max": 7.0}


def test_ratio_divides_medians_in_the_order_of_its_name() -> None:
    results = {"worker": result(200, 100, 900), "quix": result(100, 100, 1)}
    assert report.ratios(results) == {"worker/quix": 2.0}


def test_ratio_needs_both_sides() -> None:
    assert report.ratios({"worker": result(1), "sink": result(1), "bulk_loop": result(4)}) == {"sink/bulk_loop": 0.25}


def test_document_has_exactly_the_four_parts_and_survives_json() -> None:
    found = report.document(MACHINE, 3, {"worker": result(2), "bare_loop": result(4)})
    assert json.loads(json.dumps(found)) == {
        "machine": MACHINE,
        "runs": 3,
        "results": {
            "worker": {"median_per_s": 2, "min": 2, "max": 2},
            "bare_loop": {"median_per_s": 4, "min": 4, "max": 4},
        },
        "ratios": {"worker/bare_loop": 0.5},
    }


@pytest.mark.parametrize(("percent", "value"), [(50, 50.5), (99, 99.01), (1, 1.99)])
def test_percentile_lies_between_neighbours(percent: int, value: float) -> None:
    assert report.percentile([float(n) for n in range(1, 101)], percent) == pytest.approx(value)


def test_percentile_of_one_value_is_that_value() -> None:
    assert report.percentile([3.0], 99) == 3.0


def test_thin_keeps_the_ends_and_at_most_so_many() -> None:
    points = [(float(n), float(n * n)) for n in range(1000)]
    thinned = report.thin(points, most=20)
    assert len(thinned) == 20
    assert thinned[0] == [0, 0]
    assert thinned[-1] == [999, 998_001]


def test_thin_leaves_few_points_alone() -> None:
    assert report.thin([(0.04, 1.06)]) == [[0.0, 1.1]]


@pytest.mark.parametrize(
    ("results", "name", "met"),
    [
        ({"worker": result(3), "stock_faust": result(1)}, "worker/stock_faust", True),
        ({"worker": result(299), "stock_faust": result(100)}, "worker/stock_faust", False),
        ({"latency": result(1000, p99_ms=250)}, "latency", True),
        ({"latency": result(1000, p99_ms=250.1)}, "latency", False),
        ({"classify_short_60": result(20_000)}, "classify_short_60", True),
        ({"worker": result(1, rss_max_mb=301)}, "worker", False),
    ],
)
def test_goal_is_met_from_its_bound_on(results: report.Results, name: str, met: bool) -> None:
    (goal, value), *others = report.goals(report.document(MACHINE, 1, results))
    assert not others
    assert goal.name == name
    assert goal.met(value) is met


def test_goals_leave_out_what_was_not_measured() -> None:
    assert report.goals(report.document(MACHINE, 1, {"quix": result(1)})) == []


def test_results_table_has_a_line_for_each_result_with_what_is_known_of_it() -> None:
    results = {
        "worker": result(5000, cpu_us_per_event=190.4, rss_start_mb=110.2, rss_max_mb=121.7),
        "sink": result(9000.4),
    }
    lines = printed(report.results_table(report.document(MACHINE, 3, results)))
    worker = next(line for line in lines if "worker" in line)
    assert [part.strip() for part in worker.strip("│ ").split("│")] == [
        "worker",
        "5,000",
        "5,000",
        "5,000",
        "190",
        "110 → 122",
    ]
    sink = next(line for line in lines if "sink" in line)
    assert [part.strip() for part in sink.strip("│ ").split("│")[:4]] == ["sink", "9,000", "9,000", "9,000"]


def test_goals_table_says_what_was_missed_and_keeps_ratios_without_a_goal() -> None:
    results = {
        "worker": result(10),
        "quix": result(10),
        "worker_passthrough": result(30),
        "quix_passthrough": result(20),
    }
    lines = printed(report.goals_table(report.document(MACHINE, 1, results)))
    missed = next(line for line in lines if "worker/quix" in line)
    assert [part.strip() for part in missed.strip("│ ").split("│")] == ["worker/quix", "1.00", "≥ 1.2", "no"]
    assert any("worker_passthrough/quix_passthrough" in line and "1.50" in line for line in lines)


def found_with_load() -> dict[str, Any]:
    machine = {
        **MACHINE,
        "memory_gb": 8.0,
        "python": "3.11.1",
        "versions": {"kafka": "4.3.1"},
        "load": {"events": 60_000, "bytes": 453.8, "characters": 195.0, "turns": 3.6},
    }
    results = {"worker": result(5000, cpu_us_per_event=190.4), "quix": result(2500), "latency": result(1000, p99_ms=9)}
    results["latency"] |= {"p50_ms": 4.0, "max_ms": 30.5}
    return report.document(machine, 3, results)


def test_page_gets_the_tables_between_its_marks_and_keeps_the_rest() -> None:
    page = f"# Title\n{markdown.BEGIN}\nold\n{markdown.END}\nthe rest\n"
    inserted = markdown.insert(page, found_with_load())
    assert inserted.startswith("# Title\n")
    assert inserted.endswith(f"{markdown.END}\nthe rest\n")
    assert "old" not in inserted
    assert "| worker | 5,000 | 5,000 | 5,000 | 190 |  |" in inserted
    assert "| worker/quix | 2.00 | ≥ 1.2 | yes |" in inserted
    assert "p99 9 ms" in inserted
    assert markdown.insert(inserted, found_with_load()) == inserted


def test_page_without_marks_is_refused() -> None:
    with pytest.raises(ValueError, match="needs the lines"):
        markdown.insert("# Title\n", found_with_load())
