import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from vocbus.ops.cli import vocbus

LineFile = Callable[..., Path]
KEYS = ["label", "lang", "rows", "positive", "precision", "recall", "f1", "confusion"]


def run(*arguments: str | Path, text: str | None = None) -> Result:
    return CliRunner().invoke(vocbus, ["eval", *map(str, arguments)], input=text, env={"COLUMNS": "80"})


def measured(*arguments: str | Path) -> dict[str, Any]:
    result = run(*arguments, "--json")
    assert result.exit_code == 0, result.output
    answer: dict[str, Any] = json.loads(result.stdout)
    return answer


def row(channel: str, *labels: str, lang: str = "en", **fields: Any) -> dict[str, Any]:
    return {"text": "some words", "lang": lang, "labels": labels, "channel": channel, **fields}


def test_json_holds_every_label_in_every_language_with_its_confusion(lines: LineFile, by_channel: list[str]) -> None:
    file = lines(
        row("CHAT", "COMPLAINT", "INQUIRY"),
        row("EMAIL", "COMPLAINT"),
        row("APP", "COMPLAINT"),
        row("PHONE"),
        row("CHAT", "FEEDBACK", lang="zh"),
    )
    answer = measured(file, *by_channel)
    assert list(answer) == ["rows", "undecided", "misjudged", "labels", "rules_version", "model_hash"]
    assert (answer["rows"], answer["undecided"], answer["misjudged"]) == (5, 0, 2)
    assert [list(each) for each in answer["labels"]] == [KEYS] * 8
    by = {(each["label"], each["lang"]): each for each in answer["labels"]}
    assert by["COMPLAINT", "en"]["confusion"] == {
        "yes": {"sure": 1, "decided_for_review": 1, "missed_for_review": 1, "not": 0},
        "no": {"sure": 0, "decided_for_review": 0, "missed_for_review": 0, "not": 1},
    }
    assert (by["COMPLAINT", "en"]["precision"], by["COMPLAINT", "en"]["recall"]) == (1.0, 0.6667)
    assert by["COMPLAINT", "zh"]["precision"] == 0
    assert by["INQUIRY", "en"]["f1"] == 1
    assert by["SALES_SIGNAL", "zh"]["f1"] is None


def test_people_see_the_scores_and_the_review_band(lines: LineFile, by_channel: list[str]) -> None:
    result = run(lines(row("CHAT", "COMPLAINT"), row("PHONE", lang="zh")), *by_channel)
    assert result.exit_code == 0, result.output
    for expected in ("2 rows", "SALES_SIGNAL", "precision", "1.000", "█", "for review", "rules ", "model "):
        assert expected in result.stdout


def test_misjudged_rows_are_written_with_their_place_and_text(
    lines: LineFile, by_channel: list[str], tmp_path: Path
) -> None:
    file = lines(row("CHAT", "COMPLAINT", "INQUIRY"), "", row("APP", "COMPLAINT", id="r-2", known=["COMPLAINT"]))
    assert run(file, *by_channel, "--errors", tmp_path / "wrong.jsonl").exit_code == 0
    (wrong,) = map(json.loads, (tmp_path / "wrong.jsonl").read_text("utf-8").splitlines())
    confidence = wrong.pop("confidence")
    assert list(confidence) == ["COMPLAINT"]
    assert 0.25 < confidence["COMPLAINT"] < 0.5
    assert wrong == {
        "line": 3,
        "id": "r-2",
        "wrong": ["COMPLAINT"],
        "labels": ["COMPLAINT"],
        "known": ["COMPLAINT"],
        "decided": [],
        "review": ["COMPLAINT"],
        "lang": "en",
        "text": "some words",
    }


def test_of_a_conversation_only_the_customer_is_judged(lines: LineFile, by_channel: list[str]) -> None:
    agent = {"speaker": "AGENT", "text": "some words"}
    customer = {"speaker": "CUSTOMER", "text": "other words"}
    said = {"lang": "en", "labels": ["COMPLAINT"], "known": ["COMPLAINT"], "channel": "CHAT"}
    (complaint, *_) = measured(
        lines({**said, "turns": [agent, customer]}, {**said, "turns": [agent], "labels": []}), *by_channel
    )["labels"]
    assert complaint["f1"] == 1
    assert complaint["confusion"]["no"]["not"] == 1


def test_what_intake_would_dead_letter_counts_as_holding_nothing(lines: LineFile, by_channel: list[str]) -> None:
    answer = measured(lines(row("CHAT", "COMPLAINT", text=" ")), *by_channel)
    assert answer["undecided"] == 1
    assert answer["labels"][0]["confusion"]["yes"]["not"] == 1


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("{secret", "no JSON"),
        ('{"text": "secret", "lang": "en"}', "labels: "),
        ('{"text": "secret", "lang": "en", "labels": ["SECRET"]}', "labels.0: "),
        ('{"text": "secret", "lang": "xx", "labels": []}', "lang: "),
        ('{"text": 7, "lang": "en", "labels": []}', "text: must be a string"),
        ('["secret"]', "must be a JSON object"),
    ],
)
def test_a_faulty_row_ends_it_with_the_line_and_without_the_text(
    lines: LineFile, tmp_path: Path, fault: str, said: str
) -> None:
    wrong = tmp_path / "wrong.jsonl"
    result = run(lines(row("CHAT", "COMPLAINT"), "", fault), "--errors", wrong)
    assert result.exit_code == 1
    assert f"line 3: {said}" in result.stderr.replace("CONTRACT_VIOLATION: ", "").replace("UNDECODABLE: ", "")
    assert "secret" not in result.output.lower()
    assert not wrong.exists()
    assert list(tmp_path.glob(".*")) == []


def test_an_empty_file_is_measured_without_a_division(lines: LineFile) -> None:
    answer = measured(lines())
    assert (answer["rows"], answer["labels"]) == (0, [])
    assert run(lines()).exit_code == 0


def test_a_dash_reads_standard_input(by_channel: list[str]) -> None:
    result = run("-", "--json", *by_channel, text=json.dumps(row("CHAT", "COMPLAINT")))
    assert json.loads(result.stdout)["rows"] == 1
