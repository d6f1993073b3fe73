"""Bytes to text, whatever charset the sender claims."""

from __future__ import annotations

import re

from charset_normalizer import from_bytes

_ALIASES = {
    "ansi_x3.4-1968": "us-ascii",
    "ascii": "us-ascii",
    "big5": "cp950",
    "euc-cn": "gb18030",
    "euc-kr": "cp949",
    "gb2312": "gb18030",
    "gb_2312-80": "gb18030",
    "gbk": "gb18030",
    "iso-2022-jp": "iso2022_jp_ext",
    "iso-8859-1": "cp1252",
    "iso-8859-8-e": "iso8859_8",
    "iso-8859-8-i": "iso8859_8",
    "iso-gb2312": "gb18030",
    "iso8859-1": "cp1252",
    "iso_8859-1": "cp1252",
    "ks_c_5601-1987": "cp949",
    "latin1": "cp1252",
    "latin-1": "cp1252",
    "macintosh": "mac_roman",
    "shift-jis": "cp932",
    "shift_jis": "cp932",
    "unicode-1-1-utf-7": "utf-7",
    "utf8": "utf-8",
    "windows-874": "cp874",
    "x-gbk": "gb18030",
    "x-mac-roman": "mac_roman",
    "x-sjis": "cp932",
}
# Text codecs of Python that no mail uses; idna takes quadratic time.
_FORBIDDEN = {"idna", "punycode", "unicode_escape", "unicode-escape", "raw_unicode_escape", "raw-unicode-escape"}
_CLAIM = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:+-]*")
_SURROGATES = re.compile("[\ud800-\udfff]")
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x84\x86-\x9f\ufeff\ufffe\uffff]")
_WESTERN = frozenset("àâäáãåæçéèêëíìîïñóòôöõøœùúûüÿßÀÂÄÁÃÅÆÇÉÈÊËÍÌÎÏÑÓÒÔÖÕØŒÙÚÛÜŸ«»€£°’‘“”–—…·¿¡\xa0§©®ºª²³½")
_SAMPLE = 16_384
_TOLERATED_LOSS = 0.01


def scrub(text: str) -> str:
    """Text that PostgreSQL and JSON accept: no NUL, no other control than tab and newline, no lone surrogate."""
    if _SURROGATES.search(text):
        text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return _CONTROLS.sub("", text)


def codec_of(claim: str) -> str:
    """The Python codec for a claimed charset, "" when the claim names none that mail may use."""
    found = _CLAIM.search(claim.lower())
    if not found:
        return ""
    name = _ALIASES.get(found[0], found[0])
    if name in _FORBIDDEN:
        return ""
    try:
        b"".decode(name)
        "".encode(name)
    except (LookupError, ValueError):
        return ""
    return name


def decode(data: bytes, claim: str = "") -> tuple[str, bool]:
    """Text of `data`, and whether the charset had to be guessed.

    Ladder: ASCII, the claimed charset strictly, UTF-8, the claimed charset with few losses, a guess from the
    bytes, Windows-1252 with replacement characters.
    """
    codec = codec_of(claim)
    if data.isascii() and codec in {"", "us-ascii", "utf-8", "cp1252"}:
        return data.decode("ascii"), False
    if codec and codec != "us-ascii" and (text := _strict(data, codec)) is not None:
        return text, False
    if (text := _strict(data, "utf-8")) is not None:
        return text, codec not in {"", "us-ascii"}
    return _guess(data, "" if codec == "us-ascii" else codec), True


def _strict(data: bytes, codec: str) -> str | None:
    try:
        return data.decode(codec)
    except (UnicodeError, LookupError, ValueError):
        return None


def _guess(data: bytes, codec: str) -> str:
    if codec:
        text = _replacing(data, codec)
        if text.count("\ufffd") <= 1 + len(text) * _TOLERATED_LOSS:
            return text
    if _is_western(data[:_SAMPLE]):
        return _replacing(data, "cp1252")
    best = from_bytes(data[:_SAMPLE]).best()
    return _replacing(data, best.encoding if best else codec or "cp1252")


def _is_western(sample: bytes) -> bool:
    """Whether Windows-1252 gives words of Western Europe: guessers take short French for Baltic."""
    foreign = [char for char in sample.decode("cp1252", "replace") if not char.isascii()]
    return len(foreign) < 0.2 * len(sample) and sum(char in _WESTERN for char in foreign) >= 0.95 * len(foreign)


def _replacing(data: bytes, codec: str) -> str:
    try:
        return data.decode(codec, "replace")
    except (UnicodeError, LookupError, ValueError):
        return data.decode("cp1252", "replace")
