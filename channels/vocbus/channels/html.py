"""HTML of mail to plain text: blocks become lines, quoted mail becomes lines marked with ">" (as in plain text).

Parsed by Lexbor (selectolax), which follows the HTML5 rules: html.parser of the standard library needs time
quadratic in hostile input, and lxml drops text nested deeper than 256 elements.
"""

import re
from typing import TYPE_CHECKING

from selectolax.lexbor import LexborHTMLParser

from vocbus.contracts.errors import Rejected, RejectReason

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode

#: Never read by the customer's reader, or not the customer's words.
_UNSEEN = (
    "head, script, style, template, [hidden], [style*='display:none' i], [style*='display: none' i],"
    " .gmail_signature, .moz-signature, #ymail_android_signature, #ymail_ios_signature"
)
#: What mail clients wrap an older mail in: standards, Gmail, NetEase, Yahoo, Proton, QQ.
_QUOTES = (
    "blockquote[type=cite], blockquote.gmail_quote, blockquote#isReplyContent, .yahoo_quoted, .protonmail_quote,"
    " includetail"
)
_BLOCKS = frozenset(
    {"address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details", "div", "dl", "dt"}
    | {"fieldset", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "includetail"}
    | {"li", "main", "nav", "ol", "p", "pre", "section", "table", "tbody", "tfoot", "thead", "tr", "ul"}
)
_SPACED = frozenset({"p", "ul", "ol", "table", "pre", "h1", "h2", "h3", "h4", "h5", "h6"})
#: The HTML5 rules look for an open paragraph through all open blocks: time grows with the square of the depth.
_MOST_BLOCKS = 20_000
_BLOCK_TAG = re.compile(r"<(?!br|td|tr|th|li|img|span|font|a\b|b\b|i\b)[a-z]", re.IGNORECASE)
_SPACES = re.compile(r"[ \t\r\n\f]+")


def to_text(html: str) -> str:
    """The words of an HTML document. Raises Rejected(OVERSIZE) for one with more elements than a person writes."""
    if sum(1 for _ in _BLOCK_TAG.finditer(html)) > _MOST_BLOCKS:
        raise Rejected(RejectReason.OVERSIZE, f"html: has more than {_MOST_BLOCKS} block elements")
    root = LexborHTMLParser(html).root
    if root is None:
        return ""
    unseen = {node.mem_id for node in root.css(_UNSEEN)}
    quotes = {node.mem_id for node in root.css(_QUOTES)}
    return _Lines(unseen, quotes).render(root)


class _Lines:
    """Walks the tree without recursion, since mail nests as deep as it likes."""

    def __init__(self, unseen: set[int], quotes: set[int]) -> None:
        self._unseen = unseen
        self._quotes = quotes
        self._lines: list[str] = []
        self._line: list[str] = []
        self._depth = 0
        self._preformatted = 0

    def render(self, root: "LexborNode") -> str:
        node: LexborNode | None = root
        while node is not None:
            seen = node.mem_id not in self._unseen
            if seen:
                self._open(node)
                if node.child is not None:
                    node = node.child
                    continue
                self._close(node)
            while node is not None and node.next is None:
                node = node.parent
                if node is not None:
                    self._close(node)
            node = node.next if node is not None else None
        self._break()
        return "\n".join(self._lines)

    def _open(self, node: "LexborNode") -> None:
        tag = node.tag
        if tag == "-text":
            self._text(node.text_content or "")
        elif tag == "br":
            self._break(empty=True)
        elif tag in _BLOCKS:
            self._break(blank=tag in _SPACED)
            self._preformatted += tag == "pre"
        elif tag in ("td", "th"):
            self._line.append(" ")
        self._depth += node.mem_id in self._quotes

    def _close(self, node: "LexborNode") -> None:
        if node.tag in _BLOCKS:
            self._break(blank=node.tag in _SPACED)
            self._preformatted -= node.tag == "pre"
        elif node.mem_id in self._quotes:
            self._break()
        self._depth -= node.mem_id in self._quotes

    def _text(self, text: str) -> None:
        if not self._preformatted:
            self._line.append(_SPACES.sub(" ", text))
            return
        first, *others = text.split("\n")
        self._line.append(first)
        for other in others:
            self._break(empty=True)
            self._line.append(other)

    def _break(self, *, empty: bool = False, blank: bool = False) -> None:
        """End the line; `empty` keeps an empty one, `blank` asks for a blank line after it."""
        raw = "".join(self._line)
        line = raw.rstrip() if self._preformatted else _SPACES.sub(" ", raw).strip()
        self._line.clear()
        prefix = "> " if self._depth else ""
        if line or empty:
            self._lines.append(prefix + line)
        if blank and self._lines and self._lines[-1].strip("> "):
            self._lines.append(prefix.rstrip())
