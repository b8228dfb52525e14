import pytest
from hypothesis import given
from hypothesis import strategies as st

from vocbus.pipeline.folding import Folded, fold


@pytest.mark.parametrize(
    ("original", "folded"),
    [
        ("I’M", "i'm"),
        ("ＡＰＰ１２", "app12"),
        ("㎏ ﬁne", "kg fine"),
        ("，。！", "，。！"),
        ("re\u200bfund", "refund"),
    ],
)
def test_spellings_fold_to_one(original: str, folded: str) -> None:
    assert fold(original) == folded


def test_a_match_is_found_again_in_the_original() -> None:
    original = "ﬁrst the ｒｅｆｕｎｄ, then"
    folded = Folded(original)
    start = folded.text.index("refund")
    a, b = folded.original(start, start + 6)
    assert original[a:b] == "ｒｅｆｕｎｄ"


@given(st.text())
def test_every_folded_span_lies_in_the_original_and_folds_to_itself(original: str) -> None:
    folded = Folded(original)
    for start in range(min(len(folded.text), 20)):
        a, b = folded.original(start, start + 1)
        assert 0 <= a < b <= len(original)
        assert folded.text[start] in fold(original[a:b])
