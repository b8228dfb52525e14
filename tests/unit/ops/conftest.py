"""Rules and a model whose decisions do not hang on trained weights."""

import json
import shutil
from collections.abc import Callable, Mapping
from importlib import resources
from pathlib import Path

import numpy as np
import pytest
import yaml

SHIPPED = Path(str(resources.files("vocbus.pipeline")))
LineFile = Callable[..., Path]


@pytest.fixture
def rules_with(tmp_path: Path) -> Callable[[str, Mapping[str, Mapping[str, float]]], Path]:
    """Folder (named) of the shipped rules with other priors: kind → channel → log odds."""

    def build(name: str, priors: Mapping[str, Mapping[str, float]]) -> Path:
        folder = tmp_path / name
        shutil.copytree(SHIPPED / "rules", folder)
        lexicon = yaml.safe_load((folder / "lexicon.yaml").read_text("utf-8"))
        lexicon["priors"] = {kind: dict(channels) for kind, channels in priors.items()}
        (folder / "lexicon.yaml").write_text(yaml.safe_dump(lexicon, allow_unicode=True), "utf-8")
        return folder

    return build


@pytest.fixture
def wordless_model(tmp_path: Path) -> Path:
    """Folder of a model to which words and rules mean nothing: the prior of the channel decides.

    COMPLAINT is decided from log odds 0, and for people to see between -1 and 1. The other kinds need 50.
    """
    folder = tmp_path / "wordless"
    folder.mkdir()
    document = json.loads((SHIPPED / "weights" / "model.json").read_text("utf-8"))
    for name, line in document["kinds"].items():
        offset = 0.0 if name == "complaint" else -50.0
        line.update(slope=0.0, rule=0.0, offset=offset, threshold=0.0, low=-1.0, high=1.0)
    (folder / "model.json").write_text(json.dumps(document), "utf-8")
    for name in ("heads.npy", "details.npy"):
        np.save(folder / name, np.zeros_like(np.load(SHIPPED / "weights" / name)))
    return folder


@pytest.fixture
def by_channel(rules_with: Callable[..., Path], wordless_model: Path) -> list[str]:
    """Options of commands by which CHAT is a complaint and an inquiry, EMAIL a complaint for review, APP one just
    missed, PHONE none."""
    priors = {"complaint": {"CHAT": 5.0, "EMAIL": 0.5, "APP": -0.5, "PHONE": -5.0}, "inquiry": {"CHAT": 100.0}}
    return ["--rules", str(rules_with("by-channel", priors)), "--model", str(wordless_model)]


@pytest.fixture
def lines(tmp_path: Path) -> LineFile:
    """File of JSON lines of these objects; a string is a line as it is."""

    def write(*rows: object, name: str = "rows.jsonl") -> Path:
        path = tmp_path / name
        texts = (row if isinstance(row, str) else json.dumps(row, ensure_ascii=False) for row in rows)
        path.write_text("".join(f"{text}\n" for text in texts), "utf-8")
        return path

    return write
