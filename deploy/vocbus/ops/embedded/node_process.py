"""The process of an Elasticsearch node: `python -m vocbus.ops.embedded.node_process node.json`.

A JVM inside Python, since the server's launcher and its distribution are not among the jars. SIGTERM closes the
node, which flushes its indices.
"""

import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

import jpype

ENDINGS = {signal.SIGTERM, signal.SIGINT}
CLOSE_PATIENCE_S = 15


def java(name: str) -> Any:
    """A Java class. Not by package attributes: listing a package opens jars that the server must open itself."""
    return jpype.JClass(name)


def start_node(node: dict[str, Any]) -> Any:
    """Start the JVM and in it the node; returns the Java object `org.elasticsearch.node.Node`."""
    jpype.startJVM(*node["jvm_options"], jvmpath=node["jvm"], classpath=node["class_path"])
    log = java("org.elasticsearch.common.logging.LogConfigurator")
    log.registerErrorListener()
    log.setNodeName(node["settings"]["node.name"])

    settings = java("org.elasticsearch.common.settings.Settings").builder()
    for key, value in node["settings"].items():
        settings.putList(key, value) if isinstance(value, list) else settings.put(key, value)
    no_overrides = java("java.util.Map").of()
    path = java("java.nio.file.Paths").get
    environment = java("org.elasticsearch.node.InternalSettingsPreparer").prepareEnvironment(
        settings.build(),
        no_overrides,
        path(node["config"]),
        jpype.JProxy("java.util.function.Supplier", {"get": lambda: node["settings"]["node.name"]}),
    )
    log.configure(environment, False)

    loader = java("org.elasticsearch.plugins.PluginsLoader")
    home = node["settings"]["path.home"]
    plugins = loader.createPluginsLoader(
        loader.loadModulesBundles(path(home, "modules"), False),
        loader.loadPluginsBundles(path(home, "plugins"), False),
        no_overrides,
        False,
    )
    return java("org.elasticsearch.node.Node")(environment, plugins).start()


def close(node: Any) -> None:
    """Close the node: no more requests, flush, release its files."""
    node.prepareForClose()
    node.close()
    node.awaitClose(CLOSE_PATIENCE_S, java("java.util.concurrent.TimeUnit").SECONDS)


def main(path: Path) -> None:
    """Run the node until SIGTERM or SIGINT."""
    # Blocked before the JVM makes its threads, so that none of them takes the signal from sigwait below.
    signal.pthread_sigmask(signal.SIG_BLOCK, ENDINGS)
    try:
        node = start_node(json.loads(path.read_text(encoding="utf-8")))
    except jpype.JException as error:
        sys.stderr.write(f"ERROR {error.stacktrace()}\n")
        sys.stderr.flush()
        os._exit(1)  # threads of a half-started node would keep the process
    signal.sigwait(ENDINGS)
    close(node)
    os._exit(0)  # the node is closed; unloading the JVM would take a second


if __name__ == "__main__":
    main(Path(sys.argv[1]))
