"""The files of messages, each a line of its own: its bytes as base64."""

import logging
from base64 import b64decode, b64encode
from binascii import Error
from collections.abc import Iterator
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from django.core.files.base import ContentFile

from channels_app.adapters.email.attachments import judged_type, safe_name
from metrics.archive.fields import BadLine, Fields
from metrics.archive.keys import Keys
from metrics.archive.lines.line import Line, Result
from tickets.models import Attachment, Message

log = logging.getLogger(__name__)


def store_files(lines: list[Line], keys: Keys) -> None:
    """Write files that are not here yet; what a file holds never changes."""
    for line in lines:
        try:
            line.result = _store(line, keys)
        except BadLine as problem:
            line.problem = problem


def written_files() -> Iterator[dict[str, Any]]:
    """A file that is gone from the storage is left out."""
    rows = Attachment.objects.filter(message__side=None).select_related("message__ticket").order_by("pk")
    for row in rows.iterator(chunk_size=100):
        try:
            with row.file.open("rb") as file:
                data = file.read()
        except OSError as problem:
            log.warning("the file of attachment %s cannot be read: %s", row.uuid, problem)
            continue
        yield {
            "type": "attachment",
            "key": str(row.uuid),
            "ticket": row.message.ticket.key,
            "message": row.message.key,
            "name": row.name,
            "content_type": row.content_type,
            **({"content_id": row.content_id} if row.content_id else {}),
            **({"inline": True} if row.inline else {}),
            **({"note": row.note} if row.note else {}),
            "data": b64encode(data).decode(),
        }


def _store(line: Line, keys: Keys) -> Result:
    fields = line.fields
    ticket, key = fields.key("ticket"), fields.key("message")
    message = Message.objects.filter(ticket__key=ticket, key=key).first()
    if message is None:
        raise fields.refuse("message", f"unknown message {key!r} of the ticket {ticket!r}")
    data = _bytes(fields)
    kind = judged_type(data, fields.text("content_type", "", longest=127), name := fields.text("name", longest=255))
    columns = {
        "name": safe_name(name, kind)[:255],
        "content_type": kind[:127],
        "content_id": fields.text("content_id", "", longest=255),
        "inline": fields.flag("inline", False),
        "note": fields.text("note", "", longest=300),
    }
    line.keeps = fields.rest()
    uuid = _uuid(line.key)
    if Attachment.objects.filter(uuid=uuid).exists():
        return Result.UNCHANGED
    if not keys.rehearsing:  # a rolled back transaction would leave the file behind
        row = Attachment(uuid=uuid, message=message, size=len(data), **columns)
        row.file.save(row.name, ContentFile(data), save=True)
    return Result.CREATED


def _bytes(fields: Fields) -> bytes:
    try:
        return b64decode(fields.text("data"), validate=True)
    except (Error, ValueError):
        raise fields.refuse("data", "expected base64") from None


def _uuid(key: str) -> UUID:
    """The key itself where it is one of ours, else always the same one for it."""
    try:
        return UUID(key)
    except ValueError:
        return uuid5(NAMESPACE_URL, f"comptoir:attachment:{key}")
