"""Publishes what the demo is run on, as a channel would."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

import click

from vocbus.channels.publisher import Delivery, Publisher, PublishError
from vocbus.contracts.codec import Codec
from vocbus.contracts.errors import Rejected
from vocbus.contracts.models import Interaction
from vocbus.ops.demo_poison import Poison
from vocbus.ops.demo_samples import BadLine, Item, Material


@dataclass
class Published:
    """How many events Kafka took, the ids of the interactions among them, and what was refused before."""

    events: int = 0
    ids: set[str] = field(default_factory=set)
    refused: list[str] = field(default_factory=list)


def publish(kafka: str, codec: Codec, material: Material, tell: Callable[[str], None]) -> Published:
    """Publish all items and wait until Kafka has them.

    Raises ClickException when Kafka refuses for good, and Retryable when it is away.
    """
    published = Published()
    try:
        with Publisher(kafka, codec) as publisher:
            for count, item in enumerate(material.items, 1):
                _publish_one(publisher, item, count, published)
                if count % 100 == 0:
                    tell(f"{count:,} of {material.total:,}")
            publisher.flush()
            published.events = publisher.acknowledged
    except PublishError as error:
        raise click.ClickException(f"{error}.") from None
    return published


def _publish_one(publisher: Publisher, item: Item, count: int, published: Published) -> None:
    match item:
        case BadLine(line, rejected):
            published.refused.append(f"line {line}: {rejected}")
        case Poison(_, value, _):
            # Keys of their own, so that they come to lie on all partitions.
            publisher.publish_bytes(f"poison-{count}".encode(), value)
        case Interaction():
            published.ids.add(item.interaction_id)
            try:
                publisher.publish(item, partial(_delivered, item.interaction_id, published))
            except Rejected as rejected:
                _refuse(item.interaction_id, published, rejected)


def _delivered(interaction_id: str, published: Published, delivery: Delivery) -> None:
    """Called on the publisher's thread; `flush` comes after it."""
    if isinstance(delivery.error, Rejected):
        _refuse(interaction_id, published, delivery.error)


def _refuse(interaction_id: str, published: Published, rejected: Rejected) -> None:
    published.ids.discard(interaction_id)
    published.refused.append(f"interaction {interaction_id}: {rejected}")
