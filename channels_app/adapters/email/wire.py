"""Frames between the sandbox and its child: a JSON head and raw bytes. Nothing in them can run.

A frame is 4 bytes length of the head, 8 bytes length of the bytes (both big-endian), the head, the bytes.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Iterable
from dataclasses import asdict, fields
from datetime import datetime
from typing import Any

from channels_app.adapters.email.model import Attachment, Bounce, Invitation, Mailbox, ParsedMail

OUT_OF_MEMORY = 77  # the child's exit code
PREFIX = struct.Struct(">IQ")


def frame(head: dict[str, Any], chunks: Iterable[bytes] = ()) -> list[bytes]:
    """A frame in pieces, ready to be written one after another."""
    pieces = list(chunks)
    text = json.dumps(head, ensure_ascii=True, separators=(",", ":")).encode("ascii")
    return [PREFIX.pack(len(text), sum(map(len, pieces))), text, *pieces]


def dump(mail: ParsedMail) -> tuple[dict[str, Any], list[bytes]]:
    """A mail as JSON-able values, and the bytes of its attachments in order."""
    head: dict[str, Any] = {}
    for field in fields(mail):
        value = getattr(mail, field.name)
        if field.name == "attachments":
            head["attachments"] = [
                {name: getattr(file, name) for name in Attachment.__slots__ if name != "data"} | {"size": file.size}
                for file in value
            ]
        elif field.name in {"sender", "invitation", "bounce"}:
            head[field.name] = asdict(value) if value is not None else None
        elif field.name in {"reply_to", "to", "cc"}:
            head[field.name] = [asdict(box) for box in value]
        elif field.name == "date":
            head["date"] = value.isoformat() if value is not None else None
        else:
            head[field.name] = value
    return head, [file.data for file in mail.attachments]


def load(head: dict[str, Any], data: bytes) -> ParsedMail:
    """The inverse of `dump`; ValueError, KeyError or TypeError when `head` is not one."""
    values = dict(head)
    values["sender"] = Mailbox(**values["sender"])
    for name in ("reply_to", "to", "cc"):
        values[name] = [Mailbox(**box) for box in values[name]]
    values["date"] = datetime.fromisoformat(values["date"]) if values["date"] else None
    values["invitation"] = Invitation(**values["invitation"]) if values["invitation"] else None
    values["bounce"] = Bounce(**values["bounce"]) if values["bounce"] else None
    files, position = [], 0
    for entry in values["attachments"]:
        size = entry.pop("size")
        files.append(Attachment(data=data[position : position + size], **entry))
        position += size
    values["attachments"] = files
    return ParsedMail(**values)
