"""E-mail addresses (RFC 5322), written in any width, obfuscated, or spoken: "name at gmail dot com", 某某艾特qq点com.

Each is found from its at sign: the host behind it by one match, the local part before it by steps backwards.
"""

import re
from collections.abc import Iterator

from vocbus.pipeline.personal.common_words import COMMON
from vocbus.pipeline.personal.digits import ENGLISH_DIGITS, HAN_DIGITS, read
from vocbus.pipeline.personal.spans import Span

# Local part: atext, at most 64 of them. The host needs a dot.
_ATEXT = r"a-zA-Z0-9!#$%&'*+/=?^_`{|}~\-"
_HOST = re.compile(r" ?@ ?((?:[a-zA-Z0-9][a-zA-Z0-9\-]{0,62}\.){1,8}[a-zA-Z0-9][a-zA-Z0-9\-]{0,62}[a-zA-Z0-9])")
_LOCAL_BACKWARDS = re.compile(rf"[{_ATEXT}]{{1,64}}(?:\.[{_ATEXT}]{{1,64}}){{0,8}}")
_LOCAL_LONGEST = 600

_TOP = (
    "com|net|org|cn|co|hk|tw|sg|uk|edu|gov|io|me|info|biz|de|fr|eu|us|ca|au|nz|in|jp|ie|ch|nl|my|za|ng|mo|asia|vip|top"
    "|pl|cz|se|no|dk|fi|pt|es|it|ru|gr|hu|ro|tr|br|mx|kr|th|vn|ph|be|at|il|ua"
)
_DOT = r"(?: ?[.·点] ?| *[(\[{<] *(?:dot|点|\.) *[)\]}>] *| +dot +)"
_AT = r"(?: ?@ ?| *[(\[{<] *(?:at|@|艾特) *[)\]}>] *| +at(?: sign)? +| ?(?:艾特|圈[aA]|小老鼠) ?|(?<=[一-鿿]) ?at ?)"
# A single letter o is a letter here.
_NUMBERS = frozenset(ENGLISH_DIGITS) - {"o"}
_number = "|".join(sorted(_NUMBERS, key=len, reverse=True))
_LABEL = (
    rf"(?:(?:[a-z] ){{1,6}}[a-z](?![a-z])|(?:g|hot) mail|新浪|网易|搜狐|腾讯|谷歌|雅虎|"
    rf"(?:{_number})(?: (?:{_number})){{1,5}}|[{HAN_DIGITS}]{{2,6}}"
    r"|[a-z0-9][a-z0-9\-]{0,40})"
)
_SPOKEN = re.compile(
    rf"{_AT}(?P<host>{_LABEL}(?:{_DOT}(?!(?:{_TOP})(?![a-z])){_LABEL}){{0,3}}(?:{_DOT}(?:{_TOP})(?![a-z])){{1,2}})",
    re.IGNORECASE,
)
# Cheap test before the search above.
_SPOKEN_DOT = re.compile(rf"{_DOT}(?:{_TOP})(?![a-z])", re.IGNORECASE)
_SIGNS = {
    **dict.fromkeys(("_", "下划线", "下杠", "underscore"), "_"),
    **dict.fromkeys(("-", "减号", "横杠", "杠", "dash", "hyphen", "minus"), "-"),
    **dict.fromkeys((".", "·", "点", "dot", "point"), "."),
    **dict.fromkeys(("+", "plus"), "+"),
}
# With a plain "at" and a written dot only these are taken for mail and not for a site somebody looked at.
_PROVIDER = re.compile(
    r"(?:gmail|hotmail|outlook|yahoo|icloud|live|msn|aol|qq|163|126|sina|foxmail|proton(?:mail)?|btinternet|mail"
    r"|hey)\.",
    re.IGNORECASE,
)
_WRITTEN_AT = re.compile(r" at [a-z0-9\-.]+\Z", re.IGNORECASE)
_STEP = re.compile(rf"下划线|下杠|减号|横杠|[a-zA-Z0-9]+|[{HAN_DIGITS}]+|[^\s]")
_HAN_NAME = re.compile(r"(?:(?![到给是为发送寄至向的叫])[一-鿿]){1,4}\Z")
_LOCAL_REACH = 64
_ANNOUNCED = re.compile(
    r"(?:邮箱|邮件|电邮|\be-?mail)(?:[\s:=\"]|地址|号|是|为|叫|\b(?:is|it's|address|to|my|me|at|on|account)\b){1,8}",
    re.IGNORECASE,
)


def emails(text: str) -> Iterator[Span]:
    """Addresses of a plain text."""
    if "@" in text:
        for host in _HOST.finditer(text):
            backwards = text[max(0, host.start() - _LOCAL_LONGEST) : host.start()][::-1]
            local = _LOCAL_BACKWARDS.match(backwards)
            if local:
                value = f"{local[0][::-1]}@{host[1]}".lower()
                yield Span(host.start() - local.end(), host.end(), "EMAIL", value)
    if _SPOKEN_DOT.search(text):
        for host in _SPOKEN.finditer(text):
            start = _local_start(text, host.start())
            if start is not None:
                site = _WRITTEN_AT.fullmatch(host[0]) and not _PROVIDER.match(host["host"])
                if site and not _ANNOUNCED.search(text, max(0, start - _LOCAL_REACH), start):
                    continue
                yield Span(
                    start, host.end(), "EMAIL", f"{_written(text[start : host.start()])}@{_written(host['host'])}"
                )


def _local_start(text: str, end: int) -> int | None:
    """Where the local part before an at sign begins; None if what stands there is no name."""
    begin = max(0, end - _LOCAL_REACH)
    steps = list(_STEP.finditer(text, begin, end))
    start: int | None = None
    want_word = True
    later: re.Match[str] | None = None
    for step in reversed(steps):
        word = step[0].lower()
        if word in "()[]{}<>":
            continue
        if word in _SIGNS and not want_word:
            want_word = True
            continue
        if not _is_word(word):
            break
        if not want_word and not _goes_on(word, later, step.end()):
            break
        start, later, want_word = step.start(), step, False
    if start is None:
        han = _HAN_NAME.search(text, begin, end)
        return None if han is None else han.start()
    if text[start:end].lower() in COMMON:
        return None
    for announced in _ANNOUNCED.finditer(text, begin, start):
        words = text[announced.end() : start].lower().split()
        if (
            len(words) <= 4
            and not any(word in COMMON for word in words)
            and re.fullmatch(r"[a-z0-9 ]*", " ".join(words))
        ):
            return announced.end()
    return start


def _is_word(step: str) -> bool:
    return step not in _SIGNS and (step.isalnum() and (step.isascii() or step[0] in HAN_DIGITS))


def _goes_on(word: str, later: re.Match[str] | None, end: int) -> bool:
    """Whether a word belongs to the one that follows it: letters and digits one by one, or digits behind a name."""
    if later is None or later.start() == end:
        return True
    following = later[0].lower()
    digits = following.isdigit() or following in _NUMBERS or following[0] in HAN_DIGITS
    single = len(word) == 1 or word.isdigit() or word in _NUMBERS or word[0] in HAN_DIGITS
    return (single and (digits or len(following) == 1)) or (digits and word not in COMMON)


def _written(spoken: str) -> str:
    """The usual spelling of a part of an address."""
    steps = [step[0].lower() for step in _STEP.finditer(re.sub(r"[(\[{<>}\])]", " ", spoken))]
    return "".join(
        [_SIGNS.get(step) or (read(step) if step in _NUMBERS or step[0] in HAN_DIGITS else step) for step in steps]
    )
