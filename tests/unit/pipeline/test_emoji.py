from collections.abc import Callable

import pytest

from vocbus.pipeline.classify import Classification


@pytest.mark.parametrize("before", ["", "👌", "👌👌👌", "好的👨‍👩‍👧 𠮷 ", "😡" * 50])
def test_characters_beyond_16_bits_leave_evidence_where_it_stands(
    read: Callable[..., Classification], before: str
) -> None:
    text = before + "我要投诉你们"
    (verdict,) = read(text).verdicts
    assert verdict.kind == "COMPLAINT"
    assert all(text[span.start : span.end] == span.text for span in verdict.evidence)
    assert any("投诉" in span.text for span in verdict.evidence)
