from typing import Any

import pytest

from vocbus.pipeline.classify import classify
from vocbus.pipeline.ruleset import load_rules


@pytest.mark.parametrize("before", ["", "👌", "👌👌👌", "好的👨‍👩‍👧 𠮷 ", "😡" * 50])
def test_characters_beyond_16_bits_leave_evidence_where_it_stands(before: str) -> None:
    text = before + "我要投诉你们"
    record: dict[str, Any] = {"channel": "CHAT", "turns": [{"speaker": "CUSTOMER", "text": text}]}
    (verdict,) = classify(record, load_rules().lexicon).verdicts
    assert verdict.kind == "COMPLAINT"
    assert all(text[span.start : span.end] == span.text for span in verdict.evidence)
    assert any("投诉" in span.text for span in verdict.evidence)
