"""What an agent may type into a reply."""

from collections.abc import Mapping

import nh3

TAGS = {"a", "b", "strong", "i", "em", "u", "s", "p", "br", "div", "ul", "ol", "li", "blockquote", "code", "pre", "img"}
ATTRIBUTES = {"a": {"href"}, "img": {"src", "alt"}}
LINKS = {"http", "https", "mailto", "tel", "cid"}


def clean_reply(html: str, pictures: Mapping[str, str] | None = None) -> str:
    """An agent's rich text reduced to what they can type; "" stays "".

    An image is only ever one of the message's own files, named by its Content-ID. To show the text, `pictures` says
    where each of them is served; without it they keep their `cid:` names, as they are stored and sent.
    """
    if not html.strip():
        return ""

    def attribute(tag: str, name: str, value: str) -> str | None:
        named = value.strip().lower().startswith("cid:")
        if tag == "img" and name == "src":
            if pictures is None:
                return value if named else None
            return pictures.get(value.strip()[4:]) if named else None
        return None if named and name == "href" else value

    return nh3.clean(
        html,
        tags=TAGS,
        attributes=ATTRIBUTES,
        attribute_filter=attribute,
        url_schemes=LINKS,
        link_rel="noopener nofollow",
    )
