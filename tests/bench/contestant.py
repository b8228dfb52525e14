"""A contestant's process: `python -m tests.bench.contestant NAME JOB`, JOB being the JSON of a Job."""

import importlib
import json
import os
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from tests.bench.functions import WORKS, Work

#: Name → module, function. Imported when needed: nobody carries another contestant's libraries in memory.
ENTRIES = {
    "worker": ("tests.bench.worker", "run_worker"),
    "stock_faust": ("tests.bench.stock_faust", "run_stock_faust"),
    "quix": ("tests.bench.quix", "run_quix"),
    "bare_loop": ("tests.bench.bare_loop", "run_bare_loop"),
    "sink": ("tests.bench.sinks", "run_sink"),
    "bulk_loop": ("tests.bench.sinks", "run_bulk_loop"),
    "classify": ("tests.bench.classification", "run_classify"),
    "classify_sklearn": ("tests.bench.classification", "run_sklearn"),
    "publisher": ("tests.bench.latency", "run_publisher"),
    "subscriber": ("tests.bench.latency", "run_subscriber"),
}


@dataclass(frozen=True)
class Job:
    """What a contestant is to do: where the servers are, its consumer group, its work, and where it reports."""

    report: str
    kafka: str = ""
    elasticsearch: str = ""
    group: str = ""
    work: str = "decision"
    options: dict[str, Any] = field(default_factory=dict)

    def to_json(self) -> str:
        return json.dumps(asdict(self))

    def tell(self, **found: Any) -> None:
        """Write the report; it appears whole or not at all."""
        file = Path(self.report)
        file.with_suffix(".new").write_text(json.dumps(found))
        os.replace(file.with_suffix(".new"), file)

    def tell_first_event(self) -> None:
        """Report that the first event is in hand."""
        self.tell(first_event_ns=time.time_ns())

    def make_work(self) -> Work:
        """The work of a peer, which also reports the first event."""
        work, waiting = WORKS[self.work](), True

        def noted(value: bytes) -> Any:
            nonlocal waiting
            if waiting:
                waiting = False
                self.tell_first_event()
            return work(value)

        return noted


def main() -> None:
    name, job = sys.argv[1], Job(**json.loads(sys.argv[2]))
    module, function = ENTRIES[name]
    run: Callable[[Job], None] = getattr(importlib.import_module(module), function)
    run(job)


if __name__ == "__main__":
    # By its full name, so that there is one Job class in this process and not two.
    importlib.import_module("tests.bench.contestant").main()
