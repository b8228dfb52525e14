"""The decisions of bulk indexing, apart from its I/O: parts of bounded size, and what each answer means. Pure.

Bulk API: https://www.elastic.co/docs/api/doc/elasticsearch/operation/operation-bulk
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from enum import Enum, auto
from functools import cache
from typing import Any

import orjson

from vocbus.contracts.schemas import latest
from vocbus.sinks.documents import INDEXED, Document

#: What is asked back of a response: enough to sort its items, and nothing that grows with the documents.
FILTER_PATH = "items.*.status,items.*.error.type,items.*.error.reason,error.type"

#: Elasticsearch refuses a whole request for one longer id.
MAX_ID_BYTES = 512

#: What an action line holds beside index and id.
_ACTION_BYTES = 100

#: A document and its position in the call that brought it.
Numbered = tuple[int, Document]


class Verdict(Enum):
    """What the answer for a document, or for a whole request, asks for."""

    STORED = auto()
    DUPLICATE = auto()  # this or a later version is there already
    RETRY = auto()
    REFUSED = auto()
    SPLIT = auto()  # the request is at fault: halve it until the document that is to blame stands alone
    STOP = auto()  # waiting cannot help: somebody must change the set-up


#: Errors of status 400 that are about the document. Others of that status are about the cluster, such as a closed
#: index or too many shards, and must not turn good documents into dead letters.
_OF_THE_DOCUMENT = frozenset(
    {
        "document_parsing_exception",
        "mapper_parsing_exception",
        "strict_dynamic_mapping_exception",
        "illegal_argument_exception",
        "parsing_exception",
        "x_content_parse_exception",
        "json_parse_exception",
        "max_bytes_length_exceeded_exception",
    }
)

_RETRY_ERRORS = frozenset({"es_rejected_execution_exception", "cluster_block_exception"})


def verdict_of_item(status: int, error: str | None) -> Verdict:
    """What the answer for one document means; `error` is the type of the error."""
    if 200 <= status < 300:
        return Verdict.STORED
    if status == 409:
        return Verdict.DUPLICATE
    if status == 429 or status >= 500 or error in _RETRY_ERRORS:
        return Verdict.RETRY
    if status == 413 or (status == 400 and error in _OF_THE_DOCUMENT):
        return Verdict.REFUSED
    return Verdict.STOP


def verdict_of_request(status: int, error: str | None) -> Verdict:
    """What an error answer for a whole request means."""
    if status == 429 or status >= 500 or error in _RETRY_ERRORS:
        return Verdict.RETRY
    if status == 413 or (status == 400 and error == "action_request_validation_exception"):
        return Verdict.SPLIT
    return Verdict.STOP


#: Ways out by error type or status, for the operator.
_WAYS_OUT = {
    "index_not_found_exception": "the cluster does not create indices by itself; allow that for the bus's indices "
    "(action.auto_create_index)",
    "index_closed_exception": "open the index again",
    "validation_exception": "the cluster has too many shards; remove old indices or raise the limit",
    "media_type_header_exception": "client and server must have the same major version",
    "cluster_block_exception": "the index or the cluster is read-only; look at disk space and index blocks",
    401: "check the credentials in the Elasticsearch URL",
    403: "the credentials lack a privilege; needed: index and create_index on the bus's indices",
    404: "check the Elasticsearch URL",
}


def explain(status: int, error: str | None) -> str:
    """Status and type of an error with the way out where one is known. Holds no value of a document."""
    what = f"status {status}" + (f" {error}" if error else "")
    way_out = _WAYS_OUT.get(error or "") or _WAYS_OUT.get(status)
    return f"{what}: {way_out}" if way_out else what


def parts(numbered: Iterable[Numbered], max_bytes: int, max_count: int) -> Iterator[list[Numbered]]:
    """The documents in consecutive parts of bounded bytes and count; a larger document stands alone."""
    part: list[Numbered] = []
    size = 0
    for position, document in numbered:
        length = len(document.body) + len(document.id) + len(document.index) + _ACTION_BYTES
        if part and (size + length > max_bytes or len(part) == max_count):
            yield part
            part, size = [], 0
        part.append((position, document))
        size += length
    if part:
        yield part


def body(part: Iterable[Numbered]) -> bytes:
    """Newline-delimited JSON of a bulk request that indexes the documents, each under its external version."""
    lines: list[bytes] = []
    for _, document in part:
        lines.append(
            b'{"index":{"_index":%b,"_id":%b,"version":%d,"version_type":"external_gte"}}'
            % (orjson.dumps(document.index), orjson.dumps(document.id), document.version)
        )
        lines.append(document.body)
    lines.append(b"")
    return b"\n".join(lines)


def _field_names(definition: Any) -> Iterator[str]:
    """Names of all fields in an Avro schema."""
    for part in definition.values() if isinstance(definition, dict) else definition:
        if isinstance(part, dict | list):
            yield from _field_names(part)
    if isinstance(definition, dict):
        yield from (field["name"] for field in definition.get("fields", ()))


@cache
def _known() -> frozenset[str]:
    """Names that may be told: a reason quotes values, and the keys of maps are values too."""
    return frozenset(name for record in INDEXED for name in _field_names(latest(record).definition))


_FIELD = re.compile(r"(?:field|introduction of) \[([^\]\s]{1,200})\]")


def refusal_detail(error: Mapping[str, Any]) -> str:
    """Type of an item's error and, where its reason names a field of the contracts, that field."""
    kind = str(error.get("type", "unknown error"))
    match = _FIELD.search(str(error.get("reason", "")))
    path: list[str] = []
    for name in match[1].split(".") if match else ():
        if name not in _known():
            break
        path.append(name)
    return f"{kind} at {'.'.join(path)}" if path else kind
