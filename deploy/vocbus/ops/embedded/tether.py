"""Become another command that ends when its parent does: `python -m vocbus.ops.embedded.tether PID COMMAND…`.

Where the kernel offers it (Linux, prctl(2) PR_SET_PDEATHSIG), the command gets SIGTERM even when the parent was
killed with SIGKILL. Elsewhere it runs on.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def follow(parent: int) -> None:
    """Ask for SIGTERM at the death of the thread that started this process; exit if it is too late to ask."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:
            sys.exit("the parent ended before its child began")


if __name__ == "__main__":
    follow(int(sys.argv[1]))
    os.execv(sys.argv[2], sys.argv[2:])  # noqa: S606 (no shell is wanted)
