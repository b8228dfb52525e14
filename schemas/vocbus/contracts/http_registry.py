"""Client of a schema registry that speaks the Confluent API (Confluent, Apicurio's ccompat, Karapace)."""

import json
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import httpx

from vocbus.contracts.errors import Rejected, RejectReason, Retryable
from vocbus.contracts.schemas import SchemaVersion

_CONTENT_TYPE = "application/vnd.schemaregistry.v1+json"
#: The API's codes for what it does not have: subject, version, schema; implementations differ in which they give for an
#: id. A bare 404 does not count, since it comes from a wrong URL or a proxy as well.
_NOT_FOUND = (40401, 40402, 40403)
#: Ids that were not found are remembered, else a flood of malformed events is a flood of requests.
_UNKNOWN_KEPT = 4096


class HttpRegistry:
    """Registers schemas under their subjects and fetches them by id; both are cached for good.

    Credentials come from the URL (`https://user:password@host`) or as arguments and stand in no error.
    An id that was unknown is asked for again after `unknown_ttl` seconds.
    """

    def __init__(
        self,
        url: str,
        client: httpx.Client | None = None,
        *,
        user: str | None = None,
        password: str | None = None,
        timeout: float = 10.0,
        unknown_ttl: float = 30.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        address = httpx.URL(url)
        user, password = user or address.username, password or address.password
        self._auth = httpx.BasicAuth(user, password) if user else None
        self._url = str(address.copy_with(userinfo=b"")).rstrip("/")
        self._client = client
        self._timeout = timeout
        self._unknown_ttl = unknown_ttl
        self._clock = clock
        self._ids: dict[tuple[str, str], int] = {}
        self._schemas: dict[int, dict[str, Any]] = {}
        self._unknown: dict[int, float] = {}

    def id_of(self, subject: str, schema: SchemaVersion) -> int:
        """Register the schema (idempotent) and return its id. Retryable also when the registry refuses it."""
        key = (subject, schema.fingerprint)
        if key not in self._ids:
            path = f"/subjects/{quote(subject, safe='')}/versions"
            reply = self._request("POST", path, {"schema": json.dumps(schema.definition)})
            if not isinstance(reply.get("id"), int):
                raise _failed("POST", path, "the reply has no id")
            self._ids[key] = reply["id"]
        return self._ids[key]

    def schema(self, schema_id: int) -> dict[str, Any]:
        """The Avro schema with the id. Rejected(UNKNOWN_SCHEMA) when there is none."""
        if schema_id not in self._schemas:
            missed_at = self._unknown.get(schema_id)
            if missed_at is not None and self._clock() - missed_at < self._unknown_ttl:
                raise _unknown(schema_id, "is not in the schema registry")
            try:
                reply = self._request("GET", f"/schemas/ids/{schema_id}")
                self._schemas[schema_id] = _avro_record(reply, schema_id)
            except Rejected:
                if len(self._unknown) >= _UNKNOWN_KEPT:
                    self._unknown.clear()
                self._unknown[schema_id] = self._clock()
                raise
        return self._schemas[schema_id]

    def _request(self, method: str, path: str, body: dict[str, str] | None = None) -> dict[str, Any]:
        """The JSON object that the registry answers with."""
        if self._client is None:
            self._client = httpx.Client()
        try:
            response = self._client.request(
                method,
                self._url + path,
                json=body,
                headers={"Accept": _CONTENT_TYPE, "Content-Type": _CONTENT_TYPE},
                auth=self._auth or httpx.USE_CLIENT_DEFAULT,
                timeout=self._timeout,
            )
        except httpx.HTTPError as error:
            raise _failed(method, path, type(error).__name__) from None
        try:
            reply = response.json()
        except ValueError:
            reply = None
        reply = reply if isinstance(reply, dict) else {}
        if response.is_success:
            return reply
        code = reply.get("error_code")
        if method == "GET" and code in _NOT_FOUND:
            raise _unknown(path.rpartition("/")[2], "is not in the schema registry")
        hint = {401: ", check the credentials", 403: ", check the credentials", 404: ", check the URL"}
        told = f"{response.status_code}{hint.get(response.status_code, '')}"
        raise _failed(method, path, told, _seconds(response.headers.get("Retry-After")))


def _unknown(schema_id: int | str, why: str) -> Rejected:
    return Rejected(RejectReason.UNKNOWN_SCHEMA, f"schema id {schema_id} {why}")


def _failed(method: str, path: str, why: str, retry_after: float | None = None) -> Retryable:
    return Retryable("schema registry", f"{method} {path}: {why}", retry_after)


def _seconds(retry_after: str | None) -> float | None:
    """Retry-After in seconds (RFC 9110 section 10.2.3); its date form is left to the caller's backoff."""
    return float(retry_after) if retry_after is not None and retry_after.isdecimal() else None


def _avro_record(reply: dict[str, Any], schema_id: int) -> dict[str, Any]:
    if reply.get("schemaType", "AVRO") != "AVRO" or reply.get("references"):
        raise _unknown(schema_id, "is not a self-contained Avro schema")
    try:
        schema = json.loads(reply["schema"])
    except (KeyError, TypeError, ValueError):
        raise _failed("GET", f"/schemas/ids/{schema_id}", "the reply holds no schema") from None
    if not isinstance(schema, dict) or schema.get("type") != "record":
        raise _unknown(schema_id, "is not a record")
    return schema
