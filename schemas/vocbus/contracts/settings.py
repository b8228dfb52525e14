"""Settings from VOCBUS_* environment variables; commands override them by options."""

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

#: Characters that the key of the customer pseudonyms has at least.
TOKEN_KEY_LENGTH = 32


class Settings(BaseSettings):
    """Where the servers are and how a worker behaves. Secrets never show in a repr."""

    model_config = SettingsConfigDict(env_prefix="VOCBUS_", extra="ignore", frozen=True)

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
    token_key_id: str = Field("k1", description="Name of that key; stands in front of each token")
    group_prefix: str = Field("vocbus", description="Prefix of the consumer groups")
    index_prefix: str = Field("vocbus", description="Prefix of the Elasticsearch indices")
    session_timeout: float = Field(10.0, description="Seconds until Kafka gives up on a silent worker")
    retry_limit: float = Field(
        300.0, description="Seconds a worker waits for a dependency before it exits with an error"
    )
    max_event_bytes: int = Field(1_048_576, description="Larger raw events are dead-lettered as OVERSIZE")
