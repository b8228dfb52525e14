"""Builders for the tests of the pipeline: contacts, the shipped rules, small rules of a test's own."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from vocbus.pipeline.classify import Classification, classify
from vocbus.pipeline.decide import Pipeline
from vocbus.pipeline.redact import Redactor
from vocbus.pipeline.ruleset import Rules, load_rules

Contact = Callable[..., dict[str, Any]]

# No deadline for an example: a busy machine is no failure.
settings.register_profile("busy machine", deadline=None)
settings.load_profile("busy machine")


@pytest.fixture(scope="session")
def rules() -> Rules:
    return load_rules()


@pytest.fixture(scope="session")
def contact() -> Contact:
    """Interaction record of the given turns; a string is a CUSTOMER turn, a pair is (speaker, text)."""

    def build(*turns: str | tuple[str, str], **fields: Any) -> dict[str, Any]:
        pairs = [("CUSTOMER", turn) if isinstance(turn, str) else turn for turn in turns]
        return {
            "interaction_id": "chat-1",
            "tenant": "example-bank",
            "channel": "CHAT",
            "direction": "INBOUND",
            "customer_ref": "CIF-1",
            "agent_ref": "A-1",
            "team": None,
            "started_at": 1_793_600_000_000,
            "answered_at": None,
            "ended_at": None,
            "locale": None,
            "subject": None,
            "turns": [{"speaker": speaker, "text": text, "at": None} for speaker, text in pairs],
            "products": [],
            "satisfaction": None,
            "outcome": "UNKNOWN",
            "related": None,
            "consent": None,
            "attributes": {},
            "source": {"system": "test", "version": None},
            **fields,
        }

    return build


@pytest.fixture(scope="session")
def read(rules: Rules, contact: Contact) -> Callable[..., Classification]:
    """Classification of a contact, built as by `contact`."""
    return lambda *turns, **fields: classify([contact(*turns, **fields)], rules.lexicon, rules.model)[0]


@pytest.fixture(scope="session")
def clean(contact: Contact) -> Callable[[str], str]:
    """A text after redaction."""
    redactor = Redactor()
    return lambda text: str(redactor.redact(contact(text)).record["turns"][0]["text"])


@pytest.fixture(scope="session")
def pipeline(rules: Rules) -> Pipeline:
    return Pipeline(rules=rules, tokenise=lambda tenant, customer_ref: f"k.{tenant}.{len(customer_ref)}")


@pytest.fixture(scope="session")
def sentences() -> list[dict[str, Any]]:
    """Labelled sentences of both languages, written for these tests: text, lang, labels, polarity."""
    path = Path(__file__).parent / "data" / "sentences.jsonl"
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]
