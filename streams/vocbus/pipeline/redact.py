"""Redaction: what identifies a customer or opens an account becomes a typed token such as [CARD_1].

Types: CARD, ACCOUNT, IBAN, ID, PASSPORT, PHONE, EMAIL, SECRET (passwords, PINs, card check values, one-time codes),
NAME, ADDRESS, PLATE and IM (messenger names), written or spoken, in Chinese or English. Tokens are stable within an
interaction: the same value in another spelling gets the same token, so that the text still tells who is who. A cue may
stand in an earlier turn, and a value that was announced once is found wherever it is repeated. Amounts, dates and order
numbers stay. In doubt a number is replaced.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from vocbus.pipeline.personal import marks
from vocbus.pipeline.personal.answers import only_number
from vocbus.pipeline.personal.conversation import ASKING, Conversation
from vocbus.pipeline.personal.digits import Run
from vocbus.pipeline.personal.interrupted import pieces_over_turns
from vocbus.pipeline.personal.plain import TOKEN, plain
from vocbus.pipeline.personal.recurrences import Recurrences
from vocbus.pipeline.personal.search import personal_data, worth_searching
from vocbus.pipeline.personal.spans import Span, chosen
from vocbus.pipeline.personal.suspicion import Suspicion, suspicion, suspicions
from vocbus.pipeline.personal.tokens import Tokens

#: Replacing something may show what it had hidden from the patterns; so often at most is looked again.
PASSES = 8
#: Longest turn that may be a piece of a number, in characters.
LONGEST_PIECE = 80


@dataclass(frozen=True, slots=True)
class Redacted:
    """The record without personal data in its texts, and how many different values of each type there were."""

    record: dict[str, Any]
    counts: dict[str, int]


class Redactor:
    """Replaces personal data in the free texts of a record: subject, turns, survey comment, attribute values."""

    def redact(self, record: Mapping[str, Any]) -> Redacted:
        """A new record; the given one is left as it is. Unchanged parts are shared between the two."""
        turns = record["turns"]
        subject = record.get("subject") or ""
        satisfaction = record.get("satisfaction")
        comment = (satisfaction and satisfaction.get("comment")) or ""
        attributes = record.get("attributes") or {}
        new = dict(record)
        said = [turn["text"] for turn in turns]
        clean, counts = redact_texts(
            said, [turn["speaker"] for turn in turns], [subject, comment, *attributes.values()]
        )
        if counts:
            texts, (subject, comment, *values) = clean[: len(said)], clean[len(said) :]
            new["turns"] = [
                turn if text is turn["text"] else {**turn, "text": text}
                for turn, text in zip(turns, texts, strict=True)
            ]
            if subject:
                new["subject"] = subject
            if satisfaction and comment:
                new["satisfaction"] = {**satisfaction, "comment": comment}
            if attributes:
                new["attributes"] = dict(zip(attributes, values, strict=True))
        return Redacted(new, counts)


def redact_texts(
    turns: Sequence[str], speakers: Sequence[str], others: Sequence[str] = ()
) -> tuple[list[str], dict[str, int]]:
    """Turns and other texts of one interaction after redaction, in order, and counts of values by type."""
    texts = [*turns, *others]
    suspected = suspicions(texts)
    if not _worth_reading(texts, len(turns), suspected):
        return texts, {}
    tokens = Tokens(texts)
    for _ in range(PASSES):
        # What is replaced across turns may show what it had hidden; all is read again then.
        if not _read(texts, speakers, suspected, tokens):
            break
        suspected = suspicions(texts)
    return texts, tokens.counts


def _worth_reading(texts: Sequence[str], turns: int, suspected: Sequence[Suspicion]) -> bool:
    """Whether any text may hold personal data, by itself or as the answer to what another asks for."""
    for text, each in zip(texts, suspected, strict=True):
        if each.bits and (worth_searching(text, each.bits) or (turns > 1 and each.bits & ASKING)):
            return True
    return False


def _read(texts: list[str], speakers: Sequence[str], suspected: list[Suspicion], tokens: Tokens) -> bool:
    """Replace in all texts, the turns first, what is found in each; then what is known by then of all turns together.

    Whether the latter was anything.
    """
    conversation = Conversation()
    before = list(texts)
    for i, text in enumerate(before):
        asked = conversation.hear(speakers[i], text, suspected[i]) if i < len(speakers) else ()
        if asked or (suspected[i].bits and worth_searching(text, suspected[i].bits)):
            texts[i], suspected[i] = _clean(text, suspected[i], asked, tokens)
            if i < len(speakers) and texts[i] is not text:
                conversation.settle(texts[i], suspected[i])
            if asked and TOKEN.search(texts[i]):
                conversation.answered(speakers[i], asked)
    across = list(texts)
    if len(speakers) > 1:
        _clean_pieces(across, speakers, suspected, tokens)
    if tokens.known:
        _clean_recurrences(across, suspected, tokens)
    changed = across != texts
    texts[:] = across
    return changed


def _clean_recurrences(texts: list[str], suspected: Sequence[Suspicion], tokens: Tokens) -> None:
    """Replace values wherever they are repeated."""
    recurrences = Recurrences(tokens.known)
    for i in recurrences.candidates(texts, suspected):
        if repeated := chosen(recurrences.find(plain(texts[i]), suspected[i])):
            texts[i] = tokens.replace(texts[i], repeated)


def _clean(text: str, suspected: Suspicion, asked: Sequence[str], tokens: Tokens) -> tuple[str, Suspicion]:
    """The text after redaction, the same object when nothing was found, and what it is still suspected of."""
    for _ in range(PASSES):
        spans = personal_data(plain(text), suspected, asked)
        if not spans:
            break
        text = tokens.replace(text, spans)
        suspected = suspicion(text)
    return text, suspected


def _clean_pieces(texts: list[str], speakers: Sequence[str], suspected: Sequence[Suspicion], tokens: Tokens) -> None:
    """Replace numbers that one speaker gave in pieces over turns, each piece by the token of the whole."""
    turns_of: dict[str, list[int]] = {}
    for i, speaker in enumerate(speakers):
        turns_of.setdefault(speaker, []).append(i)
    for turns in turns_of.values():
        row: list[tuple[int, Run]] = []
        counted = [_may_be_piece(texts[i], suspected[i]) for i in turns]
        for at, i in enumerate(turns):
            alone = not (counted[at] and (row or (at + 1 < len(turns) and counted[at + 1])))
            number = None if alone else only_number(plain(texts[i]), suspected[i].ends(marks.SPOKEN))
            if number is not None:
                row.append((i, number))
            if row and (number is None or at + 1 == len(turns)):
                _clean_row(row, texts, tokens)
                row = []


def _may_be_piece(text: str, suspected: Suspicion) -> bool:
    return suspected.bits & (marks.DIGITS | marks.SPOKEN) != 0 and len(text) <= LONGEST_PIECE


def _clean_row(row: Sequence[tuple[int, Run]], texts: list[str], tokens: Tokens) -> None:
    """Replace what neighbouring turns of only digits are together."""
    for first, end, kind, value in pieces_over_turns([number.digits for _, number in row]):
        for i, number in row[first:end]:
            texts[i] = tokens.replace(texts[i], [Span(number.start, number.end, kind, value)])
