"""V10: a name is never read as another recipient."""

from email import message_from_bytes, policy

import pytest

from channels_app import outbox
from channels_app.adapters.email.outgoing import build
from channels_app.base import Address
from tests import factories
from tests.mailroom import JASMINE, Catcher

pytestmark = pytest.mark.django_db
NAMES = [
    "x, evil@e.example",
    'x", evil@e.example, "',
    "x> , <evil@e.example",
    "évil, evil@e.example",
    "é" * 60 + ", evil@e.example",
    "=?utf-8?q?x=2C?= evil@e.example,",
    "x;evil@e.example:",
    "(evil@e.example),",
    "x\\",
    'x\\", evil@e.example',
    "a" * 300 + ", evil@e.example",
    "friends: evil@e.example;",
]


@pytest.mark.parametrize("name", NAMES)
def test_one_name_one_recipient(catcher: Catcher, name: str) -> None:
    message = outbox.queue(
        factories.channel(),
        thread="1",
        sender_name=name,
        to=[Address(JASMINE, name)],
        cc=[Address("a@x.example", name)],
        text="x",
    )
    read = message_from_bytes(build(message).data, policy=policy.default)
    found = {field: [box.addr_spec for box in read[field].addresses] for field in ("From", "To", "Cc")}
    assert found == {"From": ["support@maison-lune.example"], "To": [JASMINE], "Cc": ["a@x.example"]}
    outbox.deliver(message.pk)
    assert catcher.caught[0].recipients == [JASMINE, "a@x.example"]
