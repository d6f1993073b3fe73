"""Fetching, against a real IMAP server (pymap) and one scripted to misbehave."""

import socket
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from channels_app.adapters.email import imap
from channels_app.adapters.email.adapter import EmailAdapter
from channels_app.models import Channel, InboundMessage, MailboxCursor
from tests import factories
from tests.mailroom import ImapServer, free_port, imap_channel, mail, taken_in_as, work

pytestmark = pytest.mark.django_db


def poll(channel: Channel) -> list[int]:
    return list(EmailAdapter().poll(channel))


def test_each_mail_is_fetched_once(mailbox: ImapServer) -> None:
    channel = imap_channel(mailbox)
    mailbox.put(mail("Un."), mail("Deux."))
    assert len(poll(channel)) == 2
    assert poll(channel) == []
    mailbox.put(mail("Trois."))
    assert len(poll(channel)) == 1
    raws = [bytes(row.raw) for row in InboundMessage.objects.order_by("pk")]
    assert [b"Un." in raws[0], b"Deux." in raws[1], b"Trois." in raws[2]] == [True] * 3
    assert InboundMessage.objects.first().source == "imap"


def test_flags_of_others_decide_nothing(mailbox: ImapServer) -> None:
    channel = imap_channel(mailbox)
    mailbox.put(mail())
    with mailbox.session() as other:
        other.add_flags(other.search(["ALL"]), [b"\\Seen", b"\\Flagged"])
    assert len(poll(channel)) == 1


def test_fetching_leaves_the_mailbox_as_it_was(mailbox: ImapServer) -> None:
    channel = imap_channel(mailbox)
    mailbox.put(mail())
    poll(channel)
    with mailbox.session() as other:
        assert other.search(["UNSEEN"]) == other.search(["ALL"])


def test_a_new_uidvalidity_neither_loses_nor_doubles(mailbox: ImapServer) -> None:
    channel = imap_channel(mailbox)
    mailbox.put(mail("Un."), mail("Deux."))
    poll(channel)
    mailbox.put(mail("Trois."))
    MailboxCursor.objects.update(uidvalidity=1, last_uid=99_999)
    assert len(poll(channel)) == 1
    assert InboundMessage.objects.count() == 3


def test_a_crash_between_two_mails_resumes(mailbox: ImapServer) -> None:
    channel = imap_channel(mailbox)
    mailbox.put(*[mail(f"Numéro {n}.") for n in range(4)])
    fetching = EmailAdapter().poll(channel)
    next(iter(fetching))
    fetching.close()  # type: ignore[attr-defined]
    assert len(poll(channel)) == 3


def test_a_mail_too_large_is_told_of(mailbox: ImapServer, settings) -> None:
    channel = imap_channel(mailbox)
    settings.MAIL_MAX_BYTES = 5000
    mailbox.put(mail("x" * 70 + "\n" * 6000, subject="Photos"), mail("Petit."))
    poll(channel)
    work()
    large, small = [taken_in_as(row) for row in InboundMessage.objects.order_by("pk")]
    assert (large.subject, large.from_address) == ("Photos", "jasmine@example.org")
    assert "too large to be taken in; it is still in the mailbox" in large.text
    assert "Petit." in small.text


def test_a_refused_login_shows_on_the_channel_until_it_works(mailbox: ImapServer) -> None:
    channel = imap_channel(mailbox)
    channel.configure({"address": channel.address, "imap": mailbox.config | {"password": "wrong"}})
    channel.save()
    assert poll(channel) == []
    channel.refresh_from_db()
    assert channel.trouble.startswith("Mailbox: the login is refused")
    with pytest.raises(CommandError, match="support: Mailbox: the login is refused"):
        call_command("fetch_mail", "--once")
    channel.configure({"address": channel.address, "imap": mailbox.config})
    channel.save()
    poll(channel)
    channel.refresh_from_db()
    assert (channel.trouble, channel.trouble_since) == ("", None)


def test_a_server_that_is_away_shows_on_the_channel(settings) -> None:
    channel = imap_channel(ImapServer(free_port()))
    assert poll(channel) == []
    channel.refresh_from_db()
    assert "127.0.0.1 cannot be reached" in channel.trouble


def test_private_mail_servers_can_be_forbidden(mailbox: ImapServer, settings) -> None:
    settings.BLOCK_PRIVATE_MAIL_HOSTS = True
    channel = imap_channel(mailbox)
    assert poll(channel) == []
    channel.refresh_from_db()
    assert "is not a public address" in channel.trouble


@pytest.mark.django_db(transaction=True)
def test_two_workers_on_one_mailbox(mailbox: ImapServer) -> None:
    channel = imap_channel(mailbox)
    mailbox.put(*[mail(f"Numéro {n}.") for n in range(20)])

    def worker(_number: int) -> int:
        try:
            return len(poll(Channel.objects.get(pk=channel.pk)))
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        counts = list(pool.map(worker, range(4)))
    poll(channel)
    assert InboundMessage.objects.count() == 20
    assert sum(counts) <= 20


@pytest.mark.django_db(transaction=True)
def test_two_workers_without_the_advisory_lock(mailbox: ImapServer, monkeypatch) -> None:
    """The lock only saves work: the cursor's row alone keeps two workers apart."""
    from contextlib import nullcontext

    monkeypatch.setattr(imap, "_alone", lambda channel: nullcontext(True))
    channel = imap_channel(mailbox)
    mailbox.put(*[mail(f"Numéro {n}.") for n in range(10)])

    def worker(_number: int) -> int:
        try:
            return len(poll(Channel.objects.get(pk=channel.pk)))
        finally:
            connection.close()

    with ThreadPoolExecutor(3) as pool:
        assert sum(pool.map(worker, range(3))) == 10
    assert InboundMessage.objects.count() == 10


def test_a_channel_without_mailbox_is_left_alone() -> None:
    channel = factories.channel()
    assert poll(channel) == []
    call_command("fetch_mail", "--once")
    assert MailboxCursor.objects.count() == 0


class Scripted:
    """An IMAP server of a few lines: three mails; says what the test wants about one of them."""

    def __init__(self, bad_uid: int, bad: bytes | None) -> None:
        self.mails = {uid: mail(f"Numéro {uid}.", message_id=f"{uid}@example.org") for uid in (1, 2, 3)}
        self.bad_uid, self.bad = bad_uid, bad
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.port = int(self.listening.getsockname()[1])
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                client, _address = self.listening.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with client, client.makefile("rwb") as stream:
            self._say(stream, b"* OK ready")
            for line in stream:
                tag, command = line.split(b" ", 1)
                if not self._answer(stream, command.upper().strip()):
                    return
                self._say(stream, tag + b" OK done")

    def _answer(self, stream, command: bytes) -> bool:
        if command.startswith(b"CAPABILITY"):
            self._say(stream, b"* CAPABILITY IMAP4rev1")
        elif command.startswith((b"SELECT", b"EXAMINE")):
            self._say(stream, b"* 3 EXISTS\r\n* OK [UIDVALIDITY 7] ok\r\n* OK [UIDNEXT 4] ok")
        elif command.startswith(b"UID SEARCH"):
            self._say(stream, b"* SEARCH 1 2 3")
        elif command.startswith(b"UID FETCH"):
            return self._fetch(stream, int(command.split()[2]), command)
        return True

    def _fetch(self, stream, uid: int, command: bytes) -> bool:
        raw = self.mails[uid]
        if b"RFC822.SIZE" in command:
            self._say(stream, b"* %d FETCH (UID %d RFC822.SIZE %d)" % (uid, uid, len(raw)))
            return True
        if uid == self.bad_uid and self.bad is not None:
            stream.write(self.bad)
            stream.flush()
            return self.bad.endswith(b"\r\n")
        self._say(stream, b"* %d FETCH (UID %d BODY[] {%d}\r\n%s)" % (uid, uid, len(raw), raw))
        return True

    def _say(self, stream, line: bytes) -> None:
        stream.write(line + b"\r\n")
        stream.flush()


@pytest.mark.parametrize("answer", [b"* 2 FETCH (UID 2 BODY[] (((broken\r\n", b"* 2 FETCH (UID 2 FLAGS ())\r\n"])
def test_one_bad_answer_stops_nothing(answer: bytes) -> None:
    server = Scripted(2, answer)
    channel = imap_channel(ImapServer(server.port))
    poll(channel)
    poll(channel)
    stored = list(InboundMessage.objects.order_by("pk"))
    assert [bytes(row.raw) for row in stored if row.state == "stored"] == [server.mails[1], server.mails[3]]
    assert len([row for row in stored if row.state == "failed"]) == (1 if b"broken" in answer else 0)


@pytest.mark.parametrize("cut", [0, 1, 20, 40, 60, 200, 400])
def test_a_connection_lost_mid_mail_costs_nothing(cut: int) -> None:
    server = Scripted(2, None)
    whole = b"* 2 FETCH (UID 2 BODY[] {%d}\r\n%s)" % (len(server.mails[2]), server.mails[2])
    server.bad = whole[:cut].rstrip()
    channel = imap_channel(ImapServer(server.port))
    poll(channel)
    assert [bytes(row.raw) for row in InboundMessage.objects.all()] == [server.mails[1]]
    assert "cannot be reached" in Channel.objects.get(pk=channel.pk).trouble
    server.bad = None
    poll(channel)
    rows = InboundMessage.objects.order_by("pk")
    assert [bytes(row.raw) for row in rows] == list(server.mails.values())
    assert Channel.objects.get(pk=channel.pk).trouble == ""
