"""Classification alone, on one core: texts of fixed lengths cut from what the samples say."""

import itertools
import os
import pickle
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from tests.bench.child import ROOT, Child
from tests.bench.contestant import Job
from tests.bench.events import samples

from vocbus.agents.flow import STEP
from vocbus.pipeline.classify import classify
from vocbus.pipeline.reading import said
from vocbus.pipeline.redact import Redactor
from vocbus.pipeline.ruleset import load_rules

SHORT, TRANSCRIPT = 60, 1500
SECONDS = 1.5
#: The contestants of this measurement: ours, and scikit-learn's TF-IDF with a logistic regression of each label.
NAMES = ("classify", "classify_sklearn")

Record = dict[str, Any]


def run_classify(job: Job) -> None:
    """Classify each set of records over and over, as many at a time as intake; tells records a second of each."""
    rules = load_rules()

    def one_pass(records: list[Record]) -> None:
        for start in range(0, len(records), STEP):
            classify(records[start : start + STEP], rules.lexicon, rules.model)

    job.tell(**_rates("classify", one_pass))


def run_sklearn(job: Job) -> None:
    """The four labels of what customers say, joined beforehand; all texts at once, which suits scikit-learn best."""
    # Fitted for the first round; the others take it from there.
    file = Path(job.options["fitted"])
    if not file.exists():
        from vocbus.training.corpus import read_corpus
        from vocbus.training.peers import fitted_pipeline

        file.write_bytes(pickle.dumps(fitted_pipeline(read_corpus(ROOT / "streams" / "corpus"))))
    fitted = pickle.loads(file.read_bytes())

    def joined(records: list[Record]) -> list[str]:
        return ["\n".join(text for _, text in said(record)) for record in records]

    job.tell(**_rates("classify_sklearn", fitted.predict_proba, joined))


def _rates(
    name: str, one_pass: Callable[[Any], object], prepared: Callable[[list[Record]], Any] = lambda records: records
) -> dict[str, float]:
    """Records a second of processor time, by measurement, of SECONDS or more of each."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    redactor, rates = Redactor(), {}
    for measurement, records in texts().items():
        clean = prepared([redactor.redact(record).record for record in records])
        one_pass(clean)
        count, begin = 0, time.process_time()
        while time.process_time() - begin < SECONDS:
            one_pass(clean)
            count += len(records)
        rates[f"{name}_{measurement}"] = count / (time.process_time() - begin)
    return rates


def texts() -> dict[str, list[Record]]:
    """Records by measurement, Chinese and English alike in number."""
    return {
        "short_60": _both(lambda language: _monologues(language, SHORT, "CHAT")),
        "transcript_1500": _both(_transcripts),
        "monologue_1500": _both(lambda language: _monologues(language, TRANSCRIPT, "PHONE")),
    }


def _both(make: Any) -> list[Record]:
    pairs = zip(make("zh"), make("en"), strict=False)
    return list(itertools.chain.from_iterable(pairs))


def _turns(language: str) -> Iterator[Record]:
    for sample in samples():
        if (sample["locale"] or "").startswith(language):
            yield from sample["turns"]


def _record(channel: str, turns: list[Record]) -> Record:
    return {"channel": channel, "subject": None, "satisfaction": None, "products": [], "turns": turns}


def _monologues(language: str, length: int, channel: str) -> Iterator[Record]:
    """Records of one turn of the customer, of exactly `length` characters."""
    said = " ".join(turn["text"] for turn in _turns(language) if turn["speaker"] == "CUSTOMER")
    for at in range(0, len(said) - length + 1, length):
        yield _record(channel, [{"speaker": "CUSTOMER", "text": said[at : at + length]}])


def _transcripts(language: str) -> Iterator[Record]:
    """Records of the turns of all speakers, of exactly TRANSCRIPT characters together."""
    turns: list[Record] = []
    room = TRANSCRIPT
    for turn in _turns(language):
        turns.append({**turn, "text": turn["text"][:room]})
        room -= len(turns[-1]["text"])
        if room == 0:
            yield _record("PHONE", turns)
            turns, room = [], TRANSCRIPT


def measure(folder: Path, name: str) -> dict[str, float]:
    """Records a second by measurement of one contestant, from a process of its own."""
    with Child(name, Job(str(folder / f"{name}.json"), options={"fitted": str(folder / "fitted.pickle")})) as child:
        child.wait(600)
        return child.wait_report(1)
