"""Elasticsearch as one node on loopback: its folders, its settings, its probe. The node itself: node_process.py."""

import json
import os
import shutil
import sys
import tempfile
import zipfile
from pathlib import Path

from vocbus.ops.embedded import jars, java, logs, probe
from vocbus.ops.embedded.ports import HOST
from vocbus.ops.embedded.progress import Progress
from vocbus.ops.embedded.state import Entry

NAME = "elasticsearch"
TITLE = "Elasticsearch"
VERSION = "9.5.3"
OPTION = "--elasticsearch-port"
ROOTS = (
    f"org.elasticsearch:elasticsearch:{VERSION}",
    f"org.elasticsearch.plugin:transport-netty4:{VERSION}",
)

# The HTTP server is a module that Elasticsearch loads from its own folder, apart from the class path.
MODULE = "transport-netty4"
DESCRIPTOR = "plugin-descriptor.properties"


def address(port: int) -> str:
    """The URL that clients take."""
    return f"http://{HOST}:{port}"


def settings(folder: Path, port: int) -> dict[str, str | list[str]]:
    """elasticsearch.yml as a flat mapping."""
    return {
        "cluster.name": "vocbus",
        "node.name": "vocbus",
        "path.data": [str(folder / "data")],  # as text it would be split at commas
        "path.logs": str(logs.folder(folder.parent)),
        "network.host": HOST,
        "http.port": str(port),
        "transport.port": "0",  # a single node talks to nobody there
        "discovery.type": "single-node",
        # A developer's nearly full disk must not turn indices read-only.
        "cluster.routing.allocation.disk.threshold_enabled": "false",
    }


def prepare(data: Path, entry: Entry, progress: Progress) -> list[str]:
    """Fetch what is missing and write the configuration. Returns the command."""
    folder = data / NAME
    config = folder / "config"
    config.mkdir(parents=True, exist_ok=True)
    installed = jars.installed(NAME, TITLE, os.environ, progress)
    modules = {jar: path for jar, path in installed.items() if jar.group == "io.netty" or jar.artifact == MODULE}
    home = build_home(jars.cache_folder(os.environ) / f"{NAME}-{VERSION}", list(modules.values()))
    (config / "log4j2.properties").write_text(logs.log4j2(NAME), encoding="utf-8")
    (config / "elasticsearch.yml").touch()
    node = {
        "settings": settings(folder, entry.port) | {"path.home": str(home)},
        "config": str(config),
        "class_path": [str(path) for jar, path in installed.items() if jar not in modules],
        "jvm": str(java.JVM_LIBRARY),
        "jvm_options": [
            *java.size_options(entry),
            "-XX:+ExitOnOutOfMemoryError",
            "-Xrs",  # leaves SIGTERM to the Python process around it
            "-Djava.awt.headless=true",
            f"-Des.path.home={home}",
            "-Dorg.elasticsearch.nativeaccess.enableVectorLibrary=false",
            "--enable-native-access=ALL-UNNAMED",
            "--add-opens=java.base/java.lang=ALL-UNNAMED",
        ],
    }
    (folder / "node.json").write_text(json.dumps(node, indent=1), encoding="utf-8")
    return [sys.executable, "-P", "-m", "vocbus.ops.embedded.node_process", str(folder / "node.json")]


def build_home(home: Path, module_jars: list[Path]) -> Path:
    """Lay out Elasticsearch's home folder once: modules/transport-netty4 with its jars and descriptor."""
    if home.exists():
        return home
    home.parent.mkdir(parents=True, exist_ok=True)
    part = Path(tempfile.mkdtemp(dir=home.parent, prefix=".part-"))
    try:
        module = part / "modules" / MODULE
        for needed in (module, part / "plugins", part / "lib"):
            needed.mkdir(parents=True)
        for jar in module_jars:
            jars.link_or_copy(jar, module / jar.name)
            if jar.name.startswith(f"{MODULE}-"):
                with zipfile.ZipFile(jar) as archive:
                    text = archive.read(f"META-INF/es-plugins/{MODULE}/{DESCRIPTOR}").decode()
                (module / DESCRIPTOR).write_text(without_module_name(text), encoding="utf-8")
        part.rename(home)
    except OSError:
        shutil.rmtree(part)
        if not home.exists():  # else another start was faster
            raise
    return home


def without_module_name(descriptor: str) -> str:
    """The descriptor of a plain jar: as a named Java module it would look for the server's module in vain."""
    lines = descriptor.splitlines()
    return "\n".join("modulename=" if line.startswith("modulename=") else line for line in lines) + "\n"


def answers(port: int) -> bool:
    """Whether the node serves clients."""
    return probe.elasticsearch_answers(address(port))
