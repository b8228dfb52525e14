"""The bulk writer against a cluster that is busy, away, or set up wrongly."""

import asyncio
import logging
from collections.abc import Callable
from typing import Any

import orjson
import pytest
from elastic_transport import ConnectionError, ConnectionTimeout, TlsError

from vocbus.contracts.errors import Retryable
from vocbus.sinks.documents import Document
from vocbus.sinks.elasticsearch import Limits

Documents = Callable[..., list[Document]]


async def test_documents_go_out_in_parts_of_bounded_count(cluster: Any, documents: Documents) -> None:
    assert await cluster.sink(Limits(max_count=3)).write(documents(7)) == []
    assert sorted(map(len, cluster.requests)) == [1, 3, 3]
    assert sorted(identity for request in cluster.requests for identity in request) == [str(n) for n in range(7)]


async def test_documents_go_out_in_parts_of_bounded_bytes(cluster: Any, documents: Documents) -> None:
    await cluster.sink(Limits(max_bytes=5_000)).write(documents(20, "字" * 300))
    assert max(map(len, cluster.bodies)) <= 5_000
    assert sum(map(len, cluster.requests)) == 20


async def test_a_document_larger_than_a_part_goes_out_alone(cluster: Any, documents: Documents) -> None:
    large = Document("i", "large", 1, orjson.dumps({"excerpt": "x" * 9_000}))
    small = documents(2)
    await cluster.sink(Limits(max_bytes=5_000)).write([small[0], large, small[1]])
    assert sorted(cluster.requests) == [["0"], ["1"], ["large"]]


async def test_the_action_line_carries_index_id_and_external_version(cluster: Any) -> None:
    await cluster.sink().write([Document("vocbus-signals-2026.11", 'q"信', 1_700_000_000_000, b'{"a":1}')])
    action, source = cluster.bodies[0].splitlines()
    assert orjson.loads(action) == {
        "index": {
            "_index": "vocbus-signals-2026.11",
            "_id": 'q"信',
            "version": 1_700_000_000_000,
            "version_type": "external_gte",
        }
    }
    assert source == b'{"a":1}'


async def test_nothing_to_write_asks_nothing(cluster: Any) -> None:
    assert await cluster.sink().write([]) == []
    assert cluster.requests == []


async def test_several_writers_share_the_bound_on_requests_in_flight(cluster: Any, documents: Documents) -> None:
    under_way = most = 0

    async def gate() -> None:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        for _ in range(20):
            await asyncio.sleep(0)
        under_way -= 1

    cluster.gate = gate
    sink = cluster.sink(Limits(max_count=1, in_flight=2))
    await asyncio.gather(sink.write(documents(5)), sink.write(documents(5)))
    assert most == 2
    assert len(cluster.requests) == 10


async def test_a_part_is_built_only_when_it_can_be_sent(cluster: Any, documents: Documents) -> None:
    opened = asyncio.Event()
    cluster.gate = opened.wait
    task = asyncio.create_task(cluster.sink(Limits(max_count=1, in_flight=2)).write(documents(50)))
    for _ in range(200):
        await asyncio.sleep(0)
    assert len(cluster.requests) == 2
    assert not task.done()
    opened.set()
    assert await task == []
    assert len(cluster.requests) == 50


async def test_only_the_items_that_ask_for_it_are_sent_again(cluster: Any, documents: Documents) -> None:
    cluster.script = [
        [
            201,
            (429, "es_rejected_execution_exception"),
            409,
            (503, "unavailable_shards_exception"),
            (400, {"type": "document_parsing_exception", "reason": "failed to parse field [priority] of type"}),
            (403, "cluster_block_exception"),
        ],
        [201, 503, 201],
    ]
    refusals = await cluster.sink().write(documents(6))
    assert cluster.requests == [["0", "1", "2", "3", "4", "5"], ["1", "3", "5"], ["3"]]
    assert refusals == [(4, "document_parsing_exception at priority")]


@pytest.mark.parametrize(
    "fault",
    [
        (429, "es_rejected_execution_exception"),
        (500, "exception"),
        (502, "<html>bad gateway</html>"),
        (503, "<html>unavailable</html>"),
        (503, "no_master_exception"),
        (504, "<html>timeout</html>"),
        (200, {"nothing": "of use"}),
        ConnectionError("refused"),
        ConnectionTimeout("slow"),
        TlsError("handshake"),
    ],
)
async def test_a_request_that_fails_for_now_is_sent_again(cluster: Any, documents: Documents, fault: Any) -> None:
    cluster.script = [fault, fault]
    assert await cluster.sink().write(documents(1)) == []
    assert cluster.requests == [["0"]] * 3


async def test_a_part_of_which_nothing_gets_through_goes_on_in_halves(cluster: Any, documents: Documents) -> None:
    cluster.script = [[429] * 4, ConnectionTimeout("slow"), [429]]
    assert await cluster.sink().write(documents(4)) == []
    assert cluster.requests == [["0", "1", "2", "3"], ["0", "1"], ["0"], ["0"], ["1"], ["2", "3"]]


async def test_halving_does_not_lengthen_the_wait_for_a_cluster_that_stays_away(
    cluster: Any, documents: Documents
) -> None:
    cluster.script = [(429, "es_rejected_execution_exception")] * 1000
    with pytest.raises(Retryable):
        await cluster.sink(Limits(retry_limit=60.0, backoff=30.0, max_backoff=30.0)).write(documents(64))
    assert cluster.now == 60.0


async def test_pauses_grow_to_a_ceiling_and_are_spread(cluster: Any, documents: Documents) -> None:
    cluster.script = [(503, "x")] * 6
    await cluster.sink(Limits(backoff=1.0, max_backoff=5.0)).write(documents(1))
    assert cluster.pauses == [1.0, 2.0, 4.0, 5.0, 5.0, 5.0]
    cluster.script, cluster.pauses = [(503, "x")] * 3, []
    spread = iter([0.5, 0.0, 0.25])
    await cluster.sink(Limits(backoff=1.0), jitter=lambda: next(spread)).write(documents(1))
    assert cluster.pauses == [0.5, 0.0, 1.0]


async def test_a_cluster_that_stays_away_is_given_up_after_the_limit(cluster: Any, documents: Documents) -> None:
    cluster.script = [ConnectionError("refused")] * 100
    with pytest.raises(Retryable, match="ConnectionError, for more than 60 s"):
        await cluster.sink(Limits(retry_limit=60.0)).write(documents(1))
    assert 50.0 <= cluster.now <= 60.0


async def test_patience_starts_anew_when_something_got_through(cluster: Any, documents: Documents) -> None:
    # Ten answers of which each settles one document, far enough apart to pass the limit several times over.
    cluster.script = [[201] + [429] * (9 - n) for n in range(10)]
    assert await cluster.sink(Limits(backoff=50.0, max_backoff=50.0, retry_limit=60.0)).write(documents(10)) == []
    assert cluster.now > 300.0


@pytest.mark.parametrize(
    ("step", "said"),
    [
        ((401, "security_exception"), "credentials"),
        ((403, "security_exception"), "privilege"),
        ((404, "<html>not here</html>"), "URL"),
        ((400, "media_type_header_exception"), "same major version"),
        ((418, "teapot"), "status 418 teapot"),
        ([(404, "index_not_found_exception")], "action.auto_create_index"),
        ([(400, "index_closed_exception")], "open the index"),
        ([(400, "validation_exception")], "too many shards"),
        ([(400, "something_new")], "status 400 something_new"),
    ],
)
async def test_a_wrong_set_up_stops_at_once_and_names_the_way_out(
    cluster: Any, documents: Documents, step: Any, said: str
) -> None:
    cluster.script = [step]
    with pytest.raises(Retryable, match=said):
        await cluster.sink().write(documents(1))
    assert len(cluster.requests) == 1
    assert cluster.pauses == []


async def test_what_is_not_elasticsearch_is_told(cluster: Any, documents: Documents) -> None:
    cluster.script = [(200, "<html>welcome</html>")]
    with pytest.raises(Retryable, match="not Elasticsearch"):
        await cluster.sink().write(documents(1))


async def test_a_request_too_large_for_a_proxy_is_halved_until_it_fits(cluster: Any, documents: Documents) -> None:
    too_large = (413, "<html>too large</html>")
    cluster.script = [too_large, too_large]
    assert await cluster.sink(Limits(in_flight=1)).write(documents(4)) == []
    assert cluster.requests == [["0", "1", "2", "3"], ["0", "1"], ["0"], ["1"], ["2", "3"]]


async def test_a_document_that_is_too_large_alone_is_refused_and_the_others_stored(
    cluster: Any, documents: Documents
) -> None:
    cluster.script = [(413, "<html></html>"), [201], (413, "<html></html>")]
    assert await cluster.sink(Limits(in_flight=1)).write(documents(2)) == [(1, "status 413")]


async def test_a_request_that_one_document_invalidates_is_halved_to_find_it(cluster: Any, documents: Documents) -> None:
    def invalid_while_it_holds(identity: str) -> None:
        answer = cluster.answer

        async def judged(method: str, target: str, body: bytes | None) -> tuple[int, Any]:
            status, found = await answer(method, target, body)
            if identity in cluster.requests[-1]:
                return 400, {"error": {"type": "action_request_validation_exception", "reason": "x"}}
            return status, found

        cluster.answer = judged

    invalid_while_it_holds("5")
    refusals = await cluster.sink().write(documents(8))
    assert refusals == [(5, "status 400 action_request_validation_exception")]


async def test_an_id_that_is_too_long_is_refused_without_being_sent(cluster: Any, documents: Documents) -> None:
    fits, too_long = "信" * 170 + "xx", "信" * 171
    batch = [Document("i", fits, 1, b"{}"), Document("i", too_long, 1, b"{}"), *documents(1)]
    assert await cluster.sink().write(batch) == [(1, "id longer than 512 bytes")]
    assert cluster.requests == [[fits, "0"]]


async def test_refusals_come_in_the_order_of_the_documents(cluster: Any, documents: Documents) -> None:
    cluster.script = [[(400, "document_parsing_exception")] * 2] * 4
    refusals = await cluster.sink(Limits(max_count=2)).write(documents(8))
    assert [refusal.position for refusal in refusals] == list(range(8))


async def test_a_failing_part_ends_the_others(cluster: Any, documents: Documents) -> None:
    opened = asyncio.Event()
    calls = 0

    async def gate() -> None:
        nonlocal calls
        calls += 1
        if calls > 1:
            await opened.wait()

    cluster.gate = gate
    cluster.script = [(401, "security_exception")]
    with pytest.raises(Retryable):
        await cluster.sink(Limits(max_count=1)).write(documents(9))
    assert len(asyncio.all_tasks()) == 1


async def test_a_cancelled_write_leaves_nothing_running(cluster: Any, documents: Documents) -> None:
    asked = asyncio.Event()

    async def gate() -> None:
        asked.set()
        await asyncio.Event().wait()

    cluster.gate = gate
    task = asyncio.create_task(cluster.sink(Limits(max_count=1)).write(documents(9)))
    await asked.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert len(asyncio.all_tasks()) == 1


async def test_no_words_of_a_customer_reach_logs_refusals_or_errors(
    cluster: Any, documents: Documents, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    secret = "我的卡号是"
    quoting = {"type": "document_parsing_exception", "reason": f"[1:2] failed to parse field [{secret}]: '{secret}'"}
    cluster.script = [
        [(400, quoting), (429, quoting)],
        (503, f"<html>{secret}</html>"),
        [(429, quoting)],
        (400, {"error": {"type": "unheard_of", "reason": secret}}),
    ]
    with pytest.raises(Retryable) as raised:
        await cluster.sink(Limits(in_flight=1)).write(documents(2, secret))
    assert "unheard_of" in str(raised.value)
    assert secret not in str(raised.value)
    assert caplog.records
    assert secret not in caplog.text
    cluster.script = [[(400, quoting)]]
    [refusal] = await cluster.sink().write(documents(1, secret))
    assert refusal.detail == "document_parsing_exception"


async def test_the_check_passes_with_the_same_major_version_and_the_templates(cluster: Any) -> None:
    cluster.templates = {"vocbus-signals"}
    await cluster.sink().check(["vocbus-signals"])


@pytest.mark.parametrize("version", ["8.19.2", "10.0.0"])
async def test_the_check_refuses_a_server_of_another_major_version(cluster: Any, version: str) -> None:
    cluster.version = version
    with pytest.raises(Retryable, match=f"the server is version {version}"):
        await cluster.sink().check()


async def test_the_check_names_missing_templates_and_the_command_that_makes_them(cluster: Any) -> None:
    cluster.templates = {"vocbus-signals"}
    with pytest.raises(Retryable, match=r"no index template vocbus-interactions; run `vocbus indices apply`"):
        await cluster.sink().check(["vocbus-interactions", "vocbus-signals"])


async def test_the_check_waits_for_a_cluster_that_is_starting(cluster: Any) -> None:
    cluster.script = [ConnectionError("refused"), (503, "x")]
    await cluster.sink().check()
    assert len(cluster.pauses) == 2


async def test_the_check_tells_of_wrong_credentials(cluster: Any) -> None:
    cluster.script = [(401, "security_exception")]
    with pytest.raises(Retryable, match="credentials"):
        await cluster.sink().check()


async def test_the_check_passes_for_credentials_that_may_write_but_not_look(cluster: Any) -> None:
    cluster.script = [(403, "security_exception"), (403, "security_exception")]
    await cluster.sink().check(["vocbus-signals"])
    assert cluster.script == []
