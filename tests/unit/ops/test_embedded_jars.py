import hashlib
import threading
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vocbus.ops.embedded import download, jars
from vocbus.ops.embedded.errors import DownloadFailed
from vocbus.ops.embedded.progress import silent

CONTENT = b"PK\x03\x04 the whole jar"
JAR = jars.Jar(hashlib.sha256(CONTENT).hexdigest(), len(CONTENT), "org.example", "bus", "1.0")
URL = "http://mirror.example:8081/maven"


def fetch(answer: Callable[[httpx.Request], httpx.Response], repository: Path) -> None:
    with httpx.Client(transport=httpx.MockTransport(answer)) as client:
        download.fetch(JAR, repository, URL, client, threading.Event())


words = st.from_regex(r"[a-z][a-z0-9.\-]{0,20}", fullmatch=True)


@given(st.lists(st.builds(jars.Jar, st.just("0" * 64), st.integers(0, 10**9), words, words, words)))
def test_a_lock_file_reads_back_what_was_written(written: list[jars.Jar]) -> None:
    text = "# comment\n\n" + "".join(f"{jar.sha256} {jar.size} {jar}\n" for jar in written)
    assert jars.parse_lock(text) == written


@pytest.mark.parametrize("server", ["kafka", "elasticsearch"])
def test_each_release_pins_its_jars_once_by_hash_and_size(server: str) -> None:
    pinned = jars.locked(server)
    assert len({(jar.group, jar.artifact) for jar in pinned}) == len(pinned) > 40
    assert all(len(bytes.fromhex(jar.sha256)) == 32 and jar.size > 0 for jar in pinned)


def test_a_lock_holds_the_version_that_the_module_says() -> None:
    from vocbus.ops.embedded import elasticsearch_node, kafka_broker

    for server, artifact in ((kafka_broker, "kafka_2.13"), (elasticsearch_node, "elasticsearch")):
        versions = {jar.artifact: jar.version for jar in jars.locked(server.NAME)}
        assert versions[artifact] == server.VERSION


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({"VOCBUS_CACHE": "/own", "XDG_CACHE_HOME": "/xdg"}, Path("/own")),
        ({"XDG_CACHE_HOME": "/xdg"}, Path("/xdg/vocbus")),
        ({"XDG_CACHE_HOME": "relative"}, Path.home() / ".cache/vocbus"),
        ({}, Path.home() / ".cache/vocbus"),
    ],
)
def test_the_cache_folder_follows_the_environment(environ: dict[str, str], expected: Path) -> None:
    assert jars.cache_folder(environ) == expected


def test_a_fetched_jar_stands_at_its_maven_path_and_nothing_else_does(tmp_path: Path) -> None:
    asked = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(str(request.url))
        return httpx.Response(200, content=CONTENT)

    fetch(answer, tmp_path)
    assert asked == [f"{URL}/org/example/bus/1.0/bus-1.0.jar"]
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [tmp_path / JAR.path]
    assert (tmp_path / JAR.path).read_bytes() == CONTENT


@pytest.mark.parametrize("body", [b"", CONTENT[:-1], CONTENT + b"x", b"<html>sign in</html>"])
def test_what_is_not_the_pinned_jar_leaves_nothing_in_the_cache(tmp_path: Path, body: bytes) -> None:
    def answer(_request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, content=body, headers={"Retry-After": "0"})

    with pytest.raises(DownloadFailed, match="cut short or not the pinned file"):
        fetch(answer, tmp_path)
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_a_connection_that_breaks_in_the_middle_leaves_nothing_in_the_cache(tmp_path: Path) -> None:
    class Broken(httpx.SyncByteStream):
        def __iter__(self):  # type: ignore[no-untyped-def]
            yield CONTENT[:5]
            raise httpx.ReadError("connection reset by peer")

    def answer(_request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, stream=Broken(), headers={"Retry-After": "0"})

    with pytest.raises(DownloadFailed, match="connection reset by peer"):
        fetch(answer, tmp_path)
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_busy_repository_is_asked_again(tmp_path: Path, status: int) -> None:
    answers = [httpx.Response(status, headers={"Retry-After": "0"}), httpx.Response(200, content=CONTENT)]
    fetch(lambda _request: answers.pop(0), tmp_path)
    assert (tmp_path / JAR.path).read_bytes() == CONTENT


def test_a_refusal_is_final_and_names_artifact_and_ways_out_but_no_password(tmp_path: Path) -> None:
    asked = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(404)

    with httpx.Client(transport=httpx.MockTransport(answer)) as client, pytest.raises(DownloadFailed) as caught:
        download.fetch(JAR, tmp_path, "https://me:geheim@mirror.example/m", client, threading.Event())
    assert len(asked) == 1
    told = str(caught.value)
    assert "org.example:bus:1.0" in told
    assert "https://mirror.example/m/org/example/bus" in told
    assert "geheim" not in told
    for way in ("network", "VOCBUS_MAVEN_REPOSITORY", "--kafka", "--elasticsearch"):
        assert way in told


def test_only_what_the_cache_lacks_or_holds_cut_short_is_fetched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, cut, absent = (jars.Jar("0" * 64, 3, "g", name, "1") for name in ("whole", "cut", "absent"))
    for jar, content in ((whole, b"abc"), (cut, b"ab")):
        path = tmp_path / "maven" / jar.path
        path.parent.mkdir(parents=True)
        path.write_bytes(content)
    fetched: list[jars.Jar] = []
    monkeypatch.setattr(jars, "locked", lambda _server: [whole, cut, absent])
    monkeypatch.setattr(download, "fetch_all", lambda missing, *_: fetched.extend(missing))
    installed = jars.installed("kafka", "Kafka", {"VOCBUS_CACHE": str(tmp_path)}, silent)
    assert fetched == [cut, absent]
    assert installed[whole] == tmp_path / "maven/g/whole/1/whole-1.jar"
