"""Evidence: the clauses without which a decision would not have been taken.

Clauses are taken away, the one that speaks loudest for the decision first, until what is left would decide otherwise.
Scores are sums over clauses, and rules that were held back are tried again on what is left, so that this is no
estimate: it is the decision about the rest of the text.
"""

import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from itertools import accumulate

from vocbus.pipeline.lexicon import Rule
from vocbus.pipeline.model import SMOOTHING, Kind, Scores
from vocbus.pipeline.reading import Evidence, Reading

#: A signal must stay small enough for its topic: places of evidence, and characters of all of them.
MOST_EVIDENCE = 100
MOST_CHARACTERS = 20_000


class Contact:
    """The clauses of one contact: their sums, sizes and places, and the rules that fired in each."""

    def __init__(self, reading: Reading, scores: Scores, at: int) -> None:
        clauses = slice(*scores.first[at : at + 2].tolist())
        self.reading = reading
        self.sums = scores.sums[clauses]
        self.counts = scores.counts[clauses].tolist()
        self._starts = scores.features.start[clauses].tolist()
        self._ends = scores.features.end[clauses].tolist()
        self.spans = list(zip(self._starts, self._ends, strict=True))
        self.offsets = [0, *accumulate([len(text) + 1 for _, text in reading.pieces])]
        #: Clauses in which each rule stands: it counts as long as one of them is there.
        self.standing = {rule: self._clauses(rule) for rule in reading.fired}

    def _clauses(self, rule: Rule) -> set[int]:
        found: set[int] = set()
        for start, end in self.reading.places(rule):
            found.update(range(bisect_right(self._ends, start), bisect_left(self._starts, end)))
        return found

    def piece(self, at: int) -> int:
        """The piece that a clause stands in."""
        return bisect_right(self.offsets, self.spans[at][0]) - 1

    def stretches(self, taken: Iterable[int]) -> list[tuple[int, int]]:
        """First and last of clauses that follow each other in one piece."""
        found: list[tuple[int, int]] = []
        for at in taken:
            if found and found[-1][1] == at - 1 and self.piece(at) == self.piece(at - 1):
                found[-1] = (found[-1][0], at)
            else:
                found.append((at, at))
        return found

    def rules_without(self, taken: Iterable[int], names: tuple[str, ...]) -> float:
        """What rules add to `names` where these clauses are blank: some may fire only then."""
        fired = self.reading.fired_without([self.spans[at] for at in sorted(taken)])
        return sum([rule.adds.get(name, 0.0) for rule in fired for name in names])


def carrying(contact: Contact, line: Kind, head: int, names: tuple[str, ...], threshold: float) -> tuple[Evidence, ...]:
    """The clauses that carry a decision of `head` (with the rules that add to `names`), in reading order.

    Neighbours are one piece of evidence where there would be more than MOST_EVIDENCE. Of a text that says the same
    thousands of times only the beginning is given.
    """
    sums, counts = contact.sums[:, head].tolist(), contact.counts
    total, size = sum(sums), sum(counts)
    slope, offset = line.slope, line.offset
    scale = slope / math.sqrt(size + SMOOTHING)
    loudness = [scale * clause for clause in sums]
    rules: list[tuple[float, set[int]]] = []
    for rule, clauses in contact.standing.items():
        weight = line.rule * sum([rule.adds.get(name, 0.0) for name in names])
        if weight:
            rules.append((weight, clauses))
            for at in clauses:
                loudness[at] += weight
    order = sorted(range(len(loudness)), key=loudness.__getitem__, reverse=True)
    lasting = _lasting(rules, order) if rules else []
    left = sum([weight for weight, _ in lasting])
    ends = [last for _, last in lasting]
    taken = retry = 0
    for at in order:
        total -= sums[at]
        size -= counts[at]
        if taken in ends:
            left = sum([weight for weight, last in lasting if last > taken])
        taken += 1
        if not size:
            break
        odds = slope * total / math.sqrt(size + SMOOTHING) + offset
        if odds + left < threshold and taken > retry:
            held_back = contact.reading.held_back
            if not held_back or odds + line.rule * contact.rules_without(order[:taken], names) < threshold:
                break
            # Trying again after every clause would take the square of a long text.
            retry = taken * 5 // 4
    return _told(contact, sorted(order[:taken]), names)


def _lasting(rules: Iterable[tuple[float, set[int]]], order: Sequence[int]) -> list[tuple[float, int]]:
    """Weight of each rule, and the place in the order of the last clause that it stands in: with that it is gone."""
    places = {at: place for place, at in enumerate(order)}
    return [(weight, max([places[at] for at in clauses])) for weight, clauses in rules if clauses]


def _told(contact: Contact, taken: list[int], names: tuple[str, ...]) -> tuple[Evidence, ...]:
    """The clauses as evidence: one by one; where these are too many joined with their neighbours; or whole pieces."""
    stretches = [(at, at) for at in taken]
    if len(stretches) > MOST_EVIDENCE:
        stretches = contact.stretches(taken)
    if len(stretches) > MOST_EVIDENCE:
        stretches = contact.stretches(range(len(contact.spans)))
    speaking = [
        (adds, rule.id, clauses)
        for rule, clauses in contact.standing.items()
        if (adds := max([rule.adds.get(name, 0.0) for name in names])) > 0
    ]
    model = f"model.{names[0] if len(names) == 1 else 'feedback'}"
    evidence = []
    room = MOST_CHARACTERS
    for first, last in stretches[:MOST_EVIDENCE]:
        start, end = contact.spans[first][0], contact.spans[last][1]
        piece = contact.piece(first)
        turn, text = contact.reading.pieces[piece]
        start -= contact.offsets[piece]
        end = min(end - contact.offsets[piece], start + room)
        # The rule that says most in these clauses.
        rule, most = model, 0.0
        for adds, name, clauses in speaking:
            if adds > most and not clauses.isdisjoint(range(first, last + 1)):
                rule, most = name, adds
        evidence.append(Evidence(turn, start, end, text[start:end], rule))
        room -= end - start
        if not room:
            break
    return tuple(evidence)
