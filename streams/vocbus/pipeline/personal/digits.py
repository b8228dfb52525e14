"""Runs of digits in a plain text, written or spoken, in Chinese or English, across spaces, pauses and fillers.

Spoken digits are those of a read-out number: 幺 for one, financial numerals (GB/T 15835), "oh", "double two", 三个零,
tens and teens. Quantities such as 三百二十 or 1,200 make no run, since their units and commas end it.
"""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

_HAN = {
    **dict(zip("零一二三四五六七八九", "0123456789", strict=True)),
    **dict(zip("壹贰叁肆伍陆柒捌玖", "123456789", strict=True)),
    **{"幺": "1", "两": "2", "〇": "0"},
}
# Radio digits and what speech recognition makes of 幺; ordinary words elsewhere, so only between two other digits.
_HAN_INSIDE = {"洞": "0", "要": "1", "妖": "1", "腰": "1", "拐": "7", "勾": "9"}
_TIMES_HAN = {"二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6}
_ONES_SAID = "zero one two three four five six seven eight nine"
_TEENS_SAID = "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen"
_TENS_SAID = "twenty thirty forty fourty fifty sixty seventy eighty ninety"
_ONES = dict(zip(_ONES_SAID.split(), "0123456789", strict=True))
_TENS = dict(zip(_TENS_SAID.split(), "234456789", strict=True))
_ENGLISH = {
    **_ONES,
    **dict.fromkeys(("oh", "o", "nought", "naught", "nil"), "0"),
    **{word: str(value) for value, word in enumerate(_TEENS_SAID.split(), 10)},
    **{word: digit + "0" for word, digit in _TENS.items()},
    **{f"{ten} {one}": digit + _ONES[one] for ten, digit in _TENS.items() for one in list(_ONES)[1:]},
    **{"hundred": "00", "thousand": "000"},
}
_TIMES_ENGLISH = {"double": 2, "triple": 3, "treble": 3, "quadruple": 4}
#: Words and characters that are digits, for a test of whether a text may hold spoken ones.
HAN_DIGITS = "".join(_HAN)
ENGLISH_DIGITS = (*(word for word in _ENGLISH if " " not in word), *_TIMES_ENGLISH)

_word = "|".join(sorted((word.replace(" ", "[ -]") for word in _ENGLISH), key=len, reverse=True))
_han, _inside = "".join(_HAN), "".join(_HAN_INSIDE)
_PIECE = re.compile(
    rf"(?P<written>\d+)|(?<!最后)(?<!后)(?P<times>[{''.join(_TIMES_HAN)}])个(?P<each>[{_han}])"
    rf"|(?P<han>(?:[{_han}](?!个[{_han}])(?<!最后.(?=位))|(?<=[{_han}])[{_inside}]{{1,4}}(?=[{_han}]))+)"
    rf"|(?<![a-z'])(?:(?P<by>{'|'.join(_TIMES_ENGLISH)})[ -]+)?(?:(?P<word>{_word})(?![a-z'])"
    rf"|(?<=[ -])(?P<one>\d)(?!\d))",
    re.IGNORECASE,
)
# Characters around a pair of spoken digits in which the rest of their number is looked for.
_ZONE = 100
_LETTERS = re.compile("[a-z]{2}", re.IGNORECASE)
_HAN_STRETCH = re.compile(rf"(?!(?<=最后)[{''.join(_TIMES_HAN)}]位)[\d{_han}{_inside}个]+")
_INSIDE_WORD = re.compile(r"[A-Za-z0-9]{2}")
_WRITTEN = re.compile(r"\d+")
_WRITTEN_GAP = re.compile(r"[\s\-._·]{0,3}[()]?[\s\-._·]{0,3}")
_SPOKEN_GAP = re.compile(
    r"(?:[\s,，、。.…\-·()~;；:？?]|嗯|呃|啊|额|哦|唔|哈|哎|诶|欸|呀|喏|嘞|对|完了|最后[二两三四五六][个位]|最后|出?生?年月日|是"
    r"|那个|这个|然后|接着|后[面边]|下[面边]|再来|再|空格|横杠|杠|横线|加上?|破折号|左?右?括号|括弧"
    r"|\b(?:um+|uh+|erm?|ah|hmm+|okay|ok|and then|then|so|dash|hyphen|space|pause|brackets?|parenthes[ie]s|yeah"
    r"|yes)\b)*",
    re.IGNORECASE,
)
_LONGEST_GAP = 24
_NO_GAP = "#"
_LAST_X = re.compile(r"[\s\-._·]{0,3}(?:[xX×]|叉)(?![A-Za-z0-9])")


class Piece(NamedTuple):
    """Digits that stand together, and whether they were spoken. The last of a resident id may end in X."""

    start: int
    end: int
    digits: str
    spoken: bool


class Run(NamedTuple):
    """Pieces of digits that may be one number; `gaps` are what stands between them, one fewer."""

    pieces: list[Piece]
    gaps: list[str]

    @property
    def start(self) -> int:
        """Where its first digit stands."""
        return self.pieces[0].start

    @property
    def end(self) -> int:
        """Where its last digit ends."""
        return self.pieces[-1].end

    @property
    def digits(self) -> str:
        """All its digits."""
        return "".join([piece.digits for piece in self.pieces])


def runs(text: str, spoken: Sequence[int], shortest: int) -> Iterator[Run]:
    """Runs of a plain text with `shortest` digits or more, in order.

    Spoken digits are looked for only around the places that `spoken` tells, the ends of pairs of them.
    """
    pieces: list[Piece] = []
    gaps: list[str] = []
    total = 0
    for match in _pieces(text, spoken):
        piece = Piece(match.start(), match.end(), *_digits(match))
        if pieces:
            last = pieces[-1]
            gap = text[last.end : piece.start] if piece.start - last.end <= _LONGEST_GAP else _NO_GAP
            if last.digits[-1] != "X" and _joined(last, gap, piece):
                gaps.append(gap)
            else:
                if total >= shortest:
                    yield Run(pieces, gaps)
                pieces, gaps, total = [], [], 0
        total += len(piece.digits)
        if total >= 17 and (last_x := _LAST_X.match(text, piece.end)):
            piece = piece._replace(end=last_x.end(), digits=piece.digits + "X")
        pieces.append(piece)
    if total >= shortest:
        yield Run(pieces, gaps)


def _pieces(text: str, spoken: Sequence[int]) -> Iterator[re.Match[str]]:
    """Matches of pieces in order: around the places of spoken digits of any kind, elsewhere of written ones."""
    at = 0
    for start, end in _zones(text, spoken):
        yield from _WRITTEN.finditer(text, at, start)
        if text.isascii() or _LETTERS.search(text, start, end):
            yield from _PIECE.finditer(text, start, end)
        else:
            for stretch in _HAN_STRETCH.finditer(text, start, end):
                yield from _PIECE.finditer(text, *stretch.span())
        at = end
    yield from _WRITTEN.finditer(text, at)


def _zones(text: str, places: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Stretches around places, those that touch as one. No word or number is cut in two."""
    at = i = 0
    while i < len(places):
        place = places[i]
        end = place + _ZONE
        while i + 1 < len(places) and places[i + 1] - _ZONE <= end:
            i += 1
            end = places[i] + _ZONE
        start, end, limit = max(at, place - _ZONE), min(len(text), end), end + _ZONE
        while start > at and place - start < 2 * _ZONE and _INSIDE_WORD.match(text, start - 1):
            start -= 1
        while end < min(len(text), limit) and _INSIDE_WORD.match(text, end - 1):
            end += 1
        yield start, end
        at = end
        i += 1


def merged(run: Run) -> Run:
    """The run with spoken digits joined where no pause is between them; the same run where none is spoken."""
    if not any(piece.spoken for piece in run.pieces):
        return run
    pieces, gaps = [run.pieces[0]], list[str]()
    for gap, piece in zip(run.gaps, run.pieces[1:], strict=True):
        last = pieces[-1]
        if last.spoken and piece.spoken and not gap.strip(" -"):
            pieces[-1] = last._replace(end=piece.end, digits=last.digits + piece.digits)
        else:
            pieces.append(piece)
            gaps.append(" " if last.spoken or piece.spoken else gap)
    return Run(pieces, gaps)


def read(text: str) -> str:
    """The digits that a stretch of written or spoken digits stands for."""
    return "".join([_digits(match)[0] for match in _PIECE.finditer(text)])


def _digits(match: re.Match[str]) -> tuple[str, bool]:
    """The digits of a piece, and whether they were spoken."""
    if match.re is _WRITTEN or match["written"]:
        return match[0], False
    if han := match["han"]:
        return "".join([_HAN.get(c) or _HAN_INSIDE[c] for c in han]), True
    if each := match["each"]:
        return _HAN[each] * _TIMES_HAN[match["times"]], True
    one = match["one"] or _ENGLISH[match["word"].lower().replace("-", " ")]
    return one * _TIMES_ENGLISH[match["by"].lower()] if match["by"] else one, True


def _joined(last: Piece, gap: str, piece: Piece) -> bool:
    """Whether two neighbouring pieces may belong to one number."""
    if last.spoken or piece.spoken:
        return _SPOKEN_GAP.fullmatch(gap) is not None
    if "," in gap or "，" in gap:
        # Commas are pauses of speech recognition; amounts and lists have them too.
        sizes = (len(last.digits), len(piece.digits))
        return len(gap) <= 2 and (sizes == (1, 1) or (sizes[0] == 4 and sizes[1] <= 4))
    return len(gap) <= 7 and _WRITTEN_GAP.fullmatch(gap) is not None
