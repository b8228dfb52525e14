"""Elasticsearch index templates rendered from the Avro schemas, so that the two cannot drift apart. Pure.

Choices, for every record alike:

- `dynamic: strict`: a field that the contract does not have is refused rather than guessed.
- An id, code or enum is a `keyword`; the fields in TEXT are `text` under the core `standard` analyzer, which indexes
  Chinese by character (a phrase query finds a word) and English by word. The sub-fields `cjk` and `english` are added
  on clusters that have these analyzers.
- A list of records is an `object`, not `nested`: what is asked of turns is whether words occur in them, and a signal
  has documents of its own. Nested documents would multiply the index and are hard to use in Kibana.
- A map is `flattened`: its keys are data, and as fields of their own they would grow the mapping without end.
- A time is a `date`, whose default format takes both our epoch milliseconds and the ISO 8601 of analysts.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from vocbus.contracts.schemas import latest
from vocbus.sinks.documents import INDEXED

#: Fields that hold what people said, by record.
TEXT: Mapping[str, frozenset[str]] = {
    "classified_interaction": frozenset({"subject", "turns.text", "satisfaction.comment"}),
    "signal": frozenset({"excerpt", "evidence.text"}),
    "outcome": frozenset(),
}

#: Analyzers of modules that not every cluster has; each that is found becomes a sub-field of the text fields.
LANGUAGE_ANALYZERS = ("cjk", "english")

# The longest that always fits Lucene's term limit of 32,766 bytes in UTF-8. What is longer is kept, but not findable.
_KEYWORD: Mapping[str, Any] = {"type": "keyword", "ignore_above": 8191}
# Shorter here, since the term holds the key as well.
_FLATTENED: Mapping[str, Any] = {"type": "flattened", "ignore_above": 4096}

_PRIMITIVES: Mapping[str, Mapping[str, Any]] = {
    "string": _KEYWORD,
    "boolean": {"type": "boolean"},
    "int": {"type": "integer"},
    "long": {"type": "long"},
    "float": {"type": "float"},
    "double": {"type": "double"},
}


def properties(record: str, analyzers: Iterable[str] = ()) -> dict[str, Any]:
    """Mapping properties of a record's latest schema; `analyzers` of LANGUAGE_ANALYZERS that the cluster has.

    Raises ValueError for an Avro type that has no place in an index, such as bytes.
    """
    text = {"type": "text", **_sub_fields(analyzers)}
    return _Renderer(TEXT[record], text).record(latest(record).definition, "")


def template(record: str, prefix: str, settings: Mapping[str, str], analyzers: Iterable[str] = ()) -> dict[str, Any]:
    """Body of the composable index template for a record; `settings` as `index.…` keys."""
    schema = latest(record)
    return {
        "index_patterns": [f"{prefix}-{INDEXED[record].name}-*"],
        "priority": 200,
        "template": {
            "settings": dict(settings),
            "mappings": {
                "dynamic": "strict",
                "_meta": {"record": record, "schema_version": schema.version},
                "properties": properties(record, analyzers),
            },
        },
        "_meta": {"managed_by": "vocbus"},
    }


def template_name(record: str, prefix: str) -> str:
    """Name of the index template, which is also that of the indices up to the month."""
    return f"{prefix}-{INDEXED[record].name}"


def _sub_fields(analyzers: Iterable[str]) -> dict[str, Any]:
    fields = {name: {"type": "text", "analyzer": name} for name in analyzers}
    return {"fields": fields} if fields else {}


class _Renderer:
    """One pass over a schema; keeps the named types that later fields refer to."""

    def __init__(self, text_paths: frozenset[str], text: dict[str, Any]) -> None:
        self._text_paths = text_paths
        self._text = text
        self._named: dict[str, Any] = {}

    def record(self, definition: Mapping[str, Any], path: str) -> dict[str, Any]:
        return {field["name"]: self._field(field["type"], f"{path}{field['name']}") for field in definition["fields"]}

    def _field(self, schema: Any, path: str) -> dict[str, Any]:
        if isinstance(schema, list):
            branches = [branch for branch in schema if branch != "null"]
            if len(branches) != 1:
                raise ValueError(f"{path}: a union of several types has no one mapping")
            return self._field(branches[0], path)
        if isinstance(schema, str):
            return self._named_or_primitive(schema, path)
        if "name" in schema:
            self._named[schema["name"]] = schema
        match schema["type"]:
            case "record":
                return {"properties": self.record(schema, f"{path}.")}
            case "array":
                return self._field(schema["items"], path)
            case "map":
                return dict(_FLATTENED)
            case "enum":
                return dict(_KEYWORD)
            case "long" if schema.get("logicalType") == "timestamp-millis":
                return {"type": "date"}
            case plain:
                return self._field(plain, path)

    def _named_or_primitive(self, name: str, path: str) -> dict[str, Any]:
        if name in self._named:
            return self._field(self._named[name], path)
        if name == "string" and path in self._text_paths:
            return dict(self._text)
        if name not in _PRIMITIVES:
            raise ValueError(f"{path}: Avro type {name} has no mapping")
        return dict(_PRIMITIVES[name])
