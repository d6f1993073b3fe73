"""Does a mailbox's configuration work? Asked on the spot, told in words; nothing is stored, nothing is sent."""

import imaplib
import ssl
from typing import Any

from django.utils.translation import gettext as _
from imapclient.exceptions import IMAPClientError, LoginError

from channels_app.adapters.email import oauth
from channels_app.adapters.email.imap import connected
from channels_app.adapters.email.sending import server_for, try_login
from channels_app.base import Finding, SendError, Trouble
from channels_app.models import Channel


def probe(channel: Channel) -> list[Finding]:
    """What works of receiving and of sending, each in one sentence."""
    return [_receiving(channel), _sending(channel)]


def _receiving(channel: Channel) -> Finding:
    config = channel.settings().get("imap") or {}
    if not config.get("host"):
        return Finding(_("Receiving: no mailbox is set. Mail can still come in through the SMTP listener."), None)
    try:
        return _look(channel, config)
    except (LoginError, oauth.LoginRefused) as error:
        words = _("Receiving: the server answers, but refuses this login (%(why)s).") % {"why": error}
    except ssl.SSLCertVerificationError as error:
        words = _("Receiving: the server’s certificate is not valid (%(why)s).") % {"why": error.verify_message}
    except ssl.SSLError as error:
        words = _("Receiving: no encrypted connection; perhaps another port or kind of encryption (%(why)s).") % {
            "why": error
        }
    except (OSError, imaplib.IMAP4.abort, EOFError) as error:
        words = _("Receiving: the server cannot be reached (%(why)s).") % {"why": error}
    except (IMAPClientError, ValueError) as error:
        words = _("Receiving: the server says: %(why)s.") % {"why": error}
    return Finding(words, False)


def _look(channel: Channel, config: dict[str, Any]) -> Finding:
    folder = str(config.get("folder") or "INBOX")
    with connected(channel, config) as client:
        count = int(client.select_folder(folder, readonly=True)[b"EXISTS"])
    words = _("Receiving works: “%(folder)s” can be read and holds %(count)d messages.")
    return Finding(words % {"folder": folder, "count": count}, True)


def _sending(channel: Channel) -> Finding:
    server = server_for(channel)
    if server is None:
        return Finding(_("Sending: no server is set. Replies are kept and shown in the outbox."), None)
    try:
        try_login(server)
    except SendError as error:
        if error.trouble == Trouble.AUTH:
            return Finding(_("Sending: the server does not let us in (%(why)s).") % {"why": error}, False)
        return Finding(_("Sending: the server cannot be used now (%(why)s).") % {"why": error}, False)
    return Finding(_("Sending works: %(host)s accepts the login.") % {"host": server.host}, True)
