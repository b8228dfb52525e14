"""RFC 5322 headers and MIME bodies: decoded header values, the text, forwarded mails, the list of attachments.

The compat32 parser of the standard library refuses no mail; its newer policies parse headers strictly and raise
on hostile ones. What compat32 leaves raw is decoded here.
"""

import binascii
import re
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message
from email.policy import Compat32
from email.utils import collapse_rfc2231_value
from typing import cast

from vocbus.channels.charset import decode
from vocbus.channels.html import to_text
from vocbus.contracts.errors import Rejected, RejectReason

#: Each level of nesting costs the parser one more look at every line.
_MOST_MULTIPARTS = 100
_MOST_LOOKS = 10_000_000
#: What header fields and their parameters hold beyond this is cut off; the parser's time grows with its square.
_LONGEST_FIELD = 32_768
_MOST_PARAMETERS = 64
_MULTIPART = re.compile(rb"content-type\s*:\s*(?:multipart|message)/", re.IGNORECASE)
_ENCODED_WORD = re.compile(r"=\?([^?*\s]{1,60})(?:\*[^?\s]*)?\?([bq])\?([^?]*)\?=", re.IGNORECASE)
_FOLD = re.compile(r"(?:[\r\n]++[ \t]*+)++")
_META_CHARSET = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?\s*([\w.:-]{1,40})", re.IGNORECASE)
#: No words: control characters other than tab and newline, byte order mark, soft hyphen.
_NO_WORDS = re.compile("[\x00-\x08\x0b-\x1f\x7f\ufeff\xad]")


class _RawHeaders(Compat32):
    """Header values as they stand but for their length, with bytes outside ASCII as surrogates (PEP 383)."""

    def header_fetch_parse(self, name: str, value: str) -> str:
        value = value[:_LONGEST_FIELD]
        if name.lower().startswith("content-"):
            return ";".join(value.split(";", _MOST_PARAMETERS)[:_MOST_PARAMETERS])
        return value


@dataclass(frozen=True)
class Attachment:
    """What hangs on a mail: its file name, if it has one, and its media type. The content is not carried."""

    name: str | None
    media_type: str


@dataclass
class Body:
    """The readable parts of a mail in order, the mails it passes on, and what else hangs on it."""

    texts: list[str] = field(default_factory=list)
    forwarded: list[Message] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "\n".join(self.texts).strip("\n")


def parse(raw: bytes) -> Message:
    """The parsed mail. Raises Rejected(OVERSIZE) for one with more parts in parts than mail clients make."""
    multiparts = len(_MULTIPART.findall(raw))
    if multiparts > _MOST_MULTIPARTS or multiparts * raw.count(b"\n") > _MOST_LOOKS:
        raise Rejected(RejectReason.OVERSIZE, f"mail: has {multiparts} multiparts")
    return message_from_bytes(raw.removeprefix(b"\xef\xbb\xbf").lstrip(), policy=_RawHeaders())


def header(message: Message, name: str) -> str:
    """Decoded value of the first such header (RFC 2047), empty when there is none."""
    return decode_words(raw_header(message, name))


def raw_header(message: Message, name: str) -> str:
    """The same with encoded words left as they stand, for values with a syntax of their own."""
    return _unfold(message.get(name) or "")


def body(message: Message) -> Body:
    """The body of a mail. Raises Rejected(OVERSIZE) for HTML that no person writes."""
    found = Body()
    found.texts = _texts(message, found, root=True)
    return found


def _texts(part: Message, found: Body, *, root: bool = False) -> list[str]:
    media_type = part.get_content_type()
    if part.get_content_maintype() == "multipart" and part.is_multipart():
        children = [_texts(child, found) for child in _children(part)]
        if media_type == "multipart/alternative":
            return _preferred(part, children)
        return [text for child in children for text in child]
    name = _parameter(part, "filename", "content-disposition") or _parameter(part, "name", "content-type")
    if media_type == "message/rfc822" and part.is_multipart():
        found.forwarded.append(_passed_on(part))
        if not root:
            found.attachments.append(Attachment(name, media_type))
        return []
    is_text = media_type in ("text/plain", "text/html") or part.get_content_maintype() == "multipart"
    if not is_text or part.get_content_disposition() == "attachment" or (name and not root):
        found.attachments.append(Attachment(name, media_type))
        return []
    text = _tidy(_text(part, media_type))
    return [text] if text.strip() else []


def _preferred(part: Message, children: list[list[str]]) -> list[str]:
    """Plain text where it holds words, else the richest form that does (RFC 2046 puts that last)."""
    plain = [any(leaf.get_content_type() == "text/plain" for leaf in child.walk()) for child in _children(part)]
    options = [texts for texts, is_plain in zip(children, plain, strict=True) if is_plain and texts]
    options += [texts for texts in reversed(children) if texts]
    return options[0] if options else []


def _passed_on(part: Message) -> Message:
    """The mail inside a message/rfc822 part, also where it stands encoded, which RFC 2046 forbids."""
    inner = _children(part)[0]
    if _transfer_encoding(part) == "base64" and not inner.keys():
        return parse(_base64(_content(inner)))
    return inner


def _text(part: Message, media_type: str) -> str:
    data = _content(part)
    label = _parameter(part, "charset", "content-type")
    if media_type == "text/html":
        meta = None if label else _META_CHARSET.search(data[:4096])
        return to_text(decode(data, meta[1].decode("ascii") if meta else label))
    text = decode(data, label)
    if (_parameter(part, "format", "content-type") or "").lower() == "flowed":
        text = _unflow(text, delsp=(_parameter(part, "delsp", "content-type") or "").lower() == "yes")
    return text


def _content(part: Message) -> bytes:
    encoding = _transfer_encoding(part)
    # Without that header get_payload gives the bytes as they stand; its own decoders give up where these go on.
    del part["content-transfer-encoding"]
    data = cast("bytes", part.get_payload(decode=True))
    if encoding == "base64":
        return _base64(data)
    return binascii.a2b_qp(data) if encoding == "quoted-printable" else data


def _transfer_encoding(part: Message) -> str:
    return str(part.get("content-transfer-encoding", "")).strip().lower()


def _base64(data: bytes) -> bytes:
    """Lenient: foreign characters are skipped, a cut end is decoded as far as it goes."""
    data = re.sub(rb"[^A-Za-z0-9+/]", b"", data)
    return binascii.a2b_base64(data[: len(data) - (len(data) % 4 == 1)] + b"==")


def _children(part: Message) -> list[Message]:
    return cast("list[Message]", part.get_payload())


def _parameter(part: Message, name: str, of: str) -> str | None:
    try:
        value = part.get_param(name, header=of)
        return decode_words(_unfold(collapse_rfc2231_value(value))) if value else None
    except ValueError:  # a charset name in the parameter that cannot be one
        return None


def _unfold(value: str) -> str:
    text = decode(value.encode("utf-8", "surrogateescape"), None)
    return _NO_WORDS.sub("", _FOLD.sub(" ", text)).strip()


def decode_words(value: str) -> str:
    """RFC 2047. Neighbours of one charset are joined before decoding, since clients cut through characters."""
    text: list[str] = []
    pending, label, end = b"", "", 0
    for match in _ENCODED_WORD.finditer(value):
        gap = value[end : match.start()]
        if pending and (gap.strip() or match[1].lower() != label):
            text.append(decode(pending, label))
            pending = b""
        if gap.strip() or not end:
            text.append(gap)
        label, end = match[1].lower(), match.end()
        encoded = match[3].encode("utf-8")
        pending += _base64(encoded) if match[2] in "bB" else binascii.a2b_qp(encoded, header=True)
    return _NO_WORDS.sub("", "".join([*text, decode(pending, label), value[end:]])).strip()


def _unflow(text: str, *, delsp: bool) -> str:
    """RFC 3676: joins the lines of a paragraph that end in a space, within one depth of quotation."""
    lines: list[str] = []
    paragraph: list[str] = []
    joined_depth = -1
    for line in re.split(r"\r\n|\r|\n", text):
        bare = line.lstrip(">")
        depth = len(line) - len(bare)
        content = bare.removeprefix(" ")
        flows = content.endswith(" ") and content != "-- "
        if depth != joined_depth or content == "-- ":
            lines.append("".join(paragraph))
            paragraph = ["> " if depth else ""]
        paragraph.append(content[:-1] if flows and delsp else content)
        joined_depth = depth if flows else -1
    return "\n".join([*lines[1:], "".join(paragraph)])


def _tidy(text: str) -> str:
    text = _NO_WORDS.sub("", re.sub(r"\r\n?", "\n", text).replace("\xa0", " "))
    return "\n".join(line if line == "-- " else line.rstrip() for line in text.split("\n"))
