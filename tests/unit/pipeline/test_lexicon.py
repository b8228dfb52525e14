from collections.abc import Callable
from importlib import resources
from typing import Any

import pytest

from vocbus.pipeline.documents import read_yaml
from vocbus.pipeline.lexicon import Lexicon, parse_lexicon
from vocbus.pipeline.ruleset import FILES, LEXICON, Rules, load_rules
from vocbus.pipeline.scan import scan
from vocbus.pipeline.taxonomy import parse_taxonomy

TAXONOMY = parse_taxonomy("{version: '1', products: {general: x, cards: x}, issues: {other: x, fees: x}}")
PRIORS = """
version: "1"
priors:
  complaint: {REGULATOR: 1.5}
"""


def parse(text: str) -> Lexicon:
    return parse_lexicon({"head.yaml": PRIORS, "rules.yaml": text}, TAXONOMY, {"账": "賬帳"})


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("groups: {a: {en: [no]}}", r"groups\.a\.en\.0"),
        ("groups: {a: {en: [b], colour: red}}", r"groups\.a\.colour"),
        ("groups: {a: {en: ['(b']}}", r"a: unbalanced bracket in '\(b'"),
        ("groups: {a: {en: [b], before: ['(']}}", "a: before or after"),
        ("groups: {a: {en: [b], negated: nobody}}", "negated names no group: 'nobody'"),
        ("groups: {product.boats: {en: [boat]}}", "product.boats: names no product"),
        ("rules: [{id: r, all: [nobody], adds: {complaint: 1}}]", "rule 'r': there is no group 'nobody'"),
        ("rules: [{id: r, en: [x], adds: {complaint: 1}, issue: weather}]", "rule 'r': issue 'weather'"),
        ("rules: [{id: r, en: [x], adds: {complaint: 1}, product: boats}]", "rule 'r': product 'boats'"),
        ("rules: [{id: r, en: [x], adds: {complaint: 1}, severity: 5}]", r"rule 'r'\.severity"),
        ("rules: [{id: r, en: [x], adds: {sales: 1}, strength: 4}]", r"rule 'r'\.strength"),
        ("rules: [{id: r, en: [x], adds: {fury: 1}}]", r"rule 'r'\.adds"),
        ("rules: [{id: r, adds: {complaint: 1}}]", "rule 'r': .*needs phrases"),
        ("rules: [{id: r, en: [x], adds: {sales: 1}}, {id: r, en: [y], adds: {sales: 1}}]", "the id is used twice"),
        ("groups: {a: {en: [x]}, a: {en: [y]}}", "rules.yaml: 'a' stands twice, again at line 1"),
        ("version: '2'", "'version' stands in another file as well"),
        ("[]", "rules.yaml: must be a mapping"),
        ("groups: {a: [", "rules.yaml: "),
    ],
)
def test_a_wrong_entry_is_named_with_what_is_wrong(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        parse(text)


@pytest.mark.parametrize(
    ("priors", "message"),
    [
        ("complaint: {TELEX: 1}", r"priors\.complaint\.TELEX"),
        ("praise: {APP: 1}", r"priors\.praise"),
        ("complaint: {APP: much}", r"priors\.complaint\.APP"),
    ],
)
def test_a_prior_needs_a_decision_a_channel_and_a_number(priors: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        parse_lexicon({"head.yaml": PRIORS.replace("complaint: {REGULATOR: 1.5}", priors)}, TAXONOMY, {})


def test_a_channel_shifts_only_what_its_priors_name() -> None:
    assert parse("groups: {}").priors == {"complaint": {"REGULATOR": 1.5}}


def hits(text: str, lexicon: Lexicon) -> list[str]:
    return [text[start:end] for sentence in scan(text, lexicon) for start, end, _ in sentence.hits]


def test_latin_phrases_stand_between_word_boundaries_and_chinese_ones_anywhere() -> None:
    lexicon = parse("rules: [{id: r, en: [card], zh: [扣款], adds: {complaint: 1}}]")
    assert hits("my card, cardigan, discard 的card被多扣款了", lexicon) == ["card", "card", "扣款"]


def test_traditional_characters_and_missing_apostrophes_match() -> None:
    lexicon = parse("rules: [{id: r, en: [don't], zh: [到账], adds: {complaint: 1}}]")
    assert hits("dont 到賬 到帳 到账", lexicon) == ["dont", "到賬", "到帳", "到账"]


def test_a_shield_hides_the_phrases_inside_it() -> None:
    lexicon = parse(
        "groups: {s: {shield: true, en: [not a complaint]}}\nrules: [{id: r, en: [complaint], adds: {complaint: 1}}]"
    )
    assert hits("this is not a complaint", lexicon) == []
    assert hits("this is a complaint. not a complaint", lexicon) == ["complaint"]


@pytest.mark.parametrize(
    ("text", "counts"),
    [
        ("helpful", True),
        ("not helpful", False),
        ("wasn't very helpful", False),
        ("isnt helpful", False),
        ("not him. helpful", True),
        ("方便", True),
        ("不方便", False),
        ("没有很方便", False),
        ("不但方便", True),
        ("方便不方便", True),
        ("我不懂，方便", True),
    ],
)
def test_a_negation_right_before_a_phrase_undoes_it(text: str, counts: bool) -> None:
    lexicon = parse("rules: [{id: r, negated: nothing, en: [helpful], zh: [方便], adds: {praise: 1}}]")
    assert bool(hits(text, lexicon)) is counts


def test_a_negated_phrase_can_count_for_another_group() -> None:
    lexicon = parse("groups: {good: {en: [happy], negated: bad}, bad: {en: [awful]}}")
    (sentence,) = scan("i am not happy", lexicon)
    (bad,) = scan("awful", lexicon)
    assert sentence.mask == bad.mask
    assert hits("i am not happy", lexicon) == ["not happy"]


def test_what_must_stand_around_a_phrase_is_part_of_the_evidence() -> None:
    lexicon = parse("rules: [{id: r, zh: [次], before: ['打了[两三四]'], after: ['电话|了'], adds: {complaint: 1}}]")
    assert hits("我打了三次电话，下次再说", lexicon) == ["打了三次电话"]


def test_groups_meet_within_a_sentence_only() -> None:
    lexicon = parse("groups: {a: {en: [a1]}, b: {en: [b1]}}\nrules: [{id: r, all: [a, b], adds: {sales: 1}}]")
    rule = lexicon.rules[0]
    together = [s for s in scan("a1 and b1. a1! b1", lexicon) if all(s.mask & term for term in rule.all)]
    assert len(together) == 1


def test_a_long_sentence_is_cut_at_its_commas() -> None:
    lexicon = parse("groups: {a: {en: [a1]}, b: {en: [b1]}}")
    text = "a1, " + "word, " * 60 + "b1"
    assert len(scan(text, lexicon)) == 2


def test_an_empty_lexicon_finds_nothing() -> None:
    assert scan("anything 任何", parse("groups: {}")) == []


def test_simplified_characters_of_the_lexicon_have_their_traditional_forms() -> None:
    """Big5 knows traditional characters alone: what it cannot spell needs an entry in traditional.yaml."""
    table = {forms[0] for forms in traditional_forms()}
    folder = resources.files("vocbus.pipeline") / "rules"
    used = {character for name in LEXICON for character in (folder / name).read_text("utf-8")}
    han = {character for character in used if "\u4e00" <= character <= "\u9fff"}
    assert {character for character in han - table if not spelt_in_big5(character)} <= COLLOQUIAL


#: Characters of Cantonese and of net language, alike in both scripts.
COLLOQUIAL = set("咗嘅哋喺嚟㗎啲畀瞓攰噉冚嗰撳喎搵揾咁乜")


def traditional_forms() -> list[str]:
    text = (resources.files("vocbus.pipeline") / "rules" / "traditional.yaml").read_text("utf-8")
    characters: str = read_yaml("traditional", text)["characters"]
    return characters.split()


def spelt_in_big5(character: str) -> bool:
    try:
        character.encode("big5hkscs")
    except UnicodeEncodeError:
        return False
    return True


def test_the_version_changes_with_any_file(rules: Rules, tmp_path: Any) -> None:
    copy_rules(tmp_path)
    assert load_rules(tmp_path).version == rules.version
    for name in ("sales.yaml", "routes.yaml", "traditional.yaml"):
        path = tmp_path / name
        original = path.read_text("utf-8")
        path.write_text(original + "# a remark\n", "utf-8")
        assert load_rules(tmp_path).version != rules.version
        path.write_text(original, "utf-8")


def test_a_missing_file_is_named(tmp_path: Any) -> None:
    copy_rules(tmp_path)
    (tmp_path / LEXICON[0]).unlink()
    with pytest.raises(FileNotFoundError, match=LEXICON[0]):
        load_rules(tmp_path)


def copy_rules(folder: Any) -> list[str]:
    for name in FILES:
        text = (resources.files("vocbus.pipeline") / "rules" / name).read_text("utf-8")
        (folder / name).write_text(text, "utf-8")
    return list(FILES)


def test_load_is_repeatable(rules: Rules, read: Callable[..., Any]) -> None:
    again = load_rules()
    assert again.version == rules.version
    assert [rule.id for rule in again.lexicon.rules] == [rule.id for rule in rules.lexicon.rules]
