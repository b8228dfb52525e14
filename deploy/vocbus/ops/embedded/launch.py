"""The first moment of a server's process: `python -m vocbus.ops.embedded.launch FOLDER PARENT COMMAND…`.

Waits on standard input for the word that its pid has been noted, then becomes COMMAND in FOLDER. A caller that is
interrupted or killed before it could note the pid leaves nothing behind: the input ends, and so does this. With a
PARENT other than 0 the command is tied to that process (see tether).
"""

import os
import sys

from vocbus.ops.embedded.tether import follow

NOTED = b"noted"


def main(folder: str, parent: int, command: list[str]) -> None:
    """Wait, then become the command."""
    if os.read(0, len(NOTED)) != NOTED:
        sys.exit("the caller ended before it had noted this process")
    if parent:
        follow(parent)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.chdir(folder)
    os.execv(command[0], command)  # noqa: S606 (no shell is wanted)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), sys.argv[3:])
