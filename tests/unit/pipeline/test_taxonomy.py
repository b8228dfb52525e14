import pytest

from vocbus.pipeline.ruleset import Rules
from vocbus.pipeline.taxonomy import CfpbCategory, parse_taxonomy

SMALL = "version: '1'\nproducts: {cards: Cards, general: Any}\nissues: {fees: Fees, other: Any}\n"


@pytest.mark.parametrize(
    ("category", "expected"),
    [
        ("cards.fees", CfpbCategory("Credit card", "Fees or interest")),
        ("collections.harassment", CfpbCategory("Debt collection", "Communication tactics")),
        ("deposits.investment", CfpbCategory("Checking or savings account", None)),
        ("wealth.terms", None),
    ],
)
def test_a_category_is_mapped_to_the_cfpb_where_it_has_a_counterpart(
    rules: Rules, category: str, expected: CfpbCategory | None
) -> None:
    assert rules.taxonomy.cfpb(category) == expected


@pytest.mark.parametrize(
    ("more", "problem"),
    [
        ("cfpb: {boats: {product: Boat, issues: {}}}", "there is no product 'boats'"),
        ("cfpb: {cards: {product: Credit card, issues: {weather: Rain}}}", "there is no issue weather"),
        ("cfpb: {cards: {issues: {}}}", "cfpb.cards.product"),
        ("colours: {}", "colours"),
    ],
)
def test_a_wrong_mapping_is_named(more: str, problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        parse_taxonomy(SMALL + more)


def test_everything_else_needs_a_place() -> None:
    with pytest.raises(ValueError, match="'other' is missing"):
        parse_taxonomy("version: '1'\nproducts: {general: Any}\nissues: {fees: Fees}")
