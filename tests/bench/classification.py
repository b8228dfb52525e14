"""Classification alone, on one core: texts of fixed lengths cut from what the samples say."""

import itertools
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.bench.child import Child
from tests.bench.contestant import Job
from tests.bench.events import samples

from vocbus.pipeline.classify import classify
from vocbus.pipeline.redact import Redactor
from vocbus.pipeline.ruleset import load_rules

SHORT, TRANSCRIPT = 60, 1500
SECONDS = 1.5

Record = dict[str, Any]


def run_classify(job: Job) -> None:
    """Classify each set of records over and over for SECONDS of processor time; tells records a second of each."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    lexicon, redactor = load_rules().lexicon, Redactor()
    rates = {}
    for name, records in texts().items():
        clean = [redactor.redact(record).record for record in records]
        count, begin = 0, time.process_time()
        while time.process_time() - begin < SECONDS:
            for record in clean:
                classify(record, lexicon)
            count += len(clean)
        rates[name] = count / (time.process_time() - begin)
    job.tell(**rates)


def texts() -> dict[str, list[Record]]:
    """Records by measurement, Chinese and English alike in number."""
    return {
        "classify_short_60": _both(lambda language: _monologues(language, SHORT, "CHAT")),
        "classify_transcript_1500": _both(_transcripts),
        "classify_monologue_1500": _both(lambda language: _monologues(language, TRANSCRIPT, "PHONE")),
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


def measure(folder: Path) -> dict[str, float]:
    """Records a second by measurement, from a process of its own."""
    with Child("classify", Job(str(folder / "classify.json"))) as child:
        child.wait(60)
        return child.wait_report(1)
