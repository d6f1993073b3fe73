"""Fetching from an IMAP folder: each mail once, whatever breaks, whoever else reads the mailbox.

How far we have read (UIDVALIDITY, UID) moves in the transaction that stores the mail. Flags decide nothing: people
read the mailbox on their phones. A new mailbox begins with the mails of the last FIRST_DAYS; after a change of
UIDVALIDITY the last RESCAN_DAYS are read again, and the inbox recognises what it has.
"""

import imaplib
import logging
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import date, timedelta
from email import message_from_bytes, policy
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone
from imapclient import IMAPClient, SocketTimeout
from imapclient.exceptions import IMAPClientError, LoginError

from channels_app import inbox
from channels_app.adapters.email import oauth
from channels_app.adapters.email.receive import store_mail
from channels_app.models import Channel, MailboxCursor
from helpdesk.lib import net

log = logging.getLogger(__name__)
FIRST_DAYS = 7
RESCAN_DAYS = 30
CONNECT_SECONDS, READ_SECONDS = 10, 60
TROUBLE = "Mailbox: "  # how our reports begin: only those are taken back by a successful round
_LIST_OF_HEADERS = ("from", "to", "cc", "reply-to", "subject", "date", "message-id", "in-reply-to", "references")
_Lost = (OSError, imaplib.IMAP4.abort, EOFError)


def poll(channel: Channel) -> Iterator[int]:
    """Fetch what is new; yields the ids of the rows stored. What is wrong with the mailbox is noted on the channel."""
    config = channel.settings().get("imap") or {}
    if not config.get("host"):
        return
    with _alone(channel) as alone:
        if not alone:
            return
        try:
            with connected(channel, config) as client:
                yield from _fetch_new(channel, client, str(config.get("folder") or "INBOX"))
        except (LoginError, oauth.LoginRefused) as error:
            _report(channel, f"the login is refused: {error}")
        except ssl.SSLCertVerificationError as error:
            _report(channel, f"the certificate of {config['host']} is not valid: {error.verify_message}")
        except _Lost as error:
            _report(channel, f"{config['host']} cannot be reached: {error}")
        except IMAPClientError as error:
            _report(channel, f"{config['host']} says: {error}")
        else:
            rows = Channel.objects.filter(pk=channel.pk, trouble__startswith=TROUBLE)
            rows.update(trouble="", trouble_since=None)


@contextmanager
def connected(channel: Channel, config: dict[str, Any]) -> Iterator[IMAPClient]:
    """A session of this mailbox, logged in."""
    security = str(config.get("security") or "tls")
    host, port = str(config["host"]), int(config.get("port") or (993 if security == "tls" else 143))
    net.mail_address(host, port)
    timeout = SocketTimeout(CONNECT_SECONDS, READ_SECONDS)
    client = IMAPClient(host, port, ssl=security == "tls", ssl_context=net.mail_trust(), timeout=timeout)
    try:
        if settings.BLOCK_PRIVATE_MAIL_HOSTS and not net.is_public(client.socket().getpeername()[0]):
            raise net.PrivateHostError(f"{host} is not a public address")
        if security == "starttls":
            client.starttls(net.mail_trust())
        if channel.settings().get("oauth"):
            client.oauth2_login(str(config.get("user") or channel.address), oauth.access_token(channel))
        else:
            client.login(str(config.get("user", "")), str(config.get("password", "")))
        yield client
    finally:
        with suppress(IMAPClientError, OSError, EOFError):
            client.logout()
        with suppress(IMAPClientError, OSError, EOFError):
            client.shutdown()


def _fetch_new(channel: Channel, client: IMAPClient, folder: str) -> Iterator[int]:
    selected = client.select_folder(folder, readonly=True)
    validity = int(selected[b"UIDVALIDITY"])
    cursor = _cursor(channel, folder)
    if cursor.uidvalidity != validity:
        cursor = _begin_again(cursor, client, validity, int(selected.get(b"UIDNEXT") or 1))
    for uid in _uids_after(client, cursor.last_uid):
        raw, reason = _download(client, uid)
        if pk := _keep(channel, folder, validity=validity, uid=uid, raw=raw, reason=reason):
            yield pk
    MailboxCursor.objects.filter(pk=cursor.pk).update(polled_at=timezone.now())


def _cursor(channel: Channel, folder: str) -> MailboxCursor:
    return MailboxCursor.objects.get_or_create(channel=channel, folder=folder)[0]


def _begin_again(cursor: MailboxCursor, client: IMAPClient, validity: int, next_uid: int) -> MailboxCursor:
    """UIDs of an earlier validity mean nothing now: go back some days, what is known will be recognised."""
    days = RESCAN_DAYS if cursor.uidvalidity else FIRST_DAYS
    since: date = (timezone.now() - timedelta(days=days)).date()
    recent = [int(uid) for uid in client.search(["SINCE", since])]
    floor = min(recent) - 1 if recent else max(next_uid - 1, 0)
    rows = MailboxCursor.objects.filter(pk=cursor.pk, uidvalidity=cursor.uidvalidity)
    rows.update(uidvalidity=validity, last_uid=floor)
    return MailboxCursor.objects.get(pk=cursor.pk)


def _uids_after(client: IMAPClient, last: int) -> list[int]:
    """In order. The range n:* always matches the newest mail, even below n."""
    return sorted(int(uid) for uid in client.search(["UID", f"{last + 1}:*"]) if int(uid) > last)


def _download(client: IMAPClient, uid: int) -> tuple[bytes | None, str]:
    """(raw mail, why not). (None, "") when it was removed meanwhile. A mail too large comes as its headers alone."""
    try:
        size = client.fetch([uid], ["RFC822.SIZE"]).get(uid, {}).get(b"RFC822.SIZE")
        if size is None:
            return None, ""
        if int(size) > settings.MAIL_MAX_BYTES:
            head = client.fetch([uid], ["BODY.PEEK[HEADER]"])[uid][b"BODY[HEADER]"]
            return _stand_in(bytes(head), int(size)), ""
        raw = client.fetch([uid], ["BODY.PEEK[]"]).get(uid, {}).get(b"BODY[]")
    except _Lost:
        raise
    except (IMAPClientError, ValueError, KeyError, TypeError) as error:
        log.warning("message %s of the mailbox: %s", uid, error)
        return None, f"The mail server could not give out message {uid}: {error}"
    return (bytes(raw), "") if raw is not None else (None, "")


def _stand_in(head: bytes, size: int) -> bytes:
    """The headers that a ticket needs, and a body that says where the mail is."""
    known = message_from_bytes(head, policy=policy.compat32)
    lines = [f"{name}: {known[name]}" for name in _LIST_OF_HEADERS if known[name]]
    notice = f"This mail of {size / 1_000_000:.0f} MB is too large to be taken in; it is still in the mailbox."
    return "\n".join([*lines, "Content-Type: text/plain; charset=utf-8", "", notice, ""]).encode("utf-8", "replace")


@transaction.atomic
def _keep(channel: Channel, folder: str, *, validity: int, uid: int, raw: bytes | None, reason: str) -> int | None:
    """Store one mail and move the cursor past it, together. The row's id; None when there was nothing to store."""
    cursor = MailboxCursor.objects.select_for_update().get(channel=channel, folder=folder)
    if cursor.uidvalidity != validity or cursor.last_uid >= uid:
        return None  # another worker was faster
    cursor.last_uid = uid
    cursor.save(update_fields=["last_uid"])
    if raw is None and not reason:
        return None
    envelope = {"folder": folder, "uid": uid}
    if raw is None:
        stored, is_new = inbox.store(
            channel, b"", dedupe_key=f"imap:{folder}:{validity}:{uid}"[:200], source="imap", envelope=envelope
        )
        inbox.park(stored.pk, reason, final=True)
        return stored.pk if is_new else None
    message, is_new = store_mail(channel, raw, source="imap", envelope=envelope)
    return message.pk if is_new else None


@contextmanager
def _alone(channel: Channel) -> Iterator[bool]:
    """True while no other worker reads this mailbox: saves work; correctness rests on the cursor's row."""
    key = f"imap:{channel.pk}"
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtextextended(%s, 0))", [key])
        alone = bool(cursor.fetchone()[0])
    try:
        yield alone
    finally:
        if alone:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", [key])


def _report(channel: Channel, reason: str) -> None:
    text = f"{TROUBLE}{reason}".replace("\0", "")[:2000]
    log.warning("channel %s: %s", channel.name, text)
    Channel.objects.filter(pk=channel.pk, trouble="").update(trouble=text, trouble_since=timezone.now())
    Channel.objects.filter(pk=channel.pk).exclude(trouble="").update(trouble=text)
