"""`vocbus train`: the model from labelled text, byte for byte."""

import importlib
import time
from pathlib import Path
from types import ModuleType

import click
from rich.console import Console

from vocbus.pipeline.ruleset import load_lexicon
from vocbus.training.corpus import Row, read_corpus, read_rows

PUBLIC = Path("../shared/data/labelled/train.jsonl")
#: Packages that the extra `train` brings.
_EXTRA = frozenset({"sklearn", "scipy"})
_ROWS = click.Path(dir_okay=False, path_type=Path)
_FOLDER = click.Path(file_okay=False, path_type=Path)


@click.command()
@click.option(
    "--corpus",
    type=_FOLDER,
    default="streams/corpus",
    show_default=True,
    metavar="FOLDER",
    help="The project's own corpus: sentences-*.jsonl and transcripts-*.jsonl.",
)
@click.option(
    "--public",
    type=_ROWS,
    multiple=True,
    metavar="FILE",
    help=f"Public labelled text, once for each file.  [default: {PUBLIC}]",
)
@click.option("--no-public", is_flag=True, help="Train without public text. That gives another model.")
@click.option(
    "--corrections",
    type=_ROWS,
    multiple=True,
    metavar="FILE",
    help="Rows of `vocbus corrections export`, once for each file. They count like those of the own corpus.",
)
@click.option(
    "--output",
    type=_FOLDER,
    default="streams/vocbus/pipeline/weights",
    show_default=True,
    metavar="FOLDER",
    help="Where the model is written.",
)
@click.option("--check", is_flag=True, help="Write nothing; tell whether OUTPUT is what comes out.")
def train(
    corpus: Path,
    public: tuple[Path, ...],
    no_public: bool,
    corrections: tuple[Path, ...],
    output: Path,
    check: bool,
) -> None:
    """Rebuild the model of the classifier from labelled text, and print its hash.

    Run it in the project's folder, or name the folders. Equal rows in equal order give equal bytes, with the versions
    of numpy, scipy and scikit-learn that the project pins. `vocbus eval --model FOLDER` tells how good a model is,
    `vocbus diff --model FOLDER` what it would change.

    \b
    Exit status:
      0  the model is written; with --check, OUTPUT holds the same
      1  rows are missing or faulty; with --check, the files named differ

    \b
    vocbus train
    vocbus train --check
    vocbus train --corrections corrections.jsonl --output build/model
    """
    if no_public and public:
        raise click.UsageError("--public and --no-public exclude each other")
    console = Console(stderr=True, highlight=False, soft_wrap=True)
    own = _own(corpus)
    told = [] if no_public else _rows(public or (PUBLIC,), "--public", " --no-public trains without it.")
    corrected = [row._replace(tier="human") for row in _rows(corrections, "--corrections", "")]
    console.print(f"{len(own):,} own rows, {len(told):,} public, {len(corrected):,} corrections", markup=False)
    training = _training()
    began = time.monotonic()
    # Where no one looks there is no spinner, only the line at the end.
    with console.status("training") as status:
        files = training.fit(own, [*told, *corrected], load_lexicon(), lambda line: status.update(f"training: {line}"))
    console.print(f"trained in {time.monotonic() - began:,.0f} s", markup=False)
    if check:
        different = [name for name, content in files.items() if not _holds(output / name, content)]
        if different:
            raise click.ClickException(
                f"{output} differs in {', '.join(different)}. `vocbus train` writes what comes out."
            )
    else:
        training.write(files, output)
    click.echo(training.digest(files))


def _own(corpus: Path) -> list[Row]:
    try:
        return read_corpus(corpus)
    except FileNotFoundError as error:
        raise click.ClickException(f"{error}. Run this in the project's folder, or name --corpus FOLDER.") from None
    except ValueError as error:
        raise click.ClickException(str(error)) from None


def _rows(files: tuple[Path, ...], option: str, way_out: str) -> list[Row]:
    """The rows of all files, in their order."""
    rows: list[Row] = []
    for file in files:
        try:
            rows += read_rows(file)
        except OSError as error:
            raise click.ClickException(
                f"{file} cannot be read: {error.strerror}. Name it with {option} FILE.{way_out}"
            ) from None
        except ValueError as error:
            raise click.ClickException(str(error)) from None
    return rows


def _training() -> ModuleType:
    try:
        return importlib.import_module("vocbus.training.fit")
    except ModuleNotFoundError as error:
        if error.name is None or error.name.split(".")[0] not in _EXTRA:
            raise
        raise click.ClickException('training needs scikit-learn: pip install "vocbus[train]"') from None


def _holds(file: Path, content: bytes) -> bool:
    return file.is_file() and file.read_bytes() == content
