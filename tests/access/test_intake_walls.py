"""A lead reads what could not be taken in, and raw mails of their own teams' tickets: not those of another team."""

import pytest
from django.test import Client

from accounts.models import Role
from channels_app import inbox
from channels_app.models import InboundMessage
from tests import factories
from tickets.models import Message

pytestmark = pytest.mark.django_db


def test_a_lead_sees_no_raw_mail_of_another_team():
    raw, _new = inbox.store(factories.channel(), b"From: a@b.c\r\n\r\nsecret", dedupe_key="k", source="smtp")
    ticket = factories.ticket(team=factories.team("orders"))
    Message.objects.filter(ticket=ticket).update(inbound=raw)
    inbox.finish(raw, InboundMessage.State.PROCESSED)
    seen = {}
    for name, role, teams in (
        ("other lead", Role.LEAD, (factories.team("care"),)),
        ("own lead", Role.LEAD, (factories.team("orders"),)),
        ("manager", Role.MANAGER, ()),
    ):
        client = Client()
        client.force_login(factories.user(role=role, teams=teams))
        listed = str(raw.uuid) in client.get("/intake/?state=processed").content.decode()
        seen[name] = (listed, client.get(f"/intake/{raw.uuid}/raw/").status_code)
    assert seen == {"other lead": (False, 404), "own lead": (True, 200), "manager": (True, 200)}
