"""Foreign HTML made safe to show: allow-lists only, and nothing is fetched before a click."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from html import escape
from urllib.parse import unquote

import nh3

from channels_app.foreign.html_text import html_to_text, nesting

TAGS = {
    "a", "abbr", "address", "b", "bdi", "bdo", "big", "blockquote", "br", "caption", "center", "cite", "code", "col",
    "colgroup", "dd", "del", "div", "dl", "dt", "em", "font", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "img",
    "ins", "kbd", "li", "ol", "p", "pre", "q", "s", "samp", "small", "span", "strike", "strong", "sub", "sup", "table",
    "tbody", "td", "tfoot", "th", "thead", "tr", "tt", "u", "ul", "var",
}  # fmt: skip
REMOVED_WITH_CONTENT = {
    "script",
    "style",
    "title",
    "template",
    "noscript",
    "textarea",
    "select",
    "object",
    "svg",
    "math",
}
_SIZED = {"align", "valign", "width", "height", "bgcolor"}
ATTRIBUTES = {
    "*": {"dir", "lang", "style", "title"},
    "a": {"href"},
    "col": {"span", "width"},
    "font": {"color", "face", "size"},
    "hr": {"width", "size"},
    "img": {"alt", "height", "src", "width", "data-remote-src"},
    "ol": {"start", "type"},
    "p": {"align"},
    "div": {"align"},
    "table": {"border", "cellpadding", "cellspacing"} | _SIZED,
    "td": {"colspan", "rowspan"} | _SIZED,
    "th": {"colspan", "rowspan"} | _SIZED,
    "tr": _SIZED,
}
# Nothing that positions, hides or loads: a mail may be coloured, not restyle the page (class V23).
STYLE_PROPERTIES = {
    "background-color", "border", "border-bottom", "border-collapse", "border-color", "border-left", "border-right",
    "border-spacing", "border-style", "border-top", "border-width", "color", "font-family", "font-size", "font-style",
    "font-weight", "line-height", "list-style-type", "margin", "margin-bottom", "margin-left", "margin-right",
    "margin-top", "max-width", "padding", "padding-bottom", "padding-left", "padding-right", "padding-top",
    "text-align", "text-decoration", "vertical-align", "white-space", "width",
}  # fmt: skip
MAX_DEPTH = 500
MAX_LENGTH = 2_000_000
MAX_AMPERSANDS = 100_000
_LOADS = re.compile(r"url|expression|image|@|\\|/\*|var\(|javascript|fixed|absolute|[<>{}]", re.I)
_NEGATIVE = re.compile(r"(?:^|[\s(,:])-\s*[\d.]")
_IMAGE = re.compile(r'<img((?: [a-z-]+="[^"]*")*)>')
_DOT = re.compile(r' (?:width|height)="\s*[01](?:px)?\s*"')


def clean_html(html: str, cid_urls: Mapping[str, str]) -> str:
    """`html` cleaned for display; cleaning twice changes nothing.

    Only http, https, mailto and tel links survive. A remote image loses its `src` and gains `data-remote-src`;
    `cid:` images take the address given for their Content-ID in `cid_urls`, other images lose their source and
    one-pixel images go.
    """
    if _is_costly(html):
        return f"<pre>{escape(html_to_text(html))}</pre>"
    urls = {key.strip("<> "): url for key, url in cid_urls.items()}
    own = set(urls.values())
    # It cannot stand in the mail, so replacing it cannot change the mail's own words.
    remote = f"https://{secrets.token_hex(16)}.invalid/?"

    def attribute(tag: str, name: str, value: str) -> str | None:
        value = value.strip()
        if name == "style":
            return clean_style(value) or None
        if name in {"src", "data-remote-src"} and value.lower().startswith(("https://", "http://")):
            return (remote + value if name == "src" else value) if value not in own else value
        if name in {"src", "href"} and value.lower().startswith("cid:"):
            return urls.get(content_id(value))
        if name == "src":
            return value if value in own else urls.get(value)
        return value if name != "data-remote-src" else None

    cleaned = nh3.clean(
        html,
        tags=TAGS,
        clean_content_tags=REMOVED_WITH_CONTENT,
        attributes=ATTRIBUTES,
        attribute_filter=attribute,
        url_schemes={"http", "https", "mailto", "tel", "cid"},
        url_relative=lambda url: url if url in own else urls.get(url),
        filter_style_properties=STYLE_PROPERTIES,
        link_rel="noopener noreferrer nofollow",
    )
    return _IMAGE.sub(lambda match: _image(match, remote), cleaned)


def _is_costly(html: str) -> bool:
    """The cleaner's time grows with the square of the depth and of the number of ampersands."""
    return len(html) > MAX_LENGTH or html.count("&") > MAX_AMPERSANDS or nesting(html) > MAX_DEPTH


def _image(match: re.Match[str], remote: str) -> str:
    if len(_DOT.findall(match[1])) > 1:
        return ""
    return match[0].replace(f' src="{remote}', ' data-remote-src="')


def clean_style(style: str) -> str:
    """The declarations of an inline style that may stay: allowed properties, no value that loads or escapes."""
    kept = []
    for declaration in style.replace('"', "").replace("'", "").split(";"):
        name, _, value = declaration.partition(":")
        name, value = name.strip().lower(), value.strip()
        if name in STYLE_PROPERTIES and value and not _LOADS.search(value) and not _NEGATIVE.search(value):
            kept.append(f"{name}:{value}")
    return ";".join(kept)


def content_id(reference: str) -> str:
    """`cid:a%40b` -> `a@b`."""
    return unquote(reference.strip()[4:]).strip("<> ")
