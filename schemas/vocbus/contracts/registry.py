"""Where schema ids come from: the lock file by default, or a Confluent-compatible registry over HTTP."""

import json
from importlib.resources.abc import Traversable
from typing import Any, Protocol

from vocbus.contracts.errors import Rejected, RejectReason
from vocbus.contracts.http_registry import HttpRegistry
from vocbus.contracts.schemas import SchemaVersion, load_lock, load_versions, packaged
from vocbus.contracts.settings import Settings


class Registry(Protocol):
    """Gives schemas ids and finds schemas by id. Both raise Retryable while the registry is away."""

    def id_of(self, subject: str, schema: SchemaVersion) -> int:
        """Id to write events of the subject with; the same for the same schema, for ever."""
        ...

    def schema(self, schema_id: int) -> dict[str, Any]:
        """The schema that an event was written with. Rejected(UNKNOWN_SCHEMA) when there is no such id."""
        ...


class LockFileRegistry:
    """The released schemas of lock.json as a read-only registry; ids hold for every subject."""

    def __init__(self, directory: Traversable | None = None) -> None:
        directory = packaged() if directory is None else directory
        versions = {
            (schema.record, schema.version): schema
            for schemas in load_versions(directory).values()
            for schema in schemas
        }
        self._ids: dict[str, int] = {}
        self._schemas: dict[int, dict[str, Any]] = {}
        for entry in load_lock(directory).schemas:
            schema = versions.get((entry.record, entry.version))
            if schema is None or schema.fingerprint != entry.fingerprint:
                raise ValueError(f"{entry.file} is not what was released: restore it; a change needs a new version")
            self._ids[entry.fingerprint] = entry.id
            self._schemas[entry.id] = schema.definition

    def id_of(self, subject: str, schema: SchemaVersion) -> int:
        """Id of a released schema. ValueError when it is not released."""
        if schema.fingerprint not in self._ids:
            raise ValueError(f"{schema.file} is not released: run `vocbus schemas release`")
        return self._ids[schema.fingerprint]

    def schema(self, schema_id: int) -> dict[str, Any]:
        if schema_id not in self._schemas:
            raise Rejected(RejectReason.UNKNOWN_SCHEMA, f"schema id {schema_id} is not in the lock file")
        return self._schemas[schema_id]


class InMemoryRegistry:
    """A registry that takes any schema, for tests. Ids count from 1 in the order of registration."""

    def __init__(self) -> None:
        self._texts: list[str] = []

    def id_of(self, subject: str, schema: SchemaVersion) -> int:
        text = json.dumps(schema.definition, sort_keys=True)
        if text not in self._texts:
            self._texts.append(text)
        return self._texts.index(text) + 1

    def schema(self, schema_id: int) -> dict[str, Any]:
        if not 1 <= schema_id <= len(self._texts):
            raise Rejected(RejectReason.UNKNOWN_SCHEMA, f"schema id {schema_id} is not in the registry")
        definition: dict[str, Any] = json.loads(self._texts[schema_id - 1])
        return definition


def open_registry(settings: Settings) -> Registry:
    """The registry that the settings name; without one, the lock file."""
    if settings.registry is None:
        return LockFileRegistry()
    password = settings.registry_password
    return HttpRegistry(
        settings.registry,
        user=settings.registry_user,
        password=None if password is None else password.get_secret_value(),
    )
