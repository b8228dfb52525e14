"""Collects from Kafka and Elasticsearch what conservation is judged by, while the bus may be running.

The order makes the snapshot sound: first how far the groups have committed, then the documents, then the ends of the
topics, those of a topic never before those of what comes of it. So whatever a committed event led to is seen, and
nothing is seen whose cause is not.
"""

import time
from collections.abc import Callable
from typing import Any, NamedTuple

from elasticsearch import Elasticsearch
from kafka import KafkaAdminClient
from kafka.errors import CoordinatorLoadInProgressError, CoordinatorNotAvailableError, NotCoordinatorError

from vocbus.contracts.codec import Codec
from vocbus.contracts.settings import Settings
from vocbus.contracts.topics import INTERACTIONS, OUTCOMES, RAW, REVIEW, SIGNALS, Catalogue
from vocbus.ops.conservation.facts import Documents, Facts, Routes
from vocbus.ops.conservation.ids import Ids
from vocbus.ops.conservation.judge import judge
from vocbus.ops.conservation.report import Report
from vocbus.ops.document_scan import scan
from vocbus.ops.topic_facts import TopicFacts
from vocbus.ops.topic_reader import TopicReader
from vocbus.sinks.documents import INDEXED

#: Told what is going on, how much of it is done, and how much there is (0: not known).
Progress = Callable[[str, int, int], None]

#: Topics that the index agent puts into Elasticsearch. Intake stands first in CONSUMED: once it is done, nothing more
#: comes of it for the index agent.
STORED = (INTERACTIONS, SIGNALS, OUTCOMES)
CONSUMED = (RAW, *STORED)

#: Seconds between two looks at how far the groups are.
_POLL = 0.5

#: Seconds between attempts to learn a group's offsets.
_PAUSES = (0.1, 0.2, 0.5, 1.0, 2.0, 4.0)


class Servers(NamedTuple):
    """Open clients, and what is configured about groups, indices and topics."""

    reader: TopicReader
    admin: KafkaAdminClient
    elasticsearch: Elasticsearch
    settings: Settings
    catalogue: Catalogue


def verify(
    servers: Servers,
    codec: Codec,
    *,
    wait: float,
    progress: Progress,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> Report:
    """The report, once nothing is in flight or `wait` seconds are over. Raises errors of both clients."""
    deadline = clock() + wait
    while True:
        _await_commits(servers, deadline, progress, clock, sleep)
        report = judge(collect(servers, codec, time.time_ns() // 1_000_000, progress))
        if report.settled or clock() >= deadline:
            return report


def _await_commits(
    servers: Servers,
    deadline: float,
    progress: Progress,
    clock: Callable[[], float],
    sleep: Callable[[float], None],
) -> None:
    """Return when the groups have committed all that there is, or at the deadline."""
    while clock() < deadline:
        behind = in_flight(servers)
        progress(f"waiting for {behind} events in flight", 0, 0)
        if not behind:
            return
        sleep(min(_POLL, max(0.0, deadline - clock())))


def in_flight(servers: Servers) -> int:
    """How many events of the topics that agents consume are not committed yet. Raises KafkaError."""
    behind = 0
    for topic in CONSUMED:
        done = committed(servers, topic)
        end = servers.reader.span(topic).end
        behind += sum(max(0, offset - done.get(partition, 0)) for partition, offset in end.items())
    return behind


def committed(servers: Servers, topic: str) -> dict[int, int]:
    """How far the agent that consumes a topic has committed it, by partition."""
    role = "intake" if topic == RAW else "index"
    group = f"{servers.settings.group_prefix}-{role}"
    return {
        place.partition: found.offset
        for place, found in _group_offsets(servers.admin, group).items()
        if place.topic == topic and found.offset >= 0
    }


def _group_offsets(admin: KafkaAdminClient, group: str) -> dict[Any, Any]:
    """Offsets of a group. A broker that has just started makes its topic of offsets first."""
    for pause in _PAUSES:
        try:
            return dict(admin.list_group_offsets(group).get(group, {}))
        except (CoordinatorNotAvailableError, CoordinatorLoadInProgressError, NotCoordinatorError):
            time.sleep(pause)
    return dict(admin.list_group_offsets(group).get(group, {}))


def collect(servers: Servers, codec: Codec, now_ms: int, progress: Progress) -> Facts:
    """All facts, as they are now. Raises errors of both clients, and Retryable when a registry is away."""
    catalogue = servers.catalogue
    done = {topic: committed(servers, topic) for topic in CONSUMED}
    interaction_ids, signal_ids, outcome_ids = Ids(), Ids(), Ids()
    documents = {
        topic: _documents(servers, topic, ids, progress)
        for topic, ids in zip(STORED, (interaction_ids, signal_ids, outcome_ids), strict=True)
    }
    departments = {name: catalogue.department(name).name for name in catalogue.departments}
    dlqs = {topic: catalogue.dead_letters_of(topic) for topic in CONSUMED}
    spans = {
        topic: servers.reader.span(topic)
        for topic in (*departments.values(), *dlqs.values(), OUTCOMES, REVIEW, SIGNALS, INTERACTIONS, RAW)
    }
    topics = TopicFacts(
        servers.reader, codec, catalogue, spans, interaction_ids, signal_ids, Routes(), now_ms, progress
    )
    return Facts(
        interaction_ids=interaction_ids,
        signal_ids=signal_ids,
        outcome_ids=outcome_ids,
        routes=topics.routes,
        raw=topics.events(RAW, "interaction_id", interaction_ids),
        interactions=topics.interactions(INTERACTIONS),
        review=topics.events(REVIEW, "interaction_id", interaction_ids),
        signals=topics.signals(SIGNALS),
        departments={name: topics.signals(topic) for name, topic in departments.items()},
        outcomes=topics.events(OUTCOMES, "outcome_id", outcome_ids),
        dead_letters={source: topics.dead_letters(dlq, source) for source, dlq in dlqs.items()},
        committed=done,
        interaction_documents=documents[INTERACTIONS],
        signal_documents=documents[SIGNALS],
        outcome_documents=documents[OUTCOMES],
    )


def _documents(servers: Servers, topic: str, ids: Ids, progress: Progress) -> Documents:
    """The documents of a topic's indices."""
    name = INDEXED[servers.catalogue[topic].record].name
    found = Documents(f"{servers.settings.index_prefix}-{name}-*")
    for count, hit in enumerate(scan(servers.elasticsearch, found.pattern), 1):
        found.add(ids.number(hit["_id"]), hit["_index"])
        if count % 1_000 == 0:
            progress(f"reading {found.pattern}", count, 0)
    return found
