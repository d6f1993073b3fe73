"""What an agent may type into a reply."""

import nh3

TAGS = {"a", "b", "strong", "i", "em", "u", "s", "p", "br", "div", "ul", "ol", "li", "blockquote", "code", "pre"}
LINKS = {"http", "https", "mailto", "tel"}


def clean_reply(html: str) -> str:
    """An agent's rich text reduced to what they can type; "" stays ""."""
    if not html.strip():
        return ""
    return nh3.clean(html, tags=TAGS, attributes={"a": {"href"}}, url_schemes=LINKS, link_rel="noopener nofollow")
