"""V14: no byte sequence but CRLF . CRLF ends a mail: what hides behind another one stays inside the first."""

import smtplib

import pytest

from channels_app.models import InboundMessage
from tests.channels_app.email.test_smtp_listener import port  # noqa: F401
from tests.mailroom import JASMINE, SUPPORT, mail

pytestmark = pytest.mark.django_db(transaction=True)
ENDS = [
    b"\n.\n",
    b"\r.\r",
    b"\n.\r\n",
    b"\r\n.\n",
    b"\r.\r\n",
    b"\r\n.\r",
    b"\n.\r",
    b"\r\n\x00.\r\n",
    b"\r\n.\x00\r\n",
]


@pytest.mark.parametrize("end", ENDS, ids=repr)
def test_one_mail_stays_one_mail(port: int, end: bytes) -> None:  # noqa: F811
    smuggled = b"MAIL FROM:<admin@maison-lune.example>\r\nRCPT TO:<%s>\r\nDATA\r\n" % SUPPORT.encode() + mail("Forged.")
    with smtplib.SMTP("127.0.0.1", port) as smtp:
        smtp.ehlo()
        smtp.mail(JASMINE)
        smtp.rcpt(SUPPORT)
        smtp.docmd("DATA")
        smtp.send(mail("Honest.").rstrip(b"\r\n") + end + smuggled + b"\r\n.\r\n")
        code, _answer = smtp.getreply()
        assert smtp.noop()[0] == 250
    assert (code, InboundMessage.objects.count()) == (250, 1)
    assert InboundMessage.objects.get().envelope["mail_from"] == JASMINE
