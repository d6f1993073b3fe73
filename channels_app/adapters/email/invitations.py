"""Calendar parts: what they announce. Nothing is ever accepted."""

from __future__ import annotations

from icalendar import Calendar

from channels_app.adapters.email.headers import one_line
from channels_app.adapters.email.model import Invitation
from channels_app.foreign.charsets import decode

MAX_SIZE = 65_536


def invitation(data: bytes, charset: str = "") -> Invitation | None:
    """The method and first event of an iCalendar text, None when it holds none that can be read."""
    if len(data) > MAX_SIZE or b"BEGIN:VEVENT" not in data:
        return None
    try:
        calendar = Calendar.from_ical(decode(data, charset)[0])
        event = next(iter(calendar.walk("VEVENT")), None)
        if event is None:
            return None
        return Invitation(
            method=_word(calendar.get("METHOD")).upper(),
            summary=_word(event.get("SUMMARY")),
            start=_when(event.get("DTSTART")),
            end=_when(event.get("DTEND")),
            organiser=_word(event.get("ORGANIZER")).removeprefix("mailto:").removeprefix("MAILTO:"),
            location=_word(event.get("LOCATION")),
        )
    except MemoryError:
        raise
    except Exception:  # the library raises many kinds on broken calendars
        return None


def _word(value: object) -> str:
    return one_line(str(value))[:500] if value is not None else ""


def _when(value: object) -> str:
    moment = getattr(value, "dt", None)
    return moment.isoformat() if moment is not None else ""
