from types import SimpleNamespace
from typing import Any

import pytest
from faust.types import TP
from hypothesis import given
from hypothesis import strategies as st

from vocbus.agents.delivery import partition_for
from vocbus.agents.offsets import Offsets

RAW = TP("interactions-raw", 0)


def chunk(last_offset: int, acked: bool = False) -> Any:
    return SimpleNamespace(offset=last_offset, acked=acked)


def test_commits_past_the_leading_acknowledged_chunks_only() -> None:
    offsets = Offsets()
    first, second, third = chunk(9, acked=True), chunk(19), chunk(29, acked=True)
    for message in (first, second, third):
        offsets.delivered(RAW, message)
    assert offsets.committable(RAW) == 10
    assert offsets.committable(RAW) is None
    second.acked = True
    assert offsets.committable(RAW) == 30


def test_an_unacknowledged_chunk_holds_back_all_that_follow() -> None:
    offsets = Offsets()
    offsets.delivered(RAW, chunk(4))
    for last in range(9, 100, 5):
        offsets.delivered(RAW, chunk(last, acked=True))
    assert offsets.committable(RAW) is None


def test_forgotten_partitions_have_nothing_to_commit() -> None:
    offsets = Offsets()
    offsets.delivered(RAW, chunk(4, acked=True))
    offsets.forget([RAW])
    assert offsets.committable(RAW) is None
    assert offsets.partitions() == []


@given(st.lists(st.integers(1, 50), min_size=1, max_size=20), st.randoms())
def test_commits_rise_and_never_pass_an_unacknowledged_chunk(sizes: list[int], random: Any) -> None:
    offsets, chunks, end = Offsets(), [], -1
    for size in sizes:
        end += size
        chunks.append(chunk(end))
        offsets.delivered(RAW, chunks[-1])
    order = list(chunks)
    random.shuffle(order)
    committed = 0
    for message in order:
        message.acked = True
        offset = offsets.committable(RAW)
        if offset is not None:
            assert offset > committed
            committed = offset
        held_back = min((c.offset for c in chunks if not c.acked), default=end + 1)
        assert committed <= held_back
    assert committed == end + 1


@pytest.mark.parametrize(
    ("key", "hashed"),
    [
        (b"21", -973932308),
        (b"foobar", -790332482),
        (b"a-little-bit-long-string", -985981536),
        (b"a-little-bit-longer-string", -1486304829),
        (b"lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58897971),
        (b"abc", 479470107),
    ],
)
def test_partitions_equal_those_of_the_java_client(key: bytes, hashed: int) -> None:
    """Hashes of org.apache.kafka.common.utils.Utils.murmur2, as its own tests state them."""
    for partitions in (1, 3, 6, 48):
        assert partition_for(key, partitions) == (hashed & 0x7FFFFFFF) % partitions
