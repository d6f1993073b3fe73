"""A raw message cut into its MIME parts: offsets into one bytes object, within fixed limits, never raising."""

from __future__ import annotations

import binascii
import re
from dataclasses import dataclass, field

from channels_app.adapters.email.headers import Headers, parameters

MAX_PARTS = 200
MAX_DEPTH = 20
MAX_HEADER = 65_536
MAX_HEADERS = 1_000
MAX_HEADER_BLOCK = 262_144

_FIELD = re.compile(rb"([!-9;-~]{1,200})[ \t]*:[ \t]*")
_KNOWN_FIELD = re.compile(
    rb"(?:from|to|cc|subject|date|sender|reply-to|return-path|received|message-id|in-reply-to|references|mime-version"
    rb"|content-[a-z-]+|delivered-to|x-[\w-]+|list-[\w-]+|status|precedence|user-agent|importance)[ \t]*:",
    re.I,
)
_TYPE = re.compile(r"[a-z0-9!#$&^_.+-]+/[a-z0-9!#$&^_.+-]+")
_GUESSED_BOUNDARY = re.compile(rb"(?:^|\n)--([^\s\"<>][^\r\n]{0,199})\r?\n(?i:content-)")
_BLANK_LINE = re.compile(rb"\n\r?\n")
_UU_BEGIN = re.compile(rb"^begin \d{3,4} [^\r\n]*\r?\n", re.M)


@dataclass
class Limits:
    """What has been used up while cutting; `exceeded` says that something was left uncut."""

    parts: int = 0
    exceeded: bool = False


@dataclass
class Part:
    """One MIME entity: a leaf with content, or a multipart with children."""

    raw: bytes = field(repr=False)
    start: int
    end: int
    headers: Headers
    content_type: str
    params: dict[str, str]
    disposition: str
    disposition_params: dict[str, str]
    children: list[Part] = field(default_factory=list)

    @property
    def filename(self) -> str:
        """The name as the sender wrote it, "" when there is none."""
        return self.disposition_params.get("filename", "") or self.params.get("name", "")

    @property
    def content_id(self) -> str:
        """Without brackets and spaces."""
        return self.headers.get("content-id").strip("<> \t")[:500]

    def content(self, limit: int | None = None) -> bytes:
        """The decoded content; `limit` bounds the encoded bytes that are looked at."""
        end = self.end if limit is None else min(self.end, self.start + limit)
        return _decoded(self.raw[self.start : end], self.headers.get("content-transfer-encoding").strip().lower())


def cut(raw: bytes, limits: Limits) -> Part:
    """The whole message as a tree of parts."""
    head = raw[:MAX_HEADER]
    if b"\n" not in head and b"\r" in head:
        raw = raw.replace(b"\r", b"\n")
    start = len(raw) - len(raw.lstrip(b"\r\n \t")) if raw[:1] in b"\r\n" else 0
    return _entity(raw, (start, len(raw)), limits)


def read_headers(raw: bytes, start: int, end: int, limits: Limits) -> tuple[Headers, int]:
    """The header fields that begin at `start`, and where the body begins."""
    fields: list[tuple[str, bytearray]] = []
    position, size = start, 0
    while position < end:
        if size > MAX_HEADER_BLOCK:
            limits.exceeded = True
            blank = _BLANK_LINE.search(raw, position - 1, end)
            position = blank.end() if blank else end
            break
        line, after = _line(raw, position, end)
        if not line:
            position = after
            break
        match = None if line[:1] in b" \t" else _FIELD.match(line)
        if match:
            if len(fields) < MAX_HEADERS:
                fields.append(
                    (match[1].decode("ascii").lower(), bytearray(line[match.end() : match.end() + MAX_HEADER]))
                )
            limits.exceeded |= len(fields) >= MAX_HEADERS or len(line) > MAX_HEADER
        elif line[:1] in b" \t" and (line.strip() or _more_fields(raw, after, end)):
            _continue(fields, line, limits)
        elif _is_mbox_line(line, fields):
            pass
        elif fields and _more_fields(raw, after, end):
            _continue(fields, b" " + line, limits)
        else:
            position = position if line.strip() else after
            break
        size += len(line)
        position = after
    headers = Headers([(name, bytes(value)) for name, value in fields])
    return headers, min(position, end)


def _line(raw: bytes, position: int, end: int) -> tuple[bytes, int]:
    newline = raw.find(b"\n", position, end)
    stop = end if newline < 0 else newline
    return raw[position:stop].rstrip(b"\r"), stop + 1


def _continue(fields: list[tuple[str, bytearray]], line: bytes, limits: Limits) -> None:
    if not fields:
        return
    value = fields[-1][1]
    if len(value) + len(line) > MAX_HEADER:
        limits.exceeded = True
        line = line[: max(0, MAX_HEADER - len(value))]
    value += line


def _is_mbox_line(line: bytes, fields: list[tuple[str, bytearray]]) -> bool:
    return not fields and line.startswith((b"From ", b">From "))


def _more_fields(raw: bytes, position: int, end: int) -> bool:
    """Whether a known field follows within three lines: then the odd line before it was a broken fold."""
    for _ in range(3):
        if position >= end:
            return False
        line, position = _line(raw, position, min(end, position + 2_000))
        if not line.strip():
            return False
        if _KNOWN_FIELD.match(line):
            return True
    return False


def _entity(
    raw: bytes, span: tuple[int, int], limits: Limits, *, depth: int = 0, default_type: str = "text/plain"
) -> Part:
    end = span[1]
    limits.parts += 1
    headers, body = read_headers(raw, *span, limits)
    content_type, params = _content_type(headers, default_type)
    disposition, disposition_params = parameters(headers.get("content-disposition"))
    headers.charset = params.get("charset", "")
    part = Part(raw, body, end, headers, content_type, params, disposition, disposition_params)
    if content_type.startswith("multipart/"):
        _cut_children(part, depth, limits)
        if not part.children:
            part.content_type = "text/plain" if depth < MAX_DEPTH else "application/octet-stream"
    return part


def _content_type(headers: Headers, default: str) -> tuple[str, dict[str, str]]:
    word, params = parameters(headers.get("content-type"))
    word = re.sub(r"\s+", "", word)
    if _TYPE.fullmatch(word):
        return word, params
    return ("text/html" if word in {"html", "text/html,"} else default), params


def _cut_children(part: Part, depth: int, limits: Limits) -> None:
    if depth >= MAX_DEPTH or limits.parts >= MAX_PARTS:
        limits.exceeded = True
        return
    boundary = part.params.get("boundary", "").rstrip().encode("utf-8", "replace")
    room = MAX_PARTS - limits.parts
    spans = _spans(part.raw, part.start, part.end, boundary, room) if boundary else []
    if not spans and (
        guess := _GUESSED_BOUNDARY.search(part.raw, max(0, part.start - 1), min(part.end, part.start + 65_536))
    ):
        spans = _spans(part.raw, part.start, part.end, guess[1].rstrip(), room)
    default_type = "message/rfc822" if part.content_type == "multipart/digest" else "text/plain"
    for span in spans:
        if limits.parts >= MAX_PARTS:
            limits.exceeded = True
            break
        part.children.append(_entity(part.raw, span, limits, depth=depth + 1, default_type=default_type))


def _spans(raw: bytes, start: int, end: int, boundary: bytes, room: int) -> list[tuple[int, int]]:
    """Where each body part between delimiter lines begins and ends; one more than `room` tells of an excess."""
    delimiter = b"--" + boundary
    spans: list[tuple[int, int]] = []
    opened: int | None = None
    position = start
    while len(spans) <= room and (at := raw.find(delimiter, position, end)) >= 0:
        position = at + len(delimiter)
        if at > start and raw[at - 1 : at] not in (b"\n", b"\r"):
            continue
        newline = raw.find(b"\n", position, end)
        stop = end if newline < 0 else newline
        tail = raw[position : min(stop, position + 200)].strip()
        if tail not in (b"", b"--"):
            continue
        if opened is not None:
            spans.append((opened, max(opened, _before_newline(raw, at))))
        opened = None if tail else min(stop + 1, end)
        position = stop
    if opened is not None and (opened < end or not spans):
        spans.append((opened, end))
    return spans


def _before_newline(raw: bytes, at: int) -> int:
    if raw[at - 2 : at] == b"\r\n":
        return at - 2
    return at - 1


def _decoded(data: bytes, encoding: str) -> bytes:
    if encoding.startswith("base64"):
        return _base64(data)
    if encoding.startswith("quoted"):
        return binascii.a2b_qp(data)
    if encoding in {"x-uuencode", "uuencode", "x-uue", "uue"}:
        return _uuencoded(data)
    return data


def _base64(data: bytes) -> bytes:
    sample = data[:4_096]
    kept = re.sub(rb"[^A-Za-z0-9+/=\s]", b"", sample)
    if len(kept) < 0.9 * len(sample) or (b" " in sample.strip() and sample.count(b" ") > 20):
        return data  # the label is wrong: this is text
    try:
        return binascii.a2b_base64(data)
    except binascii.Error:
        letters = re.sub(rb"[^A-Za-z0-9+/]", b"", data)
        try:
            return binascii.a2b_base64(letters + b"=" * (-len(letters) % 4))
        except binascii.Error:
            return binascii.a2b_base64(letters[: len(letters) // 4 * 4])


def _uuencoded(data: bytes) -> bytes:
    begin = _UU_BEGIN.search(data)
    if not begin:
        return data
    out = bytearray()
    for line in data[begin.end() :].splitlines():
        if line.strip() == b"end":
            break
        try:
            out += binascii.a2b_uu(line)
        except binascii.Error:
            continue
    return bytes(out)
