"""English postal addresses behind their cues: "I live at …", "my address is …", "send it to …", "postcode …".

What follows a cue is an address only if it is built like one: a number and a street word, a flat or block in a named
street, a house by its name, a postcode.
"""

import re
from collections.abc import Iterator, Sequence

from vocbus.pipeline.personal.common_words import COMMON, PEOPLES
from vocbus.pipeline.personal.digits import ENGLISH_DIGITS
from vocbus.pipeline.personal.spans import Span

# What may stand between a cue and the address.
_LINK = re.compile(
    r"(?:[\s:,\"'(\-]|\b(?:is|was|will be|should be|it's|its|now|at|to|in|on|the following|for my card|as|follows"
    r"|number"
    r"|no\.?|my|new|old|home|current|mailing|postal|changed|updated|from|house)\b){0,10}",
    re.IGNORECASE,
)
_NO_NUMBERS = frozenset(("o", "oh", "nil", "double", "triple", "treble", "quadruple"))
_word = "|".join(sorted((word for word in ENGLISH_DIGITS if word not in _NO_NUMBERS), key=len, reverse=True))
_STREET = (
    "street|st|road|rd|avenue|ave|lane|ln|drive|dr|close|court|ct|way|place|pl|crescent|cres|terrace|gardens?"
    "|grove|square"
    "|sq|hill|park|row|mews|boulevard|blvd|parade|highway|hwy|walk|green|view|rise|quay|wharf|estate|path|heights"
    "|circle"
    "|loop|vale|yard|wynd|link|jalan|lorong|broadway|house|cottage|mansions?|buildings?|tower|towers|farm|lodge|villas?"
    "|trail|trl|steps|fold|alley|bend|causeway|chase|cove|creek|crossing|croft|dell|dene|drove|esplanade|freeway|garth|glen"
    "|heath|hollow|knoll|landing|meadows?|orchard|parkway|pkwy|passage|pike|pde|promenade|ridge|turnpike|cottages|houses"
    "|plaza|centre|center|village|residences?|condo"
)
_HOUSE = "house|cottage|court|lodge|farm|mansions?|tower|towers|estate|barn|buildings?|gardens|villas?"
_NUMBER = rf"(?:no\.? ?)?(?:\d{{1,5}}[a-z]?(?:[-/]\d{{1,4}}[a-z]?)?|(?:{_word})(?:[ -](?:{_word}|oh|hundred))*)"
_UNIT = (
    r"(?:(?:flat|apt\.?|apartment|unit|suite|room|rm|block|blk|tower|floor|level|#) ?"
    rf"(?:[a-z]?\d{{1,4}}[a-z]?(?:[-/]\d{{1,4}}[a-z]?)?|[a-z]|(?:{_word})(?: (?:{_word}))*)"
    rf"|\d{{1,3}}/f|#\d{{1,3}}-\d{{1,4}}|{_NUMBER} ?(?:st|nd|rd|th)? floor)"
)
_POSTCODE = r"[a-z]{1,2}\d[a-z\d]? ?\d[a-z]{2}"
_QUANTITY = r"(?! ?(?:years?|days?|months?|weeks?|times|pounds|dollars))"
_WITH_NUMBER = re.compile(
    rf"(?:{_UNIT}[, ]+){{0,3}}(?:(?:[a-z][a-z'\-]* ){{1,2}}(?:{_HOUSE}),? +)?"
    rf"{_NUMBER}[, ]+(?:[a-z][a-z'.\-]* |\d{{1,3}}(?:st|nd|rd|th) ){{0,4}}?(?:{_STREET})\b\.?"
    rf"(?: (?:north|south|east|west|n|s|e|w|nw|ne|sw|se|{_NUMBER})\b{_QUANTITY})?(?:[, ]+{_UNIT})?",
    re.IGNORECASE,
)
# Without a number of its own: a flat in a named street, a house by its name, a floor of a tower, a box.
_WITHOUT_NUMBER = re.compile(
    rf"(?i:(?:{_UNIT},? +)+(?:[a-z][a-z'\-]* ){{1,4}}(?:{_STREET})\b(?: \d{{1,3}}\b)?(?:,? +{_UNIT})*)"
    r"|(?:[A-Z][a-z'\-]+ ){1,3}(?:House|Cottage|Court|Lodge|Farm|Mansions?|Tower|Estate|Barn|Villas?)\b"
    rf"|(?i:{_UNIT}(?:,? +{_UNIT})*)(?=,? [A-Z][a-z])|(?i:p\.? ?o\.? ?box \d{{1,6}})"
)
_NAMES = (
    rf"[A-Z][a-zA-Z'.\-]*+(?: "
    rf"(?:(?!(?i:{_POSTCODE}))[A-Z][a-zA-Z'.\-]*+|of|the|on|upon|in|under|le|la|de|du|del|dei|della)){{0,4}}"
)
_ZIP = rf"(?:(?i:{_POSTCODE})|(?:[A-Z]{{2,3}},? )?\d{{4,6}}(?!\d))"
# A number or unit, names with capitals, and the town or postcode behind them: whatever its street is called.
_FULL = re.compile(
    rf"(?:(?i:{_UNIT})[, ]+)*(?<![\w£$€])"
    rf"(?:(?i:{_UNIT})|(?i:number |no\.? )?\d{{1,5}}[a-z]?(?:[/-]\d{{1,4}}[a-z]?)?)[, ]+"
    rf"{_NAMES}(?:, ?{_NAMES}(?:,? {_ZIP})?|,? {_ZIP})(?:, ?{_NAMES})*(?:,? {_ZIP})?(?![A-Za-z0-9])"
    # A street by its word, with capitals.
    rf"|(?<![\w£$€])\d{{1,5}}[a-z]? (?:[A-Z][\w'.\-]* ){{1,3}}(?=[A-Z])(?i:{_STREET})\b"
    # The number behind the street, and the postcode before the town, as on the Continent.
    r"|(?:[a-z]{2,4}\.? )?[A-Z][\w'.\-]*(?: [\w'.\-]+){0,3} \d{1,4}[a-z]?(?:/\d{1,4})?,"
    rf" (?:[A-Z]{{1,2}}-)?(?:\d{{2}}-\d{{3}}|\d{{4,5}}) {_NAMES}"
)
_A_DIGIT = re.compile(r"\d")
_FULL_REACH = 32
_SENTENCE = re.compile(r"[.;\n](?:\s|\Z)|[!。；！\n]")
_UP_TO_POSTCODE = re.compile(rf"(?:[A-Z][\w'.\-]*,? ){{2,12}}(?i:{_POSTCODE})(?![A-Za-z0-9])")
_ONLY_POSTCODE = re.compile(rf"(?<![A-Za-z0-9]){_POSTCODE}(?![A-Za-z0-9])", re.IGNORECASE)
# Behind the street: towns with a capital, states, postcodes.
_TAIL = re.compile(
    rf"(?:(?:,? *\n|[,.]) *| +)(?:(?i:{_POSTCODE})|[A-Z]{{2}} \d{{5}}(?:-\d{{4}})?|\d{{5,6}}(?!\d)|[A-Z]{{2,3}}"
    rf" \d{{4}}(?!\d)"
    r"|(?<=[A-Z][A-Z] )\d{4}(?!\d)|S?\d{6}(?!\d)"
    r"|(?P<town>[A-Z][a-zA-Z'\-]+(?: (?:[A-Z][a-zA-Z'\-]+|on|upon|in|under|le|the|of|de)){0,3}))(?![a-z0-9])"
)
_NO_TOWN = re.compile(
    r"(?:I|I'm|I've|My|And|But|The|Please|Thanks|Thank|Can|Could|It|We|You|Your|This|That|What|Why|How|When|Since"
    r"|For|So|If"
    r"|Not|No|Yes|They|He|She|Is|Are|Do|Did|Has|Have|Mr|Mrs|Ms)\b"
)
# Ordinary words that do stand in streets' names; others do not: "send it to two people who live close".
_IN_STREETS = """
    the of st street close way place court drive park row view walk green house home building floor flat old new high
    long great little
    first second third north south east west upper lower church bank station main hill king's queen's mill dr no one
    two three four five
    six ten double love best young short saint lady sunday market office post sun spring good hope fair welcome unit
    apartment block tower
    room level suite town
    """
_NO_STREET = COMMON - frozenset(_IN_STREETS.split())
_REACH = 160


def english_addresses(text: str, ends: Sequence[int]) -> Iterator[Span]:
    """Addresses of a plain text behind cues that end at these places."""
    for cue_end in ends:
        link = _LINK.match(text, cue_end)
        at = cue_end if link is None else link.end()
        of_postcode = text[cue_end - 8 : cue_end].lower() in ("postcode", "ost code")
        end = _postcode_end(text, at) if of_postcode else _address_end(text, at)
        if end is not None:
            yield _span(text, at, end)
        elif (full := _full_address(text, at)) is not None:
            yield _span(text, *full)


def _full_address(text: str, at: int) -> tuple[int, int] | None:
    """Where an address that is told by its own form stands, shortly behind a place and in the same sentence."""
    if not _A_DIGIT.search(text, at, at + _FULL_REACH + 8):
        return None
    reach = at + _FULL_REACH
    over = _SENTENCE.search(text, at, reach)
    reach = reach if over is None else over.start()
    start = at
    while found := _FULL.search(text, start, at + _REACH):
        if found.start() > reach:
            return None
        words = re.findall(r"\b[a-z']+", found[0].lower())
        if not any(word in _NO_STREET or word in PEOPLES for word in words):
            return found.span()
        start = found.start() + 1
    return None


def english_address_at(text: str, at: int) -> Span | None:
    """The address or postcode that begins at a place of a plain text, where one was asked for."""
    end = _address_end(text, at) or _postcode_end(text, at)
    if end is None and (full := _full_address(text, at)) is not None:
        return _span(text, *full)
    return None if end is None else _span(text, at, end)


def _address_end(text: str, at: int) -> int | None:
    """Where an address that begins at a place ends, or None if none does."""
    reach = at + _REACH
    street = _WITH_NUMBER.match(text, at, reach) or _WITHOUT_NUMBER.match(text, at, reach)
    if street is None:
        house = _UP_TO_POSTCODE.match(text, at, reach)
        return None if house is None else house.end()
    if any(word in _NO_STREET for word in re.findall(r"\b[a-z']+", street[0].lower())):
        return None
    end = street.end()
    while (tail := _TAIL.match(text, end, reach)) and not (tail["town"] and _NO_TOWN.match(tail["town"])):
        end = tail.end()
    return end


def _postcode_end(text: str, at: int) -> int | None:
    code = _ONLY_POSTCODE.match(text, at)
    return None if code is None else code.end()


def _span(text: str, start: int, end: int) -> Span:
    return Span(start, end, "ADDRESS", re.sub(r"[\W_]+", "", text[start:end]).casefold())
