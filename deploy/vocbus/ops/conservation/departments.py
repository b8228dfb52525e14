"""Is each signal in the topics of its departments, and nothing else there?"""

from collections.abc import Iterator

from vocbus.ops.conservation.facts import Facts
from vocbus.ops.conservation.findings import SIGNAL, Findings
from vocbus.ops.conservation.ids import NO_ID
from vocbus.ops.conservation.marks import Marks, distinct, last_rows
from vocbus.ops.conservation.report import Kind, Report

#: What is asked of a department's topic about a signal that was routed there.
_UNDER_WAY, _MAY_BE_GONE, _DUE = 1, 2, 3


def judge_departments(facts: Facts, marks: Marks, report: Report, findings: Findings) -> None:
    """Each signal that was routed to a department is there, and each that is there was routed."""
    asked, unknown = _asked(facts, marks)
    report.notes += [
        f"Signals are routed to {name}, which is no department of the catalogue: not checked there."
        for name in sorted(unknown)
    ]
    whole = not facts.interactions.truncated and not facts.signals.truncated
    for department, topic in facts.departments.items():
        rows = last_rows(topic, len(facts.signal_ids))
        report.departments[department] = distinct(rows)
        for number, state in enumerate(asked[department]):
            if rows[number] == NO_ID and state == _DUE:
                findings.add(Kind.DEPARTMENT_LOST, SIGNAL, number, _evidence(facts, marks, number), topic.name)
            elif rows[number] == NO_ID and state == _MAY_BE_GONE:
                findings.too_old(topic.name)
        for row, number in enumerate(topic.ids):
            if number == NO_ID:
                findings.unreadable(topic.where(row), topic.name)
                continue
            explained = asked[department][number] or marks.in_flight[topic.owners[row]]
            if whole and not explained and row == rows[number]:
                findings.add(Kind.WITHOUT_ORIGIN, SIGNAL, number, topic.where(row), topic.name)


def _asked(facts: Facts, marks: Marks) -> tuple[dict[str, bytearray], set[str]]:
    """By department what is asked about each signal, 0 where it was not routed there; and unknown departments."""
    asked = {name: bytearray(len(facts.signal_ids)) for name in facts.departments}
    unknown: set[str] = set()
    sets = facts.routes.departments()
    for number, route, owner, at in _routes(facts):
        for name in sets[route]:
            if name not in asked:
                unknown.add(name)
                continue
            may_lack = facts.departments[name].may_lack(at)
            state = _UNDER_WAY if marks.in_flight[owner] else _MAY_BE_GONE if may_lack else _DUE
            asked[name][number] = max(state, asked[name][number])
    return asked, unknown


def _routes(facts: Facts) -> Iterator[tuple[int, int, int, int]]:
    """(signal, set of departments, interaction, time) as interactions list them and as signals carry them."""
    interactions, signals = facts.interactions, facts.signals
    listings = zip(interactions.listing_rows, interactions.listed, interactions.routes, strict=True)
    for row, number, route in listings:
        yield number, route, interactions.ids[row], interactions.times[row]
    carried = zip(signals.ids, signals.routes, signals.owners, signals.times, strict=True)
    for number, route, owner, at in carried:
        if number != NO_ID:
            yield number, route, owner, at


def _evidence(facts: Facts, marks: Marks, number: int) -> str:
    """Place of the event that says where a signal belongs."""
    if marks.signalled[number] != NO_ID:
        return facts.signals.where(marks.signalled[number])
    return facts.interactions.where(marks.listed[number])
