"""Where the demo runs: its folder, which it has for itself, and its servers."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from vocbus.ops.demo_progress import Phases
from vocbus.ops.embedded.endpoints import Endpoints
from vocbus.ops.embedded.extra import servers_module


@contextmanager
def own_folder(data: Path) -> Iterator[None]:
    """The folder, made if need be, with no other demo running in it. Raises ClickException."""
    try:
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
        # The lock goes when this process does, however it ends; no child inherits it.
        lock = os.open(data / ".demo.lock", os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise click.ClickException(f"Cannot use {data}: {error.strerror}. Choose another folder with --data.") from None
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        raise click.ClickException(f"Another demo runs in {data}. Choose another folder with --data.") from None
    finally:
        os.close(lock)


@contextmanager
def running_servers(
    data: Path, kafka: str | None, elasticsearch: str | None, *, keep: bool, phases: Phases
) -> Iterator[Endpoints]:
    """The servers given, and embedded ones for those that are not. Raises ServersError.

    Those that are started here are stopped at the end, with `keep` only if the block fails. Without `keep` they end
    with this process, however that ends; those that ran before stay.
    """
    due = [name for name, given in (("kafka", kafka), ("elasticsearch", elasticsearch)) if given is None]
    if kafka is not None and elasticsearch is not None:
        yield Endpoints(kafka, elasticsearch)
        return
    servers = servers_module()
    with phases("servers") as phase:
        before = servers.status(data)
        mine = [name for name in due if before is None or name not in before.pids]
        started = servers.start(data, only=due, quick=True, tied=not keep, progress=phase.tell)
        endpoints = Endpoints(kafka or started.kafka, elasticsearch or started.elasticsearch)
        phase.result = ", ".join(str(getattr(started, name)) for name in due)
    kept = False
    try:
        yield endpoints
        kept = keep
    finally:
        if mine and not kept:
            with phases("stop the servers"):
                servers.stop(data, only=mine)
