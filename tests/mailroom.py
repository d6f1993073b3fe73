"""A real mail world around the tests: mails to send, a catching SMTP server, an IMAP server, one round of our work."""

import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP
from django.conf import LazySettings
from imapclient import IMAPClient

from channels_app import outbox
from channels_app.adapters.email.receive import store_mail
from channels_app.models import Channel, InboundMessage, OutboundMessage
from helpdesk.local import free_port
from tests import factories
from tickets import actions, reactions
from tickets.actors import Actor
from tickets.intake import take_in
from tickets.models import Message, Ticket

SUPPORT = "support@maison-lune.example"
JASMINE = "jasmine@example.org"


def mail(
    text: str = "Bonjour, je n'ai pas reçu mon colis. Merci.",
    *,
    sender: str = f"Jasmine Roy <{JASMINE}>",
    to: str = SUPPORT,
    subject: str = "Où est mon colis ?",
    message_id: str | None = None,
    headers: dict[str, str] | None = None,
) -> bytes:
    """A raw mail as a customer's program writes it."""
    made = EmailMessage(policy=policy.SMTP)
    made["From"], made["To"], made["Subject"] = sender, to, subject
    made["Date"] = format_datetime(datetime.now(UTC))
    made["Message-ID"] = f"<{message_id or uuid.uuid4().hex + '@example.org'}>"
    for name, value in (headers or {}).items():
        made[name] = value
    made.set_content(text)
    return made.as_bytes()


def reply_to(caught: "Caught", text: str = "Merci beaucoup !", **changes: Any) -> bytes:
    """What a customer's program writes when they press "reply" on a mail that they got from us."""
    original = caught.message
    headers = {
        "In-Reply-To": str(original["Message-ID"]),
        "References": f"{original['References'] or ''} {original['Message-ID']}".strip(),
    }
    return mail(
        text,
        **{
            "to": str(original["Reply-To"] or original["From"]),
            "subject": str(original["Subject"]),
            "headers": headers,
        }
        | changes,
    )


def receive(raw: bytes, channel: Channel | None = None, **envelope: Any) -> InboundMessage:
    """The mail stored and taken in."""
    stored, _is_new = store_mail(channel or factories.channel(), raw, source="smtp", envelope=envelope or None)
    take_in(stored.pk)
    return InboundMessage.objects.get(pk=stored.pk)


def answer(ticket: Ticket, text: str, **details: Any) -> Message:
    """An agent's reply, written to the outbox."""
    return actions.reply(Ticket.objects.get(pk=ticket.pk), by=Actor.agent(factories.user()), text=text, **details)


def taken_in_as(stored: InboundMessage) -> Message:
    return Message.objects.select_related("ticket").get(inbound=stored)


def work() -> None:
    """What the workers do: take in what is stored, react, deliver what is due."""
    for pk in InboundMessage.objects.filter(state="stored").order_by("pk").values_list("pk", flat=True):
        take_in(pk)
    reactions.sweep()
    for pk in OutboundMessage.objects.due().order_by("pk").values_list("pk", flat=True):
        outbox.deliver(pk)


@dataclass
class Caught:
    sender: str
    recipients: list[str]
    raw: bytes

    @property
    def message(self) -> EmailMessage:
        parsed = message_from_bytes(self.raw, policy=policy.default)
        assert isinstance(parsed, EmailMessage)
        return parsed

    @property
    def text(self) -> str:
        body = self.message.get_body(("plain",))
        assert body is not None
        return str(body.get_content())


@dataclass
class Catcher:
    """An SMTP server that keeps what it gets. `on_rcpt` and `on_data` may answer otherwise, or raise."""

    caught: list[Caught] = field(default_factory=list)
    on_rcpt: Callable[[str], str] = lambda address: "250 OK"
    on_mail: Callable[[str], str] = lambda sender: "250 OK"
    on_data: Callable[[Any], str] = lambda server: "250 2.0.0 Ok: queued as 4F1C"
    port: int = 0

    async def handle_MAIL(self, server: Any, session: Any, envelope: Any, address: str, options: list[str]) -> str:
        answer = self.on_mail(address)
        if answer.startswith("250"):
            envelope.mail_from = address
        return answer

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: list[str]) -> str:
        answer = self.on_rcpt(address)
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        answer = self.on_data(server)
        if answer.startswith("250"):
            self.caught.append(
                Caught(envelope.mail_from.strip("<>"), list(envelope.rcpt_tos), envelope.original_content)
            )
        return answer

    def to(self, address: str) -> list[Caught]:
        return [caught for caught in self.caught if address in caught.recipients]


@contextmanager
def catcher(settings: LazySettings, **options: Any) -> Iterator[Catcher]:
    """A catching server on a free port, and EMAIL_URL pointing at it."""
    handler = Catcher()
    controller = Controller(
        handler, hostname="127.0.0.1", port=free_port(), server_kwargs={"enable_SMTPUTF8": True} | options
    )
    controller.factory = lambda: SMTP(handler, **controller.SMTP_kwargs)  # type: ignore[method-assign]
    controller.start()
    handler.port = controller.port
    settings.EMAIL_URL = f"smtp://127.0.0.1:{controller.port}"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", controller.port
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    try:
        yield handler
    finally:
        controller.stop()


# Each login would take it a third of a second: it hashes the password half a million times.
PYMAP = """
from pymap import config
from pymap.main import main
from pysasl.hashing import BuiltinHash
config.BuiltinHash = lambda: BuiltinHash(rounds=1)
main()
"""


@dataclass(frozen=True)
class ImapServer:
    """pymap in a process of its own, with one mailbox."""

    port: int

    @property
    def config(self) -> dict[str, Any]:
        return {"host": "127.0.0.1", "port": self.port, "security": "none", "user": "shop", "password": "secret"}

    @contextmanager
    def session(self) -> Iterator[IMAPClient]:
        with IMAPClient("127.0.0.1", self.port, ssl=False, timeout=10) as client:
            client.login("shop", "secret")
            client.select_folder("INBOX")
            yield client

    def put(self, *raw: bytes) -> None:
        with self.session() as client:
            for one in raw:
                client.append("INBOX", one, msg_time=datetime.now(UTC))


@contextmanager
def imap_server() -> Iterator[ImapServer]:
    port = free_port()
    command = [sys.executable, "-c", PYMAP, "--host", "127.0.0.1", "--port", str(port), "--no-tls"]
    process = subprocess.Popen(
        [*command, "dict", "--demo-user", "shop", "--demo-password", "secret"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait_for(port, process)
        yield ImapServer(port)
    finally:
        process.kill()
        process.wait()


def imap_channel(server: ImapServer, name: str = "support") -> Channel:
    channel = factories.channel(name)
    channel.configure({"address": channel.address, "imap": server.config})
    channel.save()
    return channel


def _wait_for(port: int, process: "subprocess.Popen[bytes]") -> None:
    end = time.monotonic() + 15
    while time.monotonic() < end:
        assert process.poll() is None, "the server ended"
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.05)
    raise AssertionError("the server did not start")
