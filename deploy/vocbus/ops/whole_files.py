"""Files that change only when all of their new content is there."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import click


@contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """A stream whose content becomes that of the file at its end, unless something fails on the way.

    What is no file, such as a pipe or a device, is written as it comes. Raises ClickException when that cannot be done.
    """
    target = path.resolve()
    special = target.exists() and not target.is_file()
    part = target if special else target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        stream = part.open("wb")
    except OSError as error:
        raise click.ClickException(f"{path} cannot be written: {error.strerror}") from None
    try:
        with stream:
            yield stream
        if not special:
            part.replace(target)
    except OSError as error:
        raise click.ClickException(f"{path} cannot be written: {error.strerror}") from None
    finally:
        if not special:
            part.unlink(missing_ok=True)
