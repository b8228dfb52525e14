"""From the publisher to a department's subscriber, at a steady rate, through a running worker."""

import time
import uuid
from dataclasses import dataclass
from pathlib import Path

from confluent_kafka import Consumer, KafkaException, TopicPartition
from tests.bench.child import Child, Failed
from tests.bench.cluster import OUTPUTS, Cluster
from tests.bench.contestant import Job
from tests.bench.events import Load
from tests.bench.functions import full_decision, open_codec

from vocbus.channels.publisher import Publisher
from vocbus.contracts.models import Interaction
from vocbus.contracts.topics import RAW, catalogue

RATE, SECONDS, WARM_UP_S = 1000, 15, 5
STALL_S, PATIENCE_S = 20.0, 240.0
DEPARTMENTS = [catalogue().department(name).name for name in catalogue().departments]


@dataclass(frozen=True)
class Latency:
    """Milliseconds from publish to a subscriber, one a department message, and the rate that was reached."""

    per_s: float
    milliseconds: list[float]
    cpu_us_per_event: float


def run_publisher(job: Job) -> None:
    """Publish at the rate with the product's publisher; tells the time of each call."""
    load = Load(job.options["events"])
    prepared = [Interaction.model_validate(load.record(i)) for i in range(load.events)]
    times = []
    with Publisher(job.kafka, open_codec()) as publisher:
        begin = time.perf_counter()
        for i, interaction in enumerate(prepared):
            due = begin + i / RATE
            while (left := due - time.perf_counter()) > 0:
                time.sleep(left)
            times.append(time.time_ns())
            publisher.publish(interaction)
    job.tell(times=times)


def run_subscriber(job: Job) -> None:
    """Read the department topics until there are as many messages as expected, or none for STALL_S seconds.

    Tells when each event's message came.
    """
    consumer = Consumer({"bootstrap.servers": job.kafka, "group.id": job.group, "enable.auto.commit": False})
    consumer.assign([TopicPartition(name, p, 0) for name in DEPARTMENTS for p in range(catalogue()[name].partitions)])
    got: list[tuple[int, bytes]] = []
    while len(got) < job.options["expected"]:
        message = consumer.poll(STALL_S)
        if message is None:
            break
        if message.error():
            raise KafkaException(message.error())
        got.append((time.time_ns(), message.value()))
    consumer.close()
    decode = open_codec().decoder("signal")
    job.tell(came=[(decode(value)["interaction_id"], at) for at, value in got])


def measure(cluster: Cluster, folder: Path) -> Latency:
    """Run worker, subscriber and publisher. The first WARM_UP_S seconds do not count. Raises Failed for a loss."""
    cluster.recreate([RAW, *OUTPUTS])
    load = Load(RATE * (WARM_UP_S + SECONDS))
    counts = load.expected(full_decision())
    expected = sum(counts.get(name, 0) for name in DEPARTMENTS)
    group = f"bench-{uuid.uuid4().hex[:8]}-intake"
    reading = Job(
        str(folder / "subscriber.json"),
        cluster.kafka,
        group=f"{group}-subscriber",
        options={"expected": expected},
    )
    writing = Job(str(folder / "publisher.json"), cluster.kafka, options={"events": load.events})
    with Child("worker", Job(str(folder / "worker.json"), cluster.kafka, group=group)) as worker:
        deadline = time.monotonic() + STALL_S
        while cluster.members(group) < 1:
            if time.monotonic() > deadline:
                raise worker.failed("did not get its partitions")
            time.sleep(0.1)
        cpu = worker.cpu_seconds()
        with Child("subscriber", reading) as subscriber, Child("publisher", writing) as publisher:
            published = publisher.wait_report(PATIENCE_S)["times"]
            came = subscriber.wait_report(PATIENCE_S)["came"]
        cpu = worker.cpu_seconds() - cpu
        worker.stop()
    if len(came) != expected:
        raise Failed(f"latency: {len(came)} department messages came instead of {expected}")
    warm = WARM_UP_S * RATE
    milliseconds = [
        (at - published[i]) / 1e6 for identity, at in came if (i := int(identity.rpartition("-")[2])) >= warm
    ]
    seconds = (published[-1] - published[warm]) / 1e9
    return Latency((load.events - warm - 1) / seconds, milliseconds, cpu * 1e6 / load.events)
