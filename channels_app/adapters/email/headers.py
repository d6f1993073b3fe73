"""Header fields: unfolding, encoded words, parameters, ids and dates. Every function takes linear time."""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import unquote_to_bytes

from channels_app.foreign.charsets import codec_of, decode, scrub

MAX_SUBJECT = 998
MAX_REFERENCES = 100
MAX_ID = 995

_ENCODED_WORD = re.compile(r"=\?([^?\s]{1,75})\?([bBqQ])\?([^?]*)\?=")
_ID = re.compile(r"<\s*([^<>]{1,995}?)\s*>")
_PARAMETER = re.compile(r";\s*([^\s=;]+)\s*=\s*(\"(?:[^\"\\]|\\.)*\"?|[^;]*)", re.S)
_SEGMENT = re.compile(r"([^*]+)\*(\d{1,3})(\*?)$")


class Headers:
    """The header fields of one entity, in order; names are looked up in any case."""

    def __init__(self, fields: list[tuple[str, bytes]], charset: str = "") -> None:
        self.fields = fields
        self.charset = charset

    def raw(self, name: str) -> list[bytes]:
        """The raw unfolded values of every field of that name."""
        return [value for known, value in self.fields if known == name]

    def all(self, name: str) -> list[str]:
        """As text, encoded words not yet decoded."""
        return [self._text(value) for value in self.raw(name)]

    def get(self, name: str) -> str:
        """The first field of that name as text, encoded words not yet decoded; "" when absent."""
        return next((self._text(value) for known, value in self.fields if known == name), "")

    def __contains__(self, name: str) -> bool:
        return any(known == name for known, _ in self.fields)

    def __iter__(self) -> Iterator[str]:
        return (name for name, _ in self.fields)

    def _text(self, value: bytes) -> str:
        if value.isascii():
            return one_line(value.decode("ascii"))
        try:
            return one_line(value.decode("utf-8"))
        except UnicodeDecodeError:
            return one_line(decode(value, self.charset or "cp1252")[0])


def one_line(text: str) -> str:
    """The text on one line, without controls and outer spaces."""
    return scrub(re.sub(r"[\r\n\t\x0b\x0c\x85\u2028\u2029]+", " ", text)).strip()


def decode_words(text: str) -> str:
    """The text with its RFC 2047 encoded words decoded; a broken word stays as it is."""
    if "=?" not in text:
        return text
    out: list[str] = []
    pending: tuple[str, bytes] | None = None
    position = 0
    for match in _ENCODED_WORD.finditer(text):
        gap = text[position : match.start()]
        charset, data = match[1].partition("*")[0].lower(), _word_bytes(match[2], match[3], match[1])
        if pending and pending[0] == charset and not gap.strip():
            pending = (charset, pending[1] + data)  # a character may be cut in two by the word's end
        else:
            out.append(decode(pending[1], pending[0])[0] if pending else "")
            out.append("" if pending and not gap.strip() else gap)
            pending = (charset, data)
        position = match.end()
    out.append(decode(pending[1], pending[0])[0] if pending else "")
    return one_line("".join(out) + text[position:])


def _word_bytes(encoding: str, payload: str, charset: str) -> bytes:
    codec = "utf-8" if payload.isascii() else codec_of(charset.partition("*")[0]) or "utf-8"
    data = payload.encode(codec, "replace")
    if encoding in "qQ":
        return binascii.a2b_qp(data.replace(b" ", b"_"), header=True)
    try:
        return binascii.a2b_base64(data + b"=" * (-len(data.strip(b"=")) % 4))
    except binascii.Error:
        kept = re.sub(rb"[^A-Za-z0-9+/]", b"", data)
        return binascii.a2b_base64(kept[: len(kept) // 4 * 4])


def subject(headers: Headers) -> str:
    """Decoded, on one line, at most 998 characters."""
    return decode_words(headers.get("subject"))[:MAX_SUBJECT].strip()


def message_ids(text: str) -> list[str]:
    """The ids of a Message-ID, In-Reply-To or References field, oldest first, without brackets or doubles."""
    text = decode_words(text)  # some programs encode what does not fit into 78 characters
    found = [re.sub(r"\s+", "", match[1]) for match in _ID.finditer(text)]
    if not found:
        found = [word.strip("<>,;") for word in text.split() if "@" in word]
    return list(dict.fromkeys(i for i in found if 0 < len(i) <= MAX_ID))


def message_id(headers: Headers) -> str:
    """The mail's own id, "" when it has none."""
    text = headers.get("message-id") or headers.get("message-i-d")
    found = message_ids(text)
    return found[0] if found else re.sub(r"\s+", "", text).strip("<>")[:MAX_ID]


def references(headers: Headers) -> list[str]:
    """The thread from its root to the parent, at most 100 ids: the root and the newest."""
    found = message_ids(" ".join(headers.all("references")))
    return found if len(found) <= MAX_REFERENCES else found[:1] + found[1 - MAX_REFERENCES :]


def date(headers: Headers) -> datetime | None:
    """The Date field with its offset (UTC when it gives none), None when it is absent or unreadable."""
    text = headers.get("date")[:200]
    try:
        parsed = parsedate_to_datetime(text)
        parsed = parsed.replace(tzinfo=UTC) if parsed.tzinfo is None else parsed
        parsed.astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError, AttributeError):
        return None
    return parsed


def is_odd(when: datetime, now: datetime) -> bool:
    """Whether a clock must have been wrong: before 1995 or more than two days ahead."""
    return when.year < 1995 or when.astimezone(UTC) > now + timedelta(days=2)


def parameters(text: str) -> tuple[str, dict[str, str]]:
    """`type; a=b; c*=utf-8''d` -> the lower-case word before the first semicolon, and the decoded parameters."""
    word, semicolon, rest = text.partition(";")
    plain: dict[str, str] = {}
    segments: dict[str, dict[int, tuple[str, bool]]] = {}
    for match in _PARAMETER.finditer(semicolon + rest):
        key, value = match[1].lower(), _unquoted(match[2])
        if segment := _SEGMENT.match(key):
            segments.setdefault(segment[1], {})[int(segment[2])] = (value, bool(segment[3]))
        elif key.endswith("*"):
            plain.setdefault(key[:-1], _extended(value))
        else:
            plain.setdefault(key, decode_words(value))
    for key, pieces in segments.items():
        plain[key] = _joined([pieces[number] for number in sorted(pieces)])
    return word.strip().lower(), plain


def _unquoted(value: str) -> str:
    value = value.strip()
    if value.startswith('"'):
        return re.sub(r"\\(.)", r"\1", value[1:].removesuffix('"'))
    return value


def _extended(value: str) -> str:
    charset, _, rest = value.partition("'")
    data = rest.partition("'")[2] if "'" in rest else value
    return one_line(decode(unquote_to_bytes(data), charset if "'" in rest else "")[0])


def _joined(pieces: list[tuple[str, bool]]) -> str:
    charset = pieces[0][0].partition("'")[0] if pieces[0][1] and pieces[0][0].count("'") > 1 else ""
    data = b""
    if charset:
        pieces = [(pieces[0][0].split("'", 2)[2], True), *pieces[1:]]
    for value, extended in pieces:
        data += unquote_to_bytes(value) if extended else value.encode("utf-8", "replace")
    return one_line(decode(data, charset)[0])
