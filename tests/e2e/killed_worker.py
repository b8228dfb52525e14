"""A worker role that SIGKILLs itself at a chosen moment, after which everything is as a crash leaves it.

    killed_worker.py ROLE MOMENT NTH

MOMENT "stored" is right after Elasticsearch took a chunk, "delivered" right after Kafka did: before the
acknowledgement, so that the chunk comes again. NTH counts chunks from 1.
"""

import asyncio
import itertools
import os
import signal
import sys
from collections.abc import Awaitable, Callable
from typing import Any

from vocbus.agents import delivery
from vocbus.agents.app import run_role
from vocbus.contracts.settings import Settings
from vocbus.sinks.elasticsearch import ElasticsearchSink

ROLE, MOMENT, NTH = sys.argv[1], sys.argv[2], int(sys.argv[3])
seen = itertools.count(1)


def deadly(operation: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
    """The operation, followed by SIGKILL the NTH time that it had something to do."""

    async def done_then_killed(self: Any, work: Any) -> Any:
        result = await operation(self, work)
        if work and next(seen) == NTH:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    return done_then_killed


if MOMENT == "stored":
    ElasticsearchSink.write = deadly(ElasticsearchSink.write)  # type: ignore[method-assign]
else:
    delivery.Producer.deliver = deadly(delivery.Producer.deliver)  # type: ignore[method-assign]

sys.exit(asyncio.run(run_role(ROLE, Settings(), instance=None, drain=8)))
