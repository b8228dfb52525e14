"""The way to the module `servers`, which needs packages that an install for production leaves out."""

from types import ModuleType

from vocbus.ops.embedded.errors import MissingExtra


def servers_module() -> ModuleType:
    """`vocbus.ops.embedded.servers`. Raises MissingExtra, with the way out, without the extra `embedded`."""
    try:
        # Imported here, so that commands against one's own servers run without Java.
        from vocbus.ops.embedded import servers  # noqa: PLC0415
    except ModuleNotFoundError as error:
        if (error.name or "").startswith("vocbus"):
            raise
        raise MissingExtra(
            f"The embedded servers need {error.name}. Install what they need with: pip install 'vocbus[embedded]'"
        ) from error
    return servers
