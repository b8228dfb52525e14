"""What the bench ran on. No names of hosts, users or folders."""

import os
import platform
from importlib.metadata import version
from pathlib import Path
from typing import Any

import psutil

from vocbus.ops.embedded import elasticsearch_node, kafka_broker

PACKAGES = ("aiokafka", "confluent-kafka", "elasticsearch", "fastavro", "faust-streaming", "quixstreams", "vocbus")


def describe() -> dict[str, Any]:
    """Processor, cores that this process may use, memory, load of the last minute, and versions."""
    affinity = getattr(os, "sched_getaffinity", None)
    return {
        "cpu": _cpu_model(),
        "cores": len(affinity(0)) if affinity else os.cpu_count(),
        "memory_gb": round(psutil.virtual_memory().total / 2**30, 1),
        "load_average": round(os.getloadavg()[0], 2),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "versions": {
            "kafka": kafka_broker.VERSION,
            "elasticsearch-server": elasticsearch_node.VERSION,
            **{package: version(package) for package in PACKAGES},
        },
    }


def _cpu_model() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())
