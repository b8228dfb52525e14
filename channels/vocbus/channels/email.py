"""E-mail (RFC 5322, MIME) to Interaction: only what the customer newly wrote counts."""

import hashlib
import json
import re
from datetime import UTC, datetime
from email.message import Message
from email.utils import getaddresses, parsedate_to_datetime
from uuid import uuid5

from vocbus.channels.automatic import automatic_kind
from vocbus.channels.canonical import interaction
from vocbus.channels.mime import Attachment, body, decode_words, header, parse, raw_header
from vocbus.channels.quotation import new_text
from vocbus.contracts.errors import Rejected, RejectReason
from vocbus.contracts.identity import NAMESPACE
from vocbus.contracts.models import Interaction, to_millis
from vocbus.contracts.rules import EARLIEST_MS, LATEST_MS

#: Lengths after RFC 5321, 4.5.3.1.
_ADDRESS = re.compile(r"[^\s<>\"(),:;@]{1,64}@[^\s<>\"(),:;@]{1,255}")
_MESSAGE_ID = re.compile(r"<([^<>\s]{1,998})>")
_REPLY = re.compile(r"(?:re|aw|sv|antw|回复|回覆|答复|答覆|回信)\s*(?:\[\d+\])?\s*[:：]", re.IGNORECASE)
_FORWARD = re.compile(r"(?:fwd?|转发|轉寄|轉發|wg|tr)\s*[:：]", re.IGNORECASE)
#: "GMT+0800", which the date parser reads as GMT.
_GMT_OFFSET = re.compile(r"\b(?:GMT|UTC)\s*([+-]\d{2}):?(\d{2})\b")


def email(raw: bytes, *, tenant: str, received_at: datetime) -> Interaction:
    """The Interaction of one mail; `received_at` dates a mail that does not date itself credibly.

    The id follows from the Message-ID, so a mail delivered twice is one interaction; without one, from the bytes.
    Raises Rejected: CONTRACT_VIOLATION for what no customer wrote (bounce, auto-reply, report) or what holds no
    new words, UNDECODABLE for what is no mail, OVERSIZE for HTML that no person writes.
    """
    try:
        return _interaction(raw, tenant, received_at)
    except RecursionError:
        raise Rejected(RejectReason.UNDECODABLE, "mail: nests too deeply") from None


def _interaction(raw: bytes, tenant: str, received_at: datetime) -> Interaction:
    message = parse(raw)
    if not message.keys():
        raise Rejected(RejectReason.UNDECODABLE, "mail: has no header")
    sender = _sender(message)
    kind = automatic_kind(message, sender)
    if kind is not None:
        raise Rejected(RejectReason.CONTRACT_VIOLATION, f"mail: {kind}, not written by a customer")
    if not sender:
        raise Rejected(RejectReason.CONTRACT_VIOLATION, "from: must hold an address")
    content = body(message)
    subject, answered = header(message, "Subject"), _answered(message)
    reply = not _FORWARD.match(subject) and (bool(answered) or _REPLY.match(subject) is not None)
    text = content.text or "\n\n".join(body(inner).text for inner in content.forwarded)
    written = new_text(text, reply=reply)
    if text and not written:
        raise Rejected(RejectReason.CONTRACT_VIOLATION, "turns: must hold words; the mail only quotes another")
    if not written and not reply:
        written = subject  # "Please close my account" and nothing below it
    at = _sent_at(header(message, "Date"), received_at)
    message_id = _MESSAGE_ID.search(header(message, "Message-ID"))
    return interaction(
        {
            "interaction_id": _identify(message_id[1] if message_id else hashlib.sha256(raw).hexdigest()),
            "tenant": tenant,
            "channel": "EMAIL",
            "direction": "INBOUND",
            "customer_ref": sender,
            "started_at": at,
            "subject": subject or None,
            "turns": [{"speaker": "CUSTOMER", "text": written, "at": at}],
            "related": {"interaction_id": _identify(answered)} if answered else None,
            "attributes": _attributes(content.attachments),
            "source": {"system": "email"},
        }
    )


def _identify(message_id: str) -> str:
    return str(uuid5(NAMESPACE, f"email\x1f{message_id}"))


def _answered(message: Message) -> str:
    """Id of the mail that this one answers: In-Reply-To, else the last of References (RFC 5322, 3.6.4)."""
    found = _MESSAGE_ID.search(header(message, "In-Reply-To"))
    references = _MESSAGE_ID.findall(header(message, "References"))
    return found[1] if found else (references or [""])[-1]


def _sender(message: Message) -> str:
    for name in ("From", "Sender", "Return-Path"):
        value = raw_header(message, name)
        # Read before encoded words are decoded: a decoded name may hold commas and "@".
        for _, address in getaddresses([value]):
            if _ADDRESS.fullmatch(address):
                return address.lower()
        found = _ADDRESS.search(value) or _ADDRESS.search(decode_words(value))
        if found:
            return found[0].lower()
    return ""


def _sent_at(date: str, received_at: datetime) -> int:
    """Epoch milliseconds of a Date header; without a zone it is UTC (RFC 5322, 3.3)."""
    try:
        sent = parsedate_to_datetime(_GMT_OFFSET.sub(r"\1\2", date))
        at = to_millis(sent if sent.tzinfo else sent.replace(tzinfo=UTC))
    except (ValueError, TypeError, OverflowError, IndexError):
        return to_millis(received_at)
    return at if EARLIEST_MS <= at < LATEST_MS else to_millis(received_at)


def _attributes(attachments: list[Attachment]) -> dict[str, str]:
    if not attachments:
        return {}
    return {
        "attachments": str(len(attachments)),
        "attachment_names": json.dumps([one.name for one in attachments], ensure_ascii=False),
        "attachment_types": json.dumps([one.media_type for one in attachments]),
    }
