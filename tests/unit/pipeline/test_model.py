import json
from importlib import resources
from pathlib import Path

import numpy as np
import pytest

from vocbus.pipeline.clauses import BITS
from vocbus.pipeline.model import COARSER, FILES, HEADS, ISSUES_OF, KINDS, SEVERITY, SMOOTHING, Model, load_model
from vocbus.pipeline.ruleset import Rules, load_rules

TEXTS = [
    "You charged me twice and nobody answers the phone",
    "",
    "我的信用卡被多扣了两次年费，一直没人处理。请马上退给我！",
    "。。。",
    "I would like to open a savings account, what rates do you pay?",
    "建议增加指纹登录",
    "word " * 300,
]


@pytest.fixture(scope="module")
def model() -> Model:
    return load_model()


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """A folder with the files of the shipped model."""
    for name in FILES:
        content = (resources.files("vocbus.pipeline") / "weights" / name).read_bytes()
        (tmp_path / name).write_bytes(content)
    return tmp_path


def test_the_shipped_model_loads_with_what_it_decides_and_tells(model: Model, rules: Rules) -> None:
    assert set(model.kinds) == set(KINDS)
    assert set(model.kinds) | set(model.lines) == set(HEADS)
    assert list(model.details[SEVERITY]) == [SEVERITY]
    assert set(model.details["product"]) <= set(rules.taxonomy.products)
    for kind in ISSUES_OF:
        assert set(model.details[f"issue:{kind}"]) <= set(rules.taxonomy.issues)
    assert model.weights.shape == (1 << BITS, len(HEADS))
    assert model.detail_weights.shape == (1 << (BITS - COARSER), len(model.detail_slopes))
    for kind, line in model.kinds.items():
        assert line.slope > 0
        assert line.rule >= 0
        # The flag of an inquiry goes before nobody.
        assert kind == "inquiry" or line.low < line.threshold < line.high
    assert sum(int(count) for count in model.trained_on.values()) > 20_000


def test_weights_fit_into_the_wheel() -> None:
    folder = resources.files("vocbus.pipeline") / "weights"
    assert sum(len((folder / name).read_bytes()) for name in FILES) < 20 * 2**20


def test_a_copy_is_the_same_model(copied: Path, model: Model) -> None:
    assert load_model(copied).hash == model.hash == load_rules(model=copied).model.hash


@pytest.mark.parametrize("name", FILES)
def test_the_hash_changes_with_any_byte(copied: Path, model: Model, name: str) -> None:
    content = bytearray((copied / name).read_bytes())
    if name.endswith(".json"):
        content += b"\n"
    else:
        content[len(content) // 2] ^= 1
    (copied / name).write_bytes(content)
    assert load_model(copied).hash != model.hash


@pytest.mark.parametrize("name", FILES)
def test_a_missing_file_is_named(copied: Path, name: str) -> None:
    (copied / name).unlink()
    with pytest.raises(FileNotFoundError, match=name):
        load_model(copied)


def test_weights_of_another_shape_are_refused(copied: Path) -> None:
    np.save(copied / "heads.npy", np.zeros((1 << BITS, len(HEADS) - 1), np.int16))
    with pytest.raises(ValueError, match=r"another shape than model.json says; train it again"):
        load_model(copied)


def test_details_that_the_weights_lack_are_refused(copied: Path) -> None:
    document = json.loads((copied / "model.json").read_text("utf-8"))
    document["details"]["product"].append("boats")
    document["detail_lines"]["product"].append({"slope": 1.0, "offset": 0.0})
    (copied / "model.json").write_text(json.dumps(document), "utf-8")
    with pytest.raises(ValueError, match=r"another shape than model.json says"):
        load_model(copied)


@pytest.mark.parametrize(("field", "value"), [("colours", {}), ("kinds", {"complaint": {}}), ("lines", None)])
def test_a_wrong_document_is_refused_by_field(copied: Path, field: str, value: object) -> None:
    document = json.loads((copied / "model.json").read_text("utf-8"))
    (copied / "model.json").write_text(json.dumps({**document, field: value}), "utf-8")
    with pytest.raises(ValueError, match=field):
        load_model(copied)


def test_scores_of_a_batch_are_those_of_its_texts_one_by_one(model: Model) -> None:
    together = model.score(TEXTS)
    singles = [model.score([text]) for text in TEXTS]
    assert together.totals.tolist() == [single.totals[0].tolist() for single in singles]
    assert together.sizes.tolist() == [int(single.sizes[0]) for single in singles]
    assert model.odds(together).tolist() == [model.odds(single)[0].tolist() for single in singles]
    wordy = np.flatnonzero(together.sizes)
    assert model.tell(together, wordy) == [model.tell(singles[at], np.array([0]))[0] for at in wordy.tolist()]


def test_details_are_told_of_the_texts_that_are_asked_for_in_their_order(model: Model) -> None:
    scores = model.score(TEXTS)
    told = model.tell(scores, np.flatnonzero(scores.sizes))
    some = model.tell(scores, np.array([2, 5]))
    assert some == [told[1], told[3]]
    assert model.tell(scores, np.zeros(0, np.int64)) == []
    assert some[0].product == "cards"
    assert set(some[0].issues) == set(ISSUES_OF)


def test_a_text_is_the_sum_of_its_clauses(model: Model) -> None:
    scores = model.score(TEXTS)
    for at in range(len(TEXTS)):
        clauses = slice(scores.first[at], scores.first[at + 1])
        assert scores.sums[clauses].sum(axis=0).tolist() == scores.totals[at].tolist()
        assert scores.counts[clauses].sum() == scores.sizes[at]
    line, column = model.kinds["complaint"], HEADS.index("complaint")
    expected = line.slope * scores.totals[0, column] / np.sqrt(scores.sizes[0] + SMOOTHING) + line.offset
    assert model.odds(scores)[0, column] == pytest.approx(expected)


def test_a_text_without_words_has_size_zero_and_the_odds_of_knowing_nothing(model: Model) -> None:
    scores = model.score(["", "。。。"])
    assert scores.sizes.tolist() == [0, 0]
    offsets = [(model.kinds.get(head) or model.lines[head]).offset for head in HEADS]
    assert model.odds(scores).tolist() == [offsets, offsets]


def test_no_text_has_no_scores(model: Model) -> None:
    scores = model.score([])
    assert model.odds(scores).shape == (0, len(HEADS))
