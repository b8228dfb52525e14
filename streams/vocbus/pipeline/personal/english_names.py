"""Names in Latin letters behind their cues: "my name is …", "I'm Mr …", "this is … speaking", "Regards, …"."""

import re
from collections.abc import Iterator

from vocbus.pipeline.personal import marks
from vocbus.pipeline.personal.common_words import COMMON, NO_NAME, NO_PERSON, PEOPLES, STARTERS
from vocbus.pipeline.personal.latin_names import name_at, name_span, spelled_out
from vocbus.pipeline.personal.spans import Span
from vocbus.pipeline.personal.suspicion import Suspicion

#: Marks of names in Latin letters.
LATIN_NAMES = (
    marks.NAMED
    | marks.HOLDER
    | marks.TITLE
    | marks.CAPITAL_TITLE
    | marks.INTRODUCED
    | marks.DEAR
    | marks.SPEAKING
    | marks.SIGNED
    | marks.ROLE
)
# Behind "name is" and the like.
_LINK = re.compile(r" *(?:it's |actually |also |still |now |called |[\"'“(])?", re.IGNORECASE)
# Behind "account holder", "payee", "name on", "in the name".
_HOLDER_LINK = re.compile(
    r"(?:'s)?(?: name)?(?: (?:(?:the|my|your|this) )?(?:account|card|policy|loan))?"
    r"(?:(?: is| was| -|:| =)|(?<=the name)(?: of)?) *(?:it's |[\"'“(])?",
    re.IGNORECASE,
)
_TITLE_BEFORE = re.compile(
    r"(?<![a-z])(?:(?:first|last) name|surname|forename|mrs?|ms|mx|mdm|mister|miss|dr|prof|madam)[. \n]*\Z"
)
_OTHER_TITLE = re.compile(r"[ .\n]*(?:and (?:Mrs?|Ms)\.? )?")
# Before "speaking": behind "this is" and the like in any case, at the beginning of a sentence with capitals.
_SPEAKER = re.compile(
    r"(?:(?P<cue>\b(?:this is|it's|it is|i'm|i am|speaking (?:to|with)|through to|good (?:morning|afternoon|evening),?"
    r"|hello,?|hi,?) +)|(?:^|[.,!?:\n]) ?)(?P<name>(?:[a-z\u00c0-\u024f'\-]+ ){1,5}?)\Z",
    re.IGNORECASE,
)
_SPEAKING = ("speaking", "calling", "here")
_SPEAKER_REACH = 48
_SIGN_OFF = re.compile(r"(?: (?:yours|again))?[,.!:]?\s*")
_ENDS_LINE = re.compile(r"[.,]?\s*(?:\n|\Z)")
_PAUSE = re.compile(r"[,.!]|\s*\Z| and (?:I|my)\b| from\b| here\b")
# What somebody is, with a capital behind it.
_ROLE = re.compile(r"(?<![a-z'])(?:[a-z]+)(?P<colon>[:,])?[ \n]*\Z", re.IGNORECASE)
_AT_PAUSE = re.compile(r"[,.;(\n]|\s*\Z")
_NOTHING_MORE = re.compile(r"[\s.,!?]*(?:here|speaking|please|thanks|thank you)?[\s.,!?]*\Z", re.IGNORECASE)


def english_names(text: str, low: str, suspected: Suspicion) -> Iterator[Span]:
    """Names of a plain text behind the marks it is suspected for; `low` is the text in lower case."""
    for end, bits in suspected.places:
        found = _marked(text, low, end, bits) if bits & LATIN_NAMES else None
        if found is not None:
            yield found


def english_name_at(text: str, low: str, at: int) -> Span | None:
    """The name that begins at a place of a plain text, where one was asked for: all that is left, or two capitals."""
    name = name_at(text, low, at, titled=True)
    if name is None:
        return None
    name = spelled_out(text, name)
    capitals = _full(text, name) and _AT_PAUSE.match(text, name.end)
    return name if capitals or _NOTHING_MORE.match(text, name.end) else None


def _marked(text: str, low: str, end: int, bits: int) -> Span | None:
    """The name beside a mark that ends at a place."""
    if bits & marks.NAMED:
        return _linked(text, low, end, _LINK)
    if bits & marks.HOLDER:
        return _linked(text, low, end, _HOLDER_LINK)
    if bits & marks.ROLE:
        return _in_role(text, low, end)
    if bits & (marks.TITLE | marks.CAPITAL_TITLE):
        return _titled(text, low, end)
    if bits & marks.SPEAKING:
        return _speaker(text, low, end)
    if bits & marks.SIGNED:
        return _signed(text, low, end)
    found = name_at(text, low, end, most=3, titled=True)
    if found is None:
        return None
    if bits & marks.DEAR:
        somebody = found.value.split()[0] not in NO_PERSON and not text[found.start : found.end].isupper()
        return found if somebody else None
    return found if _introduced(text, found) else None


def _linked(text: str, low: str, end: int, link: re.Pattern[str]) -> Span | None:
    linked = link.match(text, end)
    found = None if linked is None else name_at(text, low, linked.end(), titled=True)
    return None if found is None else spelled_out(text, found)


def _in_role(text: str, low: str, end: int) -> Span | None:
    """The name of two words or more behind what somebody is: "Executor: Rupert Vane", "name Arlo Whitcombe"."""
    role = _ROLE.search(text, max(0, end - 20), end)
    found = None if role is None else name_at(text, low, end, titled=True)
    return found if found is not None and _full(text, found) else None


def _full(text: str, name: Span) -> bool:
    """Whether a name has two words or more, all with capitals, the first and last no ordinary ones."""
    words = [word for word in text[name.start : name.end].split() if word[0].isupper()]
    ends = [word.lower().strip(".") for word in (words[:1] + words[-1:])]
    return len(words) > 1 and not any(word in NO_PERSON or word in PEOPLES or word in NO_NAME for word in ends)


def _titled(text: str, low: str, end: int) -> Span | None:
    """The name behind a title, or two of them, that ends at a place."""
    if _TITLE_BEFORE.search(low, max(0, end - 12), end) is None:
        return None
    other = _OTHER_TITLE.match(text, end)
    return name_at(text, low, end if other is None else other.end(), most=3)


def _speaker(text: str, low: str, end: int) -> Span | None:
    """The name before "speaking", "calling" or "here"."""
    start = max(low.rfind(word, 0, end) for word in _SPEAKING)
    said = _SPEAKER.search(text, max(0, start - _SPEAKER_REACH), start)
    if said is None or not (said["cue"] or said["name"][0].isupper()):
        return None
    words = said["name"].lower().split()
    if words[0] in NO_PERSON or any(word in STARTERS or word in PEOPLES for word in words):
        return None
    if said["name"].islower() and any(word in COMMON for word in words):
        return None
    return None if words[0].endswith(("ing", "ed", "ly")) else name_span(text, *said.span("name"))


def _signed(text: str, low: str, end: int) -> Span | None:
    """The name under a letter."""
    gap = _SIGN_OFF.match(text, end)
    found = name_at(text, low, end if gap is None else gap.end(), titled=True)
    if found is None or not text[found.start].isupper() or found.value.split()[0] in NO_PERSON:
        return None
    return found if _ENDS_LINE.match(text, found.end) else None


def _introduced(text: str, name: Span) -> bool:
    """Whether "I'm X" or "this is X" with a capital gives a name: two words, or one at a pause; no people, no brand."""
    words = text[name.start : name.end].split()
    if any(word.lower() in PEOPLES or word.isupper() for word in words) or not words[-1][0].isupper():
        return False
    return len(words) > 1 or _PAUSE.match(text, name.end) is not None
