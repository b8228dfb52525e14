"""Write the lock files of the servers' jars anew: `python -m vocbus.ops.embedded.resolve FOLDER`.

Only a change of version needs this. jgo walks the dependency graph as Maven would; what it finds is pinned by
size and hash, so that every later download is the same and needs no walk.
"""

import hashlib
import sys
from pathlib import Path

from jgo.maven import MavenContext

from vocbus.ops.embedded import elasticsearch_node, kafka_broker


def lock_text(roots: tuple[str, ...], repository: Path) -> str:
    """The lock file's text for the class path of these Maven coordinates (`!`: not a source of versions)."""
    context = MavenContext(repo_cache=repository)
    inputs, transitive = context.resolver.resolve([context.create_dependency(root) for root in roots])
    needed = [*inputs, *(found for found in transitive if found.scope in ("compile", "runtime"))]
    lines = [f"# The class path of {' and '.join(root.rstrip('!') for root in roots)}"]
    for dependency in sorted(needed, key=str):
        if dependency.classifier or dependency.type != "jar":
            raise ValueError(f"a lock line cannot hold {dependency}")
        content = dependency.artifact.resolve().read_bytes()
        coordinate = f"{dependency.groupId}:{dependency.artifactId}:{dependency.version}"
        lines.append(f"{hashlib.sha256(content).hexdigest()} {len(content)} {coordinate}")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    for server in (kafka_broker, elasticsearch_node):
        (folder / f"{server.NAME}.lock").write_text(lock_text(server.ROOTS, folder / "repository"), "utf-8")
