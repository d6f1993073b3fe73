"""V12: two of our installations write to each other: two automatic mails at most, then silence."""

import pytest

from tests import factories
from tests.mailroom import SUPPORT, Catcher, mail, receive, work

pytestmark = pytest.mark.django_db


def test_two_installations_facing_each_other(catcher: Catcher, settings) -> None:
    """The other one is played by this one under another key: its mails carry marks that we cannot know."""
    there = factories.channel("there", of=factories.shop("there"), address="help@there.example")
    here, keys = factories.channel(), {SUPPORT: "key-of-here-" + "x" * 40, there.address: "key-of-there-" + "x" * 40}
    settings.SECRET_KEY = keys[SUPPORT]
    there.address, hidden = "", there.address  # neither knows the other's address as its own
    there.save()
    receive(mail(sender=f"There <{hidden}>"), here)
    seen = 0
    for _round in range(6):
        work()
        new, seen = catcher.caught[seen:], len(catcher.caught)
        for caught in new:
            to_us = any(address.startswith("support") for address in caught.recipients)
            settings.SECRET_KEY = keys[SUPPORT if to_us else hidden]
            receive(caught.raw, here if to_us else there, mail_from=caught.sender, rcpt_to=caught.recipients)
    assert len(catcher.caught) == 1
    assert all(caught.message["Auto-Submitted"] == "auto-replied" for caught in catcher.caught)
