"""What hours may look like: the one check behind the API, the settings page and the archive."""

import json
import re
from datetime import date
from typing import Any
from zoneinfo import available_timezones

from django.utils.translation import gettext as _

from helpdesk.lib.refused import Refused
from hours.holidays import countries
from hours.rules import DAYS

CLOCK = re.compile(r"(?:[0-3][0-9]|4[0-7]):[0-5][0-9]|48:00")
SPANS_A_DAY = 24
DATES = 1000  # exceptions, campaigns
YEARS = range(1970, 2201)
WORDS = 200  # letters of a "why"
LARGEST = 64 * 1024  # bytes as JSON


def check(field: str, value: Any) -> None:
    """Whether `value` may be this field of hours.models.Hours. Refused names the field, or the place within it."""
    CHECKS[field](value)
    if len(json.dumps(value)) > LARGEST:
        raise Refused(field, _("Larger than 64 kB."))


def check_timezone(value: Any) -> None:
    if not isinstance(value, str) or value not in available_timezones():
        raise Refused("timezone", _("“%(value)s” is no time zone, for example Europe/Paris.") % {"value": value})


def check_weekly(value: Any) -> None:
    if not isinstance(value, dict):
        raise Refused("weekly", 'Expected {"mon": [["09:00", "12:00"]], ...}.')
    for day, spans in value.items():
        if day not in DAYS:
            raise Refused(f"weekly.{str(day)[:40]}", f"Expected one of {', '.join(DAYS)}.")
        check_spans("weekly", day, spans)


def check_exceptions(value: Any) -> None:
    seen: set[str] = set()
    for entry in _entries("exceptions", value):
        if not {"date", "open"} <= set(entry) <= {"date", "open", "why"}:
            raise Refused("exceptions", 'Expected {"date": "2026-12-24", "open": [["09:00", "13:00"]], "why"?: "..."}.')
        _check_date("exceptions", entry["date"])
        if entry["date"] in seen:
            raise Refused("exceptions", _("%(date)s stands twice.") % {"date": entry["date"]})
        seen.add(entry["date"])
        check_spans("exceptions", entry["date"], entry["open"])
        _check_why("exceptions", entry)


def check_holidays(value: Any) -> None:
    if value == {}:
        return
    if not isinstance(value, dict) or not {"country"} <= set(value) <= {"country", "subdivision", "worked"}:
        raise Refused("holidays", 'Expected {"country": "FR", "subdivision"?: "57", "worked"?: ["..."]} or {}.')
    country, subdivision, worked = value["country"], value.get("subdivision", ""), value.get("worked", [])
    if not isinstance(country, str) or country not in countries():
        raise Refused("holidays.country", _("The holidays of this country are not known."))
    if subdivision != "" and subdivision not in countries()[country]:
        raise Refused("holidays.subdivision", _("This country has no such part."))
    if not isinstance(worked, list) or len(worked) > DATES or not all(isinstance(name, str) for name in worked):
        raise Refused("holidays.worked", "Expected a list of names of holidays.")


def check_campaigns(value: Any) -> None:
    for entry in _entries("campaigns", value):
        if not {"date", "from", "until"} <= set(entry) <= {"date", "from", "until", "why"}:
            raise Refused(
                "campaigns", 'Expected {"date": "2026-11-19", "from": "19:00", "until": "21:00", "why"?: "..."}.'
            )
        _check_date("campaigns", entry["date"])
        check_spans("campaigns", entry["date"], [[entry["from"], entry["until"]]])
        _check_why("campaigns", entry)


def check_spans(field: str, day: str, spans: Any) -> None:
    good = isinstance(spans, list) and len(spans) <= SPANS_A_DAY
    for span in spans if good else ():
        times = isinstance(span, list) and len(span) == 2 and all(isinstance(t, str) for t in span)
        good = good and times and all(CLOCK.fullmatch(t) for t in span) and span[0] < span[1]
    if not good:
        raise Refused(field, f'{day}: expected [["09:00", "12:00"], ...], each from earlier to later.')


def _entries(field: str, value: Any) -> list[dict[str, Any]]:
    if not isinstance(value, list) or len(value) > DATES or not all(isinstance(entry, dict) for entry in value):
        raise Refused(field, f"Expected a list of at most {DATES} objects.")
    return value


def _check_date(field: str, text: Any) -> None:
    try:
        good = isinstance(text, str) and len(text) == 10 and date.fromisoformat(text).year in YEARS
    except ValueError:
        good = False
    if not good:
        raise Refused(field, _("“%(value)s” is no date, for example 2026-12-24.") % {"value": str(text)[:20]})


def _check_why(field: str, entry: dict[str, Any]) -> None:
    if not isinstance(why := entry.get("why", ""), str) or len(why) > WORDS:
        raise Refused(field, f"why: expected at most {WORDS} letters.")


CHECKS = {
    "timezone": check_timezone,
    "weekly": check_weekly,
    "exceptions": check_exceptions,
    "holidays": check_holidays,
    "campaigns": check_campaigns,
}
