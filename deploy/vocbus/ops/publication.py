"""What became of each interaction of a publication: acknowledged by Kafka, or rejected with place and reason."""

from collections import Counter
from collections.abc import Callable, Iterable
from typing import NamedTuple

from vocbus.channels.files import Item
from vocbus.channels.publisher import Publisher
from vocbus.contracts.errors import Rejected


class Rejection(NamedTuple):
    """A line or mail that was not published. `line` counts from 1 and is None for a mail."""

    file: str
    line: int | None
    reason: str
    detail: str

    def __str__(self) -> str:
        place = self.file if self.line is None else f"{self.file}:{self.line}"
        return f"{place}: {self.reason}: {self.detail}"


class Publication:
    """Publishes items through one publisher and keeps what was rejected; `on_rejected` hears of each at once."""

    def __init__(self, publisher: Publisher, on_rejected: Callable[[Rejection], None]) -> None:
        self.rejected: list[Rejection] = []
        self._publisher = publisher
        self._on_rejected = on_rejected

    @property
    def published(self) -> int:
        """How many Kafka has acknowledged."""
        return self._publisher.acknowledged

    @property
    def reasons(self) -> dict[str, int]:
        """How many were rejected, by reason."""
        return dict(sorted(Counter(rejection.reason for rejection in self.rejected).items()))

    def run(self, items: Iterable[Item], progress: Callable[[int, int], None]) -> None:
        """Publish all items and wait until Kafka has them; `progress` gets bytes read and the number published.

        Raises Retryable and PublishError when Kafka fails; `published` and `rejected` tell how far it came.
        """
        for item in items:
            self._take(item)
            progress(item.size, self.published)
        self._publisher.flush()

    def _take(self, item: Item) -> None:
        if isinstance(item.outcome, Rejected):
            self._reject(item, item.outcome)
            return
        try:
            self._publisher.publish(item.outcome)
        except Rejected as rejected:
            self._reject(item, rejected)

    def _reject(self, item: Item, rejected: Rejected) -> None:
        rejection = Rejection(item.file, item.line, rejected.reason.value, rejected.detail)
        self.rejected.append(rejection)
        self._on_rejected(rejection)
