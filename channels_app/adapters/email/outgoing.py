"""The bytes of a mail of ours. Every header is written here, so that no name or subject can add one (V9, V10)."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from email.charset import QP, Charset
from email.encoders import encode_base64
from email.header import Header
from email.mime.base import MIMEBase
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.policy import compat32
from email.utils import format_datetime
from typing import Any, TypeVar

from django.core.files.storage import default_storage
from django.utils import timezone

from channels_app.adapters.email import addresses
from channels_app.base import SendError, Trouble
from channels_app.models import OutboundMessage
from helpdesk.lib.addresses import normalise_email

LINE = 76
P = TypeVar("P", bound=MIMEBase)
_UTF8 = Charset("utf-8")
_UTF8.body_encoding = QP
_BREAKS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_ADDRESS = re.compile(r"[^\s\x00-\x20\x7f\"(),:;<>@\[\]\\]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,252}[A-Za-z0-9])?")
_TYPE = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]*/[a-z0-9][a-z0-9!#$&^_.+-]*")
_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]*")


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A mail ready for SMTP. `sender` is the envelope's, "" for automatic mail."""

    sender: str
    recipients: tuple[str, ...]
    data: bytes  # lines end with CRLF
    utf8: bool  # an address outside ASCII: the server must offer SMTPUTF8


def build(message: OutboundMessage) -> Outgoing:
    """The mail of an outbox row, the same for every attempt but for its date. Raises SendError."""
    to, cc, bcc = (_mailboxes(rows) for rows in (message.to, message.cc, message.bcc))
    headers = list(_headers(message, to, cc))
    head = "".join(f"{name}: {value}\r\n" for name, value in headers if value)
    recipients = tuple(dict.fromkeys(address for _name, address in [*to, *cc, *bcc]))
    return Outgoing(
        sender="" if message.automatic else addresses.return_path(message),
        recipients=recipients,
        data=head.encode("utf-8") + _body(message).as_bytes(policy=compat32.clone(linesep="\r\n")),
        utf8=not all(address.isascii() for address in [*recipients, message.channel.address]),
    )


def _headers(
    message: OutboundMessage, to: list[tuple[str, str]], cc: list[tuple[str, str]]
) -> Iterable[tuple[str, str]]:
    channel = message.channel
    here = _mailboxes([{"value": channel.address, "name": message.sender_name}])
    back = _mailboxes([{"value": addresses.reply_address(channel, message.thread), "name": channel.shop.name}])
    references = [f"<{value}>" for value in _ids(message.references)]
    yield "From", _address_list(here)
    yield "Reply-To", _address_list(back)
    yield "To", _address_list(to)
    yield "Cc", _address_list(cc)
    yield "Subject", _words(message.subject, "Subject")
    yield "Date", format_datetime(timezone.now())
    yield "Message-ID", f"<{message.external_id or addresses.message_id(message)}>"
    yield "In-Reply-To", references[-1] if references else ""
    yield "References", "\r\n ".join(references)
    if message.automatic:
        yield "Auto-Submitted", "auto-replied"
        yield "X-Auto-Response-Suppress", "All"
        yield addresses.INSTANCE_HEADER, addresses.instance_mark(message.thread)
    yield "MIME-Version", "1.0"


def one_line(text: str) -> str:
    """Without anything that could end a header line, and without what UTF-8 cannot hold."""
    return " ".join(_BREAKS.sub(" ", text).split()).encode("utf-8", "replace").decode("utf-8")


def _words(text: str, header: str) -> str:
    """Unstructured text: as it is when short ASCII, else as encoded words."""
    text = one_line(text)
    if text.isascii() and len(text) + len(header) + 2 <= LINE and "=?" not in text:
        return text
    return Header(text, "utf-8", maxlinelen=LINE, header_name=header).encode(linesep="\r\n")


def _phrase(name: str) -> str:
    name = one_line(name)[:200]
    if _ATOMS.fullmatch(name) and "=?" not in name:
        return name
    if name.isascii() and "=?" not in name:
        escaped = name.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{escaped}"'
    return Header(name, "utf-8", maxlinelen=LINE, header_name="Reply-To").encode(linesep="\r\n")


def _address_list(boxes: Sequence[tuple[str, str]]) -> str:
    return ",\r\n ".join(f"{_phrase(name)}\r\n <{address}>" if name else address for name, address in boxes)


def _mailboxes(rows: Sequence[dict[str, str]]) -> list[tuple[str, str]]:
    return [(one_line(row.get("name", "")), _checked(row["value"])) for row in rows]


def _checked(value: str) -> str:
    """The address with its domain in ASCII. SendError(RECIPIENT) for what is none."""
    local = value.strip().rpartition("@")[0]
    address = f"{local}@{normalise_email(value).rpartition('@')[2]}"
    if not _ADDRESS.fullmatch(address) or local.startswith("-") or address.endswith(".invalid"):
        raise SendError(f"“{one_line(value)[:100]}” is no address that mail can be sent to.", Trouble.RECIPIENT)
    return address


def _ids(values: Sequence[str]) -> list[str]:
    """The Message-IDs that may stand in a header, in their order."""
    bare = (str(value).strip().strip("<>") for value in values)
    return [value for value in dict.fromkeys(bare) if re.fullmatch(r"[\x21-\x3b\x3d\x3f-\x7e]{1,900}", value)]


def _body(message: OutboundMessage) -> MIMEBase:
    inline = [file for file in message.files if file.get("inline") and file.get("content_id") and message.html]
    attached = [file for file in message.files if file not in inline]
    body: MIMEBase = _text(message.text, "plain")
    if message.html:
        html: MIMEBase = _text(message.html, "html")
        if inline:
            html = _multipart("related", [html, *(_file(file) for file in inline)])
        body = _multipart("alternative", [body, html])
    return _multipart("mixed", [body, *(_file(file) for file in attached)]) if attached else body


def _text(text: str, subtype: str) -> MIMEText:
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "").encode("utf-8", "replace").decode("utf-8")
    return _bare(MIMEText(text, subtype, _UTF8))  # type: ignore[arg-type]  # typeshed wants a name, Charset is documented


def _multipart(subtype: str, parts: Sequence[MIMEBase]) -> MIMEMultipart:
    return _bare(MIMEMultipart(subtype, None, parts))


def _file(file: dict[str, Any]) -> MIMEBase:
    content_type = str(file["content_type"]).lower()
    if not _TYPE.fullmatch(content_type) or content_type.startswith(("message/", "multipart/")):
        content_type = "application/octet-stream"
    part = MIMEBase(*content_type.split("/"))
    try:
        with default_storage.open(str(file["path"]), "rb") as stored:
            part.set_payload(stored.read())
    except OSError as error:
        raise SendError(f"The file “{file['name']}” cannot be read: {error}", Trouble.TRANSIENT) from error
    encode_base64(part)
    name = one_line(str(file["name"]))[:200].replace('"', "'").replace("\\", "_") or "file"
    part.add_header(
        "Content-Disposition",
        "inline" if file.get("inline") else "attachment",
        filename=name if name.isascii() else ("utf-8", "", name),
    )
    if content_id := re.sub(r"[^\x21-\x3b\x3d\x3f-\x7e]", "", str(file.get("content_id") or "")):
        part["Content-ID"] = f"<{content_id}>"
    return _bare(part)


def _bare(part: P) -> P:
    del part["MIME-Version"]  # stands once, among the headers above
    return part
