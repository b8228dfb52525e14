"""The turns of one interaction as they were heard: what each asks for, and what the next may thus be the answer to.

A question or an unfinished sentence counts for the next REACH turns; a turn that answers it keeps it open for its
speaker,
so that a number may come in pieces.
"""

import re
from dataclasses import dataclass

from vocbus.pipeline.personal import marks
from vocbus.pipeline.personal.answers import RECALLED, asked_for, is_question, left_open, mentioned
from vocbus.pipeline.personal.cues import cues
from vocbus.pipeline.personal.plain import plain
from vocbus.pipeline.personal.suspicion import NONE, Suspicion

#: Turns back in which a question is looked for.
REACH = 3
#: Longest turn that may be an answer, in characters.
LONGEST_ANSWER = 160
#: Marks of what a turn may ask for: numbers, and what is answered in words.
_NUMBERS = marks.NUMBERED | marks.WORDED
_WORDS = marks.WORDED | marks.HAN_NAME | marks.HAN_ADDRESS | marks.ADDRESS | marks.NAME_ASKED | marks.HOLDER
ASKING = _NUMBERS | _WORDS
_IN_WORDS = frozenset({"NAME", "ADDRESS", "PASSWORD", "IM"})
# What was mentioned is not what comes now if the turn before asks for something else.
_OTHERWISE_ASKED = re.compile(
    r"how much|amount|total|date|year|order|reference|ticket|case|多少钱|金额|日期|哪[天年月]|[单水理件考]号|编号"
)
_A_DIGIT = re.compile(r"\d")


@dataclass(slots=True)
class _Turn:
    """A turn that may ask for something, or that has answered."""

    at: int
    speaker: str
    text: str
    suspected: Suspicion
    #: What it asks others for, and what its own speaker is about to say; None until somebody wants to know.
    asks: tuple[str, ...] | None = None
    opens: tuple[str, ...] = ()
    answers: tuple[str, ...] = ()
    #: What its own speaker may come back to, as in "it was …".
    mentions: tuple[str, ...] = ()

    def read(self) -> None:
        """Find out what the turn asks for."""
        low = plain(self.text).lower()
        heard = list(cues(low)) if self.suspected.bits & _NUMBERS else []
        self.opens = left_open(low, heard)
        self.mentions = mentioned(heard)
        # What a customer mentions is not what the bank then tells; nor is what an unknown speaker says, unasked.
        asking = self.speaker != "CUSTOMER" and (self.speaker != "UNKNOWN" or is_question(low))
        self.asks = asked_for(low, heard, self.suspected.bits) if asking else ()


class Conversation:
    """Turns in the order they are heard; only those that may matter to later ones are kept."""

    def __init__(self) -> None:
        self._at = -1
        self._before = self._now = ""
        self._kept: list[_Turn] = []

    def hear(self, speaker: str, text: str, suspected: Suspicion) -> tuple[str, ...]:
        """Take in a turn. The kinds that it may be the answer to, by what was said before; the nearest counts."""
        self._at += 1
        self._before, self._now = self._now, text
        expected: tuple[str, ...] = ()
        if self._kept and self._kept[-1].at >= self._at - REACH and len(text) <= LONGEST_ANSWER:
            if suspected.bits & (marks.DIGITS | marks.SPOKEN) or _A_DIGIT.search(text):
                expected = self._expected(speaker, ASKING)
            else:
                expected = tuple([kind for kind in self._expected(speaker, _WORDS) if kind in _IN_WORDS])
                expected = () if RECALLED in expected else expected
        if suspected.bits & ASKING:
            self._kept.append(_Turn(self._at, speaker, text, suspected))
        return expected

    def settle(self, text: str, suspected: Suspicion) -> None:
        """What the turn heard last is after redaction: whether it asks for something must not hang on what it hid."""
        if self._kept and self._kept[-1].at == self._at:
            self._kept[-1].text, self._kept[-1].suspected = text, suspected

    def answered(self, speaker: str, kinds: tuple[str, ...]) -> None:
        """The turn heard last, of this speaker, did answer."""
        if not self._kept or self._kept[-1].at != self._at:
            self._kept.append(_Turn(self._at, speaker, "", NONE))
        self._kept[-1].answers = kinds

    def _expected(self, speaker: str, asking: int) -> tuple[str, ...]:
        recalled: tuple[str, ...] = ()
        for turn in reversed(self._kept):
            if turn.at < self._at - REACH:
                break
            same = turn.speaker == speaker
            if same and turn.answers:
                return turn.answers
            if turn.suspected.bits & asking:
                if turn.asks is None:
                    turn.read()
                kinds = turn.opens if same else turn.asks
                # One who is not known may be another.
                kinds = kinds or (turn.asks if speaker == "UNKNOWN" else ())
                if kinds:
                    return kinds
                recalled = recalled or (turn.mentions if same else ())
        return (RECALLED, *recalled) if recalled and not _OTHERWISE_ASKED.search(self._before.lower()) else ()
