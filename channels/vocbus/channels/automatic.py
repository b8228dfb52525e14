"""Mail that no customer wrote: bounces, auto-replies, receipts and reports (RFC 3464, 3834, 5965, 8098).

`Precedence: bulk` alone proves nothing: newsletters carry it and so do forwarded customer mails.
"""

import re
from email.message import Message

from vocbus.channels.mime import header

_REPORTS = {
    "delivery-status": "bounce",
    "disposition-notification": "read receipt",
    "feedback-report": "abuse report",
}
_AUTO_REPLY_HEADERS = ("X-Autoreply", "X-Autorespond", "X-Autoresponder", "X-Auto-Reply", "X-Auto-Response")
_AUTO_REPLY_SUBJECT = re.compile(
    r"(?:automatic reply|auto(?:matic)?[- ]?(?:re(?:ply|sponse))|out of (?:the )?office"
    r"|自动回复|自动答复|自動回覆|自動回復)\s*[:：]",
    re.IGNORECASE,
)
_BOUNCE_SUBJECT = re.compile(
    r"undeliver|delivery (?:status notification|failure|has failed)|returned mail|failure notice"
    r"|mail (?:delivery (?:failed|failure|system|subsystem)|system error)|warning: could not send"
    r"|系统退信|退信|邮件退回",
    re.IGNORECASE,
)


def automatic_kind(message: Message, sender: str) -> str | None:
    """What kind of automatic mail it is, None for a person's."""
    if message.get_content_type() == "multipart/report":
        return _REPORTS.get(str(message.get_param("report-type", "")).lower(), "report")
    subject = header(message, "Subject")
    mailbox = sender.partition("@")[0]
    if (
        mailbox == "mailer-daemon"
        or "X-Failed-Recipients" in message
        or (mailbox in ("postmaster", "") and _BOUNCE_SUBJECT.match(subject))
    ):
        return "bounce"
    submitted = re.split(r"[\s;(]", header(message, "Auto-Submitted").lower(), maxsplit=1)[0]
    if submitted not in ("", "no"):
        return "auto-reply" if submitted == "auto-replied" else "automatic mail"
    if any(header(message, name).lower() not in ("", "no", "false") for name in _AUTO_REPLY_HEADERS):
        return "auto-reply"
    if header(message, "Precedence").lower() == "auto_reply" or _AUTO_REPLY_SUBJECT.match(subject):
        return "auto-reply"
    # The null reverse-path of RFC 5321, 4.5.5, is for notifications alone.
    return "automatic mail" if header(message, "Return-Path") == "<>" else None
