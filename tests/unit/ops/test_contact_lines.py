"""Lines of files as contacts."""

import io
import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from vocbus.channels.files import LARGEST_LINE
from vocbus.contracts.errors import Rejected
from vocbus.contracts.models import Interaction
from vocbus.ops.contact_lines import BLANK, read_lines

NOW = 1_793_600_000_000
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["text", "turns", "speaker", "lang", "channel", "customer_ref"]), inner, max_size=4
        )
    ),
)


@given(st.binary(max_size=200), st.booleans())
def test_any_bytes_give_a_line_each_and_no_failure(content: bytes, plain: bool) -> None:
    found = list(read_lines(io.BytesIO(content), NOW, plain=plain))
    assert [line.number for line in found] == list(range(1, len(io.BytesIO(content).readlines()) + 1))
    assert sum(line.size for line in found) == len(content)


@given(JSON)
def test_any_json_becomes_a_valid_record_or_a_reason(value: Any) -> None:
    (line,) = read_lines(io.BytesIO(json.dumps(value).encode()), NOW)
    if not isinstance(line.contact, Rejected) and any(turn["text"].strip() for turn in line.contact["turns"]):
        assert Interaction.from_record(line.contact).to_record() == line.contact


def test_what_a_labelled_row_says_about_itself_does_not_reach_the_decision() -> None:
    row = {"text": "words", "lang": "zh", "products": ["cards"], "category": "cards.fees", "id": "r-1"}
    (line,) = read_lines(io.BytesIO(json.dumps(row).encode()), NOW)
    assert not isinstance(line.contact, Rejected)
    assert (line.contact["products"], line.contact["locale"], line.contact["channel"]) == ([], "zh", "CHAT")
    assert line.fields == row


def test_a_byte_order_mark_is_no_fault_at_the_beginning() -> None:
    (line,) = read_lines(io.BytesIO(b'\xef\xbb\xbf{"text": "words"}'), NOW)
    assert not isinstance(line.contact, Rejected)


def test_blank_lines_can_be_told_from_faults() -> None:
    found = [line.contact for line in read_lines(io.BytesIO(b"\n \t\r\n{\n"), NOW)]
    assert [contact is BLANK for contact in found] == [True, True, False]


def test_a_line_too_long_is_passed_over_as_one() -> None:
    content = b"x" * (LARGEST_LINE + 1) + b"xx\n" + b'{"text": "words"}\n'
    long, short = read_lines(io.BytesIO(content), NOW)
    assert isinstance(long.contact, Rejected)
    assert str(long.contact).startswith("OVERSIZE")
    assert long.size == LARGEST_LINE + 4
    assert not isinstance(short.contact, Rejected)
    assert short.number == 2
