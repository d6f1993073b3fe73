"""HTML of our own making and of strangers, made safe and readable."""

import nh3
from lxml import etree
from lxml import html as lxml_html

from channels_app.adapters.email.html import clean_html as clean_foreign

__all__ = ["clean_foreign", "clean_reply", "to_text"]

# What a reply may hold: what an agent can type, and no more.
REPLY_TAGS = {"a", "b", "strong", "i", "em", "u", "s", "p", "br", "div", "ul", "ol", "li", "blockquote", "code", "pre"}
LINKS = {"http", "https", "mailto", "tel"}
_BLOCKS = {"br", "p", "div", "li", "tr", "blockquote", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "table", "pre", "hr"}


def clean_reply(html: str) -> str:
    """An agent's rich text reduced to what they can type; "" stays ""."""
    if not html.strip():
        return ""
    return nh3.clean(html, tags=REPLY_TAGS, attributes={"a": {"href"}}, url_schemes=LINKS, link_rel="noopener nofollow")


def to_text(html: str) -> str:
    """Readable plain text of an HTML fragment; block elements become lines. "" when there is none."""
    if not html.strip():
        return ""
    try:
        root = lxml_html.fromstring(html)
    except (etree.ParserError, ValueError):
        return ""
    for element in list(root.iter()):
        if element.tag in _BLOCKS:
            element.tail = "\n" + (element.tail or "")
    lines = (" ".join(line.split()) for line in root.text_content().splitlines())
    return "\n".join(lines).strip()
