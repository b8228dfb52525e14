"""The decisions of bulk indexing."""

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vocbus.sinks.bulk import Verdict, body, parts, refusal_detail, verdict_of_item, verdict_of_request
from vocbus.sinks.documents import Document

DOCUMENTS = st.lists(
    st.builds(
        Document,
        index=st.just("vocbus-signals-2026.11"),
        id=st.text(min_size=1, max_size=20),
        version=st.integers(0, 2**53),
        body=st.text(max_size=200).map(lambda text: orjson.dumps({"excerpt": text})),
    ),
    max_size=40,
)


@given(DOCUMENTS, st.integers(1, 2_000), st.integers(1, 10))
def test_parts_hold_every_document_once_in_order_and_within_bounds(
    documents: list[Document], max_bytes: int, max_count: int
) -> None:
    found = list(parts(enumerate(documents), max_bytes, max_count))
    assert [numbered for part in found for numbered in part] == list(enumerate(documents))
    for part in found:
        assert 1 <= len(part) <= max_count
        assert len(part) == 1 or sum(len(document.body) for _, document in part) <= max_bytes


@given(DOCUMENTS)
def test_a_body_is_two_lines_a_document_and_ends_with_a_newline(documents: list[Document]) -> None:
    lines = body(enumerate(documents)).split(b"\n")
    assert lines.pop() == b""
    assert len(lines) == 2 * len(documents)
    for document, action, source in zip(documents, lines[::2], lines[1::2], strict=True):
        assert orjson.loads(action)["index"]["_id"] == document.id
        assert source == document.body


@given(st.integers(100, 599), st.text(max_size=40))
def test_every_answer_has_a_verdict_and_only_the_documents_own_faults_are_refused(status: int, error: str) -> None:
    item, request = verdict_of_item(status, error), verdict_of_request(status, error)
    assert (item is Verdict.REFUSED) == (status == 413)
    assert request in (Verdict.RETRY, Verdict.SPLIT, Verdict.STOP)


@pytest.mark.parametrize(
    ("reason", "told"),
    [
        ("[1:9] failed to parse field [turns.text] of type [text]", "x at turns.text"),
        ("[1:9] failed to parse field [attributes.卡号] of type [flattened]", "x at attributes"),
        ("[1:9] failed to parse field [6222021234567890] of type [long]", "x"),
        ("mapping set to strict, dynamic introduction of [priority] within [_doc] is not allowed", "x at priority"),
        ("mapping set to strict, dynamic introduction of [secret] within [_doc] is not allowed", "x"),
        ("failed to parse: 'subject'", "x"),
    ],
)
def test_a_refusal_names_fields_of_the_contracts_alone(reason: str, told: str) -> None:
    assert refusal_detail({"type": "x", "reason": reason}) == told


@given(st.text())
def test_a_refusal_never_repeats_what_it_does_not_know(text: str) -> None:
    detail = refusal_detail({"type": "x", "reason": f"failed to parse field [qq{text}] of 'qq{text}'"})
    assert detail == "x"


def test_a_refusal_without_a_type_or_reason_is_still_told() -> None:
    assert refusal_detail({}) == "unknown error"
