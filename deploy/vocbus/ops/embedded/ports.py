"""Ports on loopback: which are free, and which to take."""

import errno
import secrets
import socket
from collections.abc import Collection

from vocbus.ops.embedded.errors import PortTaken

HOST = "127.0.0.1"
# Below the range from which systems give out ports of outgoing connections (Linux from 32768, IANA from
# 49152): while a server is away for a moment, no client's own connection can sit on its port.
LOWEST, HIGHEST = 20000, 32000


def is_free(port: int) -> bool:
    """Whether a server could listen on this port of 127.0.0.1 now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        # As servers do: connections of a former server that linger in TIME_WAIT do not count.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            if error.errno in (errno.EADDRINUSE, errno.EACCES):
                return False
            raise
    return True


def pick(avoid: Collection[int] = ()) -> int:
    """A free port that is not among `avoid`."""
    for _ in range(1000):
        port = LOWEST + secrets.randbelow(HIGHEST - LOWEST)
        if port not in avoid and is_free(port):
            return port
    raise PortTaken(f"No free port between {LOWEST} and {HIGHEST} on {HOST}.")


def require_free(port: int, title: str, option: str) -> None:
    """Raise PortTaken, naming the port, the option and the way out."""
    if not is_free(port):
        raise PortTaken(
            f"Port {port} on {HOST}, where {title} was to listen, is taken by another program (or not allowed).\n"
            f"Choose another with {option} PORT, let a free one be found with {option} 0, or stop that program."
        )
