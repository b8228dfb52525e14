"""A department's subscription on a real Kafka."""

import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import Any

import pytest
from kafka import KafkaAdminClient

from vocbus.contracts.models import SignalKind
from vocbus.departments.subscriber import Subscriber

pytestmark = pytest.mark.servers

Open = Callable[..., Subscriber]


@pytest.fixture
def names(bus: Any, make_signal: Callable[..., dict[str, Any]]) -> list[str]:
    """Signal ids of ten complaints, over all partitions."""
    signals = [make_signal(f"contact {number}") for number in range(10)]
    for each in signals:
        bus.send("dept-complaints", each, each["customer_token"])
    return [each["signal_id"] for each in signals]


@pytest.fixture
def subscribe(bus: Any) -> Open:
    """A subscriber of complaints that ends when nothing more comes."""
    group = f"test-{uuid.uuid4()}"
    return lambda **options: Subscriber(bus.kafka, "complaints", bus.codec, **{"group": group, "idle": 2, **options})


def test_all_signals_come_typed_and_once_to_a_group_that_handles_them(names: list[str], subscribe: Open) -> None:
    with subscribe() as signals:
        received = list(signals)
    with subscribe() as signals:
        again = list(signals)

    assert sorted(each.signal_id for each in received) == sorted(names)
    assert {each.kind for each in received} == {SignalKind.COMPLAINT}
    assert again == []


def test_after_an_exception_the_open_signal_and_those_after_it_come_again(names: list[str], subscribe: Open) -> None:
    handled: list[str] = []

    def handle() -> None:
        with subscribe() as signals:
            for each in signals:
                if len(handled) == 4:
                    raise RuntimeError("handler failed")
                handled.append(each.signal_id)

    with pytest.raises(RuntimeError):
        handle()
    with subscribe() as signals:
        rest = [each.signal_id for each in signals]

    assert sorted(handled + rest) == sorted(names)


def test_a_group_that_starts_at_the_latest_gets_only_what_comes_then(
    bus: Any, names: list[str], subscribe: Open, make_signal: Callable[..., dict[str, Any]]
) -> None:
    late = make_signal("late")
    with subscribe(start="latest") as signals:
        assert list(signals) == []
        bus.send("dept-complaints", late, late["customer_token"])
        received = [each.signal_id for each in signals]

    assert received == [late["signal_id"]]


def test_a_repetition_is_passed_over(
    bus: Any, names: list[str], subscribe: Open, make_signal: Callable[..., dict[str, Any]]
) -> None:
    again = make_signal("contact 0")
    bus.send("dept-complaints", again, again["customer_token"])

    with subscribe() as signals:
        received = [each.signal_id for each in signals]
    with subscribe() as signals:
        rest = list(signals)

    assert sorted(received) == sorted(names)
    assert rest == []


def test_a_member_that_joins_takes_over_a_part_and_nothing_is_left_out(names: list[str], subscribe: Open) -> None:
    def second() -> list[str]:
        with subscribe(idle=4) as signals:
            return [each.signal_id for each in signals]

    with subscribe(idle=4) as first, ThreadPoolExecutor() as threads:
        received = [each.signal_id for each in islice(iter(first), 3)]
        joined = threads.submit(second)
        # The signal at which the loop was left is open, and comes again to whichever member has its partition.
        received += [each.signal_id for each in first]
        received += joined.result()

    assert sorted(set(received)) == sorted(names)


def test_the_group_of_a_department_has_its_name(bus: Any, names: list[str]) -> None:
    with Subscriber(bus.kafka, "complaints", bus.codec, idle=2) as signals:
        list(signals)

    admin = KafkaAdminClient(bootstrap_servers=bus.kafka)
    committed = admin.list_group_offsets("vocbus-department-complaints")["vocbus-department-complaints"]
    admin.close()
    assert sum(offset.offset for offset in committed.values()) == 10
