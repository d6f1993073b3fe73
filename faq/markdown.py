"""Markdown as articles use it, to HTML that can do nothing: parsed by markdown-it, cleaned by nh3.

Beyond plain Markdown: a numbered list whose items begin with a heading is shown as steps, and a quote that begins with
**bold** words stands out as a callout.
"""

import re
from dataclasses import dataclass
from html import unescape

import nh3
from django.utils.html import strip_tags
from django.utils.text import slugify
from lxml import html as lxml_html
from markdown_it import MarkdownIt

from helpdesk.lib.urls import parts

_parser = MarkdownIt("commonmark", {"html": False, "typographer": False}).enable(["table", "strikethrough"])
TAGS = {
    *("a", "b", "blockquote", "br", "code", "del", "em", "figure", "h2", "h3", "h4", "hr", "img", "li", "ol", "p"),
    *("pre", "s", "strong", "table", "tbody", "td", "th", "thead", "tr", "ul"),
}
ATTRIBUTES = {
    "a": {"href", "title"},
    "img": {"src", "alt", "title", "width", "height", "loading", "decoding"},
    "ol": {"start", "class"},
    "blockquote": {"class"},
    "table": {"class"},
    "h2": {"id"},
    "h3": {"id"},
    "th": {"scope"},
}
LINKS = {"http", "https", "mailto", "tel"}
OWN_IMAGE = re.compile(r"^/help/[-a-zA-Z0-9_]+/images/(?P<uuid>[0-9a-f-]{36})/\Z")
HEADING = re.compile(r'<h2 id="(?P<id>[^"]+)">(?P<text>.*?)</h2>', re.S)
MOST_NESTED = 20
MOST = 100_000  # characters
_parser.options["maxNesting"] = MOST_NESTED

Sizes = dict[str, tuple[int, int]]


@dataclass(frozen=True)
class Heading:
    id: str
    text: str


def images_in(text: str) -> list[str]:
    """The uuids of our own images that this Markdown shows."""
    return re.findall(r"/help/[-a-zA-Z0-9_]+/images/([0-9a-f-]{36})/", text)


def to_html(text: str, sizes: Sizes | None = None) -> str:
    """Clean HTML. `sizes` gives width and height of own images by uuid; images from elsewhere are left out."""
    rendered = _parser.render(text)
    if not rendered.strip():
        return ""
    tree = lxml_html.fragment_fromstring(rendered, create_parent="div")
    _shape(tree, sizes or {})
    inner = (tree.text or "") + "".join(lxml_html.tostring(child, encoding="unicode") for child in tree)
    return nh3.clean(
        inner,
        tags=TAGS,
        attributes=ATTRIBUTES,
        url_schemes=LINKS,
        url_relative=_own_address,
        link_rel="noopener",
    )


def headings(html: str) -> list[Heading]:
    """The second-level headings of clean HTML, for "in this article"."""
    return [Heading(match["id"], unescape(strip_tags(match["text"]))) for match in HEADING.finditer(html)]


def minutes(html: str) -> int:
    """Minutes that reading takes, at 200 words each."""
    return max(1, round(html.count(" ") / 200))


def to_text(html: str) -> str:
    """The words alone, for the index and for descriptions."""
    if not html:
        return ""
    tree = lxml_html.fragment_fromstring(html, create_parent="div")
    return " ".join(" ".join(tree.itertext()).split())


def _shape(tree: lxml_html.HtmlElement, sizes: Sizes) -> None:
    for node in list(tree.iter("h1", "h5", "h6")):
        node.tag = "h2" if node.tag == "h1" else "h4"
    taken: set[str] = set()
    for node in tree.iter("h2", "h3"):
        node.set("id", _unique(slugify(node.text_content()) or "part", taken))
    for node in list(tree.iter("img")):
        _own_image(node, sizes)
    for node in tree.iter("ol"):
        if len(node) and all(len(item) and item[0].tag == "h3" for item in node):
            node.set("class", "steps")
    for node in tree.iter("blockquote"):
        node.set("class", "callout")
    for node in tree.iter("table"):
        node.set("class", "grid-table")
        for cell in node.iter("th"):
            cell.set("scope", "col")


def _own_image(node: lxml_html.HtmlElement, sizes: Sizes) -> None:
    """Only images that we serve: another host would learn who reads."""
    match = OWN_IMAGE.match(node.get("src", ""))
    if match is None:
        node.drop_tag()
        return
    if size := sizes.get(match["uuid"]):
        node.set("width", str(size[0]))
        node.set("height", str(size[1]))
    node.set("loading", "lazy")
    node.set("decoding", "async")


def _unique(wanted: str, taken: set[str]) -> str:
    name, number = wanted, 2
    while name in taken:
        name, number = f"{wanted}-{number}", number + 1
    taken.add(name)
    return name


def _own_address(url: str) -> str | None:
    """A relative address that stays on this host: "/help/…" or "#part"; never "//elsewhere" or "\\\\elsewhere"."""
    plain = not parts(url).netloc and not url.startswith(("//", "/\\", "\\"))
    return url if plain and (url.startswith(("/", "#", "?"))) else None
