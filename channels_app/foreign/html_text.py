"""An HTML body as plain text that reads well: lines where a browser breaks them, links kept."""

from __future__ import annotations

import re
from html import unescape

from lxml import etree

from channels_app.foreign.charsets import scrub

_HIDDEN = {"script", "style", "head", "title", "template", "noscript", "object", "svg", "math", "select", "textarea"}
_BLOCKS = {
    "address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details", "dir", "div", "dl", "dt",
    "fieldset", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "menu",
    "nav", "ol", "p", "pre", "section", "summary", "table", "tbody", "tfoot", "thead", "tr", "ul",
}  # fmt: skip
_SPACED = {"p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "blockquote", "table", "pre"}
_TAG = re.compile(r"<(/?)([a-z][a-z0-9]*)", re.I)
_NEVER_DEEP = {
    "area", "base", "br", "col", "dd", "dt", "embed", "hr", "img", "input", "li", "link", "meta", "option", "p",
    "param", "source", "tbody", "td", "tfoot", "th", "thead", "tr", "track", "wbr",
}  # fmt: skip
_ANY_TAG = re.compile(r"<[^<>]*>")
_LONG_TAG = re.compile(r"<([a-zA-Z][a-zA-Z0-9]{0,20})[^<>]{8192,}")
_MAX_SEPARATORS = 2_000
MAX_DEPTH = 1_500
_SPACES = re.compile(r"[ \t\r\n\f\u200b\u00ad]+")


def tree(html: str) -> etree._Element | None:
    """The document as lxml reads it, None when there is no element at all."""
    parser = etree.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, no_network=True, huge_tree=True)
    html = _LONG_TAG.sub(_without_flood, html)
    try:
        return etree.fromstring(html.encode("utf-8", "replace"), parser)
    except (etree.ParseError, ValueError):
        return None


def _without_flood(match: re.Match[str]) -> str:
    """The tag without its attributes if it has thousands: libxml2 compares each with each."""
    return match[0] if len(re.findall(r"[\s/=]", match[0])) < _MAX_SEPARATORS else f"<{match[1]}"


def nesting(html: str) -> int:
    """How deep the elements lie at most; unclosed ones count until the end."""
    depth = deepest = 0
    for match in _TAG.finditer(html):
        if match[2].lower() not in _NEVER_DEEP:
            depth = max(0, depth - 1) if match[1] else depth + 1
            deepest = max(deepest, depth)
    return deepest


def html_to_text(html: str) -> str:
    """Plain text of an HTML body, quoted blocks marked with `> `."""
    if nesting(html) > MAX_DEPTH:  # libxml2 drops what lies deeper than 2,048 elements
        return scrub(unescape(re.sub(r"\n\s*\n+", "\n\n", _ANY_TAG.sub("\n", html)))).strip()
    root = tree(html)
    return element_text(root) if root is not None else ""


def element_text(root: etree._Element) -> str:
    """Plain text of an element and all it holds; iterative, so depth costs nothing."""
    writer = _Writer()
    hidden: etree._Element | None = None
    for event, element in etree.iterwalk(root, events=("start", "end")):
        if not isinstance(element.tag, str):
            continue
        if event == "start":
            if hidden is None and element.tag in _HIDDEN:
                hidden = element
            if hidden is None:
                writer.open(element)
        else:
            if hidden is None:
                writer.close(element)
            elif hidden is element:
                hidden = None
            if hidden is None and element is not root:
                writer.write(element.tail or "")
    return writer.text()


class _Writer:
    def __init__(self) -> None:
        self.lines: list[str] = []
        self.line: list[str] = []
        self.quotes = 0
        self.pre = 0
        self.gap = False

    def open(self, element: etree._Element) -> None:
        tag = element.tag
        if tag in _BLOCKS:
            self._break(gap=tag in _SPACED)
        if tag == "br":
            self._newline()
        elif tag == "li":
            self.line.append("- ")
        elif tag in {"td", "th"} and self.line:
            self.line.append(" ")
        elif tag == "hr":
            self.line.append("---")
        elif tag == "img":
            self._image(element)
        self.quotes += tag == "blockquote"
        self.pre += tag == "pre"
        self.write(element.text or "")

    def close(self, element: etree._Element) -> None:
        tag = element.tag
        if tag == "a":
            self._link(element)
        if tag in _BLOCKS:
            self._break(gap=tag in _SPACED)
        self.quotes -= tag == "blockquote"
        self.pre -= tag == "pre"

    def write(self, text: str) -> None:
        if self.pre:
            first, *rest = text.split("\n")
            self.line.append(first)
            for line in rest:
                self._newline()
                self.line.append(line)
        elif text:
            self.line.append(_SPACES.sub(" ", text))

    def _link(self, element: etree._Element) -> None:
        href = (element.get("href") or "").strip()
        target = href.removeprefix("mailto:").removeprefix("tel:")
        shown = "".join(self.line[-20:])
        if re.match(r"(?:https?|mailto|tel):", href, re.I) and len(href) <= 2_000 and target.rstrip("/") not in shown:
            self.line.append(f" <{target}>")

    def _image(self, element: etree._Element) -> None:
        if alternative := (element.get("alt") or "").strip():
            self.line.append(f"[{alternative[:200]}]")

    def _break(self, *, gap: bool) -> None:
        if "".join(self.line).strip():
            self._newline()
        else:
            self.line.clear()
        self.gap |= gap

    def _newline(self) -> None:
        text = "".join(self.line)
        text = text.rstrip() if self.pre else re.sub(r"  +", " ", text).strip()
        prefix = "> " * min(self.quotes, 20)
        if self.gap and self.lines and text and self.lines[-1].strip("> "):
            self.lines.append(prefix.rstrip())
        self.gap = False
        self.lines.append((prefix + text).rstrip())
        self.line.clear()

    def text(self) -> str:
        if "".join(self.line).strip():
            self._newline()
        text = "\n".join(self.lines).replace("\xa0", " ")
        return re.sub(r"\n{3,}", "\n\n", text).strip("\n")
