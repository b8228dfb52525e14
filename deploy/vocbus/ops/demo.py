"""The demo: everything once, from nothing to a proof that nothing was lost. `run` is the page to read."""

import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import click

from vocbus.contracts.codec import Codec
from vocbus.contracts.errors import RejectReason
from vocbus.contracts.registry import open_registry
from vocbus.contracts.settings import Settings
from vocbus.contracts.topics import catalogue
from vocbus.ops import plan, verify
from vocbus.ops.connections import elasticsearch_client, kafka_admin
from vocbus.ops.conservation.report import Report
from vocbus.ops.demo_progress import Phase, Phases
from vocbus.ops.demo_publish import Published, publish
from vocbus.ops.demo_results import Results
from vocbus.ops.demo_samples import file_lines, sample_set
from vocbus.ops.demo_servers import own_folder, running_servers
from vocbus.ops.demo_summary import Agreement, Tally, agreement, shortfalls, tally
from vocbus.ops.demo_worker import running_worker
from vocbus.ops.embedded.endpoints import Endpoints
from vocbus.ops.indices_apply import reconcile_indices
from vocbus.ops.outages import outages
from vocbus.ops.supervision import child_environment
from vocbus.ops.topic_reader import TopicReader
from vocbus.ops.topics_apply import reconcile_topics

#: Seconds that the proof waits for what is in flight; all is settled before it begins, unless others publish too.
PROOF_PATIENCE = 30.0


@dataclass(frozen=True)
class Request:
    """What to run the demo on. Servers that are not given are started in the folder `data`, and stopped at the end
    unless `keep`; those that ran there before stay."""

    data: Path
    file: Path | None = None
    keep: bool = False
    kafka: str | None = None
    elasticsearch: str | None = None


@dataclass(frozen=True)
class Outcome:
    """What came of a run. `problems` is empty when everything is as it should be.

    `dead_letters` are those of this run's events; `expected` is what they must be, None where nobody can know.
    `seconds` are those of the phases by name, `flow_seconds` from the first event published to the last one indexed,
    `total_seconds` those of the whole run.
    """

    endpoints: Endpoints
    published: Published
    decided: Tally
    dead_letters: Counter[RejectReason]
    expected: Counter[RejectReason] | None
    agreement: list[Agreement]
    report: Report
    seconds: Mapping[str, float]
    flow_seconds: float
    total_seconds: float
    problems: list[str]


def run(request: Request, phases: Phases) -> Outcome:
    """The whole demo. Raises ClickException when it cannot be done; then, and when it is interrupted, nothing that
    it started stays behind.

    It may be killed at any moment and run again in the same folder: what was in flight is finished, and what is
    published again counts once.
    """
    begun = time.monotonic()
    with (
        own_folder(request.data),
        running_servers(
            request.data, request.kafka, request.elasticsearch, keep=request.keep, phases=phases
        ) as endpoints,
        _open(endpoints) as bus,
    ):
        with phases("topics and indices") as phase:
            _apply(bus, phase)
        codec = Codec(open_registry(bus.settings))
        log = request.data / "logs" / "worker.log"
        with running_worker(bus, _environment(endpoints, request.data), log, phases) as worker:
            material = sample_set(codec) if request.file is None else file_lines(request.file)
            results, started = Results(bus.reader, codec), time.monotonic()
            with phases("publish") as phase:
                published = publish(endpoints.kafka, codec, material, phase.tell)
                phase.result = f"{published.events:,} events"
            with phases("decide and index") as phase:
                worker.await_commits(phase)
                flow_seconds = time.monotonic() - started
            with phases("verify") as phase:
                report = verify.verify(bus, codec, wait=PROOF_PATIENCE, progress=lambda what, *_: phase.tell(what))
            decisions, letters = results.decisions(published.ids), results.dead_letters()
    return Outcome(
        endpoints=endpoints,
        published=published,
        decided=tally(decisions.values()),
        dead_letters=letters,
        expected=material.expected,
        agreement=agreement(decisions, material.labels),
        report=report,
        seconds=phases.seconds,
        flow_seconds=flow_seconds,
        total_seconds=time.monotonic() - begun,
        problems=shortfalls(published.ids - decisions.keys(), letters, material.expected, clean=report.clean),
    )


@contextmanager
def _open(endpoints: Endpoints) -> Iterator[verify.Servers]:
    """Clients for both servers. Raises ClickException for any failure of a server inside the block."""
    with (
        outages(endpoints.kafka),
        elasticsearch_client(endpoints.elasticsearch) as client,
        kafka_admin(endpoints.kafka) as admin,
        TopicReader(endpoints.kafka) as reader,
    ):
        yield verify.Servers(reader, admin, client, Settings(), catalogue())


def _apply(bus: verify.Servers, phase: Phase) -> None:
    actions = [
        *reconcile_topics(bus.admin, bus.catalogue),
        *reconcile_indices(bus.elasticsearch, bus.settings.index_prefix),
    ]
    phase.result = plan.summary(actions, dry_run=False)
    if not plan.succeeded(actions):
        raise click.ClickException(
            "The servers hold topics or indices that do not fit. `vocbus topics apply` and `vocbus indices apply` "
            "say what can be done."
        )


def _environment(endpoints: Endpoints, data: Path) -> dict[str, str]:
    """Environment of the worker; the key of the pseudonyms is made and kept in the folder."""
    return child_environment(
        {"VOCBUS_KAFKA": endpoints.kafka, "VOCBUS_ELASTICSEARCH": endpoints.elasticsearch, "VOCBUS_DATA": str(data)}
    )
