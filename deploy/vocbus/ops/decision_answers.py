"""A decision as the fields that commands print. Pure."""

from collections.abc import Mapping
from typing import Any

from vocbus.contracts.errors import Rejected
from vocbus.pipeline.decide import Decided
from vocbus.pipeline.taxonomy import Taxonomy

_SIGNAL = ("kind", "category", "severity", "polarity", "interest", "confidence", "review", "evidence")
_NOTHING: dict[str, Any] = {
    "signals": [],
    "inquiry": False,
    "language": "UNKNOWN",
    "sentiment": None,
    "review": [],
    "products": [],
}


def signal_answer(signal: Mapping[str, Any], taxonomy: Taxonomy) -> dict[str, Any]:
    """A signal; places of its evidence count in the redacted text. `cfpb` is what the Consumer Financial Protection
    Bureau files its category under, None where that has no counterpart."""
    cfpb = taxonomy.cfpb(signal["category"])
    return {**{field: signal[field] for field in _SIGNAL}, "cfpb": cfpb and cfpb._asdict()}


def answer(outcome: Decided | Rejected, taxonomy: Taxonomy) -> dict[str, Any]:
    """What was decided; of what cannot be decided, why, and that it holds nothing."""
    if isinstance(outcome, Rejected):
        return {"error": str(outcome), **_NOTHING}
    interaction = outcome.interaction
    return {
        "signals": [signal_answer(signal, taxonomy) for signal in outcome.signals],
        "inquiry": interaction["inquiry"],
        "language": interaction["language"],
        "sentiment": interaction["sentiment"],
        "review": interaction["review"],
        "products": interaction["products"],
    }
