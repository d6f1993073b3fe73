"""The parts of a mail sorted into what is read (text, HTML) and what is kept as a file."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html import escape
from urllib.parse import unquote

from channels_app.adapters.email.attachments import attachment
from channels_app.adapters.email.mime import Part
from channels_app.adapters.email.model import Attachment, Protection
from channels_app.adapters.email.tnef import is_tnef, unpack
from channels_app.foreign.charsets import decode, scrub
from channels_app.foreign.html_text import html_to_text

MAX_TEXT = 2_000_000

_META_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w:.-]{1,40})", re.I)
_CID = re.compile(r"cid:([^\"'\s>)\\]{1,500})", re.I)
_SOURCE = re.compile(r"(?:src|background)\s*=\s*[\"']?([^\"'\s>]{1,500})", re.I)
_REPORTS = {
    "message/delivery-status",
    "message/disposition-notification",
    "message/feedback-report",
    "text/rfc822-headers",
}


@dataclass
class Piece:
    """A stretch of body, as text, as HTML or as both."""

    text: str = ""
    html: str = ""


@dataclass
class Content:
    """What the walk through the parts collects."""

    pieces: list[Piece] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    signed: Protection = ""
    warnings: set[str] = field(default_factory=set)
    leaves: list[Part] = field(default_factory=list)

    @property
    def html(self) -> str:
        """One HTML body, "" when no part has any."""
        if not any(piece.html for piece in self.pieces):
            return ""
        return "\n".join(piece.html or _as_html(piece.text) for piece in self.pieces)

    @property
    def text(self) -> str:
        """One plain text, made from the HTML where a part has no other."""
        texts = [(piece.text if piece.text.strip() else html_to_text(piece.html)) for piece in self.pieces]
        return "\n\n".join(text.strip("\n").rstrip() for text in texts if text.strip())


def read(root: Part) -> Content:
    """Sort the parts of a message."""
    content = Content()
    content.pieces = _walk(root, content, root=True)
    _mark_inline(content)
    return content


def _walk(part: Part, content: Content, *, root: bool = False) -> list[Piece]:
    if not part.children:
        return _leaf(part, content, root=root)
    if part.content_type == "multipart/alternative":
        return _alternative(part, content)
    if part.content_type == "multipart/signed":
        content.signed = "pgp-signed" if "pgp" in part.params.get("protocol", "") else "smime-signed"
    if part.content_type == "multipart/encrypted":
        content.signed = "pgp-encrypted"
    pieces: list[Piece] = []
    for child in part.children:
        pieces.extend(_walk(child, content))
    return pieces


def _alternative(part: Part, content: Content) -> list[Piece]:
    branches = [_walk(child, content) for child in part.children]
    plain = [piece for pieces in branches for piece in pieces if piece.text and not piece.html]
    rich = next((pieces for pieces in reversed(branches) if any(piece.html for piece in pieces)), [])
    html = "\n".join(piece.html or _as_html(piece.text) for piece in rich)
    text = "\n\n".join(piece.text for piece in plain if piece not in rich)
    return [Piece(text, html)] if text or html else []


def _leaf(part: Part, content: Content, *, root: bool) -> list[Piece]:
    content.leaves.append(part)
    if is_tnef(part):
        return _tnef(part, content)
    if part.content_type.endswith("/pkcs7-mime") or part.content_type == "application/x-pkcs7-mime":
        content.signed = "smime-signed" if "signed" in part.params.get("smime-type", "") else "smime-encrypted"
    if not _is_body(part, content, root=root):
        content.attachments.append(attachment(part))
        return []
    text = _decoded_text(part, content)
    if part.content_type == "text/html":
        return [Piece(html=text)]
    content.signed = content.signed or _inline_pgp(text)
    return [Piece(text=_unflowed(text, part) if part.params.get("format", "").lower() == "flowed" else text)]


def _is_body(part: Part, content: Content, *, root: bool) -> bool:
    if part.disposition == "attachment" and not root:
        return False
    if part.content_type in {"text/plain", "text/html"}:
        return root or not part.filename or not content.leaves[:-1]
    unread = part.content_type.startswith("text/") and not part.filename and part.content_type not in _REPORTS
    return unread and "calendar" not in part.content_type and len(content.leaves) == 1


def _decoded_text(part: Part, content: Content) -> str:
    limit = MAX_TEXT * 4
    if part.end - part.start > limit:
        content.warnings.add("text-truncated")
    data = part.content(limit)
    claim = part.params.get("charset", "")
    if part.content_type == "text/html" and not claim and (meta := _META_CHARSET.search(data[:4_096])):
        claim = meta[1].decode("ascii", "replace")
    text, guessed = decode(data, claim)
    if guessed:
        content.warnings.add("charset-guessed")
    text = scrub(text.replace("\r\n", "\n").replace("\r", "\n"))
    if len(text) > MAX_TEXT:
        content.warnings.add("text-truncated")
    return text[:MAX_TEXT]


def _unflowed(text: str, part: Part) -> str:
    """RFC 3676: a line that ends in a space goes on in the next one, within the same quote depth."""
    joined: list[list[str]] = []
    flowing = ""
    delete = part.params.get("delsp", "").lower() == "yes"
    for line in text.split("\n"):
        mark = re.match(r">*", line)
        quote = mark[0] if mark else ""
        body = line[len(quote) :].removeprefix(" ")
        if joined and flowing == f"{quote}|" and body != "-- ":
            joined[-1].append(body)
        else:
            joined.append([f"{quote} {body}" if quote else body])
        flows = body.endswith(" ") and body != "-- "
        flowing = f"{quote}|" if flows else ""
        if flows and delete:
            joined[-1][-1] = joined[-1][-1][:-1]
    whole = ("".join(pieces) for pieces in joined)
    return "\n".join(line if line == "-- " else line.rstrip() for line in whole)


def _tnef(part: Part, content: Content) -> list[Piece]:
    original = attachment(part)
    content.attachments.append(original)
    unpacked = unpack(original.data)
    if unpacked is None:
        content.warnings.add("tnef-unreadable")
        return []
    content.attachments.extend(unpacked.files)
    has_body = bool(content.leaves[:-1])
    return (
        []
        if has_body or not (unpacked.text or unpacked.html)
        else [Piece(unpacked.text[:MAX_TEXT], unpacked.html[:MAX_TEXT])]
    )


def _inline_pgp(text: str) -> Protection:
    head = text.lstrip()[:200]
    if head.startswith("-----BEGIN PGP MESSAGE-----"):
        return "pgp-encrypted"
    return "pgp-signed" if head.startswith("-----BEGIN PGP SIGNED MESSAGE-----") else ""


def _mark_inline(content: Content) -> None:
    """A file is inline when the HTML shows it; any other stays visible as a file."""
    html = content.html
    if not html or not content.attachments:
        return
    cids = {unquote(found).strip("<>") for found in _CID.findall(html)}
    sources = {unquote(found) for found in _SOURCE.findall(html)}
    for file in content.attachments:
        known = bool(file.content_id) and file.content_id in cids
        file.inline = known or (bool(file.content_location) and unquote(file.content_location) in sources)


def _as_html(text: str) -> str:
    return f'<div style="white-space: pre-wrap">{escape(text)}</div>'
