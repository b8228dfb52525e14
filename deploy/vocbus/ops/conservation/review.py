"""Is each interaction whose decision is in doubt in the topic for review, and nothing else there?"""

from array import array

from vocbus.ops.conservation.facts import Facts
from vocbus.ops.conservation.findings import INTERACTION, Findings
from vocbus.ops.conservation.ids import NO_ID
from vocbus.ops.conservation.marks import Marks, distinct, last_rows
from vocbus.ops.conservation.report import Kind, Report


def judge_review(facts: Facts, marks: Marks, report: Report, findings: Findings) -> None:
    """Each interaction that a person is asked to look at is there, and each that is there was in doubt once."""
    review, interactions = facts.review, facts.interactions
    there = last_rows(review, len(facts.interaction_ids))
    report.for_review = distinct(there)
    doubted = array("i", [NO_ID]) * len(there)
    for row in interactions.doubted:
        doubted[interactions.ids[row]] = row
    for number, row in enumerate(doubted):
        if row == NO_ID or there[number] != NO_ID or marks.in_flight[number]:
            continue
        if review.may_lack(interactions.times[row]):
            findings.too_old(review.name)
        else:
            findings.add(Kind.REVIEW_LOST, INTERACTION, number, interactions.where(row), review.name)
    for row, number in enumerate(review.ids):
        if number == NO_ID:
            findings.unreadable(review.where(row), review.name)
        elif row == there[number] and not (
            doubted[number] != NO_ID or marks.in_flight[number] or interactions.truncated
        ):
            findings.add(Kind.WITHOUT_ORIGIN, INTERACTION, number, review.where(row), review.name)
