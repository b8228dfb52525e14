"""Settings from VOCBUS_* environment variables; commands override them by options."""

import re
from typing import Annotated, Any

from pydantic import Field, SecretStr, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

#: Characters that the key of the customer pseudonyms has at least.
TOKEN_KEY_LENGTH = 32
#: A key id stands before the dot of a token.
KEY_ID = r"[A-Za-z0-9_-]{1,32}"


class Settings(BaseSettings):
    """Where the servers are and how a worker behaves. Secrets never show in a repr."""

    model_config = SettingsConfigDict(env_prefix="VOCBUS_", extra="ignore", frozen=True, hide_input_in_errors=True)

    kafka: str | None = Field(None, description="Kafka bootstrap servers, host:port[,host:port…]")
    # A URL may carry a password, hence repr=False.
    elasticsearch: str | None = Field(None, repr=False, description="Elasticsearch URL")
    registry: str | None = Field(
        None,
        repr=False,
        description="Confluent-compatible schema registry URL; without it the lock file is the registry",
    )
    registry_user: str | None = Field(None, description="User at the registry, unless the URL names one")
    registry_password: SecretStr | None = Field(None, description="Password of that user")
    token_key: SecretStr | None = Field(None, description="Key of the customer pseudonyms, 32 bytes or more")
    token_key_id: str = Field(
        "k1", pattern=f"^{KEY_ID}$", description="Name of that key; stands in front of each token"
    )
    token_keys_retired: Annotated[dict[str, SecretStr], NoDecode] = Field(
        {},
        description="Earlier keys, id:key[,id:key…]: they make no new tokens, but tell a customer's old ones",
    )
    group_prefix: str = Field("vocbus", description="Prefix of the consumer groups")
    index_prefix: str = Field("vocbus", description="Prefix of the Elasticsearch indices")
    session_timeout: float = Field(10.0, description="Seconds until Kafka gives up on a silent worker")
    retry_limit: float = Field(
        300.0, description="Seconds a worker waits for a dependency before it exits with an error"
    )
    max_event_bytes: int = Field(1_048_576, description="Larger raw events are dead-lettered as OVERSIZE")

    @field_validator("token_keys_retired", mode="before")
    @classmethod
    def _read_retired(cls, value: Any) -> Any:
        """The keys of id:key,id:key; a mapping as it is. Messages never show a key."""
        if not isinstance(value, str):
            return value
        keys: dict[str, str] = {}
        for part in filter(None, map(str.strip, value.split(","))):
            key_id, colon, key = part.partition(":")
            if not colon:
                raise ValueError("each key has the form id:key, with a comma between two")
            if key_id in keys:
                raise ValueError("two keys have the same id")
            keys[key_id] = key
        return keys

    @field_validator("token_keys_retired")
    @classmethod
    def _check_retired(cls, keys: dict[str, SecretStr], info: ValidationInfo) -> dict[str, SecretStr]:
        for key_id, key in keys.items():
            if re.fullmatch(KEY_ID, key_id) is None:
                raise ValueError("the id of a key has 1 to 32 letters, digits, hyphens or underscores")
            if len(key.get_secret_value()) < TOKEN_KEY_LENGTH:
                raise ValueError(f"a key has {TOKEN_KEY_LENGTH} characters or more")
        if info.data.get("token_key_id") in keys:
            raise ValueError("a retired key has the id of the current one")
        return keys

    def token_keys(self) -> tuple[tuple[str, bytes], ...]:
        """(id, key) of the current key and of the retired ones. Raises ValueError without a current key."""
        if self.token_key is None:
            raise ValueError("VOCBUS_TOKEN_KEY is not set")
        retired = [(key_id, key.get_secret_value().encode()) for key_id, key in self.token_keys_retired.items()]
        return ((self.token_key_id, self.token_key.get_secret_value().encode()), *retired)
