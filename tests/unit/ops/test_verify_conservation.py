"""The judgement on small worlds whose facts stand in plain lists."""

from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from vocbus.contracts.identity import signal_id
from vocbus.ops.conservation.facts import DeadLetters, Documents, Events, Facts, Interactions, Routes, Signals
from vocbus.ops.conservation.ids import NO_ID, Ids, place
from vocbus.ops.conservation.judge import judge
from vocbus.ops.conservation.report import Kind, Report

DEPARTMENTS = ("complaints", "product", "sales")
EVERYTHING = 1_000_000
NOW = 1_800_000_000_000
INDEX = {name: f"vocbus-{name}-2026.11" for name in ("interactions", "signals", "outcomes")}


@dataclass(frozen=True)
class At:
    """Where a record stands."""

    topic: str
    partition: int
    offset: int
    at_ms: int = NOW

    def __str__(self) -> str:
        return f"{self.topic}-{self.partition}-{self.offset}"


@dataclass(frozen=True)
class World:
    """Facts as lists, one element each, so that a test can take any one away. None for an id: does not decode.

    `doubted` are places of interactions that ask for review, no facts of their own; `review` is what stands there.
    """

    raw: tuple[tuple[At, str | None], ...] = ()
    interactions: tuple[tuple[At, str, tuple[tuple[str, tuple[str, ...]], ...]], ...] = ()
    signals: tuple[tuple[At, str, str, tuple[str, ...]], ...] = ()
    departments: tuple[tuple[At, str, str, str], ...] = ()
    doubted: frozenset[At] = frozenset()
    review: tuple[tuple[At, str], ...] = ()
    outcomes: tuple[tuple[At, str], ...] = ()
    letters: tuple[tuple[At, str], ...] = ()
    documents: tuple[tuple[str, str, str], ...] = ()
    committed: dict[str, dict[int, int]] = field(default_factory=dict)
    topics: dict[str, dict[str, Any]] = field(default_factory=dict)

    def facts(self) -> Facts:
        ids, routes = {name: Ids() for name in INDEX}, Routes()
        interaction_ids, signal_ids = ids["interactions"], ids["signals"]

        def topic(name: str) -> dict[str, Any]:
            return {"name": name, **self.topics.get(name, {})}

        raw = Events(**topic("interactions-raw"))
        for at, name in self.raw:
            number = NO_ID if name is None else interaction_ids.number(name)
            raw.add(at.partition, at.offset, at.at_ms, number)
        interactions = Interactions(**topic("interactions"))
        for at, name, listed in self.interactions:
            interactions.add(at.partition, at.offset, at.at_ms, interaction_ids.number(name))
            if at in self.doubted:
                interactions.doubt()
            for signal, departments in listed:
                interactions.list_signal(signal_ids.number(signal), routes.number(departments))
        signals = Signals(**topic("signals"))
        for at, name, owner, departments in self.signals:
            numbers = signal_ids.number(name), interaction_ids.number(owner), routes.number(departments)
            signals.add_signal(at.partition, at.offset, at.at_ms, *numbers)
        topics = {name: Signals(**topic(f"dept-{name}")) for name in DEPARTMENTS}
        for at, department, name, owner in self.departments:
            numbers = signal_ids.number(name), interaction_ids.number(owner), routes.number((department,))
            topics[department].add_signal(at.partition, at.offset, at.at_ms, *numbers)
        review, outcomes = Events(**topic("interactions-review")), Events(**topic("outcomes"))
        for at, name in self.review:
            review.add(at.partition, at.offset, at.at_ms, interaction_ids.number(name))
        for at, name in self.outcomes:
            outcomes.add(at.partition, at.offset, at.at_ms, ids["outcomes"].number(name))
        letters = {source: DeadLetters(**topic(f"{source}-dlq")) for source in ("interactions-raw", *INDEX)}
        for at, reason in self.letters:
            letters[at.topic].reasons[place(at.partition, at.offset)] = reason
        documents = {name: Documents(f"vocbus-{name}-*") for name in INDEX}
        for kind, name, index in self.documents:
            documents[kind].add(ids[kind].number(name), index)
        return Facts(
            interaction_ids=interaction_ids,
            signal_ids=signal_ids,
            outcome_ids=ids["outcomes"],
            routes=routes,
            raw=raw,
            interactions=interactions,
            review=review,
            signals=signals,
            departments=topics,
            outcomes=outcomes,
            dead_letters=letters,
            committed={source: self.committed.get(source, {0: EVERYTHING, 1: EVERYTHING}) for source in letters},
            interaction_documents=documents["interactions"],
            signal_documents=documents["signals"],
            outcome_documents=documents["outcomes"],
        )

    def judged(self) -> Report:
        return judge(self.facts())


FACTS = ("raw", "interactions", "signals", "departments", "review", "outcomes", "letters", "documents")


def names_of(kind: str, fact: Any) -> list[str]:
    """How a finding may name a fact that was taken away."""
    match kind:
        case "raw":
            return [str(fact[0]), *([fact[1]] if fact[1] else [])]
        case "departments":
            return [fact[2]]
        case "letters":
            return [str(fact[0])]
        case "outcomes":
            # One that was dead-lettered has no document that would name it.
            return [fact[1], str(fact[0])]
        case _:
            return [fact[1]]


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """Worlds in which everything is in order and nothing is in flight."""
    ends: dict[tuple[str, int], int] = {}

    def at(topic: str) -> At:
        partition = draw(st.integers(0, 1))
        offset = ends.get((topic, partition), 0)
        ends[topic, partition] = offset + draw(st.integers(1, 3))
        return At(topic, partition, offset)

    raw, interactions, signals, departments, letters, documents = [], [], [], [], [], set()
    doubted, review, outcomes = [], [], []
    for fate in draw(
        st.lists(st.sampled_from(["passes", "passes", "rejected", "garbage", "again", "refused"]), max_size=8)
    ):
        name = f"contact-{len(raw)}"
        if fate == "again" and interactions:
            name = draw(st.sampled_from([each[1] for each in interactions]))
        event = at("interactions-raw")
        raw.append((event, None if fate == "garbage" else name))
        if fate in ("rejected", "garbage"):
            letters.append((event, "UNDECODABLE" if fate == "garbage" else "CONTRACT_VIOLATION"))
            continue
        listed = []
        for kind in ("COMPLAINT", "FEEDBACK")[: draw(st.integers(0, 2))]:
            to = tuple(draw(st.lists(st.sampled_from(DEPARTMENTS), unique=True)))
            signal = signal_id(name, kind)
            where = at("signals")
            listed.append((signal, to))
            signals.append((where, signal, name, to))
            departments.extend((at(f"dept-{department}"), department, signal, name) for department in to)
            if fate == "refused":
                letters.append((where, "SINK_REFUSED"))
            else:
                documents.add(("signals", signal, INDEX["signals"]))
        where = at("interactions")
        interactions.append((where, name, tuple(listed)))
        if draw(st.booleans()):
            doubted.append(where)
            review.append((at("interactions-review"), name))
        if fate == "refused":
            letters.append((where, "SINK_REFUSED"))
        else:
            documents.add(("interactions", name, INDEX["interactions"]))
    for number in range(draw(st.integers(0, 2))):
        where = at("outcomes")
        outcomes.append((where, f"outcome-{number}"))
        if draw(st.booleans()):
            letters.append((where, "SINK_REFUSED"))
        else:
            documents.add(("outcomes", f"outcome-{number}", INDEX["outcomes"]))
    return World(
        raw=tuple(raw),
        interactions=tuple(interactions),
        signals=tuple(signals),
        departments=tuple(departments),
        doubted=frozenset(doubted),
        review=tuple(review),
        outcomes=tuple(outcomes),
        letters=tuple(letters),
        documents=tuple(sorted(documents)),
    )


def total(report: Report) -> int:
    return (
        report.interactions
        + report.duplicates
        + report.dead_letters.total()
        + report.in_flight
        + report.not_checked
        + report.lost
    )


@pytest.fixture
def world() -> World:
    """One interaction with a signal for two departments, one dead letter, everything committed."""
    raw, poison = At("interactions-raw", 0, 0), At("interactions-raw", 1, 0)
    signal, to = signal_id("contact", "COMPLAINT"), ("complaints", "product")
    return World(
        raw=((raw, "contact"), (poison, None)),
        interactions=((At("interactions", 0, 0), "contact", ((signal, to),)),),
        signals=((At("signals", 0, 0), signal, "contact", to),),
        departments=tuple((At(f"dept-{name}", 0, 0), name, signal, "contact") for name in to),
        letters=((poison, "UNDECODABLE"),),
        documents=(("interactions", "contact", INDEX["interactions"]), ("signals", signal, INDEX["signals"])),
    )


@given(worlds())
def test_a_world_in_order_is_clean_and_its_fates_add_up(world: World) -> None:
    report = world.judged()

    assert report.findings == []
    assert report.clean
    assert total(report) == report.produced == len(world.raw)
    assert report.interactions == len({name for _, name, _ in world.interactions})


@given(worlds(), st.data())
def test_a_world_that_lacks_any_one_fact_is_not_clean_and_names_it(world: World, data: st.DataObject) -> None:
    # What was delivered again is not missed.
    again = {name for _, name in world.raw if [each for _, each in world.raw].count(name) > 1 and name}
    once = [(kind, fact) for kind in FACTS for fact in getattr(world, kind) if not _is_about(world, kind, fact, again)]
    assume(once)
    kind, fact = data.draw(st.sampled_from(once))

    report = replace(world, **{kind: tuple(each for each in getattr(world, kind) if each is not fact)}).judged()

    assert not report.clean
    told = [str(finding) for finding in report.findings]
    assert any(name in line for name in names_of(kind, fact) for line in told), (fact, told)
    assert total(report) == report.produced


def _is_about(world: World, kind: str, fact: Any, names: set[str]) -> bool:
    """Whether a fact is about one of these interactions."""
    owners = {signal: owner for _, signal, owner, _ in world.signals}
    if kind == "letters":
        places = dict(world.raw)
        places |= {at: name for at, name, _ in world.interactions}
        places |= {at: owner for at, _, owner, _ in world.signals}
        places |= dict(world.outcomes)
        return places[fact[0]] in names
    subject = fact[2] if kind == "departments" else fact[1]
    return owners.get(subject, subject) in names


@given(worlds(), st.data())
def test_what_came_so_far_of_an_uncommitted_event_is_in_flight_and_never_missing(
    world: World, data: st.DataObject
) -> None:
    committed = {0: data.draw(st.integers(0, 12)), 1: data.draw(st.integers(0, 12))}
    under_way = {name for at, name in world.raw if at.offset >= committed[at.partition]}
    late = {at for at, name in world.raw if at.offset >= committed[at.partition]}
    if any([name for _, name in world.raw].count(name) > 1 for name in under_way if name):
        return
    owner = {signal: name for _, signal, name, _ in world.signals}

    def partly(kind: str, name: Any) -> tuple[Any, ...]:
        return tuple(fact for fact in getattr(world, kind) if name(fact) not in under_way or data.draw(st.booleans()))

    interactions = partly("interactions", lambda fact: fact[1])
    signals = partly("signals", lambda fact: fact[2])
    there = {at for at, *_ in (*interactions, *signals, *world.outcomes)}
    known = {name for _, name, *_ in (*interactions, *signals, *world.outcomes)}
    report = replace(
        world,
        interactions=interactions,
        signals=signals,
        departments=partly("departments", lambda fact: owner[fact[2]]),
        review=partly("review", lambda fact: fact[1]),
        letters=tuple(
            (at, reason)
            for at, reason in world.letters
            if at in there or (at.topic == "interactions-raw" and (at not in late or data.draw(st.booleans())))
        ),
        documents=tuple(fact for fact in world.documents if fact[1] in known),
        committed={"interactions-raw": committed},
    ).judged()

    assert report.findings == []
    assert report.in_flight == len(late)
    assert report.settled == (not late)
    assert total(report) == report.produced


def test_a_raw_event_without_any_trace_is_named_with_its_id_and_place(world: World) -> None:
    lost = At("interactions-raw", 1, 1)

    report = replace(world, raw=(*world.raw, (lost, "nowhere"))).judged()

    (finding,) = report.findings
    assert (finding.kind, finding.id, finding.place) == (Kind.EVENT_LOST, "nowhere", "interactions-raw-1-1")
    assert report.lost == 1


def test_an_undecodable_raw_event_must_be_dead_lettered(world: World) -> None:
    report = replace(world, letters=()).judged()

    assert [(finding.kind, finding.place) for finding in report.findings] == [(Kind.EVENT_LOST, "interactions-raw-1-0")]


def test_a_replay_of_a_dead_letter_has_a_fate_of_its_own(world: World) -> None:
    rejected, replayed = At("interactions-raw", 0, 7), At("interactions-raw", 0, 8)
    events = (*world.raw, (rejected, "again"), (replayed, "again"))
    letters = (*world.letters, (rejected, "CLASSIFIER_FAILED"))

    lost = replace(world, raw=events, letters=letters).judged()
    passed = replace(
        world,
        raw=events,
        letters=letters,
        interactions=(*world.interactions, (At("interactions", 0, 9), "again", ())),
        documents=(*world.documents, ("interactions", "again", INDEX["interactions"])),
    ).judged()

    assert [finding.place for finding in lost.findings] == ["interactions-raw-0-8"]
    assert passed.clean
    assert (passed.interactions, passed.dead_letters["CLASSIFIER_FAILED"], passed.duplicates) == (2, 1, 0)


def test_a_replayed_document_must_stand_in_elasticsearch_although_its_first_event_was_refused(world: World) -> None:
    again = (At("interactions", 0, 5), "contact", ())

    report = replace(
        world,
        interactions=(*world.interactions, again),
        letters=(*world.letters, (world.interactions[0][0], "SINK_REFUSED")),
        documents=world.documents[1:],
    ).judged()

    assert [(finding.kind, finding.place) for finding in report.findings] == [(Kind.DOCUMENT_LOST, "interactions-0-5")]


def test_an_id_in_two_indices_is_named_with_both(world: World) -> None:
    report = replace(
        world, documents=(*world.documents, ("interactions", "contact", "vocbus-interactions-2026.12"))
    ).judged()

    (finding,) = report.findings
    assert finding.kind is Kind.DOCUMENT_REPEATED
    assert finding.where == "vocbus-interactions-2026.11, vocbus-interactions-2026.12"


@pytest.mark.parametrize("kind", INDEX)
def test_a_document_without_an_event_is_named_with_its_index(world: World, kind: str) -> None:
    stray = "11111111-2222-3333-4444-555555555555"

    report = replace(world, documents=(*world.documents, (kind, stray, INDEX[kind]))).judged()

    (finding,) = report.findings
    assert (finding.kind, finding.id, finding.where) == (Kind.WITHOUT_ORIGIN, stray, INDEX[kind])


def test_a_signal_that_nobody_routed_to_a_department_is_named_with_its_topic(world: World) -> None:
    signal = world.signals[0][1]

    report = replace(
        world, departments=(*world.departments, (At("dept-sales", 0, 0), "sales", signal, "contact"))
    ).judged()

    (finding,) = report.findings
    assert (finding.kind, finding.id, finding.where) == (Kind.WITHOUT_ORIGIN, signal, "dept-sales")


def test_an_interaction_for_review_that_was_never_in_doubt_is_named_with_its_topic(world: World) -> None:
    report = replace(world, review=((At("interactions-review", 0, 0), "contact"),)).judged()

    assert [str(finding) for finding in report.findings] == [
        "interaction contact is in interactions-review but comes from nowhere (interactions-review-0-0)"
    ]


def test_an_interaction_in_doubt_is_asked_for_once_however_often_it_was_decided(world: World) -> None:
    again = At("interactions", 0, 5)
    twice = replace(
        world,
        interactions=(*world.interactions, (again, "contact", world.interactions[0][2])),
        doubted=frozenset({world.interactions[0][0], again}),
    )

    (finding,) = twice.judged().findings
    there = replace(twice, review=((At("interactions-review", 0, 0), "contact"),)).judged()

    assert (finding.kind, finding.id, finding.place) == (Kind.REVIEW_LOST, "contact", "interactions-0-5")
    assert there.clean
    assert there.for_review == 1


def test_what_the_topic_for_review_need_not_hold_any_more_is_not_missed_and_the_report_says_so(world: World) -> None:
    gone = {"interactions-review": {"truncated": True, "kept_since": NOW + 1}}

    report = replace(world, doubted=frozenset({world.interactions[0][0]}), topics=gone).judged()

    assert report.clean
    assert report.notes == ["1 older than what interactions-review keeps: not checked there."]


def test_outcomes_are_counted_and_must_stand_in_elasticsearch(world: World) -> None:
    at = At("outcomes", 0, 0)

    report = replace(world, outcomes=((at, "outcome"),)).judged()
    waiting = replace(world, outcomes=((at, "outcome"),), committed={"outcomes": {0: 0}}).judged()

    assert report.outcomes == 1
    assert [(each.kind, each.what, each.id) for each in report.findings] == [(Kind.DOCUMENT_LOST, "outcome", "outcome")]
    assert (waiting.findings, waiting.to_index) == ([], 1)


def test_a_dead_letter_without_an_event_is_named(world: World) -> None:
    report = replace(world, letters=(*world.letters, (At("signals", 1, 4), "SINK_REFUSED"))).judged()

    assert [str(finding) for finding in report.findings] == [
        "dead letter signals-1-4 is in signals-dlq but comes from nowhere"
    ]


def test_uncommitted_events_of_the_index_agent_are_in_flight(world: World) -> None:
    report = replace(world, documents=(), committed={"interactions": {0: 0}, "signals": {}}).judged()

    assert report.findings == []
    assert report.to_index == 2
    assert not report.clean


def test_origins_are_not_asked_for_when_raw_events_are_gone_and_the_report_says_so(world: World) -> None:
    report = replace(world, raw=(), letters=(), topics={"interactions-raw": {"truncated": True}}).judged()

    assert report.clean
    assert (
        "interactions-raw no longer holds its first events. Not checked: that every interaction comes from"
        in "".join(report.notes)
    )


def test_documents_of_events_that_retention_deleted_are_not_strays_and_the_report_says_so(world: World) -> None:
    gone = {"truncated": True, "kept_since": NOW - 1}
    report = World(documents=world.documents, topics={"interactions": gone, "signals": gone}).judged()

    assert report.clean
    assert len(report.notes) == 2


def test_a_signal_older_than_what_its_department_keeps_is_not_missing_there(world: World) -> None:
    kept = {f"dept-{name}": {"truncated": True, "kept_since": NOW + 1} for name in DEPARTMENTS}

    old = replace(world, departments=(), topics=kept).judged()
    young = replace(
        world, departments=(), topics={name: {"truncated": True, "kept_since": NOW} for name in kept}
    ).judged()

    assert old.clean
    assert "1 older than what dept-product keeps: not checked there." in old.notes
    assert [finding.kind for finding in young.findings] == [Kind.DEPARTMENT_LOST, Kind.DEPARTMENT_LOST]


def test_a_raw_event_whose_dead_letter_may_be_gone_is_not_checked(world: World) -> None:
    report = replace(
        world, letters=(), topics={"interactions-raw-dlq": {"truncated": True, "kept_since": NOW + 1}}
    ).judged()

    assert report.clean
    assert report.not_checked == 1


def test_a_department_outside_the_catalogue_is_noted(world: World) -> None:
    signal = world.signals[0][1]
    report = replace(
        world,
        interactions=((At("interactions", 0, 0), "contact", ((signal, ("complaints", "product", "moon")),)),),
    ).judged()

    assert report.clean
    assert any("moon" in note for note in report.notes)


def test_messages_that_do_not_decode_are_named_by_their_place(world: World) -> None:
    facts = world.facts()
    facts.interactions.add(1, 3, NOW, NO_ID)
    facts.departments["sales"].add_signal(1, 4, NOW, NO_ID, NO_ID, NO_ID)
    facts.dead_letters["signals"].unreadable.append("signals-dlq-0-0")
    facts.dead_letters["signals"].strays.append("dept-sales-0-0")

    report = judge(facts)

    assert {finding.place for finding in report.findings if finding.kind is Kind.UNREADABLE} == {
        "interactions-1-3",
        "dept-sales-1-4",
        "signals-dlq-0-0",
    }
    assert "dead letter dept-sales-0-0" in {finding.what for finding in report.findings}


def test_the_json_report_holds_every_finding_and_the_counts(world: World) -> None:
    lost = tuple((At("interactions-raw", 0, offset), f"lost-{offset}") for offset in range(10, 60))

    report = replace(world, raw=(*world.raw, *lost)).judged().to_json()

    assert report["clean"] is False
    assert report["events"]["lost"] == 50
    assert [finding["id"] for finding in report["findings"]] == [name for _, name in lost]
    assert report["elasticsearch"]["documents"] == {"interactions": 1, "signals": 1, "outcomes": 0}


@given(st.lists(st.one_of(st.uuids().map(str), st.uuids().map(lambda each: str(each).upper()), st.text()), unique=True))
def test_ids_come_back_as_they_were(names: list[str]) -> None:
    ids = Ids()

    numbers = {ids.number(name): name for name in names}

    assert ids.names(list(numbers)) == numbers
    assert len(ids) == len(names)
