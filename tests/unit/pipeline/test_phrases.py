import pytest

from vocbus.pipeline.phrases import expand, spellings


def test_alternatives_are_all_spelt_out() -> None:
    assert expand("(i|we) (was|were) charged( twice|)") == [
        "i was charged twice",
        "i was charged",
        "i were charged twice",
        "i were charged",
        "we was charged twice",
        "we was charged",
        "we were charged twice",
        "we were charged",
    ]


def test_brackets_may_stand_in_brackets() -> None:
    assert expand("a(b(c|d)|)e") == ["abce", "abde", "ae"]


def test_phrases_are_folded() -> None:
    assert expand("Don’t (ＡＰＰ|UI)") == ["don't app", "don't ui"]


@pytest.mark.parametrize("template", ["(a", "a)", "(a|(b)", "", "(a|)"])
def test_unbalanced_and_empty_templates_are_refused_by_name(template: str) -> None:
    with pytest.raises(ValueError, match=r"bracket|empty"):
        expand(template)


def test_a_template_that_stands_for_too_much_is_refused() -> None:
    with pytest.raises(ValueError, match="more than 2000 phrases"):
        expand("(a|b|c|d|e|f|g|h)" * 4)


def test_spellings_without_apostrophe_and_in_traditional_characters() -> None:
    assert spellings("don't", {}) == ["don't", "dont"]
    assert spellings("没到账", {"没": "沒", "账": "賬帳"}) == ["没到账", "沒到賬", "沒到帳"]
    assert spellings("收到", {"没": "沒"}) == ["收到"]
