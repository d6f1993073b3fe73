"""How hours change: every change is a version, so that the past keeps the hours then in force."""

from collections.abc import Iterable
from datetime import datetime
from itertools import pairwise
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Shop, Team
from helpdesk.lib.refused import Refused
from hours import terms
from hours.models import Calendar, EarlierHours, Hours

FIELDS = tuple(terms.CHECKS)


@transaction.atomic
def set_hours(calendar: Calendar, *, valid_from: datetime | None, **changes: Any) -> bool:
    """From `valid_from` on (None: since ever) these are the calendar's hours, whatever was planned for later.

    `changes` are fields of hours.models.Hours; the others stay as they are in force at `valid_from`. A new calendar
    is saved. Returns whether anything changed; the same again changes nothing. Refused names a wrong field.
    """
    for field, value in changes.items():
        terms.check(field, value)
    if calendar._state.adding:
        _put(calendar, changes)
        calendar.save()
        return True
    held = Calendar.objects.select_for_update(of=("self",)).get(pk=calendar.pk)
    before = held.versions()
    kept = [one for one in before if valid_from is not None and (one[0] is None or one[0] < valid_from)]
    wanted = EarlierHours()
    _put(wanted, dict(zip(FIELDS, (kept[-1][1] if kept else held).terms, strict=True)) | changes)
    after = kept if kept and kept[-1][1].terms == wanted.terms else [*kept, (valid_from, wanted)]
    changed = [(start, one.terms) for start, one in after] != [(start, one.terms) for start, one in before]
    if changed:
        _rewrite(held, after)
    _put(calendar, dict(zip(FIELDS, held.terms, strict=True)))
    calendar.stamp = held.stamp
    return changed


@transaction.atomic
def make_default(calendar: Calendar) -> None:
    """These are the shop's own hours, instead of any other."""
    Calendar.objects.filter(shop=calendar.shop_id, default=True).exclude(pk=calendar.pk).update(default=False)
    calendar.default = True
    calendar.save(update_fields=["default"])


@transaction.atomic
def keep_for(calendar: Calendar, teams: Iterable[Team]) -> None:
    """The calendar is these teams' own. Refused when one of them keeps other hours in the same shop."""
    wanted = list(teams)
    Shop.objects.select_for_update(of=("self",)).get(pk=calendar.shop_id)
    taken = Team.objects.filter(calendars__shop=calendar.shop_id).exclude(calendars=calendar.pk)
    for team in taken.filter(pk__in=[team.pk for team in wanted])[:1]:
        raise Refused("teams", _("%(team)s already keeps other hours.") % {"team": team.name})
    calendar.teams.set(wanted)


def _put(hours: Hours, values: dict[str, Any]) -> None:
    for field, value in values.items():
        setattr(hours, field, value)


def _rewrite(calendar: Calendar, versions: list[tuple[datetime | None, Hours]]) -> None:
    """Store these versions, the last in the calendar itself."""
    calendar.earlier.all().delete()
    earlier = [
        EarlierHours(calendar=calendar, until=end, **dict(zip(FIELDS, hours.terms, strict=True)))
        for (_start, hours), (end, _next) in pairwise(versions)
        if end is not None
    ]
    EarlierHours.objects.bulk_create(earlier)
    _put(calendar, dict(zip(FIELDS, versions[-1][1].terms, strict=True)))
    calendar.restamp(has_earlier=len(versions) > 1)
    calendar.save(update_fields=[*FIELDS, "stamp"])
