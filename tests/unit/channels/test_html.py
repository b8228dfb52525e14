import pytest
from hypothesis import given
from hypothesis import strategies as st

from vocbus.channels.html import to_text
from vocbus.contracts.errors import Rejected, RejectReason


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>Dear bank,</p><p>my   card<br>is gone</p>", "Dear bank,\n\nmy card\nis gone\n"),
        ("<b>re</b>fund <i>now</i> &amp; today", "refund now & today"),
        ("<div><div>one</div></div><div>two</div>", "one\ntwo"),
        ("<style>p{}</style><script>x()</script>words<!-- hidden -->", "words"),
        ("<head><title>title</title></head><body>words</body>", "words"),
        ('<span style="DISPLAY:none">preview</span><p hidden>x</p>words', "words"),
        ("<table><tr><td>fee</td><td>48</td></tr><tr><td>tax</td></tr></table>", "fee 48\ntax\n"),
        ("<![if !supportLists]>words<![endif]>", "words"),
        ("<pre>a  b\nc</pre>", "a  b\nc\n"),
        ('<a href="https://example.com/long">https://example.com/long</a>', "https://example.com/long"),
        ("钱&nbsp;还没到账", "钱\xa0还没到账"),
        ("", ""),
    ],
)
def test_the_words_come_out_in_lines_and_nothing_else_does(html: str, text: str) -> None:
    assert to_text(html) == text


@pytest.mark.parametrize(
    ("tag", "attribute"),
    [
        ("blockquote", 'type="cite"'),
        ("blockquote", 'class="gmail_quote"'),
        ("blockquote", 'id="isReplyContent"'),
        ("div", 'class="yahoo_quoted"'),
        ("includetail", ""),
    ],
)
def test_what_a_client_marks_as_quoted_is_marked_in_the_text(tag: str, attribute: str) -> None:
    html = f"new<{tag} {attribute}><div>old</div>older</{tag}>below"
    assert to_text(html) == "new\n> old\n> older\nbelow"


def test_an_indented_paragraph_is_no_quote() -> None:
    assert to_text('<blockquote style="margin-left:40px">my own words</blockquote>') == "my own words"


def test_a_signature_that_a_client_marks_is_left_out() -> None:
    assert to_text('words<div class="gmail_signature">Bob<br>+1 555</div>') == "words"


def test_words_below_a_thousand_elements_are_found() -> None:
    assert to_text("<div>" * 1000 + "words") == "words"


def test_more_blocks_than_a_person_writes_are_oversize() -> None:
    with pytest.raises(Rejected) as caught:
        to_text("<div>" * 30_000)
    assert caught.value.reason is RejectReason.OVERSIZE


@given(st.text(alphabet="<>/!-[]=\"' abdivpstyleblockquote\n\x00", max_size=300))
def test_any_markup_gives_text(html: str) -> None:
    assert isinstance(to_text(html), str)
