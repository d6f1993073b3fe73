"""Files: a name that is safe to show and store, and a type judged from the bytes."""

from __future__ import annotations

import re
import unicodedata
from mimetypes import guess_extension, guess_type

import puremagic

from channels_app.adapters.email.headers import Headers, decode_words, one_line
from channels_app.adapters.email.mime import Limits, Part, read_headers
from channels_app.adapters.email.model import Attachment

MAX_NAME = 120
_SNIFFED = 16_384

_UNSAFE = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]')
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)", re.I)
_ACTIVE = re.compile(
    rb"\s*(?:<\?xml[^>]{0,200}>\s*)?(?:<!--.{0,500}?-->\s*)*<(!doctype\s+)?(html|svg|script|head|body|iframe|meta|style)\b",
    re.I | re.S,
)
_ZIPPED = re.compile(
    r"openxmlformats|opendocument|vnd\.ms-.*macroenabled|epub|java-archive|android|zip|pages|numbers|keynote"
)
_COMPOUND = re.compile(r"msword|ms-(?:excel|powerpoint|outlook|office|visio|project)|x-msi|ole")
_CALENDAR = b"BEGIN:VCALENDAR"
# What a signature of some bytes can tell for certain; puremagic also knows three-byte oddities.
_CERTAIN = re.compile(
    r"(?:image|audio|video|font)/|application/(?:pdf|zip|gzip|x-gzip|x-7z|x-rar|vnd\.rar|x-tar|x-bzip|x-xz|zstd|rtf|postscript"
    r"|x-ole|msword|vnd\.(?:ms-(?:excel|powerpoint|outlook|office|tnef)|openxmlformats|oasis)|x-(?:dosexec|ms-dos|msdownload"
    r"|executable|elf|sharedlib|mach|shockwave|java)|vnd\.microsoft|java|epub|ms-tnef)"
)
_TEXTUAL = re.compile(r"text/[\w.+-]+$|application/(?:json|xml|rtf|pgp-[\w]+|x-x509[\w-]*|ics)$")


def safe_name(name: str, content_type: str = "", fallback: str = "file") -> str:
    """A file name without path, controls, bidi marks or reserved words, at most 120 characters, never empty."""
    name = unicodedata.normalize("NFC", one_line(decode_words(name)))
    name = re.sub(r"^.*[/\\]", "", name) if re.search(r"[/\\]", name) else name
    name = re.sub(r"\s+", " ", _UNSAFE.sub("", name)).strip(" .'")
    if not name:
        name = fallback + (guess_extension(content_type) or "")
    if _RESERVED.match(name):
        name = f"_{name}"
    if len(name) > MAX_NAME:
        stem, dot, extension = name.rpartition(".")
        kept = f".{extension}" if dot and len(extension) <= 10 else ""
        name = (stem if kept else name)[: MAX_NAME - len(kept)].rstrip() + kept
    return name


def judged_type(data: bytes, declared: str, name: str) -> str:
    """The content type by the bytes; the claim decides only where bytes cannot, and never makes a file active."""
    head = data[:_SNIFFED]
    if active := _ACTIVE.match(head.removeprefix(b"\xef\xbb\xbf")):
        return "image/svg+xml" if active[2].lower() == b"svg" else "text/html"
    if head.lstrip()[:15].upper() == _CALENDAR:
        return "text/calendar"
    claim = declared if declared not in {"", "application/octet-stream"} else (guess_type(name)[0] or "")
    if head.startswith(b"PK\x03\x04"):
        return claim if _ZIPPED.search(claim) else "application/zip"
    found = _magic(head)
    if (found == "application/x-ole-storage" or head.startswith(b"\xd0\xcf\x11\xe0")) and _COMPOUND.search(claim):
        return claim
    if found:
        return found
    return _unrecognised(head, claim)


def _magic(head: bytes) -> str:
    try:
        found = str(puremagic.from_string(head, mime=True))
    except (puremagic.PureError, ValueError, OSError, IndexError, KeyError):
        return ""
    return found if _CERTAIN.match(found) else ""


def _unrecognised(head: bytes, claim: str) -> str:
    is_text = b"\x00" not in head
    if claim in {"text/html", "image/svg+xml", "application/xhtml+xml", "text/xml", "application/xml"}:
        return "text/plain" if is_text else "application/octet-stream"
    if claim.startswith("text/") or _TEXTUAL.match(claim):
        return claim if is_text else "application/octet-stream"
    if claim.startswith(("image/", "audio/", "video/")) or not claim:
        return "text/plain" if is_text and head and head.isascii() and not claim else "application/octet-stream"
    return claim if re.fullmatch(r"[a-z0-9.+-]+/[a-z0-9.+-]+", claim) else "application/octet-stream"


def attachment(part: Part) -> Attachment:
    """The file that a leaf part carries; whether a body shows it is settled later."""
    data = part.content()
    name, declared = part.filename, part.content_type
    if declared == "message/rfc822":
        name = name or _subject_of(data)
        name = safe_name(name, declared, "message")
        name = name if name.lower().endswith(".eml") else f"{name}.eml"
        judged = declared
    elif declared in {
        "message/delivery-status",
        "message/disposition-notification",
        "message/feedback-report",
        "text/rfc822-headers",
    }:
        judged = "text/plain"
        name = safe_name(name or f"{declared.partition('/')[2]}.txt", judged)
    else:
        judged = judged_type(data, declared, name)
        name = safe_name(
            name,
            judged,
            declared.partition("/")[0] if declared.startswith(("image", "text", "audio", "video")) else "file",
        )
    location = part.headers.get("content-location")[:500]
    return Attachment(name, judged, declared, part.content_id, False, data, location)


def _subject_of(data: bytes) -> str:
    headers: Headers = read_headers(data, 0, len(data), Limits())[0]
    return decode_words(headers.get("subject"))[:MAX_NAME]
