"""The typed catalogue of topics, read from topics.yaml. Nothing else spells a topic name."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, field_validator

from vocbus.contracts.models import RECORDS

_DURATION = re.compile(r"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?)?")


class _Policy(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    record: str
    key: Literal["customer_ref", "customer_token"]
    partitions: int = Field(ge=1)
    retention: str
    cleanup: Literal["delete", "compact"]
    producers: list[str] = Field(min_length=1)
    personal_data: bool
    max_message_bytes: int = 1_048_588

    @field_validator("record")
    @classmethod
    def _known_record(cls, value: str) -> str:
        if value not in RECORDS:
            raise ValueError(f"no such record; known: {', '.join(RECORDS)}")
        return value

    @field_validator("retention")
    @classmethod
    def _duration(cls, value: str) -> str:
        retention_ms(value)
        return value


class Topic(_Policy):
    """A topic and all that is decided about it."""

    name: str = Field(pattern=r"^[a-z0-9-]+$")
    owner: str
    consumers: list[str] = Field(min_length=1)
    dlq: str | None = None
    summary: str

    @property
    def subject(self) -> str:
        """Registry subject of the value (Confluent TopicNameStrategy)."""
        return f"{self.name}-value"

    @property
    def configuration(self) -> dict[str, str]:
        """Kafka topic configuration that the catalogue decides."""
        return {
            "cleanup.policy": self.cleanup,
            "retention.ms": str(retention_ms(self.retention)),
            "max.message.bytes": str(self.max_message_bytes),
        }


class _Departments(_Policy):
    names: dict[str, str] = Field(min_length=1)


class _Document(BaseModel):
    model_config = ConfigDict(extra="forbid")

    topics: list[Topic]
    departments: _Departments


def retention_ms(duration: str) -> int:
    """Milliseconds of an ISO 8601 duration of days, hours and minutes; -1 for "forever", as Kafka has it."""
    if duration == "forever":
        return -1
    match = _DURATION.fullmatch(duration)
    if match is None or not any(match.groups()):
        raise ValueError('retention must be an ISO 8601 duration such as P7D or PT12H, or "forever"')
    days, hours, minutes = (int(part or 0) for part in match.groups())
    return ((days * 24 + hours) * 60 + minutes) * 60_000


@dataclass(frozen=True)
class Catalogue:
    """All topics by name, and the departments with what each is for."""

    topics: dict[str, Topic]
    departments: dict[str, str]

    def __iter__(self) -> Iterator[Topic]:
        return iter(self.topics.values())

    def __getitem__(self, name: str) -> Topic:
        return self.topics[name]

    def dead_letters_of(self, topic: str) -> str:
        """Name of the topic that takes the dead letters of a topic. KeyError when it has none."""
        dlq = self.topics[topic].dlq
        if dlq is None:
            raise KeyError(f"{topic} has no topic for dead letters")
        return dlq

    def department(self, name: str) -> Topic:
        """Topic of a department. KeyError with the known names otherwise."""
        if name not in self.departments:
            raise KeyError(f"no department {name!r}; known: {', '.join(self.departments)}")
        return self.topics[f"dept-{name}"]


def parse_catalogue(text: str) -> Catalogue:
    """The catalogue of a topics.yaml text. Raises ValueError naming what is wrong with it."""
    try:
        document = _Document.model_validate(yaml.safe_load(text))
    except yaml.YAMLError as error:
        raise ValueError(f"the catalogue is no YAML: {error}") from None
    policy = document.departments.model_dump(exclude={"names"})
    departments = [
        Topic(name=f"dept-{name}", owner=name, consumers=[name], summary=summary, **policy)
        for name, summary in document.departments.names.items()
    ]
    topics = {topic.name: topic for topic in [*document.topics, *departments]}
    if len(topics) != len(document.topics) + len(departments):
        raise ValueError("a topic stands in the catalogue twice")
    for topic in topics.values():
        if topic.dlq is not None and (topic.dlq not in topics or topics[topic.dlq].record != "dead_letter"):
            raise ValueError(f"{topic.name}: dlq {topic.dlq} is not a topic of dead letters")
    return Catalogue(topics, dict(document.departments.names))


@cache
def catalogue() -> Catalogue:
    """The catalogue that ships with the package."""
    return parse_catalogue((resources.files("vocbus.contracts") / "topics.yaml").read_text("utf-8"))


RAW = "interactions-raw"
INTERACTIONS = "interactions"
SIGNALS = "signals"
REVIEW = "interactions-review"
OUTCOMES = "outcomes"
