"""The jars of a server: pinned by a lock file, kept whole in the user's cache."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from vocbus.ops.embedded.progress import Progress


@dataclass(frozen=True)
class Jar:
    """One line of a lock file: what the file must be, to the byte, and its Maven coordinate."""

    sha256: str
    size: int
    group: str
    artifact: str
    version: str

    def __str__(self) -> str:
        return f"{self.group}:{self.artifact}:{self.version}"

    @property
    def path(self) -> str:
        """Its place in any Maven repository, as a relative POSIX path."""
        folder = f"{self.group.replace('.', '/')}/{self.artifact}/{self.version}"
        return f"{folder}/{self.artifact}-{self.version}.jar"


def parse_lock(text: str) -> list[Jar]:
    """Read `sha256 size group:artifact:version` lines; `#` starts a comment line."""
    jars = []
    for line in text.splitlines():
        if line and not line.startswith("#"):
            sha256, size, coordinate = line.split()
            jars.append(Jar(sha256, int(size), *coordinate.split(":")))
    return jars


def locked(server: str) -> list[Jar]:
    """The class path of `kafka` or `elasticsearch` in this release."""
    return parse_lock((files(__package__) / f"{server}.lock").read_text(encoding="utf-8"))


def cache_folder(environ: Mapping[str, str]) -> Path:
    """VOCBUS_CACHE, else `vocbus` below XDG_CACHE_HOME, which counts only if absolute (XDG base directories)."""
    if own := environ.get("VOCBUS_CACHE"):
        return Path(own).absolute()
    xdg = environ.get("XDG_CACHE_HOME", "")
    base = Path(xdg) if Path(xdg).is_absolute() else Path.home() / ".cache"
    return base / "vocbus"


def is_whole(path: Path, size: int) -> bool:
    """Whether a cached jar may be used. Its hash was checked before it got its name, so its size tells a cut."""
    try:
        return path.stat().st_size == size
    except OSError:
        return False


def installed(server: str, title: str, environ: Mapping[str, str], progress: Progress) -> dict[Jar, Path]:
    """The server's jars on disk, fetching only those that the cache lacks. A full cache asks no network."""
    repository = cache_folder(environ) / "maven"
    jars = {jar: repository / jar.path for jar in locked(server)}
    missing = [jar for jar, path in jars.items() if not is_whole(path, jar.size)]
    if missing:
        # Imported here because a warm start needs no download, and the import costs 0.2 s.
        from vocbus.ops.embedded.download import fetch_all  # noqa: PLC0415

        fetch_all(missing, repository, title, environ, progress)
    return jars


def link_or_copy(source: Path, target: Path) -> None:
    """A second name for a cached jar; a copy where the file system has no hard links."""
    try:
        os.link(source, target)
    except OSError:
        target.write_bytes(source.read_bytes())
