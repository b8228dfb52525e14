"""What is new in a mail: quoted mail, its introduction and signatures are cut away.

Conservative, since a customer's words weigh more than a quote left in: a line goes only when its form says that
a mail client wrote it. Each rule looks at one line or a few, so that the time is linear in the text.
"""

import re

_QUOTED = re.compile(r"\s{0,3}>")
_RULE = " \t-_=*–—"
#: What a client puts between rules above the older mail: "----- Original Message -----" and its kind.
_ORIGINAL = re.compile(
    r"original(?: message| appointment| mail)?|replied message|reply message|ursprüngliche nachricht"
    r"|message d'origine|mensaje original|messaggio originale|原始?邮件|原始信息|原始消息|邮件原件|回复的原?邮件"
    r"|原始郵件|原始訊息|元のメッセージ|원본 메시지",
    re.IGNORECASE,
)
#: The same above a mail that is passed on.
_FORWARDED = re.compile(
    r"forwarded (?:message|mail)(?: from .{1,80})?|weitergeleitete nachricht"
    r"|转发的?邮件(?:信息)?|转发的消息|轉寄的?郵件",
    re.IGNORECASE,
)
_FORWARDED_BY_APPLE = re.compile(r"begin forwarded message:|下面是被转发的邮件[:：]", re.IGNORECASE)
#: Header lines that Outlook, QQ Mail and their kind put above the older mail, by what they tell.
_HEADER = re.compile(
    r"[\s*]*(?:(?P<sender>from|von|de|da|发件人|寄件者|寄件人|差出人|보낸 사람)"
    r"|(?P<other>sent|date|to|cc|subject|gesendet|datum|an|betreff|envoyé|à|objet|enviado|para|asunto"
    r"|发送时间|发送日期|日期|时间|收件人|抄送|抄送人|主题|寄件日期|收件者|副本|主旨"
    r"|送信日時|宛先|件名|보낸 날짜|받는 사람|제목))"
    r"\s*\**\s*[:：]",
    re.IGNORECASE,
)
_WROTE = r"(?:wrote|writes|写道|寫道|schrieb|a écrit|escribió|ha scritto|schreef|escreveu|пишет|написала?)"
_ATTRIBUTION_END = re.compile(rf".*{_WROTE}.{{0,120}}?[:：]\s*", re.IGNORECASE)
_ATTRIBUTION_START = re.compile(
    r"\s*(?:on|at|am|le|el|il|op|em)\s.*\d|\s*[在于於].*\d|.*<\S+@|\s*\d{4}[年/.-]", re.IGNORECASE
)
#: Only a client writes an address in angle brackets or the minute in front of "wrote:".
_BY_A_CLIENT = re.compile(r"<[^<>\s]+@[^<>\s]+>|\d{1,2}[:：.]\d{2}")
_PHONE = (
    r"(?:iphone|ipad|android|安卓|huawei|华为|華為|honor|荣耀|xiaomi|小米|redmi|红米|oppo|vivo|一加|samsung|三星|魅族"
    r"|手机|手機|平板)"
)
_DEVICE = re.compile(
    r"\s*(?:sent (?:from|via|with) (?:my |mail for |the |outlook|yahoo|proton|samsung|huawei|xiaomi|an? ).{0,60}"
    r"|get outlook for (?:ios|android).{0,60}"
    rf"|(?:发自|發自|来自|來自|发送自|從|从)\s*我的\s*.{{0,10}}{_PHONE}.{{0,20}}"
    r"|(?:发自|来自|由)\s*.{1,12}(?:邮箱大师|邮箱|客户端)(?:发送)?|从.{1,20}(?:手机|设备|邮箱).{0,6}发送"
    r"|von meinem \w+ gesendet|envoyé de mon \w+)\s*",
    re.IGNORECASE,
)
#: RFC 3676 section 4.3 asks for a space after the dashes, which many a client strips; then only a short rest
#: is a signature.
_SIGNATURE_LINES = 10
#: What a client writes into one line is shorter.
_LONGEST_MARK = 300


def new_text(text: str, *, reply: bool) -> str:
    """The part of a mail's text that its sender wrote, empty for a reply that only quotes.

    A mail that answers none and has no words of its own passes another on: then the other's count.
    """
    kept = _without_closing(_without_signature(_without_quotes(text.split("\n"))))
    written = re.sub(r"\n{3,}", "\n\n", "\n".join(kept)).strip()
    return written if written or reply else text.strip()


def _without_quotes(lines: list[str]) -> list[str]:
    kept: list[str] = []
    for index, line in enumerate(lines):
        if _QUOTED.match(line):
            del kept[_attribution_start(kept) :]
        elif _starts_older_mail(lines, index):
            break
        else:
            kept.append(line)
            start = _attribution_start(kept)
            if _BY_A_CLIENT.search(" ".join(kept[start:])) and not _quote_follows(lines, index):
                del kept[start:]
                break
    return kept


def _starts_older_mail(lines: list[str], index: int) -> bool:
    line = lines[index].strip()
    if len(line) > _LONGEST_MARK:
        return False
    core = line.strip(_RULE)
    if _FORWARDED_BY_APPLE.fullmatch(line) or (
        line.startswith(("--", "__", "==")) and (_ORIGINAL.fullmatch(core) or _FORWARDED.fullmatch(core))
    ):
        return True
    header = _HEADER.match(line)
    if header is None or not header["sender"]:
        return False
    following = [text[:_LONGEST_MARK] for text in lines[index + 1 : index + 9] if text.strip()][:4]
    others = sum(1 for text in following if (found := _HEADER.match(text)) and found["other"])
    return others >= 2


def _quote_follows(lines: list[str], index: int) -> bool:
    for line in lines[index + 1 : index + 4]:
        if line.strip():
            return _QUOTED.match(line) is not None
    return False


def _attribution_start(kept: list[str]) -> int:
    """Index from which the last lines say "On …, … wrote:" (up to three, a blank one below); their end if none do."""
    last = len(kept) - 1
    while last > len(kept) - 3 and last >= 0 and not kept[last].strip():
        last -= 1
    if last < 0 or len(kept[last]) > _LONGEST_MARK or not _ATTRIBUTION_END.fullmatch(kept[last]):
        return len(kept)
    for start in range(last, max(last - 3, -1), -1):
        if not kept[start].strip():
            break
        if _ATTRIBUTION_START.match(kept[start][:_LONGEST_MARK]):
            return start
    return len(kept)


def _without_signature(lines: list[str]) -> list[str]:
    filled = [index for index, line in enumerate(lines) if line.strip()]
    for index in filled[1:]:
        if lines[index] == "-- ":
            return lines[:index]
    for index in filled[1:][-_SIGNATURE_LINES:]:
        if lines[index] == "--":
            return lines[:index]
    return lines


def _without_closing(lines: list[str]) -> list[str]:
    """Without the rule and the "Sent from my …" that clients set under a mail."""
    end = len(lines)
    while end and (not lines[end - 1].strip(_RULE) or _DEVICE.fullmatch(lines[end - 1][:_LONGEST_MARK])):
        end -= 1
    return lines[:end]
