import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from vocbus.ops.cli import vocbus

LineFile = Callable[..., Path]
RulesWith = Callable[[str, Mapping[str, Mapping[str, float]]], Path]


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(vocbus, ["diff", *map(str, arguments)], env={"COLUMNS": "120"})


def changed(*arguments: str | Path) -> list[dict[str, Any]]:
    result = run(*arguments, "--json")
    assert result.exit_code == 3, result.output
    return [json.loads(line) for line in result.stdout.splitlines()]


@pytest.fixture
def sides(rules_with: RulesWith, wordless_model: Path) -> list[str | Path]:
    """Options: CHAT gains a complaint, EMAIL loses it, APP enters the review band undecided, SURVEY leaves it decided,
    PHONE stays without, BRANCH with one; SOCIAL becomes an inquiry."""
    before = {
        "complaint": {"CHAT": -5, "EMAIL": 5, "APP": -5, "SURVEY": 0.5, "PHONE": -5, "BRANCH": 5, "SOCIAL": -5},
    }
    after = {
        "complaint": {"CHAT": 5, "EMAIL": -5, "APP": -0.5, "SURVEY": 5, "PHONE": -6, "BRANCH": 2, "SOCIAL": -5},
        "inquiry": {"SOCIAL": 100},
    }
    return [
        *("--rules", rules_with("before", before), "--rules", rules_with("after", after)),
        *("--model", wordless_model, "--model", wordless_model),
    ]


@pytest.fixture
def everywhere(lines: LineFile) -> Path:
    channels = ("CHAT", "EMAIL", "APP", "SURVEY", "PHONE", "BRANCH", "SOCIAL")
    return lines(*({"text": "some words", "channel": channel, "id": channel} for channel in channels))


def test_every_change_is_told_with_both_sides(everywhere: Path, sides: list[str | Path]) -> None:
    found = {change["id"]: change for change in changed(everywhere, *sides)}
    assert {name: (change["kind"], change["way"], change["fields"]) for name, change in found.items()} == {
        "CHAT": ("COMPLAINT", "gained", []),
        "EMAIL": ("COMPLAINT", "lost", []),
        "APP": ("COMPLAINT", "changed", ["review"]),
        "SURVEY": ("COMPLAINT", "changed", ["review"]),
        "SOCIAL": ("INQUIRY", "gained", []),
    }
    assert [found[name]["line"] for name in ("CHAT", "EMAIL", "SOCIAL")] == [1, 2, 7]
    gained = found["CHAT"]
    assert (gained["before"]["decided"], gained["before"]["confidence"]) == (False, None)
    assert (gained["after"]["decided"], gained["after"]["confidence"]) == (True, 0.99)
    assert gained["after"]["evidence"] == ["some words"]
    assert found["APP"]["after"] == {**found["APP"]["before"], "review": True, "confidence": 0.378}
    assert found["SURVEY"]["before"]["review"] is True
    assert found["SURVEY"]["after"]["review"] is False


def test_people_see_counts_and_examples(everywhere: Path, sides: list[str | Path]) -> None:
    result = run(everywhere, *sides)
    assert result.exit_code == 3, result.output
    for expected in ("7 rows", "COMPLAINT", "review 2", "some words", "gained", "yes 0.99", "no 0.38, for review"):
        assert expected in result.stdout


def test_examples_are_as_many_as_asked_for_and_counts_of_all(lines: LineFile, sides: list[str | Path]) -> None:
    file = lines(*({"text": f"some words {at}"} for at in range(9)))
    some, none = run(file, *sides, "--show", "2").stdout, run(file, *sides, "--show", "0").stdout
    assert [f"some words {at}" in some for at in range(4)] == [True, True, False, False]
    assert "some words" not in none
    assert " 9 " in none


def test_equal_sides_change_nothing(everywhere: Path, sides: list[str | Path]) -> None:
    same = [*sides[:2], *sides[:2], *sides[4:]]
    result = run(everywhere, *same)
    assert result.exit_code == 0, result.output
    assert "Nothing changes" in result.stdout
    assert run(everywhere, *same, "--json").stdout == ""


def test_a_folder_given_once_is_compared_with_what_ships(lines: LineFile, rules_with: RulesWith) -> None:
    never = rules_with("never", {kind: {"CHAT": -90} for kind in ("complaint", "feedback", "sales", "inquiry")})
    found = changed(lines({"text": "You charged me twice and nobody answers!"}), "--rules", never)
    assert ("COMPLAINT", "lost") in {(change["kind"], change["way"]) for change in found}


def test_a_change_of_routes_is_a_change(lines: LineFile, by_channel: list[str], tmp_path: Path) -> None:
    """Rules are more than words: who is told of a signal, and how urgently, stands in them too."""
    rules = Path(by_channel[1])
    other = tmp_path / "other"
    other.mkdir()
    for file in rules.iterdir():
        text = file.read_text("utf-8")
        (other / file.name).write_text(text.replace("complaints", "risk") if file.name == "routes.yaml" else text)
    (change,) = changed(
        lines({"text": "some words"}), "--rules", rules, "--rules", other, *by_channel[2:], *by_channel[2:]
    )
    assert change["fields"] == ["departments"]
    assert "complaints" in change["before"]["departments"]


def test_two_sides_are_needed(everywhere: Path) -> None:
    result = run(everywhere)
    assert result.exit_code == 2
    assert "give --rules FOLDER or --model FOLDER" in result.output


def test_more_than_two_sides_are_refused(everywhere: Path, tmp_path: Path) -> None:
    result = run(everywhere, *["--rules", tmp_path] * 3)
    assert result.exit_code == 2
    assert "twice at most" in result.output


def test_rules_that_cannot_be_read_are_named(everywhere: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    result = run(everywhere, "--rules", tmp_path / "empty")
    assert result.exit_code == 1
    assert "taxonomy.yaml" in result.output


def test_rows_that_cannot_be_decided_are_no_change_and_told(lines: LineFile, sides: list[str | Path]) -> None:
    result = run(lines("{", {"text": "some words", "channel": "PHONE"}), *sides)
    assert result.exit_code == 0, result.output
    assert "1 of 2 rows could not be decided" in result.stderr


def test_a_file_without_a_row_to_decide_is_no_proof_of_sameness(lines: LineFile, sides: list[str | Path]) -> None:
    result = run(lines("{"), *sides)
    assert result.exit_code == 1
    assert "holds no row that can be decided" in result.stderr
