"""A number that is set against one just announced: "account 123456 (not 654321)", 账号写成…了，应该是…."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from vocbus.pipeline.personal.announced import is_quantity
from vocbus.pipeline.personal.digits import Run
from vocbus.pipeline.personal.spans import Span

_AGAINST = re.compile(
    r"[\s,，(了]*"
    r"(?:and not|not|instead of|rather than|should (?:be|have been)|it should be|而?不是|应该?是|应为|改为|更正为|写成)"
    r"[\s:]*"
)
#: A shorter number is an amount or a year as well.
SHORTEST = 6
_KINDS = frozenset({"ACCOUNT", "CARD", "PHONE", "ID", "PASSPORT"})


def corrected(low: str, told: Sequence[Span], runs: Sequence[Run]) -> Iterator[Span]:
    """Runs that stand against an announced number, of its type. `low` is the plain text in lower case."""
    kinds = {span.end: span.kind for span in told if span.kind in _KINDS}
    for before, run in pairwise(runs):
        kind = kinds.get(before.end)
        long_enough = len(run.digits) >= SHORTEST and not is_quantity(low, run.start, run.end)
        if kind is not None and long_enough and _AGAINST.fullmatch(low, before.end, run.start):
            yield Span(run.start, run.end, kind, run.digits)
            kinds[run.end] = kind
