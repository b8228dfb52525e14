import base64
import contextlib
import json
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vocbus.channels.email import email
from vocbus.contracts.codec import Codec
from vocbus.contracts.errors import Rejected, RejectReason
from vocbus.contracts.models import Channel, Direction, Interaction, Speaker
from vocbus.contracts.registry import LockFileRegistry

Mail = Callable[..., Interaction]
Convert = Callable[[bytes], Interaction]

RECEIVED_AT = datetime(2026, 11, 30, 12, tzinfo=UTC)
COMPLAINT = "您好，信用卡年费被重复扣收，请退款。"


def text_of(interaction: Interaction) -> str:
    assert len(interaction.turns) == 1
    return interaction.turns[0].text


def multipart(kind: str, *parts: bytes) -> tuple[bytes, bytes]:
    body = b"".join(b"--b\r\n" + part + b"\r\n" for part in parts)
    return body + b"--b--\r\n", f"Content-Type: multipart/{kind}; boundary=b".encode()


def part(content: bytes, *headers: bytes) -> bytes:
    return b"\r\n".join([*headers, b"", content])


PLAIN = part(b"plain words", b"Content-Type: text/plain")
HTML = part(b"<p>html words</p>", b"Content-Type: text/html")
PICTURE = part(b"aGk=", b'Content-Type: image/png; name="slip.png"', b"Content-Transfer-Encoding: base64")


def test_a_mail_is_one_turn_of_the_customer(mail: Mail) -> None:
    found = mail(b"Where is my card?", b"Subject: Card")
    assert (found.channel, found.direction, found.tenant) == (Channel.EMAIL, Direction.INBOUND, "example-bank")
    assert (found.customer_ref, found.subject) == ("ann@example.com", "Card")
    assert found.started_at == datetime(2026, 11, 2, 1, tzinfo=UTC)
    assert [(turn.speaker, turn.text) for turn in found.turns] == [(Speaker.CUSTOMER, "Where is my card?")]


def test_the_id_follows_from_the_message_id_alone(mail: Mail) -> None:
    once = mail(b"words").interaction_id
    assert mail(b"words", b"X-Delivered: again").interaction_id == once
    assert mail(b"words", b"Message-ID: <m2@example.com>").interaction_id != once


def test_without_a_message_id_the_id_follows_from_the_bytes(mail: Mail) -> None:
    assert mail(b"a", b"Message-ID:").interaction_id == mail(b"a", b"Message-ID:").interaction_id
    assert mail(b"a", b"Message-ID:").interaction_id != mail(b"b", b"Message-ID:").interaction_id


def test_an_answer_names_the_interaction_that_it_continues(mail: Mail) -> None:
    first = mail(b"words", b"Message-ID: <m1@example.com>")
    by_reply = mail(b"more", b"In-Reply-To: <m1@example.com> <other@example.com>", b"Message-ID: <m2@example.com>")
    by_references = mail(b"more", b"References: <m0@example.com>\r\n <m1@example.com>", b"Message-ID: <m3@example.com>")
    assert first.related is None
    for answer in (by_reply, by_references):
        assert answer.related is not None
        assert answer.related.interaction_id == first.interaction_id


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        (b"=?utf-8?B?5L+h55So5Y2h?=", "信用卡"),
        (b"=?utf-8?B?5L+h55S=?=\r\n =?utf-8?B?qOWNoQ==?=", "信用卡"),
        (b"=?GB2312?B?0MXTw7+o?= =?gb2312?Q?=C4=EA=B7=D1?=", "信用卡年费"),
        (b"=?gb2312?B?" + base64.b64encode("单喆云".encode("gbk")) + b"?=", "单喆云"),
        (b"=?iso-8859-1?Q?Geb=FChr_f=FCr?= Karte", "Gebühr für Karte"),
        (b"=?utf-8*zh?Q?=E5=8D=A1?=", "卡"),
        (b"=?x-unknown?B?0MXTw7+o?=", "信用卡"),
        (b"=?utf-8?Q?two words?=", "two words"),
        ("信用卡".encode("gbk"), "信用卡"),
        ("信用卡".encode(), "信用卡"),
        (b"a\r\n \r\n\tb", "a b"),
        (b"=?utf-8?B?not closed", "=?utf-8?B?not closed"),
    ],
)
def test_a_subject_is_decoded_however_it_was_encoded(mail: Mail, subject: bytes, text: str) -> None:
    assert mail(b"words", b"Subject: " + subject).subject == text


@pytest.mark.parametrize(
    ("charset", "written_as"),
    [("gb2312", "gbk"), ("gb18030", "gb18030"), ("big5", "big5"), ("utf-8", "utf-8"), ("iso-8859-1", "utf-8")],
)
@pytest.mark.parametrize("encoding", ["8bit", "base64", "quoted-printable"])
def test_chinese_bodies_are_decoded(mail: Mail, charset: str, written_as: str, encoding: str) -> None:
    text = "連續兩期被收手續費" if charset == "big5" else COMPLAINT
    body = text.encode(written_as)
    if encoding == "base64":
        body = base64.encodebytes(body)
    elif encoding == "quoted-printable":
        body = b"".join(b"=%02X" % byte for byte in body)
    headers = (f"Content-Type: text/plain; charset={charset}", f"Content-Transfer-Encoding: {encoding}")
    assert text_of(mail(body, *(header.encode() for header in headers))) == text


def test_plain_text_is_preferred_to_html_and_counts_once(mail: Mail) -> None:
    assert text_of(mail(*multipart("alternative", PLAIN, HTML))) == "plain words"


@pytest.mark.parametrize("parts", [(HTML,), (part(b" \r\n", b"Content-Type: text/plain"), HTML)])
def test_html_counts_where_there_is_no_plain_text(mail: Mail, parts: tuple[bytes, ...]) -> None:
    assert text_of(mail(*multipart("alternative", *parts))) == "html words"


def test_html_without_a_label_is_read_by_its_own(mail: Mail) -> None:
    html = b'<meta charset="koi8-r"><p>' + "Верните деньги".encode("koi8-r") + b"</p>"
    assert text_of(mail(html, b"Content-Type: text/html")) == "Верните деньги"


def test_attachments_are_listed_and_not_carried(mail: Mail) -> None:
    named = part(
        b"a,b", b"Content-Type: text/csv", b"Content-Disposition: attachment; filename*=utf-8''%E8%B4%A6%E5%8D%95"
    )
    found = mail(*multipart("mixed", PLAIN, PICTURE, named))
    assert text_of(found) == "plain words"
    assert found.attributes["attachments"] == "2"
    assert json.loads(found.attributes["attachment_names"]) == ["slip.png", "账单"]
    assert json.loads(found.attributes["attachment_types"]) == ["image/png", "text/csv"]


def test_text_around_an_attachment_is_joined(mail: Mail) -> None:
    assert text_of(mail(*multipart("mixed", PLAIN, PICTURE, PLAIN))) == "plain words\nplain words"


def test_a_mail_that_is_never_closed_is_read_to_its_end(mail: Mail) -> None:
    body, header = multipart("alternative", PLAIN)
    assert text_of(mail(body.removesuffix(b"--b--\r\n"), header)) == "plain words"


def test_flowed_paragraphs_are_joined_and_their_quotes_cut(mail: Mail) -> None:
    body = b"One \r\nparagraph.\r\n> quoted \r\n> words\r\n From space.\r\n-- \r\nAnn"
    header = b"Content-Type: text/plain; format=flowed"
    assert text_of(mail(body, header, b"Subject: Re: fee")) == "One paragraph.\nFrom space."


def test_flowed_chinese_is_joined_without_spaces(mail: Mail) -> None:
    header = b"Content-Type: text/plain; charset=utf-8; format=flowed; delsp=yes"
    assert text_of(mail("年费 \r\n重复".encode(), header)) == "年费重复"


def test_a_quoted_html_reply_leaves_the_new_words(mail: Mail) -> None:
    html = (
        b'<div>Still nothing.</div><div class="gmail_quote"><div class="gmail_attr">On Mon, 2 Nov 2026 at 10:00, Care '
        b'&lt;care@example.com&gt; wrote:<br></div><blockquote class="gmail_quote">old</blockquote></div>'
    )
    assert text_of(mail(html, b"Content-Type: text/html", b"Subject: Re: fee")) == "Still nothing."


def forwarded(*headers: bytes) -> bytes:
    inner = b"From: bob@example.com\r\nSubject: inner\r\n\r\nThey took my money."
    return part(inner, b"Content-Type: message/rfc822", *headers)


def test_a_mail_that_only_passes_another_on_has_its_words(mail: Mail) -> None:
    found = mail(*multipart("mixed", forwarded()), b"Subject: Fwd: inner")
    assert (text_of(found), found.customer_ref) == ("They took my money.", "ann@example.com")


def test_a_mail_passed_on_beside_own_words_is_an_attachment(mail: Mail) -> None:
    found = mail(*multipart("mixed", PLAIN, forwarded()))
    assert text_of(found) == "plain words"
    assert json.loads(found.attributes["attachment_types"]) == ["message/rfc822"]


def test_a_mail_passed_on_in_base64_is_read_all_the_same(mail: Mail) -> None:
    inner = base64.b64encode(b"From: bob@example.com\r\n\r\nThey took my money.")
    assert text_of(mail(inner, b"Content-Type: message/rfc822", b"Content-Transfer-Encoding: base64")).startswith(
        "They"
    )


def test_a_mail_with_nothing_but_a_subject_says_that(mail: Mail) -> None:
    assert text_of(mail(b"", b"Subject: Please close my account")) == "Please close my account"


@pytest.mark.parametrize(
    "date",
    [
        b"",
        b"<HR>",
        b"Mon, 30 Jun 3609 15:33:50 +0600",
        b"1 Jan 1969 00:00:00 +0000",
        b"Wed, 15 Dec 2026 59:10 -0500",
        b"Mon, 2 Nov 2026 09:00:00 +9999",
    ],
)
def test_a_date_that_cannot_be_gives_way_to_the_time_of_receipt(mail: Mail, date: bytes) -> None:
    assert mail(b"words", b"Date: " + date).started_at == RECEIVED_AT


@pytest.mark.parametrize(
    "date",
    [
        b"Tue, 2 Nov 2026 09:00:00 +0800",
        b"2 Nov 2026 09:00:00+0800",
        b"Mon, 2 Nov 26 01:00 UT",
        b"Mon, 2 Nov 2026 09:00:00 GMT+08:00",
        b"Mon, 2 Nov 2026 01:00:00 -0000",
        "2 Nov 2026 01:00:00 +0000 (中国)".encode(),
    ],
)
def test_dates_that_clients_write_are_understood(mail: Mail, date: bytes) -> None:
    assert mail(b"words", b"Date: " + date).started_at == datetime(2026, 11, 2, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("sender", "address"),
    [
        (b"Ann@Example.COM", "ann@example.com"),
        (b"ann@example.com (Ann, of the branch)", "ann@example.com"),
        (b'"care@bank.example, Ann" <ann@example.com>', "ann@example.com"),
        (b"=?utf-8?Q?Last=2C_First?= <ann@example.com>", "ann@example.com"),
        (b"=?utf-8?B?" + base64.b64encode(b"Ann <ann@example.com>") + b"?=", "ann@example.com"),
        (b"Ann <o'neil+bank@example.com>, Bob <bob@example.com>", "o'neil+bank@example.com"),
        ("安 <an@例子.cn>".encode(), "an@例子.cn"),
    ],
)
def test_the_customer_is_the_address_of_the_sender(mail: Mail, sender: bytes, address: str) -> None:
    assert mail(b"words", b"From: " + sender).customer_ref == address


def test_the_sender_stands_in_for_a_missing_author(mail: Mail) -> None:
    assert mail(b"words", b"From:", b"Sender: bob@example.com").customer_ref == "bob@example.com"


def rejection(of: Callable[[], object]) -> Rejected:
    with pytest.raises(Rejected) as caught:
        of()
    return caught.value


@pytest.mark.parametrize(
    ("headers", "kind"),
    [
        ([b"Content-Type: multipart/report; report-type=delivery-status; boundary=b"], "bounce"),
        ([b"From: MAILER-DAEMON@example.com"], "bounce"),
        ([b"From: postmaster@example.com", b"Subject: Undeliverable: your mail"], "bounce"),
        ([b"From: postmaster@example.cn", "Subject: 系统退信".encode()], "bounce"),
        ([b"X-Failed-Recipients: bob@example.com"], "bounce"),
        ([b"Content-Type: multipart/report; report-type=disposition-notification; boundary=b"], "read receipt"),
        ([b"Content-Type: multipart/report; report-type=feedback-report; boundary=b"], "abuse report"),
        ([b"Auto-Submitted: auto-replied (vacation)"], "auto-reply"),
        ([b"Auto-Submitted: auto-generated; owner=x"], "automatic mail"),
        ([b"X-Autoreply: yes"], "auto-reply"),
        ([b"X-Autorespond: away"], "auto-reply"),
        ([b"Precedence: auto_reply"], "auto-reply"),
        ([b"Subject: Automatic reply: fee"], "auto-reply"),
        (["Subject: 自动回复: 年费".encode()], "auto-reply"),
        ([b"Return-Path: <>"], "automatic mail"),
    ],
)
def test_what_no_customer_wrote_is_rejected_as_what_it_is(mail: Mail, headers: list[bytes], kind: str) -> None:
    found = rejection(lambda: mail(b"--b\r\n\r\nwords\r\n--b--", *headers))
    assert found.reason is RejectReason.CONTRACT_VIOLATION
    assert found.detail.startswith(f"mail: {kind},")


@pytest.mark.parametrize(
    "header",
    [
        b"Precedence: bulk",
        b"Auto-Submitted: no",
        b"X-Autoreply: no",
        b"From: postmaster@example.com",
        b"Subject: Re: Automatic reply: fee",
        b"Return-Path: <ann@example.com>",
        b"Subject: My failure notice",
    ],
)
def test_what_proves_nothing_rejects_nothing(mail: Mail, header: bytes) -> None:
    assert text_of(mail(b"words", header)) == "words"


def test_a_reply_that_only_quotes_is_rejected(mail: Mail) -> None:
    found = rejection(lambda: mail(b"> old words\r\n> only", b"Subject: Re: fee"))
    assert found.detail == "turns: must hold words; the mail only quotes another"


def test_an_empty_mail_is_rejected(mail: Mail) -> None:
    assert rejection(lambda: mail(b"")).detail.startswith("turns must hold words")


def test_a_mail_without_an_address_is_rejected(mail: Mail) -> None:
    assert rejection(lambda: mail(b"words", b"From: undisclosed")).detail == "from: must hold an address"


@pytest.mark.parametrize("raw", [b"", b"\n\n\n", b"no mail at all", b"\x00\xff" * 50])
def test_what_has_no_header_is_no_mail(convert: Convert, raw: bytes) -> None:
    assert rejection(lambda: convert(raw)).reason is RejectReason.UNDECODABLE


def test_a_mail_that_nests_without_end_is_rejected(convert: Convert) -> None:
    level = b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n"
    raw = b"From: ann@example.com\n" + b"".join(level % (n, n) for n in range(500))
    assert rejection(lambda: convert(raw)).reason is RejectReason.OVERSIZE


def test_no_detail_repeats_what_the_mail_says(mail: Mail) -> None:
    found = rejection(
        lambda: mail(b"> 6222021234567890", b"Subject: Re: 6222021234567890", b"X-Autoreply: 6222021234567890")
    )
    assert "6222" not in found.detail


@given(st.binary(max_size=400))
def test_any_bytes_are_an_interaction_or_rejected(raw: bytes) -> None:
    outcome(raw)
    outcome(b"From: a@b.example\r\n" + raw)


FRAGMENTS = st.sampled_from(
    [
        b"Content-Type: text/html\r\n",
        b"Content-Type: multipart/mixed; boundary=b\r\n",
        b"\r\n--b\r\n",
        b"--b--",
        b"\r\n\r\n",
        b"Content-Transfer-Encoding: base64\r\n",
        b"charset*=%00''x",
        b"Subject: =?gb2312?B?",
        b"?=",
        b"charset=utf-7",
        b"Content-Type: message/rfc822\r\n",
        b'name*0*="',
        b"+2AA-",
        b"\x1b$B",
        b"<div>",
        b"<![",
        b"On 10:00 <a@b> wrote:\r\n",
        b"> ",
        b"-- \r\n",
        b"Date: ",
        b"References: <",
        b"\xd0\xc5",
        b"\x00",
        b";",
        b"format=flowed",
    ]
)


@given(st.lists(FRAGMENTS | st.binary(max_size=8), max_size=30))
def test_any_mix_of_what_mails_are_made_of_is_an_interaction_or_rejected(pieces: list[bytes]) -> None:
    outcome(b"From: a@b.example\r\n" + b"".join(pieces))


encode = Codec(LockFileRegistry()).encoder("interactions-raw")


def outcome(raw: bytes) -> None:
    with contextlib.suppress(Rejected):
        assert encode(email(raw, tenant="t", received_at=RECEIVED_AT).to_record())
