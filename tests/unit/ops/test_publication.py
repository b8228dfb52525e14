import pytest

from vocbus.channels.canonical import interaction
from vocbus.channels.files import Item
from vocbus.contracts.errors import Rejected, RejectReason, Retryable
from vocbus.contracts.models import Interaction
from vocbus.ops.publication import Publication, Rejection

OVERSIZE = Rejected(RejectReason.OVERSIZE, "is larger than the topic takes")


class StubPublisher:
    """Takes everything, or fails where told."""

    def __init__(self, at_once: Exception | None = None, later: Exception | None = None) -> None:
        self.acknowledged = 0
        self._taken = 0
        self._at_once = at_once
        self._later = later

    def publish(self, interaction: Interaction) -> None:
        if self._at_once is not None:
            raise self._at_once
        self._taken += 1

    def flush(self) -> None:
        if self._later is not None:
            raise self._later
        self.acknowledged = self._taken


@pytest.fixture
def item() -> Item:
    fields = {"interaction_id": "1", "tenant": "t", "channel": "APP", "direction": "INBOUND", "customer_ref": "c"}
    rest = {"started_at": 1_793_600_000_000, "turns": [{"speaker": "CUSTOMER", "text": "x"}], "source": {"system": "s"}}
    return Item("x.jsonl", 7, 10, interaction({**fields, **rest}))


def run(publisher: StubPublisher, *items: Item) -> tuple[Publication, list[Rejection]]:
    heard: list[Rejection] = []
    publication = Publication(publisher, heard.append)  # type: ignore[arg-type]
    publication.run(items, lambda size, published: None)
    return publication, heard


def test_what_kafka_acknowledges_is_published(item: Item) -> None:
    publication, heard = run(StubPublisher(), item, item)
    assert (publication.published, heard) == (2, [])


def test_a_bad_line_is_told_with_its_place_and_reason() -> None:
    bad = Item("x.jsonl", 3, 10, Rejected(RejectReason.UNDECODABLE, "no JSON: fault at column 1"))
    publication, heard = run(StubPublisher(), bad)
    assert [str(one) for one in heard] == ["x.jsonl:3: UNDECODABLE: no JSON: fault at column 1"]
    assert publication.reasons == {"UNDECODABLE": 1}


def test_what_the_publisher_rejects_is_told_with_its_place(item: Item) -> None:
    publication, heard = run(StubPublisher(at_once=OVERSIZE), item)
    assert heard == publication.rejected == [Rejection("x.jsonl", 7, "OVERSIZE", "is larger than the topic takes")]


def test_a_failing_kafka_ends_the_publication(item: Item) -> None:
    with pytest.raises(Retryable):
        run(StubPublisher(later=Retryable("kafka", "does not answer")), item)
