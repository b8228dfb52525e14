"""What can go wrong with the embedded servers, each told with its way out."""

import click


class ServersError(click.ClickException):
    """A fault that a person can act on. It ends a command with its message and exit status 1."""


class MissingExtra(ServersError):
    """The optional packages that bring Java are not installed."""


class DownloadFailed(ServersError):
    """A jar could not be fetched whole."""


class PortTaken(ServersError):
    """Another program listens on a port that a server was to use."""


class StartFailed(ServersError):
    """A server ended, or did not answer in time, while it was being started."""


class DataRefused(ServersError):
    """The data folder cannot be used: other version, unreadable state, in use by another command."""


class NotRunning(ServersError):
    """A command needs a server and none is known."""
