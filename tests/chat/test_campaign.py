"""A campaign at 19:00: the chat is open from 19:00 to 21:00 that day only, and says so in every place (S67, S68)."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client

from channels_app.models import Channel
from hours.models import Calendar
from tests import factories as make
from tickets.views.chat.greeting import greeting

PARIS = ZoneInfo("Europe/Paris")
CAMPAIGN = {"date": "2026-11-19", "from": "19:00", "until": "21:00", "why": "Soldes"}  # a Thursday


@pytest.mark.parametrize(
    ("at", "is_open", "words"),
    [
        ("2026-11-19 18:30", False, "Closed. Opens today at 19:00"),
        ("2026-11-19 20:00", True, "Open now, until 21:00"),
        ("2026-11-19 21:30", False, "Closed. Opens on Friday 20 November at 09:00"),
        ("2026-11-20 20:00", False, "Closed. Opens on Monday 23 November at 09:00"),
    ],
)
@pytest.mark.parametrize("own", [True, False], ids=["hours of the chat", "hours of the shop"])
def test_widget_frame_footer_and_home_agree(chat: Channel, at: str, is_open: bool, words: str, own: bool) -> None:
    campaign = make.calendar(key="sale", default=not own, campaigns=[CAMPAIGN])
    if own:
        make.calendar()
        Channel.objects.filter(pk=chat.pk).update(calendar=Calendar.objects.get(pk=campaign.pk))
    with time_machine.travel(datetime.fromisoformat(at).replace(tzinfo=PARIS), tick=False):
        cache.clear()
        said = greeting(Channel.objects.get(pk=chat.pk), "en")
        assert (said.is_open, said.hours) == (is_open, words)
        pages = [Client().get(f"/help/main/{path}").content.decode() for path in ("en/", "contact/?lang=en")]
        assert [words in page.partition("<footer")[2] for page in pages] == [True, True]
        assert words in pages[0].partition("<footer")[0]
