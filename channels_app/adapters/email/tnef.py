"""winmail.dat: what Outlook wrapped, unwrapped."""

from __future__ import annotations

import re
from dataclasses import dataclass

from tnefparse import TNEF

from channels_app.adapters.email.attachments import judged_type, safe_name
from channels_app.adapters.email.mime import Part
from channels_app.adapters.email.model import Attachment
from channels_app.foreign.charsets import decode, scrub

MAX_SIZE = 30_000_000
_TYPES = {"application/ms-tnef", "application/vnd.ms-tnef"}


@dataclass(frozen=True, slots=True)
class Unpacked:
    """The content of one winmail.dat."""

    text: str
    html: str
    files: list[Attachment]


def is_tnef(part: Part) -> bool:
    """Whether a part is, or is called, winmail.dat."""
    return part.content_type in _TYPES or part.filename.lower() == "winmail.dat"


def unpack(data: bytes) -> Unpacked | None:
    """Files and bodies within, None when the data is no readable TNEF."""
    if len(data) > MAX_SIZE or not data.startswith(b"\x78\x9f\x3e\x22"):
        return None
    try:
        tnef = TNEF(data, do_checksum=False)
        files = [
            _file(entry.long_filename() or entry.name, bytes(entry.data or b"")) for entry in tnef.attachments[:200]
        ]
        html, text = _text(tnef.htmlbody), _text(tnef.body)
    except MemoryError:
        raise
    except Exception:  # the library trusts its input in many places
        return None
    return Unpacked(text, html, [file for file in files if file.data])


def _file(name: object, data: bytes) -> Attachment:
    text = _text(name)
    return Attachment(safe_name(text, fallback="attachment"), judged_type(data, "", text), "", "", False, data)


def _text(value: object) -> str:
    if isinstance(value, bytes):
        claim = re.search(rb"charset=[\"']?([\w-]+)", value[:2_000])
        return scrub(decode(value, claim[1].decode() if claim else "")[0]).strip("\x00")
    return scrub(str(value)) if value else ""
