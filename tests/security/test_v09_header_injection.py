"""V9: nothing that a person may type or a customer may send adds a header to a mail of ours."""

from email import message_from_bytes, policy

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from channels_app.adapters.email.outgoing import build
from channels_app.models import OutboundMessage
from tests import factories
from tests.mailroom import JASMINE

pytestmark = pytest.mark.django_db
BREAKS = [
    "\r\n",
    "\n",
    "\r",
    "\r\n ",
    "\x85",
    "\u2028",
    "\u2029",
    "\x0b",
    "\x0c",
    "\x00",
    "\x1c",
    "=?utf-8?q?=0D=0A?=",
    "=?utf-8?b?DQo=?= ",
]
HEADERS = [
    "From",
    "Reply-To",
    "To",
    "Cc",
    "Subject",
    "Date",
    "Message-ID",
    "In-Reply-To",
    "References",
    "MIME-Version",
    "Content-Type",
]


@pytest.mark.parametrize("newline", BREAKS, ids=repr)
@pytest.mark.parametrize("long", [False, True])
def test_the_header_set_is_exactly_ours(newline: str, long: bool) -> None:
    evil = f"{'é' * 90 if long else ''}a{newline}Bcc: victim@evil.example{newline}{newline}<script>"
    path = default_storage.save("tests/evil", ContentFile(b"x"))
    file = {
        "name": evil,
        "content_type": f"text/plain{newline}X-Evil: 1",
        "path": path,
        "content_id": evil,
        "inline": False,
    }
    message = OutboundMessage(
        pk=1,
        channel=factories.channel(),
        thread="1042",
        sender_name=evil,
        to=[{"value": JASMINE, "name": evil}],
        cc=[{"value": "ann@example.org", "name": evil}],
        subject=evil,
        text="Bonjour",
        html="<p>Bonjour</p>",
        references=[f"a{newline}@x", "b@x.example"],
        files=[file],
    )
    mail = build(message)
    read = message_from_bytes(mail.data, policy=policy.default)
    assert read.keys() == HEADERS
    assert mail.recipients == (JASMINE, "ann@example.org")
    assert [part.keys() for part in read.iter_attachments()] == [
        ["Content-Type", "Content-Transfer-Encoding", "Content-Disposition", "Content-ID"]
    ]
    head = mail.data.partition(b"\r\n\r\n")[0]
    assert all(line[:1] in b" \t" or line.split(b":")[0].decode() in HEADERS for line in head.split(b"\r\n"))
    assert b"\r" not in mail.data.replace(b"\r\n", b"")
    assert b"\n" not in mail.data.replace(b"\r\n", b"")
