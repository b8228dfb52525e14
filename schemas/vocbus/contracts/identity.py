"""Ids that follow from their causes (RFC 9562 UUID version 5) and customer pseudonyms (RFC 2104 HMAC).

A pseudonym names the key it was made with, so that keys can be rotated (NIST SP 800-57): new events are made with the
current key, what was written before keeps the tokens of retired ones, and `customer_tokens` gives all tokens of a
customer, by which a department joins the histories from before and after. To rotate: put the current key with its id
into VOCBUS_TOKEN_KEYS_RETIRED, set VOCBUS_TOKEN_KEY to a new one and VOCBUS_TOKEN_KEY_ID to a new id, and start the
workers again. A retired key may be destroyed when nothing made with it is kept any more.
"""

import base64
import hashlib
import hmac
from collections.abc import Iterable
from uuid import UUID, uuid5

#: Name space of every id the bus derives; changing it would give every past event a new id.
NAMESPACE = UUID("6f1f1c52-6c5e-5b0c-9c5a-0a9d2f6f3b11")


def signal_id(interaction_id: str, kind: str) -> str:
    """Id of the one signal of this kind that an interaction can carry."""
    return str(uuid5(NAMESPACE, f"{interaction_id}\x1f{kind}"))


def outcome_id(
    kind: str, interaction_id: str, signal_id: str | None, case_id: str | None, actor_ref: str, occurred_at: int
) -> str:
    """Id of what one person did about one thing at one time (epoch milliseconds)."""
    causes = ("outcome", kind, interaction_id, signal_id or "", case_id or "", actor_ref, str(occurred_at))
    return str(uuid5(NAMESPACE, "\x1f".join(causes)))


def dead_letter_id(topic: str, partition: int, offset: int) -> str:
    """Id of a dead letter: the place of the event in Kafka."""
    return f"{topic}-{partition}-{offset}"


def customer_token(key: bytes, key_id: str, tenant: str, customer_ref: str) -> str:
    """Keyed pseudonym of a customer, as `<key id>.<32 characters>`; stable while the key is."""
    digest = hmac.new(key, f"{tenant}\x1f{customer_ref}".encode(), hashlib.sha256).digest()
    return f"{key_id}.{base64.b32encode(digest[:20]).decode().lower()}"


def customer_tokens(keys: Iterable[tuple[str, bytes]], tenant: str, customer_ref: str) -> tuple[str, ...]:
    """All tokens that a customer has or had, one for each (key id, key), in the order of the keys."""
    return tuple(customer_token(key, key_id, tenant, customer_ref) for key_id, key in keys)
