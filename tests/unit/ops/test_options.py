"""How commands find their servers."""

from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from vocbus.ops.options import server_options


@click.command()
@server_options()
def both(kafka: str, elasticsearch: str, data: Path) -> None:
    click.echo(f"{kafka} {elasticsearch} {data}")


@click.command()
@server_options(elasticsearch=False)
def kafka_alone(kafka: str, data: Path) -> None:
    click.echo(kafka)


@pytest.fixture
def call(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> object:
    for name in ("VOCBUS_KAFKA", "VOCBUS_ELASTICSEARCH", "VOCBUS_DATA"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)

    def invoke(command: click.Command, *arguments: str, **environment: str) -> Result:
        return CliRunner().invoke(command, arguments, env=environment)

    return invoke


def test_options_come_before_the_environment(call) -> None:  # type: ignore[no-untyped-def]
    result = call(both, "--kafka", "a:1", "--elasticsearch", "http://x:1", VOCBUS_KAFKA="b:2", VOCBUS_DATA="d")
    assert result.output == "a:1 http://x:1 d\n"


def test_the_environment_is_enough(call) -> None:  # type: ignore[no-untyped-def]
    result = call(both, VOCBUS_KAFKA="b1:2,b2:2,[::1]:3", VOCBUS_ELASTICSEARCH="https://u:p@x:443/es")
    assert result.output == "b1:2,b2:2,[::1]:3 https://u:p@x:443/es .vocbus\n"


def test_a_server_that_is_not_known_ends_the_command_with_the_ways_out(call) -> None:  # type: ignore[no-untyped-def]
    result = call(both, "--kafka", "a:1")
    assert result.exit_code != 0
    assert "Elasticsearch" in result.output
    assert "vocbus up" in result.output
    assert "VOCBUS_ELASTICSEARCH" in result.output


def test_a_command_asks_only_for_the_servers_that_it_needs(call) -> None:  # type: ignore[no-untyped-def]
    assert call(kafka_alone, "--kafka", "a:1").output == "a:1\n"
    assert "--elasticsearch" not in call(kafka_alone, "--help").output


@pytest.mark.parametrize("value", ["broker", "broker:", "http://a:1", "a:1,", "a:1 b:2", ""])
def test_what_is_no_bootstrap_address_is_refused(call, value: str) -> None:  # type: ignore[no-untyped-def]
    assert "host:port" in call(kafka_alone, "--kafka", value).output


@pytest.mark.parametrize("value", ["x:9200", "https://x", "ftp://x:1", "https://user:secret@x"])
def test_what_is_no_url_is_refused_without_repeating_it(call, value: str) -> None:  # type: ignore[no-untyped-def]
    result = call(both, "--kafka", "a:1", "--elasticsearch", value)
    assert "scheme and port" in result.output
    assert "secret" not in result.output
