"""The bare loop: confluent-kafka consumer and producer with the work between them, and nothing else."""

import signal
from typing import Any

from confluent_kafka import Consumer, KafkaError, KafkaException, Producer
from tests.bench.contestant import Job

from vocbus.contracts.topics import RAW

#: Events that are decided, delivered and committed together: as many as a chunk of the worker.
BATCH = 2000


def run_bare_loop(job: Job) -> None:
    work, running, failures = job.make_work(), True, []

    def stop(*_: Any) -> None:
        nonlocal running
        running = False

    def delivered(error: KafkaError | None, _message: Any) -> None:
        if error is not None:
            failures.append(error)

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    common = {"bootstrap.servers": job.kafka}
    producer = Producer(
        {
            **common,
            "acks": "all",
            "enable.idempotence": True,
            "partitioner": "murmur2_random",
            "on_delivery": delivered,
            "queue.buffering.max.messages": 1_000_000,
        }
    )
    consumer = Consumer({**common, "group.id": job.group, "auto.offset.reset": "earliest", "enable.auto.commit": False})
    consumer.subscribe([RAW])
    while running:
        events = consumer.consume(BATCH, timeout=0.2)
        for event in events:
            if event.error():
                raise KafkaException(event.error())
            for topic, key, value in work(event.value()):
                producer.produce(topic, value, key)
            producer.poll(0)
        if events:
            producer.flush()
            if failures:
                raise KafkaException(failures[0])
            consumer.commit(asynchronous=False)
    consumer.close()
