import logging

import pytest
from kafka.partitioner import murmur2

from vocbus.channels.publisher import Publisher
from vocbus.contracts.codec import Codec
from vocbus.contracts.errors import Retryable
from vocbus.contracts.registry import LockFileRegistry


@pytest.mark.parametrize(
    ("key", "by_java"),
    [
        ("21", -973932308),
        ("foobar", -790332482),
        ("a-little-bit-long-string", -985981536),
        ("a-little-bit-longer-string", -1486304829),
        ("lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58897971),
        ("abc", 479470107),
    ],
)
def test_keys_hash_as_kafkas_own_client_hashes_them(key: str, by_java: int) -> None:
    assert murmur2(key.encode()) == by_java & 0xFFFFFFFF


def test_kafka_that_does_not_answer_is_retryable(closed_port: int) -> None:
    with pytest.raises(Retryable, match="does not answer"):
        Publisher(f"127.0.0.1:{closed_port}", Codec(LockFileRegistry()), connect_timeout=0.2)


def test_a_topic_outside_the_catalogue_is_a_mistake() -> None:
    with pytest.raises(KeyError):
        Publisher("127.0.0.1:9", Codec(LockFileRegistry()), topic="no-such-topic")


def test_records_are_kept_out_of_the_log_at_debug(closed_port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logging.getLogger(), "level", logging.DEBUG)
    with pytest.raises(Retryable):
        Publisher(f"127.0.0.1:{closed_port}", Codec(LockFileRegistry()), connect_timeout=0.2)
    assert not logging.getLogger("kafka.producer.kafka").isEnabledFor(logging.DEBUG)
