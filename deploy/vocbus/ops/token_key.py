"""The key of the customer pseudonyms: from the environment, or kept beside the embedded servers' data."""

import os
import secrets
from pathlib import Path

import click


def token_key(data: Path) -> str:
    """VOCBUS_TOKEN_KEY, or the key in the data folder of `vocbus up`, made at the first use with mode 0600.

    Raises ClickException when there is neither: a made-up key would give customers new pseudonyms at each start.
    To rotate it, set VOCBUS_TOKEN_KEY and VOCBUS_TOKEN_KEY_ID to new ones and VOCBUS_TOKEN_KEYS_RETIRED to the old
    `id:key` (of the file: `k1:` and what it holds); the environment comes before the file.
    """
    if key := os.environ.get("VOCBUS_TOKEN_KEY"):
        return key
    file = data / "token.key"
    if not data.is_dir():
        raise click.ClickException(
            "VOCBUS_TOKEN_KEY is not set. It holds the secret key of the customer pseudonyms: 32 characters or more, "
            "the same for all workers, kept for as long as pseudonyms are to match."
        )
    if not file.exists():
        _make(file)
    return file.read_text()


def _make(file: Path) -> None:
    """Put a new key into the file in one step: a process killed on the way must not leave an empty one behind."""
    part = file.with_name(f".{file.name}.{os.getpid()}")
    with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as made:
        made.write(secrets.token_urlsafe(32))
    try:
        # Unlike a rename, a link never replaces the key that another process has made meanwhile.
        os.link(part, file)
    except FileExistsError:
        pass
    finally:
        part.unlink()
