"""An HTML reply without its quoted history, by the marks that mail clients leave."""

from __future__ import annotations

import re
from typing import cast

import quotequail
from lxml import etree

from channels_app.adapters.email.quotes import VERBS, is_attribution, is_forward
from channels_app.foreign.html_text import element_text, nesting, tree

MAX_LENGTH = 300_000
MAX_DEPTH = 200
MAX_LINES = 300

# The element itself holds the history ...
_CONTAINERS = (
    "//*[contains(concat(' ', @class, ' '), ' gmail_quote ')"
    " or contains(concat(' ', @class, ' '), ' gmail_quote_container ')"
    " or contains(@class, 'yahoo_quoted') or contains(@class, 'protonmail_quote') or contains(@class, 'zmail_extra')"
    " or contains(@class, 'moz-cite-prefix') or contains(@class, 'moz-email-headers-table')"
    " or contains(@class, 'tutanota_quote')"
    " or @id='mail-editor-reference-message-container' or @id='yahoo_quoted' or @id='oriMsgHtmlSeperator'"
    " or (self::blockquote and (@type='cite' or contains(@class, 'gmail_quote') or contains(@class, 'cite')))]"
)
# ... or it stands where the history begins, which goes on to the end.
_BEGINNINGS = (
    "//*[@id='divRplyFwdMsg' or @id='appendonsend' or @id='x_divRplyFwdMsg' or @id='OLK_SRC_BODY_SECTION'"
    " or (self::div and contains(@style, 'border-top') and (contains(@style, '#E1E1E1')"
    " or contains(@style, '#B5C4DF')"
    " or contains(@style, '#e1e1e1') or contains(@style, '#b5c4df')))]"
)
_FORWARD = re.compile(
    r"forwarded message|message (?:transféré|réexpédié)|weitergeleitete|mensaje reenviado|messaggio inoltrato"
    r"|doorgestuurd",
    re.I,
)


def visible_html(html: str, subject: str = "") -> str | None:
    """`html` without the history at its end; None when there is none, or when an answer stands below or within it."""
    if len(html) > MAX_LENGTH or nesting(html) > MAX_DEPTH or is_forward(subject):
        return None
    root = tree(html)
    if root is None:
        return None
    mark, open_ended = _mark(root)
    if mark is None:
        return _by_wording(html)
    if _FORWARD.search(element_text(mark)[:300]) or (not open_ended and _text_after(mark)):
        return None
    _cut_from(_with_attribution(mark))
    return etree.tostring(root, method="html", encoding="unicode") if element_text(root).strip() else None


def _mark(root: etree._Element) -> tuple[etree._Element | None, bool]:
    beginnings = cast(list[etree._Element], root.xpath(_BEGINNINGS))
    found = cast(list[etree._Element], root.xpath(f"{_CONTAINERS} | {_BEGINNINGS}"))
    return (found[0], found[0] in beginnings) if found else (None, False)


def _text_after(mark: etree._Element) -> str:
    """What the sender wrote below the quote: text outside of `mark` and of any further container."""
    pieces = []
    node: etree._Element | None = mark
    while node is not None:
        pieces.append(node.tail or "")
        pieces.extend(_unquoted(sibling) for sibling in node.itersiblings())
        node = node.getparent()
    return "".join(pieces).replace("\xa0", " ").strip()


def _unquoted(element: etree._Element) -> str:
    tail = element.tail or ""
    marks = "gmail_quote", "cite", "yahoo_quoted", "protonmail_quote"
    if element.tag == "blockquote" or any(mark in element.get("class", "") for mark in marks):
        return tail
    if element.tag in {"style", "script", "title"} or not isinstance(element.tag, str):
        return tail
    return (element.text or "") + "".join(_unquoted(child) for child in element) + tail


def _with_attribution(mark: etree._Element) -> etree._Element:
    """The element before `mark` when it only says `On …, Jane wrote:`."""
    before = mark.getprevious()
    while before is not None and before.tag == "br" and not (before.tail or "").strip():
        before = before.getprevious()
    if before is None or not isinstance(before.tag, str):
        return mark
    text = re.sub(r"\s+", " ", element_text(before) + (before.tail or "")).strip()
    return before if len(text) < 400 and is_attribution(text) else mark


def _cut_from(mark: etree._Element) -> None:
    """Remove `mark` and all that follows it in the document."""
    node = mark
    while (parent := node.getparent()) is not None:
        for sibling in list(node.itersiblings()):
            parent.remove(sibling)
        node.tail = None
        node = parent
    holder = mark.getparent()
    if holder is not None:
        holder.remove(mark)


def _by_wording(html: str) -> str | None:
    """No client's mark: quotequail looks for an attribution line followed by the end of the mail."""
    if not VERBS.search(html):
        return None
    pieces = quotequail.quote_html(html, limit=MAX_LINES, quote_intro_line=True)
    if len(pieces) < 2 or not pieces[0][0]:
        return None
    shown: str = pieces[0][1]
    hidden = "".join(piece for _, piece in pieces[1:])
    root, rest = tree(shown), tree(hidden)
    if root is None or rest is None or not element_text(root).strip():
        return None
    history = element_text(rest).strip()
    if _FORWARD.search(history[:300]) or not is_attribution(history.partition("\n")[0]):
        return None
    return shown
