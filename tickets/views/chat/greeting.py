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
    label: str
    answer: str


def greeting(channel: Channel, language: str) -> Greeting:
    """In the given language, whatever the reader's browser asks for. Two or three queries."""
    now = timezone.now()
    calendar = calendar_for(channel.shop, channel=channel)
    with translation.override(language):
        hours = Hours(calendar, language, now) if calendar else None
        is_open = hours is None or hours.is_open
        when = promises.expected(channel.shop, "chat", now, channel=channel).words
        return Greeting(
            is_open=is_open,
            promise=when,
            hours=hours.words if hours else "",
            label=_("A question?") if is_open else _("Leave a message"),
            answer=_("Answer %(when)s") % {"when": when},
        )
