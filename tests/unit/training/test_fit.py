import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from vocbus.pipeline.classify import Classification, classify
from vocbus.pipeline.clauses import BITS
from vocbus.pipeline.lexicon import Lexicon
from vocbus.pipeline.model import COARSER, FILES, HEADS, KINDS, load_model
from vocbus.pipeline.ruleset import load_rules
from vocbus.training.corpus import Row
from vocbus.training.fit import digest, fit, rule_scores, write

#: Trains on the same rows as `files`, in a process of its own.
PROGRAM = """
import sys
from pathlib import Path
from vocbus.pipeline.ruleset import load_lexicon
from vocbus.training.corpus import read_corpus
from vocbus.training.fit import fit, write
rows = read_corpus(Path(sys.argv[1]))[::50]
write(fit(rows[:-40], rows[-40:], load_lexicon(), lambda line: None), Path(sys.argv[2]))
"""


def trained(few: Sequence[Row], lexicon: Lexicon, *more: Row) -> dict[str, bytes]:
    return fit(few[:-40], [*few[-40:], *more], lexicon, lambda line: None)


@pytest.fixture(scope="module")
def files(few: list[Row], lexicon: Lexicon) -> dict[str, bytes]:
    return trained(few, lexicon)


@pytest.mark.parametrize(("threads", "seed"), [("1", "1"), ("2", "2026")])
def test_equal_rows_give_equal_bytes_whatever_the_process(
    files: dict[str, bytes], corpus_folder: Path, tmp_path: Path, threads: str, seed: str
) -> None:
    settings = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), threads)
    subprocess.run(
        [sys.executable, "-c", PROGRAM, str(corpus_folder), str(tmp_path)],
        env={**os.environ, **settings, "PYTHONHASHSEED": seed},
        check=True,
    )
    assert {name: (tmp_path / name).read_bytes() == files[name] for name in FILES} == dict.fromkeys(FILES, True)


def test_the_digest_is_the_hash_that_the_model_loads_with(files: dict[str, bytes], tmp_path: Path) -> None:
    write(files, tmp_path / "new" / "folder")
    model = load_model(tmp_path / "new" / "folder")
    assert digest(files) == model.hash
    assert digest({**files, "model.json": files["model.json"] + b" "}) != model.hash


def test_what_is_trained_decides(files: dict[str, bytes], few: list[Row], tmp_path: Path) -> None:
    write(files, tmp_path)
    rules = load_rules(model=tmp_path)
    said = classify([contact(row.text) for row in few], rules.lexicon, rules.model)
    for kind in ("COMPLAINT", "FEEDBACK", "SALES_SIGNAL"):
        outcomes = [(kind in row.labels, kind in kinds(one)) for row, one in zip(few, said, strict=True)]
        right = sum(gold and found for gold, found in outcomes)
        assert 2 * right / (sum(gold for gold, _ in outcomes) + sum(found for _, found in outcomes)) > 0.75
    assert all(evidence.text for one in said for verdict in one.verdicts for evidence in verdict.evidence)


def test_the_document_tells_what_it_was_trained_on_and_for(
    files: dict[str, bytes], few: list[Row], tmp_path: Path
) -> None:
    assert set(files) == set(FILES)
    document = json.loads(files["model.json"])
    assert document["trained_on"] == {name: str(count) for name, count in Counter(row.source for row in few).items()}
    assert set(document["kinds"]) == set(KINDS)
    write(files, tmp_path)
    model = load_model(tmp_path)
    assert (model.weights.dtype, model.weights.shape) == (np.int16, (1 << BITS, len(HEADS)))
    assert (model.detail_weights.dtype, model.detail_weights.shape[0]) == (np.int8, 1 << (BITS - COARSER))
    assert abs(model.weights).max(axis=0).tolist() == [32_767] * len(HEADS)


def test_other_rows_give_another_model(files: dict[str, bytes], few: list[Row], lexicon: Lexicon) -> None:
    changed = few[0]._replace(labels=few[0].labels ^ {"COMPLAINT"})
    assert digest(trained([changed, *few[1:]], lexicon)) != digest(files)


def test_corrections_by_people_count_more_than_rows_found_elsewhere(
    files: dict[str, bytes], few: list[Row], lexicon: Lexicon, row: Callable[..., Row], tmp_path: Path
) -> None:
    text = "the squirrel ate my passbook"

    def odds(content: dict[str, bytes], name: str) -> float:
        write(content, tmp_path / name)
        model = load_model(tmp_path / name)
        return float(model.odds(model.score([text]))[0, HEADS.index("complaint")])

    def told(tier: str) -> dict[str, bytes]:
        return trained(few, lexicon, *[row(text, "COMPLAINT", tier=tier, source="outcomes")] * 5)

    assert odds(files, "none") < odds(told("weak"), "weak") < odds(told("human"), "human")
    assert odds(told("human"), "human") > load_model(tmp_path / "human").kinds["complaint"].threshold


def test_progress_is_told_of_every_head(few: list[Row], lexicon: Lexicon) -> None:
    lines: list[str] = []
    fit(few, [], lexicon, lines.append)
    assert [line for line in lines if line.endswith("all rows")] == [f"{head}: all rows" for head in HEADS]
    assert "issue:COMPLAINT" in lines


def test_rules_speak_for_their_kind(lexicon: Lexicon, row: Callable[..., Row]) -> None:
    scores = rule_scores([row("this is a complaint"), row("建议增加指纹登录", lang="zh"), row("good morning")], lexicon)
    assert {kind: (column > 0).tolist() for kind, column in scores.items()} == {
        "complaint": [True, False, False],
        "feedback": [False, True, False],
        "sales": [False, False, False],
        "inquiry": [False, False, False],
    }


def contact(text: str) -> dict[str, Any]:
    return {"channel": "CHAT", "turns": [{"speaker": "CUSTOMER", "text": turn} for turn in text.split("\n")]}


def kinds(classification: Classification) -> set[str]:
    return {verdict.kind for verdict in classification.verdicts}
