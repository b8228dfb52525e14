"""What an Elasticsearch cluster has beyond the core, found by asking it."""

from dataclasses import dataclass

from elasticsearch import Elasticsearch

from vocbus.ops.mappings import LANGUAGE_ANALYZERS

#: Answers of a cluster that lacks what was asked for.
_ABSENT = (400, 404, 405)


@dataclass(frozen=True)
class Capabilities:
    """`analyzers`: those of LANGUAGE_ANALYZERS that are there; `lifecycle`: index lifecycle management is."""

    data_nodes: int
    analyzers: tuple[str, ...]
    lifecycle: bool


def probe(client: Elasticsearch) -> Capabilities:
    """Ask the cluster. Raises the client's errors."""
    tolerant = client.options(ignore_status=_ABSENT)
    return Capabilities(
        data_nodes=client.cluster.health()["number_of_data_nodes"],
        analyzers=tuple(
            name for name in LANGUAGE_ANALYZERS if tolerant.indices.analyze(analyzer=name, text="x").meta.status == 200
        ),
        lifecycle=tolerant.ilm.get_lifecycle().meta.status == 200,
    )
