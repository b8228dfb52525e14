"""What must hold whatever the model has learned."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from vocbus.pipeline import classify as classifying
from vocbus.pipeline import model as models
from vocbus.pipeline.classify import classify
from vocbus.pipeline.model import FILES, load_model
from vocbus.pipeline.ruleset import Rules


@pytest.mark.parametrize(
    "text",
    [
        "I will report you to the ombudsman tomorrow",
        "I'm going to take you to court",
        "再不解决我就去银保监会投诉",
        "我要报警了",
        "再这样我就找媒体曝光",
    ],
)
def test_a_threat_to_escalate_is_a_grave_complaint_or_put_before_people(read: Any, text: str) -> None:
    found = read(text)
    severities = [verdict.severity for verdict in found.verdicts if verdict.kind == "COMPLAINT"]
    assert severities == [4] or [doubt.kind for doubt in found.doubts if doubt.kind == "COMPLAINT"]


def test_a_rule_that_decides_alone_decides_whatever_stands_around_it(read: Any) -> None:
    text = "谢谢，没别的事了。对了，这件事我会去银保监会投诉你们。祝工作顺利"
    (verdict,) = [verdict for verdict in read(text).verdicts if verdict.kind == "COMPLAINT"]
    assert verdict.severity == 4
    assert any("投诉你们" in evidence.text for evidence in verdict.evidence)


@pytest.mark.parametrize("text", ["?????", "。。。", "……", "!!!", "-- / --", " \n "])
def test_marks_without_a_word_are_no_signal(read: Any, text: str) -> None:
    found = read(text)
    assert (found.verdicts, found.doubts, found.inquiry) == ((), (), False)


@pytest.mark.parametrize(
    "text",
    [
        "客服态度极差，业务也不专业",
        "app不好用",
        "app没有以前好用了",
        "I'm not impressed with the new app",
        "rude staff",
    ],
)
def test_negated_praise_is_no_praise(read: Any, text: str) -> None:
    assert "PRAISE" not in {verdict.polarity for verdict in read(text).verdicts}


def test_a_named_product_is_the_category_s(read: Any) -> None:
    (verdict,) = [v for v in read("我的房贷扣了两次，马上退给我").verdicts if v.kind == "COMPLAINT"]
    assert verdict.category.startswith("mortgage.")


def test_never_more_than_a_block_is_scored_at_once(monkeypatch: pytest.MonkeyPatch, rules: Rules, contact: Any) -> None:
    sizes: list[int] = []
    features = models.features

    def counted(texts: list[str]) -> Any:
        sizes.append(sum(map(len, texts)))
        return features(texts)

    monkeypatch.setattr(models, "features", counted)
    long = "You charged me twice and nobody answers. " * 10_000
    records = [contact(long), contact("hello"), contact(long), contact("I want to open an account"), contact(long)]
    together = classify(records, rules.lexicon, rules.model)
    assert max(sizes) <= classifying.BLOCK
    assert [one.verdicts for one in together] == [
        classify([record], rules.lexicon, rules.model)[0].verdicts for record in records
    ]


def written(folder: Path, change: Any) -> Path:
    """A copy of the shipped model with another model.json."""
    shipped = Path(models.__file__).parent / "weights"
    for name in FILES:
        (folder / name).write_bytes((shipped / name).read_bytes())
    document = json.loads((folder / FILES[0]).read_text())
    change(document)
    (folder / FILES[0]).write_text(json.dumps(document))
    return folder


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (lambda document: document["kinds"].pop("complaint"), "kinds must be complaint"),
        (lambda document: document["kinds"]["sales"].update(threshold=float("nan")), "kinds.sales.threshold"),
        (lambda document: document["lines"].pop("praise"), "lines must be"),
        (lambda document: document["details"]["product"].pop(), "product needs names, and one line for each"),
        (lambda document: document.clear(), "kinds: Field required"),
    ],
)
def test_a_model_that_lacks_something_is_refused_by_name(tmp_path: Path, change: Any, problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        load_model(written(tmp_path, change))


def test_weights_that_are_none_are_refused_by_name(tmp_path: Path) -> None:
    written(tmp_path, lambda _: None)
    (tmp_path / "heads.npy").write_bytes(b"\x93NUMPY")
    with pytest.raises(ValueError, match=r"heads\.npy is no array"):
        load_model(tmp_path)
    np.save(tmp_path / "heads.npy", np.zeros((4, 4)))
    with pytest.raises(ValueError, match=r"heads\.npy must hold whole numbers"):
        load_model(tmp_path)
