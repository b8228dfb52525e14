"""Dead letters as an operator sees them, and which of them may be replayed. Pure.

A replay is a new event of the original topic with the original key, value and headers, and two headers of ours:
`vocbus-attempt`, one higher, and `vocbus-replay-of`, by which a second replay of the same letter is refused.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from vocbus.agents.dead_letters import ATTEMPT

#: Header of a replay: id of the dead letter that it repeats.
REPLAY_OF = "vocbus-replay-of"

Headers = list[tuple[str, bytes]]

#: Headers of ours: their values are shown, those of others may hold personal data.
OWN_HEADERS = (ATTEMPT, REPLAY_OF)


class Summary(NamedTuple):
    """A dead letter without its payload, key and headers. `partition` and `offset` are its own, in `dlq`."""

    id: str
    topic: str
    stage: str
    reason: str
    detail: str
    attempt: int
    failed_at: int
    processor_version: str
    empty: bool
    replay_of: str | None
    dlq: str
    partition: int
    offset: int


def summary(letter: Mapping[str, Any], dlq: str, partition: int, offset: int) -> Summary:
    """Summary of a DeadLetter record and where it stands."""
    return Summary(
        id=letter["dead_letter_id"],
        topic=letter["topic"],
        stage=letter["stage"],
        reason=letter["reason"],
        detail=letter["detail"],
        attempt=letter["attempt"],
        failed_at=letter["failed_at"],
        processor_version=letter["processor_version"],
        empty=letter["key"] is None and letter["payload"] is None,
        replay_of=replay_of((header["key"], header["value"]) for header in letter["headers"]),
        dlq=dlq,
        partition=partition,
        offset=offset,
    )


def replay_of(headers: Iterable[tuple[str, bytes | None]]) -> str | None:
    """Id of the dead letter that an event with these headers repeats."""
    for key, value in headers:
        if key == REPLAY_OF and value is not None:
            return value.decode("utf-8", "replace")
    return None


def replay_headers(letter: Mapping[str, Any]) -> Headers:
    """Headers of the replay of a DeadLetter record. kafka-python sends no null header: it becomes an empty one."""
    kept = [(header["key"], header["value"] or b"") for header in letter["headers"] if header["key"] not in OWN_HEADERS]
    return [
        *kept,
        (ATTEMPT, str(letter["attempt"] + 1).encode()),
        (REPLAY_OF, letter["dead_letter_id"].encode()),
    ]


class Letter(NamedTuple):
    """A dead letter with all that it holds. `record` has personal data: never log or print it."""

    summary: Summary
    record: Mapping[str, Any]


class Outcome(NamedTuple):
    """What came of the replay of a letter: its place as topic-partition-offset, or the name of an error."""

    letter: Summary
    place: str | None
    error: str | None


@dataclass(frozen=True)
class Selection:
    """Which dead letters are meant; an empty field means all."""

    reason: str | None = None
    topic: str | None = None
    ids: frozenset[str] = frozenset()

    def takes(self, letter: Summary) -> bool:
        return (
            self.reason in (None, letter.reason)
            and self.topic in (None, letter.topic)
            and (not self.ids or letter.id in self.ids)
        )


@dataclass
class Plan:
    """What a replay does with the selected letters.

    `chosen` are replayed. The others are not: `replayed` were before; `exhausted` had their attempts; of `unknowable`
    an earlier replay could not be seen any more; `empty` have neither key nor value; `foreign` are of a topic that the
    catalogue does not have; `later` are beyond the limit.
    """

    chosen: list[Summary] = field(default_factory=list)
    replayed: list[Summary] = field(default_factory=list)
    exhausted: list[Summary] = field(default_factory=list)
    unknowable: list[Summary] = field(default_factory=list)
    empty: list[Summary] = field(default_factory=list)
    foreign: list[Summary] = field(default_factory=list)
    later: list[Summary] = field(default_factory=list)

    @property
    def refused(self) -> list[Summary]:
        """Selected letters that no repetition of the command would replay."""
        return [*self.exhausted, *self.unknowable, *self.empty, *self.foreign]


def plan(
    letters: Sequence[Summary],
    replayed: Collection[str],
    kept_since: Mapping[str, int | None],
    *,
    limit: int,
    max_attempts: int,
    past_retention: bool,
) -> Plan:
    """Decide about selected letters, oldest first.

    `replayed`: ids of letters of which a replay was seen. `kept_since`: by topic of the catalogue the time (epoch ms)
    before which its events, replays among them, may have been deleted; None when none was.
    """
    result = Plan()
    for letter in sorted(letters, key=lambda each: (each.failed_at, each.id)):
        since = kept_since.get(letter.topic)
        if letter.id in replayed:
            result.replayed.append(letter)
        elif letter.topic not in kept_since:
            result.foreign.append(letter)
        elif letter.empty:
            result.empty.append(letter)
        elif letter.attempt >= max_attempts:
            result.exhausted.append(letter)
        elif since is not None and letter.failed_at < since and not past_retention:
            result.unknowable.append(letter)
        elif len(result.chosen) < limit:
            result.chosen.append(letter)
        else:
            result.later.append(letter)
    return result
