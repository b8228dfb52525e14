"""The Avro schemas: avro/<record>/v<N>.avsc, and avro/lock.json with the released ones.

A released schema never changes: its id and fingerprint stand in the lock file for ever. Functions take the directory
that holds avro/ and examples/, so that the gate can judge a proposed change as well as what ships with the package.
"""

import hashlib
import json
import re
from dataclasses import dataclass
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field

#: Ids of the lock file start here, far above those that a registry hands out, so that an event written with the one
#: and read with the other is refused as UNKNOWN_SCHEMA rather than decoded with another schema.
FIRST_ID = 1_000_001

_VERSION = re.compile(r"v([1-9]\d*)\.avsc")


@dataclass(frozen=True)
class SchemaVersion:
    """One version of a record's schema, as its file has it."""

    record: str
    version: int
    text: str

    @property
    def file(self) -> str:
        """Path of the file below avro/."""
        return f"{self.record}/v{self.version}.avsc"

    @property
    def place(self) -> str:
        """Path of the file below the directory."""
        return f"avro/{self.file}"

    @property
    def definition(self) -> dict[str, Any]:
        """The parsed JSON; a new object each time."""
        definition: dict[str, Any] = json.loads(self.text)
        return definition

    @property
    def fingerprint(self) -> str:
        """Fingerprint of what the schema means; see `fingerprint`."""
        return fingerprint(self.definition)


class Finding(NamedTuple):
    """What the gate finds in a directory. An ERROR fails it; a WARNING tells of consumers that will have trouble."""

    level: Literal["ERROR", "WARNING"]
    place: str
    problem: str


def error(place: str, problem: str) -> Finding:
    """A finding that fails the gate."""
    return Finding("ERROR", place, problem)


class LockEntry(BaseModel):
    """A released schema version."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: int = Field(ge=FIRST_ID, lt=2**31)
    record: str
    version: int = Field(ge=1)
    fingerprint: str
    file: str


class Lock(BaseModel):
    """lock.json: the released versions, in the order of their ids."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    schemas: list[LockEntry]


def without(definition: Any, *drop: str) -> Any:
    """A copy of a schema without the named attributes, e.g. "doc"; fields and symbols so named are kept."""
    if isinstance(definition, list):
        return [without(item, *drop) for item in definition]
    if not isinstance(definition, dict):
        return definition
    # A default is data, in which a key such as "doc" means nothing special.
    return {
        key: value if key == "default" else without(value, *drop)
        for key, value in definition.items()
        if key not in drop
    }


def fingerprint(definition: dict[str, Any]) -> str:
    """SHA-256 over the schema as sorted JSON without its docs.

    Unlike Avro's parsing canonical form this keeps defaults, aliases and logical types: readers depend on them.
    """
    text = json.dumps(without(definition, "doc"), sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"


def packaged() -> Traversable:
    """The directory that ships with the package."""
    return resources.files("vocbus.contracts")


def load_versions(directory: Traversable) -> dict[str, list[SchemaVersion]]:
    """All versions of each record in rising order."""
    found: dict[str, list[SchemaVersion]] = {}
    for folder in sorted((directory / "avro").iterdir(), key=lambda item: item.name):
        if folder.is_dir():
            versions = [
                SchemaVersion(folder.name, int(match[1]), file.read_text("utf-8"))
                for file in folder.iterdir()
                if (match := _VERSION.fullmatch(file.name))
            ]
            found[folder.name] = sorted(versions, key=lambda version: version.version)
    return found


def load_lock(directory: Traversable) -> Lock:
    """The lock file; without one nothing is released. ValueError for a malformed one."""
    file = directory / "avro" / "lock.json"
    if not file.is_file():
        return Lock(schemas=[])
    return Lock.model_validate_json(file.read_text("utf-8"))


@cache
def latest(record: str) -> SchemaVersion:
    """The packaged version that this code writes and reads. KeyError for an unknown record."""
    return load_versions(packaged())[record][-1]
