"""Fetch pinned jars from a Maven repository: whole and as pinned, or not at all."""

import hashlib
import os
import re
import tempfile
import threading
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from pathlib import Path

import httpx
from jgo.constants import MAVEN_CENTRAL_URL

from vocbus.ops.embedded.errors import DownloadFailed
from vocbus.ops.embedded.jars import Jar
from vocbus.ops.embedded.progress import Progress

ATTEMPTS = 4
CONNECTIONS = 8
LONGEST_PAUSE_S = 30
TIMEOUT = httpx.Timeout(60, connect=10)


class _Unlike(Exception):
    """The repository answered, but not with the pinned jar."""


def repository_url(environ: Mapping[str, str]) -> str:
    """VOCBUS_MAVEN_REPOSITORY (say, a mirror inside the bank), else Maven Central."""
    return environ.get("VOCBUS_MAVEN_REPOSITORY", MAVEN_CENTRAL_URL).rstrip("/")


def fetch_all(jars: list[Jar], repository: Path, title: str, environ: Mapping[str, str], progress: Progress) -> None:
    """Fetch jars side by side into `repository`. The first failure ends the rest and is raised: DownloadFailed.

    Progress is told several times a second; if telling it raises, that ends the rest too.
    """
    url = repository_url(environ)
    total = sum(jar.size for jar in jars)
    abandoned = threading.Event()
    with (
        httpx.Client(timeout=TIMEOUT, follow_redirects=True) as client,
        ThreadPoolExecutor(CONNECTIONS, thread_name_prefix="jar") as pool,
    ):
        futures = {pool.submit(fetch, jar, repository, url, client, abandoned): jar for jar in jars}
        try:
            waiting = set(futures)
            while waiting:
                done = total - sum(futures[future].size for future in waiting)
                progress(f"{title}: downloading ({done / 1e6:.0f} of {total / 1e6:.0f} MB)")
                finished, waiting = wait(waiting, timeout=0.2, return_when=FIRST_EXCEPTION)
                for future in finished:
                    future.result()
        except BaseException:
            abandoned.set()
            pool.shutdown(wait=True, cancel_futures=True)
            raise


def fetch(jar: Jar, repository: Path, url: str, client: httpx.Client, abandoned: threading.Event) -> None:
    """Fetch one jar, trying again what may pass. Raises DownloadFailed with the artifact and the way out."""
    source, target = f"{url}/{jar.path}", repository / jar.path
    for attempt in range(1, ATTEMPTS + 1):
        pause: float = attempt
        try:
            with client.stream("GET", source) as response:
                pause = _pause(response, attempt)
                response.raise_for_status()
                keep(jar, target, _until(abandoned, response.iter_bytes()))
            return
        except (httpx.HTTPError, httpx.InvalidURL, _Unlike) as error:
            if _is_final(error) or attempt == ATTEMPTS or abandoned.wait(pause):
                raise DownloadFailed(_advice(jar, source, error)) from error
        except OSError as error:
            raise DownloadFailed(
                f"Cannot write {target}: {error.strerror}. Set VOCBUS_CACHE to a folder with room for 200 MB."
            ) from error


def _is_final(error: Exception) -> bool:
    """Whether another try cannot help: a bad address, or a refusal other than `too many requests`."""
    if isinstance(error, httpx.HTTPStatusError):
        return error.response.status_code < 500 and error.response.status_code != 429
    return isinstance(error, (httpx.InvalidURL, httpx.UnsupportedProtocol))


def _pause(response: httpx.Response, attempt: int) -> float:
    """Seconds to wait before the next try: Retry-After (RFC 9110) where it is given in seconds."""
    told = response.headers.get("Retry-After", "")
    return min(int(told), LONGEST_PAUSE_S) if told.isdecimal() else attempt


def keep(jar: Jar, target: Path, chunks: Iterable[bytes]) -> None:
    """Write chunks beside `target` and give them its name only when size and hash are the pinned ones."""
    target.parent.mkdir(parents=True, exist_ok=True)
    digest = hashlib.sha256()
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=".part-")
    try:
        with os.fdopen(handle, "wb") as part:
            for chunk in chunks:
                digest.update(chunk)
                part.write(chunk)
            part.flush()
            os.fsync(part.fileno())
        if digest.hexdigest() != jar.sha256:
            raise _Unlike("what came is cut short or not the pinned file")
        os.chmod(name, 0o644)
        os.replace(name, target)
    except BaseException:
        os.unlink(name)
        raise


def _until(abandoned: threading.Event, chunks: Iterable[bytes]) -> Iterator[bytes]:
    for chunk in chunks:
        if abandoned.is_set():
            raise _Unlike("given up")
        yield chunk


def _advice(jar: Jar, source: str, error: Exception) -> str:
    message = (
        f"Cannot download {jar} from {source}: {str(error).splitlines()[0] if str(error) else type(error).__name__}\n"
        "It is needed once and then kept in the cache. Ways out: connect to the network and try again; set "
        "VOCBUS_MAVEN_REPOSITORY to a Maven mirror that this computer reaches; or use servers that run already, by "
        "--kafka HOST:PORT and --elasticsearch URL."
    )
    return re.sub(r"(?<=://)[^/@\s]*@", "", message)  # a mirror's address may hold a password
