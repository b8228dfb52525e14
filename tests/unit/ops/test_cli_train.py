"""Rebuilding the model from labelled text."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from vocbus.ops.cli import vocbus
from vocbus.pipeline.model import FILES, load_model

#: By label, categories and what is said in turns.
SAID: dict[str, list[tuple[str | None, str]]] = {
    "COMPLAINT": [
        ("cards.fees", "You charged me twice for card {} and I want my money back"),
        ("branch.delay", "I have been waiting at counter {} for an hour, this is a disgrace"),
    ],
    "FEEDBACK": [
        ("app.usability", "Version {} of the app is lovely and quick"),
        ("branch.service", "The lady at counter {} was very kind"),
    ],
    "SALES_SIGNAL": [
        ("loans.opening", "I would like to apply for a loan of {} thousand"),
        ("cards.limit", "Could my limit be raised by {} hundred?"),
    ],
    "": [(None, "What are the opening hours of branch {}?"), (None, "Which documents does form {} need?")],
}


def rows(part: str, first: int) -> list[dict[str, Any]]:
    return [
        {
            "id": f"{part}-{at}",
            "text": said[at % 2][1].format(at),
            "lang": "en",
            "labels": [label] if label else [],
            "inquiry": not label,
            "category": said[at % 2][0],
            "severity": 2 if label == "COMPLAINT" else None,
            "sentiment": -0.5 if label == "COMPLAINT" else 0.5,
            "polarity": "PRAISE" if label == "FEEDBACK" else None,
            "products": [],
        }
        for at in range(first, first + 20)
        for label, said in SAID.items()
    ]


def written(path: Path, found: list[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in found), "utf-8")
    return path


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    folder = tmp_path / "corpus"
    folder.mkdir()
    written(folder / "sentences-en-a.jsonl", rows("a", 0))
    written(folder / "sentences-en-b.jsonl", rows("b", 20))
    return folder


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(vocbus, ["train", *map(str, arguments)])


def trained(output: Path, *arguments: str | Path) -> str:
    result = run(*arguments, "--output", output)
    assert result.exit_code == 0, result.output
    return result.stdout.strip()


def test_the_printed_hash_is_that_of_the_written_model(corpus: Path, tmp_path: Path) -> None:
    printed = trained(tmp_path / "model", "--corpus", corpus, "--no-public")
    assert load_model(tmp_path / "model").hash == printed


def test_equal_rows_give_equal_bytes(corpus: Path, tmp_path: Path) -> None:
    for name in ("one", "two"):
        trained(tmp_path / name, "--corpus", corpus, "--no-public")
    for name in FILES:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_check_names_the_files_that_differ_and_writes_nothing(corpus: Path, tmp_path: Path) -> None:
    output = tmp_path / "model"
    printed = trained(output, "--corpus", corpus, "--no-public")
    checking = ("--corpus", corpus, "--no-public", "--output", output, "--check")
    same = run(*checking)
    assert (same.exit_code, same.stdout.strip()) == (0, printed)
    (output / "heads.npy").write_bytes(b"other")
    (output / "model.json").unlink()
    different = run(*checking)
    assert different.exit_code == 1
    assert "differs in model.json, heads.npy." in different.stderr
    assert (output / "heads.npy").read_bytes() == b"other"
    assert not (output / "model.json").exists()


def test_public_rows_and_corrections_change_the_model(corpus: Path, tmp_path: Path) -> None:
    more = written(tmp_path / "more.jsonl", [row | {"source": "somebody"} for row in rows("c", 40)])
    ways: list[list[str | Path]] = [["--no-public"], ["--public", more], ["--no-public", "--corrections", more]]
    hashes = {trained(tmp_path / f"model-{at}", "--corpus", corpus, *way) for at, way in enumerate(ways)}
    assert len(hashes) == 3


def test_corrections_are_counted_apart(corpus: Path, tmp_path: Path) -> None:
    more = written(tmp_path / "more.jsonl", rows("c", 40)[:5])
    result = run("--corpus", corpus, "--no-public", "--corrections", more, "--output", tmp_path / "model")
    assert "160 own rows, 0 public, 5 corrections" in result.stderr


def test_a_corpus_that_is_missing_is_an_error_with_the_way_out(tmp_path: Path) -> None:
    result = run("--corpus", tmp_path)
    assert result.exit_code == 1
    assert "holds no sentences-*.jsonl" in result.stderr
    assert "--corpus FOLDER" in result.stderr


def test_public_text_that_is_missing_is_never_passed_over(
    corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = run("--corpus", corpus)
    assert result.exit_code == 1
    assert "train.jsonl cannot be read: No such file or directory" in result.stderr
    assert "--public FILE" in result.stderr
    assert "--no-public trains without it" in result.stderr


def test_public_text_and_none_exclude_each_other(corpus: Path, tmp_path: Path) -> None:
    assert run("--corpus", corpus, "--no-public", "--public", tmp_path / "p.jsonl").exit_code == 2


@pytest.mark.parametrize("option", ["--public", "--corrections"])
def test_a_faulty_row_is_named_by_file_and_line_without_its_text(corpus: Path, tmp_path: Path, option: str) -> None:
    faulty = written(tmp_path / "faulty.jsonl", [rows("c", 40)[0], {"text": "secret", "lang": "en", "labels": "none"}])
    public = [] if option == "--public" else ["--no-public"]
    result = run("--corpus", corpus, *public, option, faulty)
    assert result.exit_code == 1
    assert "faulty.jsonl, line 2: labels: " in result.stderr
    assert "secret" not in result.output


def test_without_scikit_learn_it_says_how_to_get_it(corpus: Path) -> None:
    """In a process of its own, in which the package cannot be imported."""
    code = "import sys; sys.modules['sklearn'] = None; from vocbus.ops.cli import main; main()"
    found = subprocess.run(
        [sys.executable, "-c", code, "train", "--corpus", str(corpus), "--no-public", "--check"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert found.returncode == 1
    assert 'pip install "vocbus[train]"' in found.stderr
    assert "Traceback" not in found.stderr
