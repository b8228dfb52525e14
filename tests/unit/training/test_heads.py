from collections.abc import Callable

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from vocbus.pipeline.clauses import BITS, features
from vocbus.pipeline.model import COARSER, HEADS, SMOOTHING, load_model
from vocbus.training.corpus import Row
from vocbus.training.heads import classify_head, coarser, fitted, importance, regress_head, sheet
from vocbus.training.matrix import matrix

RowOf = Callable[..., Row]


def test_a_text_is_counted_as_the_model_counts_it() -> None:
    """The dot product of a row with the weights of a head is what the model makes of the text, but for its line."""
    texts = ["you charged me twice, twice", "我被多扣了两次年费，请退给我", ""]
    model = load_model()
    rows = matrix(texts)
    assert rows.shape == (3, 1 << BITS)
    scores = model.score(texts)
    expected = scores.totals / np.sqrt(scores.sizes + SMOOTHING)[:, None]
    np.testing.assert_allclose(rows.dot(model.weights.astype(np.float64)), expected, rtol=1e-12)
    assert expected.shape[1] == len(HEADS)


def test_coarser_features_are_those_that_details_are_told_from() -> None:
    rows = coarser(matrix(["you charged me twice"]))
    assert rows.shape == (1, 1 << (BITS - COARSER))
    assert set(rows.indices.tolist()) == {number >> COARSER for number in features(["you charged me twice"]).feature}


SIDES = csr_matrix(np.array([[1.0, 0.0], [1.0, 0.2], [0.0, 1.0], [0.1, 1.0]]))


def test_a_head_tells_yes_from_no() -> None:
    head = classify_head(SIDES, np.array([True, True, False, False]), np.full(4, 100.0))
    assert (head(SIDES) > 0).tolist() == [True, True, False, False]


def test_what_a_row_counts_pulls_a_head_its_way() -> None:
    rows = csr_matrix(np.ones((4, 1)))
    yes = np.array([True, False, False, False])
    light, heavy = (classify_head(rows, yes, np.array([weight, 1.0, 1.0, 1.0]))(rows)[0] for weight in (1.0, 30.0))
    assert light < 0 < heavy


@pytest.mark.parametrize(("yes", "offset"), [(True, 6.0), (False, -6.0)])
def test_what_is_always_said_or_never_needs_no_features(yes: bool, offset: float) -> None:
    head = classify_head(SIDES, np.full(4, yes), np.ones(4))
    assert head.offset == offset
    assert not head.weights.any()


def test_a_regression_follows_its_target() -> None:
    target = np.array([1.0, 1.0, -1.0, -1.0])
    many = csr_matrix(np.tile(SIDES.toarray(), (50, 1)))
    assert (np.sign(regress_head(many, np.tile(target, 50))(SIDES)) == target).all()


def test_rare_features_weigh_more_and_none_too_little() -> None:
    counts = csr_matrix(np.array([[1.0, 1.0, 0.0], [1.0, 0.0, 0.0], [1.0, 0.0, 0.0]]))
    common, rare, absent = importance(counts)
    assert 0.5 == common < rare < absent


def test_rows_that_do_not_know_a_label_say_nothing_about_it(row: RowOf) -> None:
    rows = [
        row("a", "COMPLAINT"),
        row("b"),
        row("c", "SALES_SIGNAL", known=frozenset({"SALES_SIGNAL"})),
    ]
    yes, known = sheet(rows, [])[0].flags("complaint")
    assert yes.tolist() == [True, False, False]
    assert known.tolist() == [True, True, False]


def test_a_polarity_is_told_from_the_others(row: RowOf) -> None:
    rows = [
        row("a", "FEEDBACK", polarity="PRAISE"),
        row("b", "FEEDBACK", polarity="CRITICISM"),
        row("c"),
        row("d", "FEEDBACK"),
    ]
    yes, known = sheet(rows, [])[0].flags("praise")
    assert yes[known].tolist() == [True, False]
    assert known.tolist() == [True, True, False, False]


def test_public_rows_count_less_than_the_own_and_corrections_by_people_as_much(row: RowOf) -> None:
    own = [row("hello you"), row("thank you")]
    public = [row("you", tier="human", source="anybody"), row("you", source="anybody")]
    data, scale = sheet(own, public)
    assert [found.text for found in data.rows] == ["hello you", "thank you", "you", "you"]
    weights = data.weight.tolist()
    assert weights[:3] == [1.0, 1.0, 1.0]
    assert 0 < weights[3] < 1
    assert scale.shape == (1 << BITS,)


def test_equal_rows_give_equal_heads(few: list[Row]) -> None:
    one, other = (fitted(sheet(few, [])[0], "complaint") for _ in range(2))
    assert one.offset == other.offset
    assert np.array_equal(one.weights, other.weights)
    assert (one(sheet(few, [])[0].features) > 0).sum() > 20
