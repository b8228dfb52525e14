"""Builders for the tests of the channels: canonical fields, mails, the mail samples that are at hand."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from vocbus.channels.email import email
from vocbus.contracts.models import Interaction

# No deadline for an example: a busy machine is no failure.
settings.register_profile("busy machine", deadline=None)
settings.load_profile("busy machine")

RECEIVED_AT = datetime(2026, 11, 30, 12, tzinfo=UTC)


@pytest.fixture
def fields() -> dict[str, Any]:
    """The least that makes an Interaction, as its JSON line holds it."""
    return {
        "interaction_id": "chat-1",
        "tenant": "example-bank",
        "channel": "CHAT",
        "direction": "INBOUND",
        "customer_ref": "CIF-1",
        "started_at": "2026-11-02T09:03:01+08:00",
        "turns": [{"speaker": "CUSTOMER", "text": "我的卡被吞了"}],
        "source": {"system": "chatwoot"},
    }


@pytest.fixture
def convert() -> Callable[[bytes], Interaction]:
    """The mail adapter for one tenant and one time of receipt."""
    return lambda raw: email(raw, tenant="example-bank", received_at=RECEIVED_AT)


@pytest.fixture
def mail(convert: Callable[[bytes], Interaction]) -> Callable[..., Interaction]:
    """Converts a mail of a body, and header lines beside From, Message-ID and Date."""

    def build(body: bytes, *headers: bytes) -> Interaction:
        standing = [
            b"From: Ann <Ann@Example.com>",
            b"Message-ID: <m1@example.com>",
            b"Date: Mon, 2 Nov 2026 09:00:00 +0800",
        ]
        named = {header.partition(b":")[0].lower() for header in headers}
        lines = [line for line in standing if line.partition(b":")[0].lower() not in named]
        return convert(b"\r\n".join([*lines, *headers, b"", body]))

    return build


@pytest.fixture(scope="session")
def own_mails() -> dict[Path, dict[str, str]]:
    """The mails that ship with the project, and what each must decode to."""
    folder = Path(__file__).parents[3] / "deploy/vocbus/ops/samples/mail"
    expected = json.loads((folder / "expected.json").read_text("utf-8"))
    return {folder / name: facts for name, facts in expected.items()}
