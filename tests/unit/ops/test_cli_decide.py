import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from vocbus.ops.cli import vocbus
from vocbus.ops.local_pipeline import BATCH

LineFile = Callable[..., Path]
KEYS = ["signals", "inquiry", "language", "sentiment", "review", "products"]
INTERACTION = {
    "interaction_id": "mail-1",
    "tenant": "example-bank",
    "channel": "CHAT",
    "direction": "INBOUND",
    "customer_ref": "CIF-1",
    "started_at": "2026-11-02T09:00:00+08:00",
    "turns": [{"speaker": "AGENT", "text": "Good morning."}, {"speaker": "CUSTOMER", "text": "some words"}],
    "source": {"system": "mail"},
}


def run(*arguments: str | Path, text: str | None = None) -> Result:
    return CliRunner().invoke(vocbus, ["decide", *map(str, arguments)], input=text)


def answers(*arguments: str | Path, text: str | None = None) -> list[dict[str, Any]]:
    result = run(*arguments, text=text)
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.stdout.splitlines()]


def kinds(answer: dict[str, Any]) -> list[str]:
    return [signal["kind"] for signal in answer["signals"]]


def test_an_answer_holds_the_whole_decision(lines: LineFile, by_channel: list[str]) -> None:
    (answer,) = answers(lines({"text": "some words", "channel": "email", "lang": "en", "other": [1]}), *by_channel)
    assert list(answer) == KEYS
    (signal,) = answer["signals"]
    assert list(signal) == [
        "kind",
        "category",
        "severity",
        "polarity",
        "interest",
        "confidence",
        "review",
        "evidence",
        "cfpb",
    ]
    assert (signal["kind"], signal["review"], signal["polarity"]) == ("COMPLAINT", True, None)
    assert answer["review"] == [{"kind": "COMPLAINT", "confidence": signal["confidence"]}]
    assert answer["inquiry"] is False
    assert answer["language"] == "EN"
    assert [found["text"] for found in signal["evidence"]] == ["some words"]


def test_line_n_answers_line_n_over_batches_and_faults(lines: LineFile, by_channel: list[str]) -> None:
    rows: list[object] = []
    for at in range(BATCH + 7):
        faulty = ["", "{", {"text": " "}, {"text": None}, {"words": 1}, [1]][at % 6]
        rows.append({"text": f"words {at}", "channel": "CHAT" if at % 3 else "PHONE"} if at % 5 else faulty)
    got = answers(lines(*rows), *by_channel)
    assert len(got) == len(rows)
    for at, answer in enumerate(got):
        if at % 5 == 0:
            assert list(answer) == ["error", *KEYS]
            assert (answer["signals"], answer["review"], answer["language"]) == ([], [], "UNKNOWN")
        else:
            assert kinds(answer) == (["COMPLAINT"] if at % 3 else [])
            if at % 3:
                assert answer["signals"][0]["evidence"][0]["text"] == f"words {at}"


def test_a_signal_names_what_the_cfpb_files_it_under(lines: LineFile) -> None:
    (answer,) = answers(lines({"text": "You charged an annual fee on my credit card twice, refund it!"}))
    (signal,) = (signal for signal in answer["signals"] if signal["kind"] == "COMPLAINT")
    assert signal["category"].startswith("cards.")
    assert signal["cfpb"]["product"] == "Credit card"
    assert set(signal["cfpb"]) == {"product", "issue"}


def test_the_number_of_faults_is_told_on_standard_error(lines: LineFile) -> None:
    result = run(lines("", {"text": "some words"}))
    assert result.exit_code == 0
    assert "1 of 2 lines could not be decided" in result.stderr


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("", "the line is blank"),
        ("{secret", "UNDECODABLE: no JSON: fault at column 2"),
        ({"text": ["secret"]}, "text: must be a string"),
        ({"text": "secret", "channel": "secret"}, "channel: must be one of PHONE, "),
        ({"text": "secret", "lang": 5}, "lang: must be a string"),
        ({"turns": "secret"}, "turns: must be a list"),
        ({"turns": [{"speaker": "CUSTOMER"}]}, "turns[0].text: must be a string"),
        ({"turns": [{"speaker": "secret", "text": ""}]}, "turns[0].speaker: must be one of "),
        ({"turns": []}, "turns must hold words"),
        ({"id": "secret"}, "neither text nor turns"),
        ({**INTERACTION, "channel": "secret"}, "channel: "),
    ],
)
def test_a_faulty_row_is_answered_with_the_reason_and_without_its_words(
    lines: LineFile, row: object, reason: str
) -> None:
    (answer,) = answers(lines(row))
    assert reason in answer["error"]
    assert "secret" not in answer["error"]


def test_interactions_and_conversations_are_decided_by_what_the_customer_says(
    lines: LineFile, by_channel: list[str]
) -> None:
    turns = INTERACTION["turns"]
    agent = {"speaker": "agent", "text": "some words"}
    got = answers(lines(INTERACTION, {"turns": turns, "channel": "CHAT"}, {"turns": [agent]}), *by_channel)
    assert [kinds(answer) for answer in got] == [["COMPLAINT"], ["COMPLAINT"], []]
    assert got[0]["signals"][0]["evidence"][0]["turn"] == 1


def test_the_text_is_redacted_before_it_is_decided(lines: LineFile, by_channel: list[str]) -> None:
    texts = ("4111 1111 1111 1111 is my card, which is lost", "[CARD_1] is my card, which is lost")
    spoken, redacted = answers(lines(*({"text": text} for text in texts)), *by_channel)
    assert kinds(spoken) == ["COMPLAINT"]
    assert spoken == redacted


def test_a_txt_file_is_plain_text_line_by_line(tmp_path: Path, by_channel: list[str]) -> None:
    file = tmp_path / "texts.TXT"
    file.write_bytes('\ufeffsome words\r\n\r\n{"text": "as it is"}\n'.encode() + b"\xff\n" + "最后一行".encode())
    got = answers(file, *by_channel)
    assert [answer.get("error", "")[:11] for answer in got] == ["", "CONTRACT_VI", "", "UNDECODABLE", ""]
    assert [answer["signals"][0]["evidence"][0]["text"] for answer in got if "error" not in answer] == [
        "some words",
        "text",  # what looks like JSON is words like any other
        "最后一行",
    ]
    assert got[-1]["language"] == "ZH"


def test_a_dash_reads_json_lines_from_standard_input(by_channel: list[str]) -> None:
    got = answers("-", *by_channel, text='{"text": "some words"}\n{"text": "更多的话"}')
    assert [answer["language"] for answer in got] == ["EN", "ZH"]


def test_the_output_file_holds_the_same_and_standard_output_nothing(
    lines: LineFile, tmp_path: Path, by_channel: list[str]
) -> None:
    file = lines({"text": "some words"}, {"text": "更多的话"})
    printed = run(file, *by_channel).stdout
    result = run(file, *by_channel, "--output", tmp_path / "out.jsonl")
    assert result.exit_code == 0, result.output
    assert result.stdout == ""
    assert (tmp_path / "out.jsonl").read_text("utf-8") == printed


def test_equal_rows_get_equal_answers_alone_and_among_others(lines: LineFile) -> None:
    rows = [
        {"text": text} for text in ("You charged me twice!", "我想申请一张信用卡", "Lovely app", "How do I log in?")
    ]
    together = answers(lines(*rows * 40))
    alone = [answers(lines(row, name="one.jsonl"))[0] for row in rows]
    assert together == alone * 40


def test_a_file_that_is_missing_is_a_usage_error(tmp_path: Path) -> None:
    assert run(tmp_path / "none.jsonl").exit_code == 2
