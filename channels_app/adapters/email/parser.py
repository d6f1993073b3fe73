"""Raw bytes in, a `ParsedMail` out: pure, without Django, never raising but for lack of memory."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from typing import TypeVar

from channels_app.adapters.email import bodies, headers, html_quotes, nature, quotes
from channels_app.adapters.email.authentication import authentication
from channels_app.adapters.email.bounces import bounce
from channels_app.adapters.email.headers import Headers
from channels_app.adapters.email.invitations import invitation
from channels_app.adapters.email.mailboxes import mailboxes
from channels_app.adapters.email.mime import Limits, Part, cut
from channels_app.adapters.email.model import Invitation, Mailbox, ParsedMail
from channels_app.foreign.charsets import scrub

SHOWN_HEADERS = ("From", "To", "Cc", "Date", "Subject", "Reply-To", "List-Id", "Message-ID")
_DELIVERED = ("delivered-to", "x-original-to", "envelope-to", "x-envelope-to", "x-delivered-to")
_SENDERS = ("from", "reply-to", "sender", "return-path")

T = TypeVar("T")


def parse(raw: bytes, *, authserv_id: str = "", now: datetime | None = None) -> ParsedMail:
    """Read a mail as far as it can be read; what could not be read is named in `warnings`.

    `authserv_id` is the name our receiving host signs Authentication-Results with; `now` judges odd dates.
    """
    limits = Limits()
    mail = ParsedMail()
    root = _guarded(mail, "structure", lambda: cut(raw, limits), None)
    if root is None:
        mail.text = scrub(raw[: bodies.MAX_TEXT].decode("utf-8", "replace"))
        return mail
    _read_addresses(mail, root.headers, limits)
    _read_fields(mail, root.headers, now or datetime.now(UTC))
    content = _guarded(mail, "body", lambda: bodies.read(root), bodies.Content())
    _read_body(mail, content)
    mail.invitation = _guarded(mail, "calendar", lambda: _invitation(content.leaves), None)
    mail.nature, mail.suppress_reply = _guarded(
        mail, "nature", lambda: nature.classify(root, mail.subject), ("human", True)
    )
    if mail.nature == "bounce":
        mail.bounce = _guarded(mail, "bounce", lambda: bounce(root, content.leaves, mail.text), None)
    if not mail.sender.address:
        mail.warnings.append("no-sender")
        mail.suppress_reply = True
    mail.authentication = _guarded(
        mail, "authentication", lambda: authentication(root.headers, authserv_id, mail.sender.address), {}
    )
    if limits.exceeded:
        mail.warnings.append("too-complex")
    mail.warnings = sorted({*mail.warnings, *content.warnings})
    return mail


def _guarded(mail: ParsedMail, what: str, read: Callable[[], T], otherwise: T) -> T:
    """One accessor's failure costs one field, not the mail."""
    try:
        return read()
    except MemoryError:
        raise
    except Exception:  # any input may come; the warning tells which reader gave up
        mail.warnings.append(f"unreadable-{what}")
        return otherwise


def _read_addresses(mail: ParsedMail, fields: Headers, limits: Limits) -> None:
    def read(name: str) -> list[Mailbox]:
        nobody: list[Mailbox] = []
        return _guarded(mail, name, partial(_addresses, fields, name, limits), nobody)

    mail.reply_to, mail.to, mail.cc = read("reply-to"), read("to"), read("cc")
    delivered = [box.address for name in _DELIVERED for box in read(name)]
    mail.delivered_to = [address for address in dict.fromkeys(delivered) if address]
    senders = {name: read(name) for name in _SENDERS}
    mail.sender = _sender(senders)
    if len(senders["from"]) > 1 or len(fields.raw("from")) > 1:
        mail.warnings.append("several-senders")


def _addresses(fields: Headers, name: str, limits: Limits) -> list[Mailbox]:
    found: list[Mailbox] = []
    for value in fields.all(name)[:20]:
        boxes, exceeded = mailboxes(value)
        limits.exceeded |= exceeded
        found.extend(boxes)
    return found


def _sender(senders: dict[str, list[Mailbox]]) -> Mailbox:
    """From, else Reply-To, Sender, Return-Path; the name stays that of From."""
    name = next((box.name for box in senders["from"] if box.name), "")
    for field in _SENDERS:
        for box in senders[field]:
            if box.address:
                return Mailbox(box.name or name, box.address)
    return Mailbox(name, "")


def _read_fields(mail: ParsedMail, fields: Headers, now: datetime) -> None:
    mail.message_id = _guarded(mail, "message-id", lambda: headers.message_id(fields), "")
    mail.in_reply_to = _guarded(
        mail, "in-reply-to", lambda: headers.message_ids(" ".join(fields.all("in-reply-to")))[:100], []
    )
    mail.references = _guarded(mail, "references", lambda: headers.references(fields), [])
    mail.subject = _guarded(mail, "subject", lambda: headers.subject(fields), "")
    mail.date = _guarded(mail, "date", lambda: headers.date(fields), None)
    mail.own_instance = _guarded(mail, "instance", lambda: fields.get("x-comptoir-instance")[:200], "")
    mail.headers = {
        name: _guarded(mail, "headers", partial(_shown, fields, name), "")
        for name in SHOWN_HEADERS
        if name.lower() in fields
    }
    if mail.date is None:
        mail.warnings.append("date-missing")
    elif headers.is_odd(mail.date, now):
        mail.warnings.append("date-odd")
    if any(not value.isascii() for _, value in fields.fields):
        mail.warnings.append("headers-8bit")


def _shown(fields: Headers, name: str) -> str:
    return headers.decode_words(fields.get(name.lower()))[:2_000]


def _read_body(mail: ParsedMail, content: bodies.Content) -> None:
    html = _guarded(mail, "html", lambda: content.html, "")
    text = _guarded(mail, "text", lambda: content.text, "")
    mail.html, mail.text = html[: bodies.MAX_TEXT], text[: bodies.MAX_TEXT]
    if len(html) > bodies.MAX_TEXT or len(text) > bodies.MAX_TEXT:
        mail.warnings.append("text-truncated")
    mail.attachments, mail.signed = content.attachments, content.signed
    mail.visible_until = _guarded(mail, "quotes", lambda: quotes.visible_until(mail.text, mail.subject), None)
    if html:
        mail.html_visible = _guarded(mail, "quotes", lambda: html_quotes.visible_html(mail.html, mail.subject), None)


def _invitation(leaves: list[Part]) -> Invitation | None:
    for leaf in leaves:
        if leaf.content_type == "text/calendar" or leaf.filename.lower().endswith(".ics"):
            return invitation(leaf.content(), leaf.params.get("charset", ""))
    return None
