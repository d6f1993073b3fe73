"""The built-in mail server: SMTP and LMTP on one port, for the addresses of e-mail channels only.

250 is said when the raw mail is committed, 451 when it cannot be now. It relays nothing: what is not for us gets 550.
"""

import asyncio
import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from typing import Any, TypeVar

from aiosmtpd.smtp import SMTP, Envelope, Session, syntax
from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection, transaction

from channels_app.adapters.email.receive import TooLarge, channels_for, store_mail

log = logging.getLogger(__name__)
MAX_LINE = 4 * 1024 * 1024  # real mails break the 1,000 bytes of RFC 5321
MAX_RECIPIENTS = 100
THREADS = 8
IDLE_SECONDS = 120.0
GRACE_SECONDS = 8.0
AWAY = "451 4.3.0 Not now: the storage is away, try again later"
T = TypeVar("T")


class Post(SMTP):
    """aiosmtpd's server, answering LHLO too: an LMTP client gets one reply for each recipient (RFC 2033)."""

    line_length_limit = MAX_LINE
    _lmtp = False
    _expected = 1  # replies that the client expects to its content
    _verdicts = 0  # the same once the content is being sent, before that 0

    @syntax("LHLO hostname")
    async def smtp_LHLO(self, hostname: str) -> None:  # noqa: N802 - aiosmtpd finds commands by name
        self._lmtp = True
        await self.smtp_EHLO(hostname)

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802
        expected = len(self.envelope.rcpt_tos) if self._lmtp and self.envelope else 1
        self._expected, self._verdicts = expected, 0
        await super().smtp_DATA(arg)
        self._verdicts = 0

    async def push(self, status: str | bytes) -> None:
        """Send a reply; LMTP's last word on the content once for each recipient."""
        reply = status.encode("utf-8") if isinstance(status, str) else status
        await super().push(b"\r\n".join([reply] * max(1, self._verdicts)))
        if reply.startswith(b"354 "):
            self._verdicts = self._expected


class Handler:
    """Decides about recipients and stores what comes; one instance for all connections."""

    def __init__(self, threads: int = THREADS) -> None:
        self._count = threads
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="mail")

    async def handle_RCPT(  # noqa: N802
        self, server: Post, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if len(envelope.rcpt_tos) >= MAX_RECIPIENTS:
            return "452 4.5.3 Too many recipients"
        try:
            ours = await self._in_thread(lambda: channels_for([address]))
        except (DatabaseError, InterfaceError) as error:
            log.warning("SMTP: the database is away: %s", error)
            return AWAY
        if not ours:
            return "550 5.1.1 No such address here"
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: Post, session: Session, envelope: Envelope) -> str:  # noqa: N802
        raw = envelope.original_content or b""
        source = "lmtp" if server._lmtp else "smtp"
        try:
            stored = await self._in_thread(lambda: _store(raw, envelope, source))
        except TooLarge as error:
            return f"552 5.3.4 {error}"
        except Exception as error:  # whatever it is, the sender keeps the mail and tries again
            log.warning("SMTP: not stored: %s", error, exc_info=not isinstance(error, DatabaseError | InterfaceError))
            return AWAY
        return f"250 2.6.0 {stored} stored" if stored else "550 5.1.1 No such address here"

    async def handle_exception(self, error: Exception) -> str:
        log.exception("SMTP session", exc_info=error)
        return "421 4.3.0 Internal error"

    async def _in_thread(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, _with_living_connection, work)

    def close(self) -> None:
        """Finish what is being stored and close the threads' database connections."""
        together = threading.Barrier(self._count)

        def leave() -> None:
            together.wait(timeout=GRACE_SECONDS)
            connection.close()

        for _thread in range(self._count):
            self._threads.submit(leave)
        self._threads.shutdown(wait=True)


def _with_living_connection(work: Callable[[], T]) -> T:
    """Its answer. A connection that was open may have died since it was last used: then once more with a new one,
    which costs less than to ask each time whether it lives. The same mail twice is stored once."""
    for held in (connection.connection is not None, False):
        try:
            return work()
        except (DatabaseError, InterfaceError):
            connection.close()
            if not held:
                raise
    raise AssertionError  # the second time either returns or raises


def _store(raw: bytes, envelope: Envelope, source: str) -> int:
    """One row for each channel reached, all or none. Returns how many."""
    reached = channels_for(envelope.rcpt_tos)
    mail_from = (envelope.mail_from or "").strip("<>")
    with transaction.atomic() if len(reached) > 1 else nullcontext():  # one statement is a transaction
        for channel, addresses in reached.items():
            store_mail(channel, raw, source=source, envelope={"mail_from": mail_from, "rcpt_to": addresses})
    return len(reached)


class Listener:
    """The server while it runs, on one event loop."""

    def __init__(self, host: str, port: int) -> None:
        self.host, self.port = host, port
        self._handler = Handler()
        self._sessions: set[Post] = set()
        self._server: asyncio.Server | None = None

    async def start(self) -> tuple[str, int]:
        """Listen. Returns (host, port) as bound. OSError when the port is taken."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self._session, self.host, self.port, backlog=512)
        address: tuple[Any, ...] = self._server.sockets[0].getsockname()
        return str(address[0]), int(address[1])

    async def stop(self) -> None:
        """Take no new connection, let open ones finish for a while, then close them."""
        assert self._server is not None
        self._server.close()
        end = asyncio.get_running_loop().time() + GRACE_SECONDS
        while self._busy() and asyncio.get_running_loop().time() < end:
            await asyncio.sleep(0.05)
        for session in list(self._sessions):
            if session.transport is not None:
                session.transport.close()
        await asyncio.to_thread(self._handler.close)

    def _busy(self) -> bool:
        return any(session.envelope is not None and session.envelope.rcpt_tos for session in self._sessions)

    def _session(self) -> Post:
        return _Session(
            self._sessions,
            self._handler,
            loop=asyncio.get_running_loop(),
            data_size_limit=settings.MAIL_MAX_BYTES,
            enable_SMTPUTF8=True,
            hostname="comptoir",
            ident="Comptoir",
            timeout=IDLE_SECONDS,
        )


class _Session(Post):
    """A Post that is listed while its connection lives."""

    def __init__(self, open_sessions: set[Post], handler: Handler, **options: Any) -> None:
        super().__init__(handler, **options)
        self._open_sessions = open_sessions

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self._open_sessions.add(self)

    def connection_lost(self, error: Exception | None) -> None:
        self._open_sessions.discard(self)
        super().connection_lost(error)
