"""Has each event that is indexed one document or a dead letter, and each document and dead letter an event?"""

# array[int] can be written at run time from Python 3.12 on only.
from __future__ import annotations

from array import array

from vocbus.contracts.identity import dead_letter_id
from vocbus.ops.conservation.facts import DeadLetters, Documents, Events, Facts
from vocbus.ops.conservation.findings import Findings
from vocbus.ops.conservation.ids import NO_ID, place, unplace
from vocbus.ops.conservation.report import Kind, Report


def judge_documents(
    facts: Facts,
    what: str,
    events: Events,
    rows: array[int],
    documents: Documents,
    report: Report,
    findings: Findings,
) -> None:
    """`rows` is the last row in `events` of each id."""
    letters = facts.dead_letters[events.name]
    for number, row in enumerate(_due(facts, events, len(rows), report, findings)):
        if row == NO_ID or number in documents:
            continue
        if letters.may_lack(events.times[row]):
            findings.too_old(letters.name)
        else:
            findings.add(Kind.DOCUMENT_LOST, what, number, events.where(row), documents.pattern)
    for number, indices in documents.repeated.items():
        findings.add(Kind.DOCUMENT_REPEATED, what, number, None, ", ".join(sorted(indices)))
    if not events.truncated:
        for number in documents.numbers():
            if rows[number] == NO_ID:
                findings.add(Kind.WITHOUT_ORIGIN, what, number, None, documents.index(number))
    report.documents[events.name] = len(documents)


def _due(facts: Facts, events: Events, size: int, report: Report, findings: Findings) -> array[int]:
    """By id the last of its events that must have a document: it is committed and not dead-lettered."""
    letters, committed = facts.dead_letters[events.name], facts.committed.get(events.name, {})
    due = array("i", [NO_ID]) * size
    for row, (partition, offset, at, number) in enumerate(events.rows()):
        reason = letters.reasons.get(place(partition, offset))
        if offset >= committed.get(partition, 0):
            report.to_index += 1
        elif reason is not None:
            report.refused[reason] += 1
        elif number != NO_ID:
            due[number] = row
        elif letters.may_lack(at):
            findings.too_old(letters.name)
        else:
            findings.unreadable(events.where(row), events.name)
    return due


def judge_dead_letters(source: Events, letters: DeadLetters, findings: Findings) -> None:
    """Each dead letter can be read and is about an event of its source topic."""
    for where in letters.unreadable:
        findings.unreadable(where, letters.name)
    orphans = list(letters.strays)
    if not source.truncated:
        left = set(letters.reasons)
        left.difference_update(place(partition, offset) for partition, offset, _, _ in source.rows())
        orphans += [dead_letter_id(source.name, *unplace(each)) for each in sorted(left)]
    for name in orphans:
        findings.add(Kind.WITHOUT_ORIGIN, f"dead letter {name}", NO_ID, None, letters.name)
