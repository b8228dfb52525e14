"""Values that their cues announce: cards and accounts of any number, ids, passports, secrets, messenger names."""

import re
from collections.abc import Iterator, Mapping, Sequence

from vocbus.pipeline.personal.common_words import COMMON
from vocbus.pipeline.personal.cues import Cue
from vocbus.pipeline.personal.digits import Run, merged
from vocbus.pipeline.personal.handles import handle
from vocbus.pipeline.personal.numbers import is_card
from vocbus.pipeline.personal.plates import announced_plate
from vocbus.pipeline.personal.spans import Span
from vocbus.pipeline.personal.spelled import spelled

#: Token kind of each cue whose value may be digits, and how many of them at least and at most.
DIGITS = {
    "CARD": ("CARD", 8, 19),
    "ACCOUNT": ("ACCOUNT", 6, 30),
    "ID": ("ID", 6, 18),
    "PASSPORT": ("PASSPORT", 6, 12),
    "CODE": ("SECRET", 4, 10),
    "PASSWORD": ("SECRET", 4, 20),
    "IM": ("IM", 5, 15),
}
_SECRETS = frozenset({"CODE", "PASSWORD"})
# Digits behind words that announce other things as well, where no verb or colon stands between.
_LONG_ENOUGH = {"账户": 8, "户口": 8, "account": 8, "acc": 7, "微信": 8, "加我": 8, "code": 6}
_THREE_DIGITS = re.compile(r"cv[vcn]|安全码|三位|背面|security|three|3 digits|back")
_MONEY_BEFORE = re.compile(r"(?:[$£€¥₹]|\b(?:rmb|cny|usd|hkd|gbp|eur|sgd|twd|inr|rs\.?|nt\$|hk\$))\s?$", re.IGNORECASE)
_QUANTITY_AFTER = re.compile(
    r"[,.]\d|\s?(?:[元块圆万千百亿年月日点分秒天次笔个张位米岁%]|号线|小时|港币|美元|人民币"
    r"|(?:rmb|usd|hkd|dollars?|pounds?|quid|bucks|pence|euros?|percent|k|m|mins?|minutes?|hours?|days?|times"
    r"|digits?|characters?|seconds?"
    r"|months?|years?|people|letters?|numbers?|attempts?|customers?|points?|miles)(?![a-z]))",
    re.IGNORECASE,
)
_CODE_REACH = 18
_NO_CODE_BETWEEN = re.compile(
    r"[.。!！?？;；\n]|[没不未错扣付转充花交打拨第]|\b(?:not|no|never|paid|pay|charged?|order|ref\w*|call\w*|rang"
    r"|ticket|case|error)\b|n't"
)
_TOKEN = re.compile(r"[A-Za-z0-9!@#$%^&*_+=?.~/\\|<>-]{4,40}")
_QUOTED = re.compile(r"(?<=[\"'“「])[^\"'”」\n\ue000]{3,40}(?=[\"'”」])")
_NUMBERED = re.compile(r"(?:[A-Za-z]{0,4}[ -]?\d[A-Za-z0-9]{4,30}|[A-Za-z0-9]{6,34})(?: ?\([0-9A]\))?")
_SORT_CODE = re.compile(r"\d\d-\d\d-\d\d(?: ?[/,]? ?\d{8})?(?!\d)")
_PASSPORT = re.compile(r"[A-Za-z]{1,3} ?\d{5,9}(?![A-Za-z0-9])|[A-Za-z0-9]{6,12}(?![A-Za-z0-9])")


def announced(text: str, low: str, cues: Sequence[Cue], runs: Mapping[int, Run]) -> Iterator[Span]:
    """What stands where a cue says. `runs` are the runs of digits by the place they start at."""
    for cue in cues:
        run = runs.get(cue.value)
        if run is not None and cue.kind in DIGITS:
            found = digits_after(cue.kind, run, text, word=cue.word)
            if found is not None and (cue.strong or len(run.digits) >= _LONG_ENOUGH.get(cue.word, 0)):
                yield found
                continue
        if cue.kind == "PASSWORD":
            found = _password(text, low, cue)
        elif cue.kind == "CODE":
            found = _lettered_code(text, cue) or _code_nearby(text, low, cue, runs)
        elif cue.kind == "IM":
            found = handle(text, low, cue) or (_spelled(text, cue, "IM", 5, 32) if cue.strong else None)
        elif cue.kind == "PASSPORT":
            found = _spelled(text, cue, "PASSPORT", 6, 12) or _matched(_PASSPORT, text, cue, "PASSPORT", 2)
        elif cue.kind in ("ACCOUNT", "ID"):
            found = (
                _sorted(text, cue)
                or _spelled(text, cue, cue.kind, 7, 34)
                or _matched(_NUMBERED, text, cue, cue.kind, 4)
            )
        elif "whatsapp" in cue.word:
            found = handle(text, low, cue, lettered=False)
        elif cue.kind == "PLATE":
            found = announced_plate(text, cue.value)
        else:
            continue
        if found is not None:
            yield found


def digits_after(kind: str, run: Run, text: str, *, word: str = "", fragment: bool = False) -> Span | None:
    """The number at the start of a run that a cue of this kind announces; any three digits if a `fragment` will do."""
    token, least, most = DIGITS[kind]
    if fragment or (kind == "CODE" and _THREE_DIGITS.search(word)):
        least = 3
    if _MONEY_BEFORE.search(text, max(0, run.start - 6), run.start):
        return None
    pieces, gaps = merged(run)
    digits, end, found = "", pieces[0].start, None
    for piece, gap in zip(pieces, ("", *gaps), strict=True):
        # A dot is in amounts and in numbers of sections.
        if "." in gap and kind in _SECRETS:
            return None
        if len(digits) + len(piece.digits) > most + (piece.digits[-1] == "X"):
            break
        if kind in ("CODE", "PASSWORD", "IM") and digits and len(piece.digits) not in (1, 2, len(pieces[0].digits)):
            break
        if kind == "CODE" and len(digits) >= 4 and len(pieces[0].digits) >= 4 and len(digits) != len(piece.digits):
            break
        digits, end = digits + piece.digits, piece.end
        if kind == "CARD" and is_card(digits):
            found = Span(run.start, end, token, digits)
    if found is None and len(digits) >= least and not _QUANTITY_AFTER.match(text, end):
        found = Span(run.start, end, token, digits)
    return found


def digits_before(kind: str, run: Run, text: str, word: str) -> Span | None:
    """The number at the end of a run that the cue behind it names: the whole run, or its last piece."""
    if kind not in DIGITS:
        return None
    _, least, most = DIGITS[kind]
    pieces = run.pieces if least <= len(run.digits) <= most else run.pieces[-1:]
    return digits_after(kind, Run(pieces, run.gaps[len(run.pieces) - len(pieces) :]), text, word=word)


def is_quantity(text: str, start: int, end: int) -> bool:
    """Whether digits are an amount or a quantity, by what stands around them."""
    return bool(_MONEY_BEFORE.search(text, max(0, start - 6), start) or _QUANTITY_AFTER.match(text, end))


def _password(text: str, low: str, cue: Cue) -> Span | None:
    """A password in Latin letters. One without digits or signs only behind a verb or colon, and no ordinary word."""
    quoted = _QUOTED.match(text, cue.value)
    if quoted and cue.strong:
        return Span(*quoted.span(), "SECRET", quoted[0])
    token = _TOKEN.match(text, cue.value)
    letter_by_letter = _spelled(text, cue, "SECRET", 5, 40) if cue.strong else None
    if token is None or (letter_by_letter is not None and letter_by_letter.end > token.end()):
        return letter_by_letter
    value = token[0].rstrip(".?!-")
    letters = value.isalpha()
    if len(value) < 4 or not any(c.isalnum() for c in value):
        return None
    word = low[token.start() : token.start() + len(value)]
    if letters or not (any(c.isalpha() for c in value) and re.search(r"[\d@#$%^&*_+=!]", value)):
        mixed = re.search(r"[a-z][A-Z]", value) is not None
        ordinary = word in COMMON or word.endswith(("ed", "ing", "ly", "able", "n't")) or not letters
        if not cue.strong or (ordinary and not mixed):
            return letter_by_letter
    return Span(token.start(), token.start() + len(value), "SECRET", value)


def _lettered_code(text: str, cue: Cue) -> Span | None:
    """A one-time code with letters in it, such as G-482913 or A7K2P9."""
    token = re.compile(r"(?:[A-Z]-?\d{4,8}|(?=[A-Z]*\d)(?=\d*[A-Z])[A-Z0-9]{5,10})(?![A-Za-z0-9])").match(
        text, cue.value
    )
    return None if token is None or cue.word.startswith("pin") else Span(*token.span(), "SECRET", token[0])


def _code_nearby(text: str, low: str, cue: Cue, runs: Mapping[int, Run]) -> Span | None:
    """Six digits shortly behind the cue, as one-time codes have them: "he wanted the code, I read it out, 739402"."""
    for start in range(cue.end + 1, cue.end + _CODE_REACH):
        run = runs.get(start)
        if run is not None:
            elsewhere = len(run.digits) != 6 or "." in run.gaps or _NO_CODE_BETWEEN.search(low, cue.end, start)
            return (
                None if elsewhere or is_quantity(text, start, run.end) else Span(start, run.end, "SECRET", run.digits)
            )
    return None


def _matched(pattern: re.Pattern[str], text: str, cue: Cue, kind: str, digits: int) -> Span | None:
    """What the pattern finds at the place of the value, with that many digits or more in it."""
    found = pattern.match(text, cue.value)
    if found is None or sum(c.isdigit() for c in found[0]) < digits or _QUANTITY_AFTER.match(text, found.end()):
        return None
    return Span(*found.span(), kind, re.sub(r"[\s-]", "", found[0]).upper())


def _sorted(text: str, cue: Cue) -> Span | None:
    """A British sort code with the account number behind it."""
    found = _SORT_CODE.match(text, cue.value) if cue.kind == "ACCOUNT" else None
    return None if found is None else Span(*found.span(), "ACCOUNT", re.sub(r"\D", "", found[0]))


def _spelled(text: str, cue: Cue, kind: str, least: int, most: int) -> Span | None:
    """A value read out letter by letter, with a letter in it: digits alone are a run."""
    items = spelled(text, cue.value, most)
    value = "".join([item.value for item in items])
    if len(items) < (2 if kind == "SECRET" else 3) or len(value) < least or value.isdigit() or len(value) > most:
        return None
    return Span(cue.value, items[-1].end, kind, value)
