"""What every contestant does to an event, as one function from bytes to the messages that come of it.

Peers call these; the worker under test does the same through its own agents.
"""

import time
from collections.abc import Callable
from functools import lru_cache

from vocbus.contracts.codec import Codec
from vocbus.contracts.identity import customer_token
from vocbus.contracts.registry import LockFileRegistry
from vocbus.contracts.settings import Settings
from vocbus.contracts.topics import INTERACTIONS, RAW, REVIEW, SIGNALS, catalogue
from vocbus.pipeline.decide import Pipeline
from vocbus.pipeline.ruleset import load_rules

#: Topic, key, value.
Message = tuple[str, bytes | None, bytes]
Work = Callable[[bytes], list[Message]]

#: The pseudonym key of the bench; nothing is secret here.
TOKEN_KEY = "a-key-for-the-bench-and-nothing-else"


def open_codec() -> Codec:
    """The codec on the lock-file registry."""
    return Codec(LockFileRegistry())


def full_decision() -> Work:
    """decode → validate → redact → classify → route → encode, without dead letters: the load has no bad events."""
    codec, departments = open_codec(), catalogue()
    decode = codec.decoder("interaction")
    encode_interaction, encode_signal = codec.encoder(INTERACTIONS), codec.encoder(SIGNALS)
    topics = {name: departments.department(name).name for name in departments.departments}
    encoders = {topic: codec.encoder(topic) for topic in topics.values()}
    key, key_id = TOKEN_KEY.encode(), Settings(token_key=None).token_key_id

    @lru_cache(maxsize=65_536)
    def tokenise(tenant: str, customer_ref: str) -> str:
        return customer_token(key, key_id, tenant, customer_ref)

    decide = Pipeline(tokenise=tokenise, rules=load_rules()).decide

    def work(value: bytes) -> list[Message]:
        decided = decide(decode(value), time.time_ns() // 1_000_000)
        token = decided.interaction["customer_token"].encode()
        encoded = encode_interaction(decided.interaction)
        messages: list[Message] = [(INTERACTIONS, token, encoded)]
        if decided.interaction["review"]:
            messages.append((REVIEW, token, encoded))
        for signal in decided.signals:
            encoded = encode_signal(signal)
            messages.append((SIGNALS, token, encoded))
            for department in signal["departments"]:
                topic = topics[department]
                same = encoders[topic] is encode_signal
                messages.append((topic, token, encoded if same else encoders[topic](signal)))
        return messages

    return work


def passthrough() -> Work:
    """decode → encode, one message an event: what remains is the cost of the transport."""
    codec = open_codec()
    decode, encode = codec.decoder("interaction"), codec.encoder(RAW)

    def work(value: bytes) -> list[Message]:
        record = decode(value)
        return [(INTERACTIONS, record["customer_ref"].encode(), encode(record))]

    return work


WORKS: dict[str, Callable[[], Work]] = {"decision": full_decision, "passthrough": passthrough}
