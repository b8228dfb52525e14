"""Is everything that was produced accounted for?

    produced = in `interactions` + dead-lettered + duplicate + in flight, and every interaction, signal and outcome
    stands in Elasticsearch once.

An event is in flight while its consumer group has not committed it: it will be handled, perhaps again. Nothing is
asked yet of what came of it, and nothing ever of what may be gone by retention.
"""

from vocbus.ops.conservation.departments import judge_departments
from vocbus.ops.conservation.documents import judge_dead_letters, judge_documents
from vocbus.ops.conservation.facts import Facts
from vocbus.ops.conservation.findings import INTERACTION, OUTCOME, SIGNAL, Findings
from vocbus.ops.conservation.ids import NO_ID, place
from vocbus.ops.conservation.marks import Marks, distinct, last_rows
from vocbus.ops.conservation.report import Kind, Report
from vocbus.ops.conservation.review import judge_review


def judge(facts: Facts) -> Report:
    """The report on these facts, in the order of the data."""
    report, findings, marks = Report(), Findings(facts), Marks(facts)
    _judge_raw_events(facts, marks, report, findings)
    _judge_interactions(facts, marks, report, findings)
    judge_review(facts, marks, report, findings)
    _judge_signals(facts, marks, report, findings)
    judge_departments(facts, marks, report, findings)
    outcomes = last_rows(facts.outcomes, len(facts.outcome_ids))
    report.outcomes = distinct(outcomes)
    for what, events, rows, documents in (
        (INTERACTION, facts.interactions, marks.classified, facts.interaction_documents),
        (SIGNAL, facts.signals, marks.signalled, facts.signal_documents),
        (OUTCOME, facts.outcomes, outcomes, facts.outcome_documents),
    ):
        judge_documents(facts, what, events, rows, documents, report, findings)
    for source in (facts.raw, facts.interactions, facts.signals, facts.outcomes):
        judge_dead_letters(source, facts.dead_letters[source.name], findings)
    report.findings = findings.named()
    report.notes += findings.notes()
    return report


def _judge_raw_events(facts: Facts, marks: Marks, report: Report, findings: Findings) -> None:
    """The fate of each raw event."""
    raw, interactions = facts.raw, facts.interactions
    letters, committed = facts.dead_letters[raw.name], facts.committed.get(raw.name, {})
    met = bytearray(len(facts.interaction_ids))
    report.produced = len(raw)
    for row, (partition, offset, at, number) in enumerate(raw.rows()):
        reason = letters.reasons.get(place(partition, offset))
        if offset >= committed.get(partition, 0):
            report.in_flight += 1
        elif reason is not None:
            report.dead_letters[reason] += 1
        elif number != NO_ID and marks.classified[number] != NO_ID:
            report.duplicates += met[number]
            report.interactions += not met[number]
            met[number] = 1
        elif letters.may_lack(at) or (number != NO_ID and interactions.may_lack(at)):
            report.not_checked += 1
        else:
            report.lost += 1
            findings.add(Kind.EVENT_LOST, "raw event", number, raw.where(row), interactions.name)


def _judge_interactions(facts: Facts, marks: Marks, report: Report, findings: Findings) -> None:
    """Each interaction comes from a raw event, and each signal that it lists is in `signals`."""
    interactions, signals = facts.interactions, facts.signals
    report.classified = distinct(marks.classified)
    for number, row in enumerate(marks.classified):
        if row != NO_ID and not marks.has_origin[number] and not facts.raw.truncated:
            findings.add(Kind.WITHOUT_ORIGIN, INTERACTION, number, interactions.where(row), interactions.name)
    for number, row in enumerate(marks.listed):
        if row == NO_ID or marks.signalled[number] != NO_ID or marks.in_flight[interactions.ids[row]]:
            continue
        if signals.may_lack(interactions.times[row]):
            findings.too_old(signals.name)
        else:
            findings.add(Kind.SIGNAL_LOST, SIGNAL, number, interactions.where(row), signals.name)


def _judge_signals(facts: Facts, marks: Marks, report: Report, findings: Findings) -> None:
    """Each signal is listed by an interaction."""
    signals = facts.signals
    report.signals = distinct(marks.signalled)
    if facts.interactions.truncated:
        return
    for number, row in enumerate(marks.signalled):
        if row != NO_ID and marks.listed[number] == NO_ID and not marks.in_flight[signals.owners[row]]:
            findings.add(Kind.WITHOUT_ORIGIN, SIGNAL, number, signals.where(row), signals.name)
