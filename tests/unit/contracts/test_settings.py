import pytest
from pydantic import ValidationError

from vocbus.contracts.settings import Settings


@pytest.fixture(autouse=True)
def no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(f"VOCBUS_{name.upper()}", raising=False)


def test_without_an_environment_the_defaults_hold() -> None:
    settings = Settings()
    assert settings.registry is None
    assert settings.group_prefix == "vocbus"
    assert settings.max_event_bytes == 1_048_576


def test_the_environment_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VOCBUS_KAFKA", "broker:9092")
    monkeypatch.setenv("VOCBUS_RETRY_LIMIT", "5")
    monkeypatch.setenv("VOCBUS_TOKEN_KEY", "k" * 32)
    settings = Settings()
    assert settings.kafka == "broker:9092"
    assert settings.retry_limit == 5
    assert settings.token_key is not None
    assert settings.token_key.get_secret_value() == "k" * 32


def test_a_variable_of_another_command_is_no_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VOCBUS_DATA", "/data")
    assert Settings().kafka is None


def test_secrets_never_show() -> None:
    settings = Settings(
        token_key="s3cret-key",
        registry_password="s3cret-password",
        registry="https://bus:s3cret-url@registry.example.com",
        elasticsearch="https://bus:s3cret-url@search.example.com:9200",
    )
    assert "s3cret" not in f"{settings!r} {settings} {settings!s}"


def test_a_malformed_value_is_refused_with_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VOCBUS_RETRY_LIMIT", "soon")
    with pytest.raises(ValidationError, match="retry_limit"):
        Settings()


def test_settings_cannot_be_changed() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        Settings().kafka = "other:9092"
