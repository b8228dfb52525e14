"""The servers' log files: where, how large, and what they say of a failure."""

import re
from pathlib import Path

_TROUBLE = re.compile(r"ERROR|FATAL|Exception|Caused by|OutOfMemory|No space left|Error:")
_FRAME = re.compile(r"^\s+at |^\s*\.\.\. \d+ more")


def folder(data: Path) -> Path:
    """Where all logs of a data folder are."""
    return data / "logs"


def log4j2(name: str) -> str:
    """A log4j2 configuration: one file `../logs/<name>.log` of at most 10 MB, and two older ones."""
    file = f"../logs/{name}.log"
    return f"""status = error
appender.file.type = RollingFile
appender.file.name = file
appender.file.fileName = {file}
appender.file.filePattern = {file}.%i
appender.file.layout.type = PatternLayout
appender.file.layout.pattern = %d %p %c{{1}}: %m%n
appender.file.policies.type = Policies
appender.file.policies.size.type = SizeBasedTriggeringPolicy
appender.file.policies.size.size = 10MB
appender.file.strategy.type = DefaultRolloverStrategy
appender.file.strategy.max = 2
rootLogger.level = info
rootLogger.appenderRef.file.ref = file
"""


def files(data: Path, name: str) -> list[Path]:
    """A server's own log and what its process printed."""
    return [folder(data) / f"{name}.log", folder(data) / f"{name}.out"]


def sizes(paths: list[Path], less: int = 0) -> dict[Path, int]:
    """How long each log is now, less some bytes: what comes after was written later, or last."""
    return {path: max(0, path.stat().st_size - less) if path.exists() else 0 for path in paths}


def trouble(since: dict[Path, int], lines: int = 8) -> str:
    """The last lines since these sizes that speak of trouble; else simply the last lines."""
    written: list[str] = []
    for path, size in since.items():
        if path.exists():
            content = path.read_bytes()
            start = size if size <= len(content) else 0  # rolled over, or begun anew
            written += content[start:].decode("utf-8", "replace").splitlines()
    told = [line for line in written if line.strip() and not _FRAME.match(line) and not line.startswith("WARNING:")]
    bad = [line for line in told if _TROUBLE.search(line)]
    return "\n".join((bad or told)[-lines:])
