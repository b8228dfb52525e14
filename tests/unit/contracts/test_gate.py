import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from vocbus.contracts.gate import NotReleasable, check, release
from vocbus.contracts.schemas import FIRST_ID, Finding, latest, load_lock, packaged

Schema = dict[str, Any]

#: The newest version of Signal, the one that a test adds to it, and the one after that.
OLD = latest("signal").version
NEW, NEXT = OLD + 1, OLD + 2
NEWEST_SIGNAL = f"avro/signal/v{OLD}.avsc"


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
        assert errors(directory) == [f"avro/signal/v{NEW}.avsc: is not released: run `vocbus schemas release`"]
        assert [entry.file for entry in release(directory)] == [f"signal/v{NEW}.avsc"]
        assert check(directory) == []

    def test_an_added_enum_symbol_passes_with_a_warning_for_consumers(
        self, directory: Path, add_version: Callable[..., None]
    ) -> None:
        add_version("signal", lambda schema: field(schema, "kind")["type"]["symbols"].append("QUESTION"))
        release(directory)
        assert errors(directory) == []
        found = warnings(directory)
        assert [warning.place for warning in found] == [f"avro/signal/v{old}.avsc" for old in range(1, NEW)]
        assert all(f"avro for Python cannot read all data of v{NEW}" in warning.problem for warning in found)

    @pytest.mark.parametrize(
        ("change", "problem"),
        [
            (
                without_field("excerpt"),
                f"v{OLD}.avsc: cannot read data of v{NEW}: reader field missing default value (excerpt",
            ),
            (without_field("excerpt"), f"v{OLD}.avsc: fastavro cannot read data of v{NEW}"),
            (without_field("excerpt"), f"v{NEW}.avsc: field vocbus.Signal.excerpt of v{OLD} is gone"),
            (without_field("case_id"), f"v{NEW}.avsc: field vocbus.Signal.case_id of v{OLD} is gone"),
            (with_field(name="mood", type="string"), f"v{NEW}.avsc: fastavro cannot read data of v{OLD}"),
            (with_field(name="raw", type="bytes", default="ÿ"), f"v{NEW}.avsc: fastavro cannot read data of v{OLD}"),
            (lambda s: field(s, "priority").update(type="string"), f"v{NEW}.avsc: fastavro cannot read data of v{OLD}"),
            (lambda s: field(s, "priority").update(type="long"), f"v{OLD}.avsc: fastavro cannot read data of v{NEW}"),
            (
                lambda s: field(s, "severity").update(type="int", default=1),
                f"v{NEW}.avsc: fastavro cannot read data of v{OLD}",
            ),
            (
                lambda s: field(s, "excerpt").update(type=["null", "string"]),
                f"v{OLD}.avsc: fastavro cannot read data of v{NEW}",
            ),
            (
                lambda s: field(s, "kind")["type"]["symbols"].remove("FEEDBACK"),
                f"v{NEW}.avsc: symbol vocbus.SignalKind.FEEDBACK of v{OLD} is gone",
            ),
            (
                lambda s: field(s, "evidence")["type"]["items"]["fields"].pop(),
                f"v{OLD}.avsc: cannot read data of v{NEW}: reader field missing default value (rule",
            ),
            (
                lambda s: field(s, "decision")["type"].update(name="Verdict"),
                f"v{NEW}.avsc: type vocbus.Decision of v{OLD} is gone",
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
        assert any(f"v{OLD}.avsc: fastavro cannot read data of v{NEXT}" in line for line in errors(directory))

    def test_an_enum_without_a_default_fails(self, directory: Path, add_version: Callable[..., None]) -> None:
        add_version("signal", lambda schema: field(schema, "kind")["type"].pop("default"))
        assert any(f"v{NEW}.avsc: enum SignalKind needs a default" in line for line in errors(directory))

    def test_another_name_fails(self, directory: Path, add_version: Callable[..., None]) -> None:
        add_version("signal", lambda schema: schema.update(name="Sign"))
        assert any(f"v{NEW}.avsc: must be the record Signal" in line for line in errors(directory))


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
        edit(directory / NEWEST_SIGNAL, change)
        problem = f"was edited after its release: restore it, make the change as v{NEW}"
        assert errors(directory) == [f"{NEWEST_SIGNAL}: {problem}"]
        with pytest.raises(NotReleasable):
            release(directory)

    def test_its_docs_may_be_improved(self, directory: Path) -> None:
        edit(directory / NEWEST_SIGNAL, lambda schema: schema.update(doc="Better words."))
        assert check(directory) == []

    def test_its_removal_fails(self, directory: Path, add_version: Callable[..., None]) -> None:
        add_version("signal", with_field(name="mood", type="string", default=""))
        release(directory)
        (directory / "avro" / "signal" / f"v{NEW}.avsc").unlink()
        assert any(f"lock.json: lists signal/v{NEW}.avsc, which is gone" in line for line in errors(directory))

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
            (f"dead_letter/v{latest('dead_letter').version + 1}.avsc", FIRST_ID + len(before)),
            (f"signal/v{NEW}.avsc", FIRST_ID + len(before) + 1),
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
        (directory / "avro" / "signal" / f"v{NEW}.avsc").rename(directory / "avro" / "signal" / f"v{NEXT}.avsc")
        assert "avro/signal: versions must be numbered from 1 without gaps" in errors(directory)

    @pytest.mark.parametrize("name", ["signal/V2.avsc", "signal/v02.avsc", "signal/v2.json", "signal.avsc"])
    def test_a_file_that_nothing_reads_fails(self, directory: Path, name: str) -> None:
        (directory / "avro" / name).write_text("{}")
        assert any(line.startswith(f"avro/{name}: ") for line in errors(directory))

    @pytest.mark.parametrize(
        "text", ["", "{", "[]", '"string"', '{"type": "record"}', '{"type": "record", "name": "A"}']
    )
    def test_a_schema_that_is_none_fails_and_stops_nothing_else(self, directory: Path, text: str) -> None:
        (directory / NEWEST_SIGNAL).write_text(text)
        (found,) = errors(directory)
        assert found.startswith(f"{NEWEST_SIGNAL}: ")

    def test_a_schema_without_twin_fails(self, directory: Path) -> None:
        (directory / "avro" / "case_event").mkdir()
        schema = {"type": "record", "name": "CaseEvent", "namespace": "vocbus", "fields": []}
        (directory / "avro" / "case_event" / "v1.avsc").write_text(json.dumps(schema))
        (found,) = errors(directory)
        assert found.startswith("avro/case_event: has no twin")

    def test_a_record_without_schema_fails(self, directory: Path) -> None:
        for version in range(1, NEW):
            (directory / "avro" / "signal" / f"v{version}.avsc").unlink()
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
