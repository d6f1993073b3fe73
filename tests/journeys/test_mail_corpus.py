"""Real and hostile mails of others, all the way to a ticket: none fails, none is lost, none brings a robot to talk."""

from collections import Counter
from pathlib import Path

import pytest

from channels_app.models import InboundMessage
from tests import factories
from tests.mailroom import Catcher, receive, work
from tickets.models import Message

MAILS = Path(__file__).resolve().parents[3] / "shared" / "mails"
pytestmark = [
    pytest.mark.django_db,
    pytest.mark.slow,
    pytest.mark.skipif(not MAILS.is_dir(), reason="the mails are not here"),
]


def test_each_mail_becomes_one_message(catcher: Catcher) -> None:
    factories.calendar()
    factories.channel()
    files = sorted(path for path in MAILS.rglob("*") if path.is_file() and path.suffix in {".txt", ".msg", ".eml"})
    rows = {receive(path.read_bytes()).pk for path in files}
    work()
    states = Counter(InboundMessage.objects.values_list("state", flat=True))
    assert set(states) <= {"processed", "ignored"}, [
        (row.pk, row.error) for row in InboundMessage.objects.exclude(state__in=["processed", "ignored"])
    ]
    assert states.total() == len(rows)
    assert Message.objects.filter(author="customer").count() == states["processed"]
    told = Counter(address for caught in catcher.caught for address in caught.recipients)
    assert max(told.values(), default=0) <= 5
