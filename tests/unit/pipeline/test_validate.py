from typing import Any

import pytest

from vocbus.contracts.errors import Rejected, RejectReason
from vocbus.pipeline.validate import check_size, validate


def test_a_sound_contact_passes(contact: Any) -> None:
    validate(contact("hello"))


def test_every_broken_rule_is_named_and_no_value(contact: Any) -> None:
    record = contact("  ", tenant="", started_at=17, satisfaction={"csat": 9, "nps": None, "comment": None})
    with pytest.raises(Rejected) as caught:
        validate(record)
    assert caught.value.reason is RejectReason.CONTRACT_VIOLATION
    assert caught.value.detail.startswith("tenant must not be blank; started_at must lie")
    assert "satisfaction.csat must be 1 to 5" in caught.value.detail
    assert "17" not in caught.value.detail


def test_size_is_checked_against_the_limit() -> None:
    check_size(b"1234", 4)
    with pytest.raises(Rejected) as caught:
        check_size(b"12345", 4)
    assert caught.value.reason is RejectReason.OVERSIZE
