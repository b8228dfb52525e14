"""The lexicon of rules, compiled for one pass over a text.

A group is a set of phrases with one meaning. A rule fires where its groups meet in a sentence (or in the whole
contact) and adds weights to scores. How scores become decisions: `vocbus.pipeline.classify`. How groups and rules
are written: `vocbus.pipeline.lexicon_document`.
"""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any

import ahocorasick

from vocbus.pipeline.lexicon_document import PRODUCT_GROUP, Entry, GroupEntry, RuleEntry, read_document
from vocbus.pipeline.phrases import expand, spellings
from vocbus.pipeline.taxonomy import Taxonomy

#: Characters that make up a word in Latin script; a phrase must not begin or end inside one.
LETTERS = frozenset("abcdefghijklmnopqrstuvwxyz")
WORD = LETTERS | frozenset("0123456789")


@dataclass(frozen=True, slots=True)
class Group:
    """A compiled group that looks at the words around its phrases. `mask` is its one bit in all masks."""

    name: str
    mask: int
    before: re.Pattern[str] | None
    after: re.Pattern[str] | None
    #: Mask that a phrase counts for when it is negated: 0 for none; None when negation changes nothing.
    negated: int | None
    shield: bool


@dataclass(frozen=True, slots=True, eq=False)
class Rule:
    """A compiled rule: fires where every mask of `all` meets the sentence (or contact) and `none` does not."""

    id: str
    all: tuple[int, ...]
    #: All terms together: whatever of it a sentence holds is evidence.
    every: int
    none: int
    within: int | None
    adds: Mapping[str, float]
    severity: int | None
    strength: int | None
    issue: str | None
    product: str | None


#: What the automaton yields for a phrase: its length; which of its ends need a word boundary ("card" is not in
#: "cardigan"), 1 the left, 2 the right; the mask of the groups that take it as it stands; the groups that look
#: at what is around it.
Phrase = tuple[int, int, int, tuple[Group, ...]]


@dataclass(frozen=True)
class Lexicon:
    """The compiled lexicon. Equal texts give equal decisions; nothing in it changes after loading."""

    version: str
    priors: Mapping[str, Mapping[str, float]]
    #: Phrases of Latin letters over plain text, and all others over text spelt out by `wide`.
    latin: Any
    wide: Any
    rules: tuple[Rule, ...]
    #: Mask of a group → the rules to try in a sentence that holds it; `anchors` is all these masks together.
    anchored: Mapping[int, tuple[Rule, ...]]
    anchors: int
    contact_rules: tuple[Rule, ...]
    #: Mask → slug, for the groups that name a product.
    products: Mapping[int, str]


def parse_lexicon(texts: Mapping[str, str], taxonomy: Taxonomy, traditional: Mapping[str, str]) -> Lexicon:
    """The lexicon of some YAML texts (file name → text), which together make one document.

    Raises ValueError that names the entry and what is wrong with it.
    """
    document = read_document(texts, taxonomy)
    entries = document.entries
    masks = {name: 1 << bit for bit, name in enumerate(entries)}
    rules = tuple(_rule(rule, masks) for rule in document.rules)
    contact = {rule.id for rule in document.rules if rule.scope == "contact"}
    anchored: dict[int, tuple[Rule, ...]] = {}
    latin, wide = _automata(entries, masks, traditional)
    for mask in masks.values():
        found = tuple(rule for rule in rules if rule.all[0] & mask and rule.id not in contact)
        if found:
            anchored[mask] = found
    return Lexicon(
        version=document.version,
        priors={
            decision: {channel.value: shift for channel, shift in shifts.items()}
            for decision, shifts in document.priors.items()
        },
        latin=latin,
        wide=wide,
        rules=rules,
        anchored=anchored,
        anchors=sum(anchored),
        contact_rules=tuple(rule for rule in rules if rule.id in contact),
        products={
            mask: name.removeprefix(PRODUCT_GROUP) for name, mask in masks.items() if name.startswith(PRODUCT_GROUP)
        },
    )


def _rule(rule: RuleEntry, masks: Mapping[str, int]) -> Rule:
    def mask(term: str) -> int:
        return reduce(or_, (masks[name] for name in term.split("|")))

    terms = (*([masks[rule.id]] if rule.templates else []), *map(mask, rule.all))
    return Rule(
        id=rule.id,
        all=terms,
        every=reduce(or_, terms),
        none=reduce(or_, map(mask, rule.none), 0),
        within=rule.within,
        adds={str(score): weight for score, weight in rule.adds.items()},
        severity=rule.severity,
        strength=rule.strength,
        issue=rule.issue,
        product=rule.product,
    )


def _group(name: str, entry: Entry, masks: Mapping[str, int]) -> Group | None:
    """The group, or None for one that takes its phrases as they stand."""
    shield = isinstance(entry, GroupEntry) and entry.shield
    if not (shield or entry.before or entry.after or entry.negated):
        return None

    def compiled(patterns: list[str] | None, end: str) -> re.Pattern[str] | None:
        return None if patterns is None else re.compile(rf"(?:{'|'.join(patterns)}){end}")

    try:
        before, after = compiled(entry.before, r"\Z"), compiled(entry.after, "")
    except re.error as error:
        raise ValueError(f"lexicon: {name}: before or after: {error}") from None
    negated = None if entry.negated is None else masks.get(entry.negated, 0)
    return Group(name, masks[name], before, after, negated, shield)


_BEYOND_16_BITS = re.compile("[\U00010000-\U0010ffff]")


def two_steps(text: str) -> str:
    """Each character as two, its high and its low byte (UTF-16).

    The automaton looks for the next character among those that may follow one by one; with thousands of Han
    characters after the first step that would be its slowest. Spelt out there are at most 256. A character beyond
    16 bits (emoji, rare Han), which no phrase holds, becomes U+FFFD, so that every place stays where it was.
    """
    encoded = text.encode("utf-16-be", "surrogatepass")
    if len(encoded) != 2 * len(text):
        encoded = _BEYOND_16_BITS.sub("\ufffd", text).encode("utf-16-be", "surrogatepass")
    return encoded.decode("latin-1")


def _automata(
    entries: Mapping[str, Entry], masks: Mapping[str, int], traditional: Mapping[str, str]
) -> tuple[Any, Any]:
    """Automata of the phrases in Latin letters and of those with others, the latter over `two_steps`."""
    members: dict[str, list[str]] = {}
    problems = []
    for name, entry in entries.items():
        for template in entry.templates:
            try:
                phrases = expand(template)
            except ValueError as error:
                problems.append(f"{name}: {error}")
                continue
            for phrase in phrases:
                for spelling in spellings(phrase, traditional):
                    members.setdefault(spelling, []).append(name)
    if problems:
        raise ValueError(f"lexicon: {'; '.join(problems)}")
    groups = {name: _group(name, entry, masks) for name, entry in entries.items()}
    latin, wide = ahocorasick.Automaton(), ahocorasick.Automaton()
    # Thousands of phrases belong to the same groups: they share what the automaton yields for them.
    shared: dict[tuple[int, int, tuple[str, ...]], Phrase] = {}
    # What follows most often is added, and so looked for, first.
    starts = Counter(spelling[0] for spelling in members)
    for spelling in sorted(members, key=lambda spelling: -starts[spelling[0]]):
        names = members[spelling]
        key = (len(spelling), (spelling[0] in LETTERS) + 2 * (spelling[-1] in WORD), tuple(dict.fromkeys(names)))
        if key not in shared:
            checked = tuple(group for name in key[2] if (group := groups[name]) is not None)
            plain = reduce(or_, (masks[name] for name in key[2] if groups[name] is None), 0)
            shared[key] = (key[0], key[1], plain, checked)
        if spelling.isascii():
            latin.add_word(spelling, shared[key])
        else:
            wide.add_word(two_steps(spelling), shared[key])
    for automaton in (latin, wide):
        # An automaton without a phrase cannot be asked.
        automaton.add_word("\uffff", (1, 0, 0, ()))
        automaton.make_automaton()
    return latin, wide
