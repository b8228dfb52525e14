"""The load: the sample interactions of the project, over and over under ids of their own."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from importlib import resources
from typing import Any

from tests.bench.functions import Message, Work, open_codec

from vocbus.channels.canonical import canonical
from vocbus.contracts.topics import RAW

#: A customer is heard of this often, in the mean.
EVENTS_A_CUSTOMER = 4


def samples() -> list[dict[str, Any]]:
    """Records of the sample interactions."""
    lines = (resources.files("vocbus.ops") / "samples" / "interactions.jsonl").read_bytes().splitlines()
    return [canonical(line).to_record() for line in lines]


@dataclass(frozen=True)
class Load:
    """`events` raw events: the samples in turn, event i under the id `<name>-<i>`."""

    events: int
    name: str = "bench"

    @cached_property
    def samples(self) -> list[dict[str, Any]]:
        """What the events are made of."""
        return samples()

    def record(self, i: int) -> dict[str, Any]:
        """Interaction record of event i."""
        customers = max(1, self.events // EVENTS_A_CUSTOMER)
        own = {"interaction_id": f"{self.name}-{i}", "customer_ref": f"C-{i * 7919 % customers}"}
        return {**self.samples[i % len(self.samples)], **own}

    def messages(self) -> Iterator[Message]:
        """The events as they are published."""
        encode = open_codec().encoder(RAW)
        for i in range(self.events):
            record = self.record(i)
            yield RAW, record["customer_ref"].encode(), encode(record)

    def expected(self, work: Work) -> dict[str, int]:
        """Messages by topic that must come of the load: what an event becomes follows from its sample alone."""
        encode = open_codec().encoder(RAW)
        whole, rest = divmod(self.events, len(self.samples))
        counts: Counter[str] = Counter()
        for i, sample in enumerate(self.samples):
            for topic, _, _ in work(encode(sample)):
                counts[topic] += whole + (i < rest)
        return dict(counts)

    def lengths(self) -> dict[str, float]:
        """Means an event: bytes on the wire, characters of its turns, turns."""
        encode, count = open_codec().encoder(RAW), len(self.samples)
        return {
            "bytes": round(sum(len(encode(sample)) for sample in self.samples) / count, 1),
            "characters": round(sum(len(turn["text"]) for s in self.samples for turn in s["turns"]) / count, 1),
            "turns": round(sum(len(sample["turns"]) for sample in self.samples) / count, 1),
        }
