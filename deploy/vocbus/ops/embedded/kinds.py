"""The kinds of server there are, and what each must tell of itself."""

from pathlib import Path
from typing import Protocol

from vocbus.ops.embedded import elasticsearch_node, kafka_broker
from vocbus.ops.embedded.progress import Progress
from vocbus.ops.embedded.state import Entry

KAFKA = kafka_broker.NAME
ELASTICSEARCH = elasticsearch_node.NAME


class Kind(Protocol):
    """What the modules kafka_broker and elasticsearch_node tell of their server."""

    NAME: str
    TITLE: str
    VERSION: str
    OPTION: str

    def address(self, port: int) -> str: ...
    def prepare(self, data: Path, entry: Entry, progress: Progress) -> list[str]: ...
    def answers(self, port: int) -> bool: ...


# Elasticsearch first: it takes longest, and Kafka's storage can be formatted meanwhile.
KINDS: dict[str, Kind] = {ELASTICSEARCH: elasticsearch_node, KAFKA: kafka_broker}
