"""What commands say when a server is away or refuses.

Those that prove or replay something tell "it could not be done" from "it was done, and this came out".
"""

from collections.abc import Iterator
from contextlib import contextmanager

import click
from kafka.errors import KafkaError

from vocbus.contracts.errors import Retryable
from vocbus.contracts.producing import PublishError, TopicMissing

#: Exit status when servers cannot be reached or are not set up.
EXIT_UNREACHABLE = 3


@contextmanager
def outages(kafka: str) -> Iterator[None]:
    """Ends the command with EXIT_UNREACHABLE and the way out for any failure of a server inside the block."""
    try:
        yield
    except KafkaError as error:
        unreachable = click.ClickException(
            f"Kafka does not answer at {kafka} ({type(error).__name__}). Is it up, and is the address right? "
            "`vocbus status` shows what runs on this computer."
        )
    except Retryable as error:
        unreachable = click.ClickException(f"The {error.dependency} does not answer: {error.detail}.")
    except click.ClickException as error:
        if isinstance(error, click.UsageError):
            raise
        unreachable = error
    else:
        return
    unreachable.exit_code = EXIT_UNREACHABLE
    raise unreachable from None


def publish_failure(error: Exception, kafka: str) -> str:
    """Why something could not be published, with the way out."""
    if isinstance(error, TopicMissing):
        return f"{error}. Create the topics with `vocbus topics apply --kafka {kafka}`."
    if isinstance(error, Retryable) and error.dependency == "kafka":
        return (
            f"Kafka at {kafka} {error.detail}. Is it up, and is the address right? `vocbus status` shows what runs on "
            "this computer."
        )
    if isinstance(error, Retryable):
        return f"The {error.dependency} does not answer: {error.detail}."
    if isinstance(error, PublishError):
        return f"{error}. `vocbus topics apply --kafka {kafka}` brings the topics to what the catalogue says."
    return f"{error}."
