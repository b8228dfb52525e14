import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from vocbus.contracts.schemas import FIRST_ID, latest, load_lock, packaged
from vocbus.ops.cli import vocbus

Run = Callable[..., Result]

#: The newest version of Signal, and the one that a test adds to it.
OLD = latest("signal").version
NEW = OLD + 1


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    for part in ("avro", "examples"):
        shutil.copytree(Path(str(packaged())) / part, tmp_path / part)
    return tmp_path


@pytest.fixture
def run(directory: Path) -> Run:
    """`vocbus schemas` with arguments, on the copy of the schemas."""

    def call(*arguments: str) -> Result:
        return CliRunner().invoke(vocbus, ["schemas", *arguments, "--directory", str(directory)], terminal_width=120)

    return call


@pytest.fixture
def next_version(directory: Path) -> Callable[[Callable[[Any], object]], None]:
    """Writes the next version of Signal, the newest one after a change."""

    def write(change: Callable[[Any], object]) -> None:
        schema = json.loads((directory / "avro" / "signal" / f"v{OLD}.avsc").read_text("utf-8"))
        change(schema)
        (directory / "avro" / "signal" / f"v{NEW}.avsc").write_text(json.dumps(schema), "utf-8")

    return write


def add_field(schema: Any) -> None:
    schema["fields"].append({"name": "mood", "type": ["null", "string"], "default": None, "doc": "How they felt."})


def remove_field(schema: Any) -> None:
    schema["fields"] = [field for field in schema["fields"] if field["name"] != "excerpt"]


def change_type(schema: Any) -> None:
    next(field for field in schema["fields"] if field["name"] == "priority")["type"] = "string"


def remove_symbol(schema: Any) -> None:
    next(field for field in schema["fields"] if field["name"] == "kind")["type"]["symbols"].remove("FEEDBACK")


def test_the_shipped_schemas_pass() -> None:
    result = CliRunner().invoke(vocbus, ["schemas", "check"])
    assert result.exit_code == 0
    assert "0 errors" in result.output


@pytest.mark.parametrize("change", [remove_field, change_type, remove_symbol])
def test_an_incompatible_next_version_fails(run: Run, next_version: Any, change: Callable[[Any], None]) -> None:
    next_version(change)
    result = run("check")
    assert result.exit_code == 1
    assert f"error  avro/signal/v{NEW}.avsc: " in result.output
    assert run("release").exit_code == 1
    assert run("check").output == result.output


def test_an_edited_released_schema_fails(run: Run, directory: Path) -> None:
    file = directory / "avro" / "signal" / f"v{OLD}.avsc"
    schema = json.loads(file.read_text("utf-8"))
    add_field(schema)
    file.write_text(json.dumps(schema), "utf-8")
    result = run("check")
    assert result.exit_code == 1
    assert f"error  avro/signal/v{OLD}.avsc: was edited after its release" in result.output


def test_an_addition_passes_after_its_release(run: Run, next_version: Any) -> None:
    next_version(add_field)
    before = run("check")
    assert before.exit_code == 1
    assert "vocbus schemas release" in before.output
    release = run("release")
    assert release.exit_code == 0
    following = FIRST_ID + len(load_lock(packaged()).schemas)
    assert f"released signal/v{NEW}.avsc with id {following}" in release.output
    assert run("check").exit_code == 0
    assert "already" in run("release").output


def test_warnings_do_not_fail(run: Run, next_version: Any) -> None:
    next_version(lambda schema: schema["fields"][4]["type"]["symbols"].append("QUESTION"))
    run("release")
    result = run("check")
    assert result.exit_code == 0
    assert f"warning  avro/signal/v{OLD}.avsc: consumers" in result.output
    assert f"0 errors, {OLD} warning" in result.output


def test_findings_can_be_read_by_a_script(run: Run, next_version: Any) -> None:
    next_version(add_field)
    result = run("check", "--json")
    assert result.exit_code == 1
    problem = "is not released: run `vocbus schemas release`"
    finding = {"level": "ERROR", "place": f"avro/signal/v{NEW}.avsc", "problem": problem}
    assert json.loads(result.output) == {"ok": False, "findings": [finding]}


def test_a_folder_without_schemas_is_answered_with_what_is_missing(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    result = CliRunner().invoke(vocbus, ["schemas", "check", "--directory", str(tmp_path / "empty")])
    assert result.exit_code == 2
    assert "has no folder avro/" in result.output


def test_the_list_shows_ids_and_topics(run: Run, next_version: Any) -> None:
    next_version(add_field)
    rows = json.loads(run("list", "--json").output)
    assert {row["record"]: row["id"] for row in rows if row["version"] == 1}["interaction"] == 1_000_001
    assert [row["topics"] for row in rows if row["record"] == "interaction"] == [["interactions-raw"]]
    assert [row["id"] for row in rows if row["record"] == "signal"][-1] is None
    table = run("list").output
    assert "1000001" in table
    assert "not" in table


def test_a_list_of_malformed_files_leads_to_the_check(run: Run, directory: Path) -> None:
    (directory / "avro" / "lock.json").write_text("{")
    result = run("list")
    assert result.exit_code == 1
    assert "`vocbus schemas check` tells which" in result.output
    assert "avro/lock.json: is malformed" in run("check").output


def test_a_record_is_shown_with_its_nested_fields(run: Run) -> None:
    output = run("show", "interaction").output
    for part in ("interaction v1", "started_at", "timestamp-millis", "required", "speaker", "[]", "csat"):
        assert part in output


def test_the_newest_version_is_shown_unless_another_is_asked_for(run: Run, next_version: Any) -> None:
    next_version(add_field)
    assert "mood" in run("show", "signal").output
    assert "mood" not in run("show", "signal", "--version", "1").output
    assert json.loads(run("show", "signal", "--json").output)["fields"][-1]["name"] == "mood"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("show", "interacton"), "no record interacton; there are: classified_interaction, dead_letter, interaction"),
        (("show", "signal", "--version", "99"), "signal has no version 99; there are: 1"),
    ],
)
def test_what_does_not_exist_is_answered_with_what_does(run: Run, arguments: tuple[str, ...], told: str) -> None:
    result = run(*arguments)
    assert result.exit_code == 2
    assert told in " ".join(result.output.split())
