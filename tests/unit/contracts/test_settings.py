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


def test_without_retired_keys_the_current_one_is_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VOCBUS_TOKEN_KEY", "k" * 32)
    assert Settings().token_keys() == (("k1", b"k" * 32),)


def test_retired_keys_are_read_in_their_order(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VOCBUS_TOKEN_KEY", "c" * 32)
    monkeypatch.setenv("VOCBUS_TOKEN_KEY_ID", "k3")
    monkeypatch.setenv("VOCBUS_TOKEN_KEYS_RETIRED", f"k2:{'b' * 32}, k1:{'a' * 40}")
    assert Settings().token_keys() == (("k3", b"c" * 32), ("k2", b"b" * 32), ("k1", b"a" * 40))


@pytest.mark.parametrize(
    ("retired", "message"),
    [
        ("s3cret-without-an-id-" + "x" * 32, "id:key"),
        ("k0:s3cret-too-short", "32 characters"),
        (f"k.0:s3cret{'x' * 32}", "letters, digits"),
        (f"k0:s3cret{'x' * 32},k0:s3cret{'y' * 32}", "same id"),
        (f"k1:s3cret{'x' * 32}", "the id of the current one"),
    ],
)
def test_a_wrong_list_of_retired_keys_is_refused_without_showing_one(
    monkeypatch: pytest.MonkeyPatch, retired: str, message: str
) -> None:
    monkeypatch.setenv("VOCBUS_TOKEN_KEYS_RETIRED", retired)
    with pytest.raises(ValidationError, match=message) as refusal:
        Settings()
    assert refusal.value.errors()[0]["loc"] == ("token_keys_retired",)
    assert "s3cret" not in str(refusal.value)


def test_retired_keys_never_show() -> None:
    assert "s3cret" not in repr(Settings(token_keys_retired={"k0": "s3cret" + "x" * 32}))


def test_a_key_id_fits_into_a_token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VOCBUS_TOKEN_KEY_ID", "k.1")
    with pytest.raises(ValidationError, match="token_key_id"):
        Settings()


def test_there_are_no_keys_without_a_current_one() -> None:
    with pytest.raises(ValueError, match="VOCBUS_TOKEN_KEY"):
        Settings().token_keys()
