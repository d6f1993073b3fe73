"""Handing a mail to an SMTP server: once, and knowing at every step whether it may have left."""

import re
import smtplib
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from channels_app.adapters.email import oauth
from channels_app.adapters.email.outgoing import Outgoing, build
from channels_app.base import SendError, Sent, Trouble
from channels_app.models import Channel, OutboundMessage
from channels_app.outbox import hand_over
from helpdesk.lib import net

TIMEOUT = 20.0  # seconds without an answer; the lease of the outbox is 60
PATIENT_ATTEMPTS = 4  # until then a recipient refused for now holds the whole mail back: nobody gets it twice
_AUTH_CODES = {530, 534, 535, 538}
_AMAZON = re.compile(r"email-smtp\.([a-z0-9-]+)\.amazonaws\.com")


@dataclass(frozen=True, slots=True)
class Server:
    host: str
    port: int
    security: str  # "tls", "starttls" or "none"
    user: str = ""
    password: str = ""
    channel: Channel | None = None  # whose OAuth token logs in, when the channel has one


def server_for(channel: Channel) -> Server | None:
    """The channel's own SMTP server, else that of EMAIL_URL, else None: mails are kept."""
    config = channel.settings()
    smtp = config.get("smtp") or {}
    if smtp.get("host"):
        security = str(smtp.get("security") or "starttls")
        port = int(smtp.get("port") or {"tls": 465, "starttls": 587}.get(security, 25))
        return Server(
            host=str(smtp["host"]),
            port=port,
            security=security,
            user=str(smtp.get("user") or ""),
            password=str(smtp.get("password") or ""),
            channel=channel if config.get("oauth") else None,
        )
    if not settings.EMAIL_URL:
        return None
    security = "tls" if settings.EMAIL_USE_SSL else "starttls" if settings.EMAIL_USE_TLS else "none"
    return Server(
        settings.EMAIL_HOST, settings.EMAIL_PORT, security, settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD
    )


def send(message: OutboundMessage) -> Sent:
    """Send one mail of the outbox. Raises SendError."""
    mail = build(message)
    server = server_for(message.channel)
    if server is None:
        return Sent(kept=True)
    with _connected(server) as smtp:
        refused = _address_it(smtp, mail, message.attempts)
        answer = _transmit(smtp, mail, lambda: hand_over(message))
    return Sent(external_id=_provider_id(server, answer), refused=refused)


def try_login(server: Server) -> None:
    """Connect and log in, nothing else. Raises SendError."""
    with _connected(server) as smtp:
        smtp.noop()


@contextmanager
def _connected(server: Server) -> Iterator[smtplib.SMTP]:
    """A session, logged in. What goes wrong before the first byte of a mail is safe to try again."""
    smtp: smtplib.SMTP | None = None
    try:
        smtp = _connect(server)
        _log_in(smtp, server)
        yield smtp
    except smtplib.SMTPAuthenticationError as error:
        raise SendError(f"The mail server refuses our login: {_said(error.smtp_error)}", Trouble.AUTH) from error
    except oauth.LoginRefused as error:
        raise SendError(f"The login provider gives no access: {error}", Trouble.AUTH) from error
    except smtplib.SMTPNotSupportedError as error:
        raise SendError(f"The mail server cannot do what is set: {error}", Trouble.AUTH) from error
    except smtplib.SMTPResponseException as error:
        raise _refusal(error.smtp_code, error.smtp_error, Trouble.TRANSIENT) from error
    except ssl.SSLCertVerificationError as error:
        raise SendError(f"The mail server's certificate is not valid: {error.verify_message}", Trouble.AUTH) from error
    except (OSError, smtplib.SMTPException) as error:
        raise SendError(f"The mail server {server.host} cannot be reached: {error}", Trouble.TRANSIENT) from error
    finally:
        if smtp is not None:
            with suppress(OSError, smtplib.SMTPException):
                smtp.quit()
            smtp.close()


def _connect(server: Server) -> smtplib.SMTP:
    smtp: smtplib.SMTP = (
        smtplib.SMTP_SSL(timeout=TIMEOUT, context=net.mail_trust())
        if server.security == "tls"
        else smtplib.SMTP(timeout=TIMEOUT)
    )
    smtp._host = server.host  # type: ignore[attr-defined]  # the name that TLS checks; we connect to the checked address
    code, answer = smtp.connect(net.mail_address(server.host, server.port), server.port)
    if code != 220:
        raise smtplib.SMTPConnectError(code, answer)
    smtp.ehlo_or_helo_if_needed()
    if server.security == "starttls":
        smtp.starttls(context=net.mail_trust())
        smtp.ehlo()
    return smtp


def _log_in(smtp: smtplib.SMTP, server: Server) -> None:
    if server.channel is not None:
        token = oauth.access_token(server.channel)
        smtp.auth(
            "XOAUTH2",
            lambda challenge=None: f"user={server.user}\1auth=Bearer {token}\1\1" if challenge is None else "",
        )
    elif server.user:
        smtp.login(server.user, server.password)


def _address_it(smtp: smtplib.SMTP, mail: Outgoing, attempts: int) -> str:
    """Give the envelope. Returns who was refused for good, in words; raises SendError when nobody is left."""
    options = ["SMTPUTF8", "BODY=8BITMIME"] if mail.utf8 else []
    if mail.utf8 and not smtp.has_extn("smtputf8"):
        raise SendError("The mail server takes no addresses outside ASCII.", Trouble.RECIPIENT)
    if smtp.has_extn("size"):
        options.append(f"size={len(mail.data)}")
    code, answer = smtp.mail(mail.sender, options)
    if code != 250:
        raise _refusal(code, answer, Trouble.MESSAGE)
    refused: dict[str, tuple[int, bytes]] = {}
    for recipient in mail.recipients:
        code, answer = smtp.rcpt(recipient)
        if code not in (250, 251):
            refused[recipient] = (code, answer)
        if code == 421:
            break
    later = [entry for entry in refused.values() if entry[0] < 500]
    if later and (attempts <= PATIENT_ATTEMPTS or len(refused) == len(mail.recipients)):
        raise _refusal(*later[0], Trouble.TRANSIENT)
    if len(refused) == len(mail.recipients):
        raise _refusal(*next(iter(refused.values())), Trouble.RECIPIENT)
    return "; ".join(f"{address}: {code} {_said(answer)}" for address, (code, answer) in refused.items())


def _transmit(smtp: smtplib.SMTP, mail: Outgoing, point_of_no_return: Callable[[], None]) -> bytes:
    """Give the content. From the callback on, silence means that it may have left. Returns the server's answer."""
    code, answer = smtp.docmd("DATA")
    if code != 354:
        raise _refusal(code, answer, Trouble.MESSAGE)
    point_of_no_return()
    content = re.sub(rb"(?m)^\.", b"..", mail.data)
    try:
        smtp.send(content + (b"" if content.endswith(b"\r\n") else b"\r\n") + b".\r\n")
        code, answer = smtp.getreply()
    except (OSError, smtplib.SMTPServerDisconnected) as error:
        raise SendError(f"The connection broke while the mail was leaving: {error}", Trouble.UNKNOWN) from error
    if code != 250:
        raise _refusal(code, answer, Trouble.MESSAGE)
    return answer


def _refusal(code: int, answer: bytes | str, permanent: Trouble) -> SendError:
    """An SMTP reply as a SendError: 4xx is for now, a refused login or relay concerns the channel, else `permanent`."""
    words = _said(answer)
    if 400 <= code < 500:
        return SendError(f"{code} {words}", Trouble.TRANSIENT)
    enhanced = words.split(" ", 1)[0]
    not_ours = permanent is not Trouble.MESSAGE and "relay" in words.lower()
    if code in _AUTH_CODES or enhanced in ("5.7.8", "5.7.9", "5.7.57", "5.7.30") or not_ours:
        return SendError(f"The mail server does not let us send: {code} {words}", Trouble.AUTH)
    return SendError(f"{code} {words}", permanent)


def _said(answer: Any) -> str:
    text = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else str(answer)
    return " ".join(text.replace("\0", "").split())[:500]


def _provider_id(server: Server, answer: bytes) -> str:
    """Amazon SES replaces our Message-ID and names its own in the answer, without the domain."""
    region = _AMAZON.fullmatch(server.host)
    words = _said(answer).split()
    if region is None or not words:
        return ""
    return f"{words[-1]}@{'email' if region[1] == 'us-east-1' else region[1]}.amazonses.com"
