"""What the launcher and the frame say before anybody writes: open or closed, and the reply time that counts now."""

from dataclasses import dataclass

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from channels_app.models import Channel
from faq.frame import Hours
from tickets import promises
from tickets.calendars import calendar_for


@dataclass(frozen=True, slots=True)
class Greeting:
    """`promise` is what is stored when somebody writes now; `hours` says until when, or when it opens."""

    is_open: bool
    promise: str
    hours: str

    @property
    def label(self) -> str:
        return _("A question?") if self.is_open else _("Leave a message")

    @property
    def answer(self) -> str:
        return _("Answer %(when)s") % {"when": self.promise}


def greeting(channel: Channel, language: str) -> Greeting:
    """In the given language. Two or three queries."""
    now = timezone.now()
    calendar = calendar_for(channel.shop, channel=channel)
    with translation.override(language):
        hours = Hours(calendar, language, now) if calendar else None
        told = promises.expected(channel.shop, "chat", now, channel=channel)
        return Greeting(hours is None or hours.is_open, told.words, hours.words if hours else "")
