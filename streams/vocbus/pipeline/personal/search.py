"""All personal data of one plain text, from whatever the first test suspects in it."""

import re
from bisect import bisect_left
from collections.abc import Mapping, Sequence

from vocbus.pipeline.personal import marks
from vocbus.pipeline.personal.announced import announced, digits_before, is_quantity
from vocbus.pipeline.personal.answers import answers
from vocbus.pipeline.personal.chinese_addresses import chinese_addresses
from vocbus.pipeline.personal.chinese_names import chinese_names, introduced_names
from vocbus.pipeline.personal.corrections import corrected
from vocbus.pipeline.personal.cues import Cue, cues
from vocbus.pipeline.personal.digits import Run, runs
from vocbus.pipeline.personal.emails import emails
from vocbus.pipeline.personal.english_addresses import english_addresses
from vocbus.pipeline.personal.english_names import LATIN_NAMES, english_names
from vocbus.pipeline.personal.identities import ibans, lettered, macau_ids
from vocbus.pipeline.personal.interrupted import interrupted
from vocbus.pipeline.personal.number_kinds import Setting
from vocbus.pipeline.personal.number_runs import personal_numbers
from vocbus.pipeline.personal.plates import plates
from vocbus.pipeline.personal.spans import Span, chosen
from vocbus.pipeline.personal.suspicion import BETWEEN, Suspicion

#: Digits of the shortest number that is personal without a cue, as the six of a Hong Kong id; and with one.
SHORTEST, SHORTEST_ANNOUNCED = 6, 3
# Types whose form or check digit leaves little doubt.
_CHECKED = frozenset({"ID", "IBAN", "CARD"})
_OF_NUMBERS = marks.DIGITS | marks.SPOKEN | marks.WORDED | marks.NUMBERED
# Marks that are only of use beside each other, or that ask for something.
_OF_DIGITS = marks.DIGITS | marks.NUMBERED | marks.NAME_ASKED
_SIX_DIGITS = re.compile(rf"\d(?:{BETWEEN}\d){{5}}")
_LATIN_WORD = re.compile("[A-Z][a-z]{2}")
_A_DIGIT = re.compile(r"\d")
# "482913 is my code": what may stand between a value and the cue behind it.
_BACK = re.compile(
    r"[,，]?\s*(?:\(?(?:hk|hong kong|uk|us|sg|my|home|work) "
    r"|(?:that's|that is|this is|is|was|are|as|being|=) (?:[a-z']+ )*"
    r"|(?:这个|那个|这|那)?(?:就)?(?:是|作为|当)(?:我|你|您|他|她)?(?:们)?(?:的)?(?:新|旧|老|登录|支付|手机|动态"
    r"|短信|银行|交易)*|\((?:动态|短信)?)"
)
_BACK_REACH = 36
_PLUS = re.compile(r"\(?(?:\+ ?|(?<![a-z])plus[ ,]+)\(?\Z", re.IGNORECASE)
_NEAR_PHONE = 14
_ENDED = re.compile(r"[\n。.!?;；\d\ue000]")


def worth_searching(text: str, bits: int) -> bool:
    """Whether a text of this suspicion may hold personal data by itself: few digits do not, nor do their cues."""
    if bits & ~_OF_DIGITS:
        return True
    if bits & marks.DIGITS:
        return bits & marks.NUMBERED != 0 or _SIX_DIGITS.search(text) is not None
    return bits & marks.NUMBERED != 0 and _A_DIGIT.search(text) is not None


def personal_data(text: str, suspected: Suspicion, asked: Sequence[str] = ()) -> list[Span]:
    """What to replace in a plain text, in order. `asked` are the kinds that it may be the answer to."""
    low = text.lower()
    bits = suspected.bits
    spans: list[Span] = []
    if bits & marks.EMAIL:
        spans += emails(text)
    if bits & _OF_NUMBERS or asked:
        spans += _numbers(text, low, suspected, asked)
    if bits & marks.PLATE:
        spans += plates(text)
    if bits & marks.HAN_ADDRESS:
        spans += chinese_addresses(text, suspected.ends(marks.HAN_ADDRESS))
    if bits & marks.ADDRESS or (bits & marks.HAN_ADDRESS and _LATIN_WORD.search(text)):
        spans += english_addresses(text, suspected.ends(marks.ADDRESS | marks.HAN_ADDRESS))
    if bits & marks.HAN_NAME:
        spans += chinese_names(text, suspected.ends(marks.HAN_NAME))
    if bits & marks.HAN_SELF:
        spans += introduced_names(text, suspected.ends(marks.HAN_SELF))
    if bits & LATIN_NAMES:
        spans += english_names(text, low, suspected)
    return chosen(spans) if spans else spans


def _numbers(text: str, low: str, suspected: Suspicion, asked: Sequence[str]) -> list[Span]:
    """Numbers by their own form, what cues announce, and answers to what was asked."""
    cued = suspected.bits & (marks.WORDED | marks.NUMBERED)
    found: list[Run] = []
    if suspected.bits & (marks.DIGITS | marks.SPOKEN):
        found = list(runs(text, suspected.ends(marks.SPOKEN), SHORTEST_ANNOUNCED if cued or asked else SHORTEST))
    # A plate or a passport may have fewer digits together than any run.
    if not (found or asked or suspected.bits & (marks.WORDED | marks.SPOKEN) or (cued and _A_DIGIT.search(text))):
        return []
    heard = list(cues(low, [run.start for run in found])) if found or cued else []
    values = {_after_plus(text, cue.value): cue for cue in heard}
    forms = _by_form(text, low, found, heard, values) if found else []
    by_start = {run.start: run for run in found}
    told = [*announced(text, low, _placed(values), by_start)]
    told += corrected(low, told, found)
    answered = [*answers(text, low, asked, by_start)] if asked else []
    # What check digits say comes first, then what it is said to be, then what parts of a run may be.
    ends = {run.end for run in found}
    whole = [span for span in forms if span.start in by_start and span.end in ends]
    checked = [span for span in forms if span.kind in _CHECKED and (span.kind != "CARD" or span in whole)]
    return [*checked, *answered, *whole, *told, *forms]


def _placed(values: Mapping[int, Cue]) -> list[Cue]:
    """The cues with the places of their values behind plus signs and brackets."""
    return [cue if cue.value == at else cue._replace(value=at) for at, cue in values.items()]


def _by_form(text: str, low: str, found: Sequence[Run], heard: Sequence[Cue], values: Mapping[int, Cue]) -> list[Span]:
    """What runs of digits are by their own form, given the cues beside them."""
    spans = [*interrupted(text, found, is_quantity)]
    if "(" in text:
        spans += macau_ids(text)
    starts = [cue.start for cue in heard]
    for run in found:
        cue = values.get(run.start) or _cue_behind(low, run, heard, starts)
        reference = cue.kind == "REFERENCE" if cue is not None else _lettered_reference(run, values)
        if len(run.digits) >= SHORTEST:
            spans += ibans(text, run)
            with_letters = lettered(text, run, reference=reference)
            if with_letters is not None:
                spans.append(with_letters)
            plus = _PLUS.search(text, max(0, run.start - 8), run.start)
            phone = cue.kind == "PHONE" if cue is not None else _near_phone(low, run, heard, starts)
            setting = Setting(plus is not None, phone, reference)
            spans += [_with_sign(text, span, plus, run) for span in personal_numbers(run, setting)]
        if cue is not None and run.start not in values:
            before = digits_before(cue.kind, run, text, cue.word)
            spans += () if before is None else (before,)
    return spans


def _lettered_reference(run: Run, values: Mapping[int, Cue]) -> bool:
    """Whether a word for a reference number stands before the letters in front of a run."""
    return any((cue := values.get(run.start - back)) is not None and cue.kind == "REFERENCE" for back in range(1, 5))


def _after_plus(text: str, at: int) -> int:
    while at < len(text) and text[at] in "+( ":
        at += 1
    return at


def _cue_behind(low: str, run: Run, heard: Sequence[Cue], starts: Sequence[int]) -> Cue | None:
    """The cue that says behind a run what it was, as in "482913 is my code"."""
    for cue in heard[bisect_left(starts, run.end) :]:
        if cue.start > run.end + _BACK_REACH:
            return None
        if cue.start > run.end and _BACK.fullmatch(low, run.end, cue.start):
            return cue
    return None


def _near_phone(low: str, run: Run, heard: Sequence[Cue], starts: Sequence[int]) -> bool:
    """Whether a word for a phone stands shortly before a run, in the same sentence and without another cue between."""
    at = bisect_left(starts, run.start) - 1
    if at < 0 or heard[at].kind != "PHONE":
        return False
    cue = heard[at]
    return run.start - cue.end <= _NEAR_PHONE and not _ENDED.search(low, cue.end, run.start)


def _with_sign(text: str, span: Span, plus: re.Match[str] | None, run: Run) -> Span:
    """The span with the plus and bracket in front of it."""
    if span.start == run.start and plus is not None:
        span = span._replace(start=plus.start() + (plus[0][0] == "(" and ")" not in text[span.start : span.end]))
    elif text[span.start - 1 : span.start] == "(" and ")" in text[span.start : span.end]:
        span = span._replace(start=span.start - 1)
    return span
