import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from vocbus.contracts.errors import Rejected, RejectReason
from vocbus.contracts.gate import release
from vocbus.contracts.http_registry import HttpRegistry
from vocbus.contracts.registry import InMemoryRegistry, LockFileRegistry, Registry, open_registry
from vocbus.contracts.schemas import FIRST_ID, SchemaVersion, latest, load_lock, packaged
from vocbus.contracts.settings import Settings


@pytest.fixture(params=["lock file", "in memory", "http"])
def registry(request: pytest.FixtureRequest) -> Registry:
    """Every registry: what holds for one holds for all."""
    if request.param == "http":
        return HttpRegistry(request.getfixturevalue("confluent").url)
    return LockFileRegistry() if request.param == "lock file" else InMemoryRegistry()


def test_an_id_leads_back_to_the_schema(registry: Registry) -> None:
    schema = latest("interaction")
    assert registry.schema(registry.id_of("interactions-raw-value", schema)) == schema.definition


def test_the_same_schema_keeps_its_id(registry: Registry) -> None:
    first = registry.id_of("signals-value", latest("signal"))
    registry.id_of("interactions-raw-value", latest("interaction"))
    assert registry.id_of("signals-value", latest("signal")) == first


def test_different_schemas_have_different_ids(registry: Registry) -> None:
    ids = {registry.id_of(f"{record}-value", latest(record)) for record in ("interaction", "signal", "dead_letter")}
    assert len(ids) == 3


@pytest.mark.parametrize("schema_id", [0, 999_999, 2**32 - 1])
def test_an_id_that_nobody_gave_is_an_unknown_schema(registry: Registry, schema_id: int) -> None:
    with pytest.raises(Rejected) as caught:
        registry.schema(schema_id)
    assert caught.value.reason is RejectReason.UNKNOWN_SCHEMA
    assert str(schema_id) in caught.value.detail


def test_lock_file_ids_lie_above_those_of_a_registry() -> None:
    entries = load_lock(packaged()).schemas
    assert [entry.id for entry in entries] == list(range(FIRST_ID, FIRST_ID + len(entries)))


def test_the_lock_file_refuses_to_give_an_id_to_an_unreleased_schema() -> None:
    with pytest.raises(ValueError, match="vocbus schemas release"):
        LockFileRegistry().id_of("signals-value", SchemaVersion("signal", 9, '{"type": "record"}'))


def test_the_lock_file_registry_refuses_a_released_schema_that_was_edited(directory: Path) -> None:
    file = directory / "avro" / "signal" / "v1.avsc"
    schema: dict[str, Any] = json.loads(file.read_text("utf-8"))
    schema["fields"].pop()
    file.write_text(json.dumps(schema), "utf-8")
    with pytest.raises(ValueError, match=r"signal/v1\.avsc is not what was released"):
        LockFileRegistry(directory)


def test_the_lock_file_registry_knows_every_released_version(directory: Path, add_version: Callable[..., None]) -> None:
    add_version("signal", lambda schema: schema["fields"].append({"name": "x", "type": "int", "default": 0}))
    (entry,) = release(directory)
    registry = LockFileRegistry(directory)
    assert [field["name"] for field in registry.schema(entry.id)["fields"]][-1] == "x"
    assert registry.id_of("signals-value", latest("signal")) != entry.id


def test_without_a_registry_url_the_lock_file_is_the_registry() -> None:
    assert isinstance(open_registry(Settings(registry=None)), LockFileRegistry)


def test_settings_lead_to_the_registry_with_their_credentials(confluent: Any) -> None:
    confluent.user, confluent.password = "bus", "s3cret"
    settings = Settings(registry=confluent.url, registry_user="bus", registry_password="s3cret")
    assert open_registry(settings).id_of("signals-value", latest("signal")) == 1
