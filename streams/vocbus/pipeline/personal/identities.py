"""Numbers with letters that identify a person by their form and check digit: ids, passports, IBANs."""

import re
from collections.abc import Iterator

from vocbus.pipeline.personal.digits import Run
from vocbus.pipeline.personal.numbers import (
    IBAN_LENGTHS,
    is_hong_kong_id,
    is_iban,
    is_national_insurance_number,
    is_singapore_id,
    is_taiwan_id,
)
from vocbus.pipeline.personal.spans import Span

_LETTERS_BEFORE = re.compile(r"(?<![A-Za-z'])(?:[A-Za-z]|[A-Za-z][ \-.,，、]{0,2}[A-Za-z])[ \-.,，、:]{0,2}\Z")
_LETTER_AFTER = re.compile(r"[ \-.,、]{0,2}[(]?([A-Za-z])[)]?(?![A-Za-z0-9])")
_CLOSING = re.compile(r"\s?[)]")
#: Chinese passports (E, EA-EZ, G, D, P, S and their service forms) and those of Hong Kong (K, KJ, H) and Macau (MA).
_PASSPORT = re.compile(r"[EGDSPKH]\d{8}|[EPSDKM][A-Z]\d{7,8}|[PDS]\d{7}")
_MACAU_ID = re.compile(r"(?<![A-Za-z0-9])[157]\d{6} ?\(\d\)(?!\d)")
_IBAN_HEAD = re.compile(r"(?<![A-Za-z0-9])[A-Za-z]{2}[ -]?\d{2}(?=[ -]?[A-Za-z0-9])")
# Letters and digits of an IBAN that may stand before six digits in a row, with their spaces.
_IBAN_REACH = 20
_ALPHANUMERIC = re.compile("[A-Za-z0-9]")
_IBAN_REST = re.compile(r"(?:[ -]?[A-Za-z0-9])+")


def lettered(text: str, run: Run, *, reference: bool) -> Span | None:
    """The id or passport that the letters around a run of digits make of its beginning, or None.

    Behind a word for an order number only one with a check digit counts.
    """
    head = _LETTERS_BEFORE.search(text, max(0, run.start - 8), run.start)
    if head is None:
        return None
    letters = re.sub("[^A-Z]", "", head[0].upper())
    digits, found = "", None
    for i, piece in enumerate(run.pieces):
        digits += piece.digits
        if len(digits) > 9:
            break
        # A passport is in one piece, or read out digit by digit.
        together = "." not in head[0] and (i == 0 or all(len(each.digits) <= 2 for each in run.pieces[: i + 1]))
        kind, end = _kind(letters, digits, text, piece.end, together and not reference)
        continues = i + 1 < len(run.pieces) and not run.gaps[i] and len(digits) < 9
        if kind is None or continues:
            continue
        closing = _CLOSING.match(text, end)
        if closing and "(" in text[head.start() : end]:
            end = closing.end()
        tail = text[piece.end : end].upper()
        value = letters + digits + re.sub("[^A-Z]", "", tail)
        found = Span(head.start(), end, kind, value)
        if kind == "ID":
            break
    return found


def _kind(letters: str, digits: str, text: str, end: int, passport: bool) -> tuple[str | None, int]:
    """Type of the number, a `passport` only if it may be one, and where it ends."""
    if len(digits) < 6:
        return None, end
    number = letters + digits
    if is_hong_kong_id(number) or is_taiwan_id(number):
        return "ID", end
    tail = _LETTER_AFTER.match(text, end)
    if tail:
        whole = number + tail[1].upper()
        if is_hong_kong_id(whole) or is_singapore_id(whole) or is_national_insurance_number(whole):
            return "ID", tail.end()
    if passport and _PASSPORT.fullmatch(number):
        return "PASSPORT", end
    return None, end


def macau_ids(text: str) -> Iterator[Span]:
    """Macau resident ids in their printed form, 1234567(8)."""
    for match in _MACAU_ID.finditer(text):
        yield Span(match.start(), match.end(), "ID", re.sub(r"\D", "", match[0]))


def ibans(text: str, run: Run) -> Iterator[Span]:
    """The IBAN, in groups or not, that has a run of digits in it or just before it."""
    for head in _IBAN_HEAD.finditer(text, max(0, run.start - _IBAN_REACH), run.end):
        length = IBAN_LENGTHS.get(head[0][:2].upper())
        rest = None if length is None else _IBAN_REST.match(text, head.end(), head.end() + 2 * length)
        at, count = head.end(), 4
        while rest is not None and count != length and at < rest.end():
            count += text[at].isalnum()
            at += 1
        value = re.sub("[ -]", "", text[head.start() : at]).upper()
        if is_iban(value) and not _ALPHANUMERIC.match(text, at):
            yield Span(head.start(), at, "IBAN", value)
