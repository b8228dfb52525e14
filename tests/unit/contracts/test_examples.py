import json

import pytest

from vocbus.contracts.codec import Codec
from vocbus.contracts.examples import Example, accepted, load_examples, unrefused
from vocbus.contracts.models import RECORDS
from vocbus.contracts.registry import LockFileRegistry
from vocbus.contracts.schemas import packaged
from vocbus.contracts.topics import catalogue

EXAMPLES = list(load_examples(packaged()))
VALID = [example for example in EXAMPLES if example.valid]
INVALID = [example for example in EXAMPLES if not example.valid]


@pytest.mark.parametrize("example", VALID, ids=lambda example: example.place)
def test_a_valid_example_goes_over_the_wire_unharmed(example: Example) -> None:
    codec = Codec(LockFileRegistry())
    topic = next(topic.name for topic in catalogue() if topic.record == example.record)
    record = accepted(example, RECORDS[example.record]).to_record()
    assert codec.decode(codec.encode(topic, record), example.record) == record


@pytest.mark.parametrize("example", INVALID, ids=lambda example: example.place)
def test_an_invalid_example_is_refused_for_its_reason(example: Example) -> None:
    assert unrefused(example, RECORDS[example.record]) is None


@pytest.mark.parametrize("record", RECORDS)
def test_each_record_has_enough_examples_in_both_languages(record: str) -> None:
    valid = [example for example in VALID if example.record == record]
    assert len(valid) >= 3
    assert len([example for example in INVALID if example.record == record]) >= 4
    minimal = min(len(json.loads(example.text)) for example in valid)
    full = max(len(json.loads(example.text)) for example in valid)
    fields = RECORDS[record].model_fields.values()
    assert minimal <= sum(field.is_required() for field in fields) + 1
    assert full == len(fields)


def test_bytes_are_written_as_base64() -> None:
    (example,) = (one for one in VALID if one.place.endswith("truncated_event_full.json"))
    letter = accepted(example, RECORDS["dead_letter"]).to_record()
    assert letter["key"] == b"CIF-00871234"
    assert letter["headers"][1] == {"key": "empty", "value": None}
