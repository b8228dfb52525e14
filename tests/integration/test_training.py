"""The model that ships is the one that its corpora give."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from vocbus.ops.cli import vocbus
from vocbus.ops.cli_train import PUBLIC
from vocbus.pipeline.model import load_model

ROOT = Path(__file__).parents[2]


@pytest.mark.timeout(1200)
def test_the_shipped_weights_come_from_the_corpora(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    if not PUBLIC.is_file():
        pytest.skip(f"{PUBLIC}, the public text that the shipped weights were also trained on, is not there")
    trained = CliRunner().invoke(vocbus, ["train", "--check"])
    assert trained.exit_code == 0, trained.output
    assert trained.stdout.strip() == load_model().hash
