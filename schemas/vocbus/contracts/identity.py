"""Ids that follow from their causes (RFC 9562 UUID version 5) and customer pseudonyms (RFC 2104 HMAC)."""

import base64
import hashlib
import hmac
from uuid import UUID, uuid5

#: Name space of every id the bus derives; changing it would give every past event a new id.
NAMESPACE = UUID("6f1f1c52-6c5e-5b0c-9c5a-0a9d2f6f3b11")


def signal_id(interaction_id: str, kind: str) -> str:
    """Id of the one signal of this kind that an interaction can carry."""
    return str(uuid5(NAMESPACE, f"{interaction_id}\x1f{kind}"))


def dead_letter_id(topic: str, partition: int, offset: int) -> str:
    """Id of a dead letter: the place of the event in Kafka."""
    return f"{topic}-{partition}-{offset}"


def customer_token(key: bytes, key_id: str, tenant: str, customer_ref: str) -> str:
    """Keyed pseudonym of a customer, as `<key id>.<32 characters>`; stable while the key is."""
    digest = hmac.new(key, f"{tenant}\x1f{customer_ref}".encode(), hashlib.sha256).digest()
    return f"{key_id}.{base64.b32encode(digest[:20]).decode().lower()}"
