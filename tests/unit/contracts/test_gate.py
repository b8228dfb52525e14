import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from vocbus.contracts.gate import NotReleasable, check, release
from vocbus.contracts.schemas import FIRST_ID, Finding, load_lock, packaged

Schema = dict[str, Any]


def errors(directory: Path) -> list[str]:
    return [f"{one.place}: {one.problem}" for one in check(directory) if one.level == "ERROR"]


def warnings(directory: Path) -> list[Finding]:
    return [one for one in check(directory) if one.level == "WARNING"]


def edit(file: Path, change: Callable[[Any], object]) -> None:
    document = json.loads(file.read_text("utf-8"))
    change(document)
    file.write_text(json.dumps(document, ensure_ascii=False), "utf-8")


def field(schema: Schema, name: str) -> Schema:
    found: Schema
    (found,) = (one for one in schema["fields"] if one["name"] == name)
    return found


def without_field(name: str) -> Callable[[Schema], object]:
    return lambda schema: schema.update(fields=[one for one in schema["fields"] if one["name"] != name])


def with_field(**attributes: Any) -> Callable[[Schema], object]:
    return lambda schema: schema["fields"].append(attributes)


def test_the_package_passes_its_own_gate() -> None:
    assert check(packaged()) == []


class TestNextVersion:
    """What a second version may change."""

    @pytest.mark.parametrize(
        "change",
        [
            with_field(name="mood", type=["null", "string"], default=None),
            with_field(name="retries", type="int", default=0),
            with_field(name="labels", type={"type": "array", "items": "string"}, default=[]),
            lambda schema: schema.update(doc="Other words."),
            lambda schema: schema["fields"].reverse(),
        ],
    )
    def test_an_addition_passes_once_it_is_released(
        self, directory: Path, add_version: Callable[..., None], change: Callable[[Schema], object]
    ) -> None:
        add_version("signal", change)
        assert errors(directory) == ["avro/signal/v2.avsc: is not released: run `vocbus schemas release`"]
        assert [entry.file for entry in release(directory)] == ["signal/v2.avsc"]
        assert check(directory) == []

    def test_an_added_enum_symbol_passes_with_a_warning_for_consumers(
        self, directory: Path, add_version: Callable[..., None]
    ) -> None:
        add_version("signal", lambda schema: field(schema, "kind")["type"]["symbols"].append("QUESTION"))
        release(directory)
        assert errors(directory) == []
        (warning,) = warnings(directory)
        assert warning.place == "avro/signal/v1.avsc"
        assert "avro for Python cannot read all data of v2" in warning.problem

    @pytest.mark.parametrize(
        ("change", "problem"),
        [
            (without_field("excerpt"), "v1.avsc: cannot read data of v2: reader field missing default value (excerpt"),
            (without_field("excerpt"), "v1.avsc: fastavro cannot read data of v2"),
            (without_field("excerpt"), "v2.avsc: field vocbus.Signal.excerpt of v1 is gone"),
            (without_field("case_id"), "v2.avsc: field vocbus.Signal.case_id of v1 is gone"),
            (with_field(name="mood", type="string"), "v2.avsc: fastavro cannot read data of v1"),
            (with_field(name="raw", type="bytes", default="ÿ"), "v2.avsc: fastavro cannot read data of v1"),
            (lambda s: field(s, "priority").update(type="string"), "v2.avsc: fastavro cannot read data of v1"),
            (lambda s: field(s, "priority").update(type="long"), "v1.avsc: fastavro cannot read data of v2"),
            (lambda s: field(s, "severity").update(type="int", default=1), "v2.avsc: fastavro cannot read data of v1"),
            (lambda s: field(s, "excerpt").update(type=["null", "string"]), "v1.avsc: fastavro cannot read data of v2"),
            (
                lambda s: field(s, "kind")["type"]["symbols"].remove("FEEDBACK"),
                "v2.avsc: symbol vocbus.SignalKind.FEEDBACK of v1 is gone",
            ),
            (
                lambda s: field(s, "evidence")["type"]["items"]["fields"].pop(),
                "v1.avsc: cannot read data of v2: reader field missing default value (rule",
            ),
            (
                lambda s: field(s, "decision")["type"].update(name="Verdict"),
                "v2.avsc: type vocbus.Decision of v1 is gone",
            ),
        ],
    )
    def test_what_readers_would_miss_fails(
        self, directory: Path, add_version: Callable[..., None], change: Callable[[Schema], object], problem: str
    ) -> None:
        add_version("signal", change)
        assert any(f"avro/signal/{problem}" in line for line in errors(directory)), errors(directory)
        with pytest.raises(NotReleasable):
            release(directory)

    def test_the_third_version_is_held_against_the_first(
        self, directory: Path, add_version: Callable[..., None]
    ) -> None:
        add_version("signal", with_field(name="mood", type="string", default=""))
        add_version("signal", without_field("excerpt"))
        assert any("v1.avsc: fastavro cannot read data of v3" in line for line in errors(directory))

    def test_an_enum_without_a_default_fails(self, directory: Path, add_version: Callable[..., None]) -> None:
        add_version("signal", lambda schema: field(schema, "kind")["type"].pop("default"))
        assert any("v2.avsc: enum SignalKind needs a default" in line for line in errors(directory))

    def test_another_name_fails(self, directory: Path, add_version: Callable[..., None]) -> None:
        add_version("signal", lambda schema: schema.update(name="Sign"))
        assert any("v2.avsc: must be the record Signal" in line for line in errors(directory))


class TestReleasedSchema:
    """A released version stands for ever."""

    @pytest.mark.parametrize(
        "change",
        [
            with_field(name="mood", type=["null", "string"], default=None),
            lambda schema: field(schema, "kind")["type"].update(default="COMPLAINT"),
            lambda schema: field(schema, "priority").update(default=4),
        ],
    )
    def test_an_edit_fails(self, directory: Path, change: Callable[[Schema], object]) -> None:
        edit(directory / "avro" / "signal" / "v1.avsc", change)
        problem = "was edited after its release: restore it, make the change as v2"
        assert errors(directory) == [f"avro/signal/v1.avsc: {problem}"]
        with pytest.raises(NotReleasable):
            release(directory)

    def test_its_docs_may_be_improved(self, directory: Path) -> None:
        edit(directory / "avro" / "signal" / "v1.avsc", lambda schema: schema.update(doc="Better words."))
        assert check(directory) == []

    def test_its_removal_fails(self, directory: Path, add_version: Callable[..., None]) -> None:
        add_version("signal", with_field(name="mood", type="string", default=""))
        release(directory)
        (directory / "avro" / "signal" / "v2.avsc").unlink()
        assert any("lock.json: lists signal/v2.avsc, which is gone" in line for line in errors(directory))

    @pytest.mark.parametrize(
        ("change", "problem"),
        [
            (lambda lock: lock["schemas"].append(lock["schemas"][0]), "has the id 1000001 2 times"),
            (lambda lock: lock["schemas"][1].update(id=FIRST_ID), "has the id 1000001 2 times"),
            (lambda lock: lock["schemas"][0].update(id=1), "is malformed"),
            (lambda lock: lock.update(schemas={}), "is malformed"),
        ],
    )
    def test_a_damaged_lock_file_fails(self, directory: Path, change: Callable[[Any], object], problem: str) -> None:
        edit(directory / "avro" / "lock.json", change)
        assert any(f"avro/lock.json: {problem}" in line for line in errors(directory)), errors(directory)


class TestRelease:
    def test_ids_count_on_and_earlier_entries_stay(self, directory: Path, add_version: Callable[..., None]) -> None:
        before = load_lock(directory).schemas
        add_version("signal", with_field(name="mood", type="string", default=""))
        add_version("dead_letter", with_field(name="host", type="string", default=""))
        released = release(directory)
        assert [(entry.file, entry.id) for entry in released] == [
            ("dead_letter/v2.avsc", FIRST_ID + 4),
            ("signal/v2.avsc", FIRST_ID + 5),
        ]
        assert load_lock(directory).schemas == before + released

    def test_a_second_release_changes_nothing(self, directory: Path) -> None:
        lock = directory / "avro" / "lock.json"
        before = lock.read_bytes()
        assert release(directory) == []
        assert lock.read_bytes() == before

    def test_a_refused_release_writes_nothing(self, directory: Path, add_version: Callable[..., None]) -> None:
        add_version("signal", without_field("excerpt"))
        before = load_lock(directory)
        with pytest.raises(NotReleasable) as caught:
            release(directory)
        assert all(finding.level == "ERROR" for finding in caught.value.findings)
        assert load_lock(directory) == before


class TestDirectory:
    """Files that belong together, and examples that say what they are for."""

    def test_a_gap_in_the_versions_fails(self, directory: Path, add_version: Callable[..., None]) -> None:
        add_version("signal", with_field(name="mood", type="string", default=""))
        (directory / "avro" / "signal" / "v2.avsc").rename(directory / "avro" / "signal" / "v3.avsc")
        assert "avro/signal: versions must be numbered from 1 without gaps" in errors(directory)

    @pytest.mark.parametrize("name", ["signal/V2.avsc", "signal/v02.avsc", "signal/v2.json", "signal.avsc"])
    def test_a_file_that_nothing_reads_fails(self, directory: Path, name: str) -> None:
        (directory / "avro" / name).write_text("{}")
        assert any(line.startswith(f"avro/{name}: ") for line in errors(directory))

    @pytest.mark.parametrize(
        "text", ["", "{", "[]", '"string"', '{"type": "record"}', '{"type": "record", "name": "A"}']
    )
    def test_a_schema_that_is_none_fails_and_stops_nothing_else(self, directory: Path, text: str) -> None:
        (directory / "avro" / "signal" / "v1.avsc").write_text(text)
        (found,) = errors(directory)
        assert found.startswith("avro/signal/v1.avsc: ")

    def test_a_schema_without_twin_fails(self, directory: Path) -> None:
        (directory / "avro" / "case_event").mkdir()
        schema = {"type": "record", "name": "CaseEvent", "namespace": "vocbus", "fields": []}
        (directory / "avro" / "case_event" / "v1.avsc").write_text(json.dumps(schema))
        (found,) = errors(directory)
        assert found.startswith("avro/case_event: has no twin")

    def test_a_record_without_schema_fails(self, directory: Path) -> None:
        (directory / "avro" / "signal" / "v1.avsc").unlink()
        assert "avro/signal: holds no schema version" in errors(directory)
        (directory / "avro" / "signal").rmdir()
        assert any(line.startswith("avro/signal: is missing") for line in errors(directory))
        assert "examples/signal: belongs to no schema" in errors(directory)

    @pytest.mark.parametrize("kind", ["valid", "invalid"])
    def test_a_record_without_examples_fails(self, directory: Path, kind: str) -> None:
        for file in (directory / "examples" / "signal" / kind).iterdir():
            file.unlink()
        assert errors(directory) == [f"examples/signal/{kind}: holds no example"]

    def test_examples_of_no_record_fail(self, directory: Path) -> None:
        (directory / "examples" / "sginal" / "valid").mkdir(parents=True)
        (directory / "examples" / "sginal" / "valid" / "a.json").write_text("{}")
        assert errors(directory) == ["examples/sginal: belongs to no schema"]

    @pytest.mark.parametrize(
        ("change", "problem"),
        [
            (lambda record: record.pop("kind"), "kind"),
            (lambda record: record.update(occurred_at="2026-11-02"), "occurred_at"),
            (lambda record: record["evidence"][0].update(start=2**31), "evidence[0].start must be an integer of 32"),
        ],
    )
    def test_a_valid_example_that_is_refused_fails(
        self, directory: Path, change: Callable[[Any], object], problem: str
    ) -> None:
        edit(directory / "examples" / "signal" / "valid" / "sales_minimal_en.json", change)
        (found,) = errors(directory)
        assert found.startswith("examples/signal/valid/sales_minimal_en.json: ")
        assert problem in found

    @pytest.mark.parametrize(
        ("change", "problem"),
        [
            (lambda example: example["record"].update(csat=1), "not with “satisfaction.csat must be 1 to 5”"),
            (lambda example: example["record"]["satisfaction"].update(csat=5), "is accepted"),
            (lambda example: example.update(path="satisfaction.nps"), "is refused, but not with"),
            (lambda example: example.update(why="must be blue"), "is refused, but not with"),
            (lambda example: example.pop("why"), "why"),
        ],
    )
    def test_an_invalid_example_must_be_refused_for_its_reason(
        self, directory: Path, change: Callable[[Any], object], problem: str
    ) -> None:
        edit(directory / "examples" / "interaction" / "invalid" / "csat_beyond_scale.json", change)
        (found,) = errors(directory)
        assert found.startswith("examples/interaction/invalid/csat_beyond_scale.json: ")
        assert problem in found

    @pytest.mark.parametrize("text", ["", "[]", '{"base64": "?"}', '{"base64": 5}'])
    def test_an_example_that_is_no_record_fails(self, directory: Path, text: str) -> None:
        (directory / "examples" / "dead_letter" / "valid" / "null_value_minimal.json").write_text(text)
        (found,) = errors(directory)
        assert found.startswith("examples/dead_letter/valid/null_value_minimal.json: ")
