import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from vocbus.ops.cli_explain import explain

WIDE = {"COLUMNS": "200"}


def run(*arguments: str, text: str | None = None) -> Result:
    return CliRunner().invoke(explain, list(arguments), input=text, env=WIDE)


def explained(*arguments: str, text: str | None = None) -> dict[str, Any]:
    result = run(*arguments, "--json", text=text)
    assert result.exit_code == 0, result.output
    answer: dict[str, Any] = json.loads(result.output)
    return answer


def test_json_holds_the_whole_decision() -> None:
    answer = explained("我的信用卡6200 0042 2399 0497被多扣了两次年费，要投诉")
    assert set(answer) == {
        "language",
        "inquiry",
        "sentiment",
        "signals",
        "review",
        "redactions",
        "redacted",
        "rules_version",
        "model_hash",
    }
    assert answer["language"] == "ZH"
    assert answer["redacted"] == "我的信用卡[CARD_1]被多扣了两次年费，要投诉"
    assert answer["redactions"] == {"CARD": 1}
    (signal,) = answer["signals"]
    assert signal["kind"] == "COMPLAINT"
    assert signal["category"] == "cards.fees"
    assert "complaints" in signal["departments"]
    assert signal["interest"] is None
    assert isinstance(signal["review"], bool)
    assert -1 <= answer["sentiment"] <= 1
    for found in signal["evidence"]:
        assert answer["redacted"][found["start"] : found["end"]] == found["text"]


def test_people_see_the_words_the_rule_and_the_departments() -> None:
    result = run("You charged me twice and nobody answers")
    assert result.exit_code == 0
    for expected in ("COMPLAINT", "charged me twice", "money.wrong_charge", "complaints", "severity 3", "priority"):
        assert expected in result.output


def test_no_signal_is_said_in_words() -> None:
    result = run("How do I change my phone number?")
    assert result.exit_code == 0
    assert "No complaint, feedback or sales signal" in result.output
    assert "an inquiry" in result.output


def test_a_dash_reads_standard_input() -> None:
    assert explained("-", text="建议增加指纹登录\n")["redacted"] == "建议增加指纹登录"


def test_what_an_agent_says_is_no_signal() -> None:
    assert explained("You charged me twice", "--speaker", "agent")["signals"] == []


def test_language_may_be_given_where_the_text_does_not_tell() -> None:
    assert explained("12345", "--lang", "zh")["language"] == "ZH"


def test_the_channel_moves_the_decision(by_channel: list[str]) -> None:
    kinds = {
        channel: [signal["kind"] for signal in explained("some words", "--channel", channel, *by_channel)["signals"]]
        for channel in ("CHAT", "PHONE")
    }
    assert kinds == {"CHAT": ["COMPLAINT"], "PHONE": []}


def test_a_decision_for_review_is_marked(by_channel: list[str]) -> None:
    answer = explained("some words", "--channel", "EMAIL", *by_channel)
    (signal,) = answer["signals"]
    assert signal["review"] is True
    assert answer["review"] == [{"kind": "COMPLAINT", "confidence": signal["confidence"]}]
    shown = run("some words", "--channel", "EMAIL", *by_channel).output
    assert f"confidence {signal['confidence']:.2f}, for review" in shown
    assert "interactions-review" in shown


def test_what_was_just_missed_is_shown_though_no_signal_stands(by_channel: list[str]) -> None:
    answer = explained("some words", "--channel", "APP", *by_channel)
    assert answer["signals"] == []
    assert [doubt["kind"] for doubt in answer["review"]] == ["COMPLAINT"]
    shown = run("some words", "--channel", "APP", *by_channel).output
    assert "No complaint, feedback or sales signal" in shown
    assert "COMPLAINT (0.38, just missed)" in shown


def test_people_see_what_a_sales_signal_is_after() -> None:
    wish = explained("I would like to apply for a new credit card today")["signals"][0]["interest"]
    assert wish["product"] == "cards"
    assert (
        f"wants cards, strength {wish['strength']} of 3"
        in run("I would like to apply for a new credit card today").output
    )


def test_people_see_mood_and_versions() -> None:
    answer = explained("You charged me twice and nobody answers")
    shown = run("You charged me twice and nobody answers").output
    for expected in (f"sentiment {answer['sentiment']:+.2f}", answer["rules_version"], answer["model_hash"]):
        assert expected in shown


def test_what_a_customer_wrote_is_no_markup() -> None:
    shown = run("You charged me twice [red] and nobody answers [/red]").output
    assert "[red]" in shown
    assert "[/red]" in shown


@pytest.fixture
def interaction_file(tmp_path: Path) -> Path:
    path = tmp_path / "one.json"
    record = {
        "interaction_id": "mail-1",
        "tenant": "example-bank",
        "channel": "EMAIL",
        "direction": "INBOUND",
        "customer_ref": "CIF-1",
        "started_at": "2026-11-02T09:00:00+08:00",
        "subject": "Complaint",
        "turns": [
            {"speaker": "CUSTOMER", "text": "You charged me twice."},
            {"speaker": "AGENT", "text": "Would you like a new card?"},
        ],
        "source": {"system": "mail"},
    }
    path.write_text(json.dumps(record), "utf-8")
    return path


def test_an_interaction_file_is_explained_turn_by_turn(interaction_file: Path) -> None:
    answer = explained("--file", str(interaction_file))
    assert answer["redacted"] == "You charged me twice.\nWould you like a new card?"
    assert {signal["kind"] for signal in answer["signals"]} == {"COMPLAINT"}


def test_a_file_that_is_no_interaction_is_refused_by_field(interaction_file: Path) -> None:
    interaction_file.write_text(interaction_file.read_text("utf-8").replace('"EMAIL"', '"PIGEON"'), "utf-8")
    result = run("--file", str(interaction_file))
    assert result.exit_code == 1
    assert "is not an interaction: channel:" in result.output
    assert "PIGEON" not in result.output


@pytest.mark.parametrize("arguments", [(), ("text", "--file", "README.md")])
def test_one_source_of_words_is_needed(arguments: tuple[str, ...]) -> None:
    result = run(*arguments)
    assert result.exit_code == 2
    assert "give either a TEXT" in result.output


def test_words_that_would_be_dead_lettered_say_so() -> None:
    result = run("   ")
    assert result.exit_code == 1
    assert "dead-lettered as CONTRACT_VIOLATION: turns must hold words" in result.output


def test_rules_of_another_folder_are_tried(tmp_path: Path) -> None:
    result = run("text", "--rules", str(tmp_path))
    assert result.exit_code == 1
    assert "taxonomy.yaml" in result.output
