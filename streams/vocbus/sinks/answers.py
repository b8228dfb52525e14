"""What the answers of Elasticsearch ask of a writer. Pure."""

from collections.abc import Mapping
from typing import Any

from vocbus.contracts.errors import Retryable
from vocbus.sinks import bulk
from vocbus.sinks.bulk import Numbered, Verdict
from vocbus.sinks.sink import Refusal

#: Status and error of one document in a bulk answer.
Answer = tuple[int, Mapping[str, Any]]


class Away(Exception):
    """The cluster cannot answer now; says what was seen."""


class AtFault(Exception):
    """The request itself is refused; says why."""


def settle(part: list[Numbered], answers: list[Answer], refusals: list[Refusal]) -> tuple[list[Numbered], str]:
    """Sort the documents by their answers: those to send again and why; the refused are added to `refusals`.

    Raises Retryable for an answer that waiting cannot help.
    """
    unsettled, seen = [], ""
    for (position, document), (status, error) in zip(part, answers, strict=True):
        match bulk.verdict_of_item(status, error.get("type")):
            case Verdict.RETRY:
                unsettled.append((position, document))
                seen = bulk.explain(status, error.get("type"))
            case Verdict.REFUSED:
                refusals.append(Refusal(position, bulk.refusal_detail(error)))
            case Verdict.STOP:
                raise Retryable("elasticsearch", f"{document.index}: {bulk.explain(status, error.get('type'))}")
    return unsettled, seen


def fault(status: int, answer: Any) -> Exception:
    """The exception that an error answer to a whole request calls for: Away, AtFault or Retryable."""
    error = answer.get("error") if isinstance(answer, dict) else None
    kind = error.get("type") if isinstance(error, dict) else None
    seen = bulk.explain(status, kind)
    match bulk.verdict_of_request(status, kind):
        case Verdict.RETRY:
            return Away(seen)
        case Verdict.SPLIT:
            return AtFault(seen)
        case _:
            return Retryable("elasticsearch", seen)
