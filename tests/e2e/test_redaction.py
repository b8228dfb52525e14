"""Personal data of the redaction corpus, over real workers: none of it leaves intake."""

import json
from pathlib import Path
from typing import Any

import pytest

pytestmark = [pytest.mark.servers, pytest.mark.timeout(400)]

CORPUS = Path(__file__).parents[2] / "streams" / "corpus" / "redaction"
ROWS = [json.loads(line) for name in ("zh", "en") for line in (CORPUS / f"{name}.jsonl").open(encoding="utf-8")]
#: Shorter ones ("two five two") may stand in a log by chance.
TELLING = 8
#: What is known to pass, by row and type; docs/classification.md tells what they are.
KNOWN = {("red-zh-0089", "PASSPORT")}


def test_nothing_personal_of_the_corpus_is_found_downstream(bus: Any, make_interaction: Any) -> None:
    bus.publish(
        [
            make_interaction(
                number,
                interaction_id=row["id"],
                channel=row["channel"],
                turns=row["turns"],
                customer_ref=f"CIF-{number:06}",
            )
            for number, row in enumerate(ROWS)
        ]
    )
    bus.start("worker", "--verbose")

    report = bus.assert_clean()

    assert report["topics"]["interactions"] == len(ROWS)
    values, logs = bus.downstream(), bus.logs()
    of: dict[str, list[str]] = {row["id"]: [] for row in ROWS}
    for value in values:
        text = value.decode(errors="replace")
        for name in {word for word in of if word in text}:
            of[name].append(text)
    passed = set()
    for row in ROWS:
        assert of[row["id"]], "an interaction is nowhere"
        for secret in row["secrets"]:
            seen = any(secret["text"] in text for text in of[row["id"]])
            if seen or (len(secret["text"]) >= TELLING and secret["text"] in logs):
                passed.add((row["id"], secret["type"]))
    assert passed == KNOWN
    assert not any("CIF-" in text for text in [logs, *(value.decode(errors="replace") for value in values)])
