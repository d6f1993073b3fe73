"""/settings/hours/: when it is open, with what that means before it is saved."""

import copy
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from babel.dates import format_date, format_datetime
from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.text import slugify
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.access import policy
from accounts.http import Request
from accounts.models import Shop
from channels_app.opening import keep_hours
from helpdesk.lib.htmx import wants_fragment
from hours.actions import keep_for, set_hours
from hours.holidays import holidays_in
from hours.models import Calendar
from hours.rules import DAYS
from tickets.views.settings import hours_week, shell
from tickets.views.settings.hours_form import HoursForm, holidays_of, initial_of
from tickets.views.settings.hours_preview import preview
from tickets.views.settings.special_days import SpecialDays, campaigns_of, exceptions_of, special_days, special_days_of

PAGE = "settings/hours.html"
AHEAD = timedelta(days=366)  # for which holidays are listed


@dataclass(frozen=True, slots=True)
class Holiday:
    """`name` as the country says it, `shown` in the page's language."""

    day: str
    iso: str
    name: str
    shown: str
    closed: bool


@dataclass(frozen=True, slots=True)
class Version:
    since: str
    weekly: str
    is_planned: bool


@policy("hours.write")
@require_GET
def hours(request: Request) -> HttpResponse:
    """The hours in force of `?calendar=`, else of the first shop."""
    calendar = _calendar(request.GET.get("calendar"))
    if calendar is None:
        return render(request, PAGE, {"shops": Shop.objects.all()} | shell(request, "settings-hours"))
    now = calendar.in_force(timezone.now())
    form = HoursForm(calendar, initial=initial_of(now, calendar))
    days = special_days(initial=special_days_of(now))
    return _page(request, calendar, form, days, QueryDict())


@policy("hours.write")
@require_POST
def preview_hours(request: Request) -> HttpResponse:
    """The form as it stands with what it would mean; its buttons change it first. Nothing is saved."""
    calendar, data = _calendar(request.POST.get("calendar")), _edited(request.POST)
    if calendar is None:
        return redirect("settings-hours")
    form, days = HoursForm(calendar, data), special_days(data=data)
    return _page(request, calendar, form, days, data)


@policy("hours.write")
@require_POST
def save_hours(request: Request) -> HttpResponse:
    calendar, data = _calendar(request.POST.get("calendar")), request.POST
    if calendar is None:
        return redirect("settings-hours")
    form, days = HoursForm(calendar, data), special_days(data=data)
    if not (form.is_valid() and days.is_valid()):
        return _page(request, calendar, form, days, data, status=422)
    with transaction.atomic():
        changed = set_hours(calendar, valid_from=form.starts() or timezone.now(), **_terms(calendar, form, days, data))
        keep_for(calendar, form.cleaned_data["teams"])
        keep_hours(calendar, form.cleaned_data["channels"])
    words = _("Saved. What was promised before stays promised.") if changed else _("Saved. The hours are as before.")
    messages.success(request, words)
    return redirect(_address(calendar))


@policy("hours.write")
@require_POST
def add_hours(request: Request) -> HttpResponse:
    """Further hours, as those shown are, under a name of their own; a shop's first are its own."""
    like, shop = _calendar(request.POST.get("calendar")), Shop.objects.order_by("pk").first()
    key = slugify(request.POST.get("key", ""))[:120]
    if shop is None or not key or Calendar.objects.filter(key=key).exists():
        messages.error(request, _("Choose a short name that no other hours have."))
        return redirect(_address(like) if like else "settings-hours")
    made = Calendar(key=key, shop=like.shop if like else shop, default=like is None, timezone=shop.timezone)
    now = like.in_force(timezone.now()) if like else made
    set_hours(made, valid_from=None, timezone=now.timezone, weekly=now.weekly, holidays=now.holidays)
    return redirect(_address(made))


def _page(
    request: Request, calendar: Calendar, form: HoursForm, days: SpecialDays, data: QueryDict, *, status: int = 200
) -> HttpResponse:
    """The whole page, or for htmx what depends on the fields. With fields not sent yet, as they are stored."""
    now, good = timezone.now(), not form.is_bound or all((form.is_valid(), days.is_valid()))
    variant = copy.copy(calendar)
    for name, value in (_terms(calendar, form, days, data) if form.is_bound else {}).items():
        setattr(variant, name, value)
    at = max(now, (form.starts() if form.is_bound else None) or now)
    context = {
        "calendar": calendar,
        "form": form,
        "days": days,
        "rows": hours_week.rows(form, variant, now),
        "ticks": hours_week.TICKS,
        "weekly": _span(hours_week.weekly_minutes(form)),
        "holidays": _holidays(variant, now.date()),
        "wrong": [] if good else _wrong(form, days),
        "preview": preview(variant, calendar, at=at, tried=_moment(data, variant)),
        "is_later": at > now,
        "moment": data.get("moment", ""),
    }
    if wants_fragment(request):
        return render(request, f"{PAGE}#effect", context)
    around = {
        "calendars": Calendar.objects.select_related("shop"),
        "zones": sorted(available_timezones()),
        "versions": _versions(calendar, now),
    }
    return render(request, PAGE, context | around | shell(request, "settings-hours"), status=status)


def _calendar(key: str | None) -> Calendar | None:
    rows = Calendar.objects.select_related("shop").prefetch_related("teams", "earlier")
    if key:
        return get_object_or_404(rows, key=key)
    return rows.filter(default=True).order_by("shop").first() or rows.first()


def _address(calendar: Calendar) -> str:
    return f"/settings/hours/?calendar={calendar.key}"


def _edited(sent: QueryDict) -> QueryDict:
    """The fields after the button that was pressed: copy Monday, around the clock, take a suggestion, one more row."""
    data, changes = sent.copy(), dict[str, str]()
    if "copy" in sent:
        changes = {day: sent.get("mon", "") for day in DAYS[1:5]}
    if "always" in sent:
        changes = dict.fromkeys(DAYS, "00:00–24:00")
    if "instead" in sent:
        day, _colon, text = str(sent["instead"]).partition(":")
        changes = {day: text} if day in DAYS else {}
    if "add" in sent:
        count = sent.get("days-TOTAL_FORMS", "")
        changes = {"days-TOTAL_FORMS": str(int(count) + 1) if count.isdecimal() and len(count) < 5 else "1"}
    for name, value in changes.items():
        data[name] = value
    return data


def _terms(calendar: Calendar, form: HoursForm, days: SpecialDays, data: QueryDict) -> dict[str, Any]:
    """The fields of hours.models.Hours as far as they can be read."""
    form.is_valid()
    days.is_valid()
    now, rows = calendar.in_force(timezone.now()), days.kept()
    return {
        "timezone": form.cleaned_data.get("timezone", calendar.timezone),
        "weekly": {key: reading.spans for key, _field, reading in form.days() if reading.spans},
        "exceptions": exceptions_of(rows),
        "holidays": holidays_of(form, data, now.holidays, today=timezone.now().date()),
        "campaigns": campaigns_of(rows),
    }


def _holidays(variant: Calendar, today: date) -> list[Holiday]:
    country, part = variant.holidays.get("country"), variant.holidays.get("subdivision", "")
    language, worked, found = get_language() or "en", variant.holidays.get("worked", []), []
    for year in (today.year, today.year + 1) if country else ():
        shown = holidays_in(year, country, part, language)
        for day, names in holidays_in(year, country, part).items():
            for name, spoken in zip(names, shown[day], strict=True) if today <= day < today + AHEAD else ():
                words = format_date(day, "EEE d MMM", locale=language)
                found.append(Holiday(words, day.isoformat(), name, spoken, name not in worked))
    return found


def _versions(calendar: Calendar, now: datetime) -> list[Version]:
    language, found = get_language() or "en", []
    for since, one in reversed(calendar.versions()):
        when = (
            format_datetime(timezone.localtime(since), "d MMM y, HH:mm", locale=language) if since else _("since ever")
        )
        form = HoursForm(calendar, initial={day: one.weekly.get(day, []) for day in DAYS})
        found.append(Version(when, _span(hours_week.weekly_minutes(form)), since is not None and since > now))
    return found


def _wrong(form: HoursForm, days: SpecialDays) -> list[str]:
    """The names of what needs correcting."""
    names = [str(form[name].label) for name in form.errors]
    return names + ([_("special days")] if any(days.errors) or days.non_form_errors() else [])


def _moment(data: QueryDict, variant: Calendar) -> datetime | None:
    try:
        local = parse_datetime(data.get("moment", ""))
    except ValueError:
        return None
    return local.replace(tzinfo=ZoneInfo(variant.timezone)) if local else None


def _span(minutes: int) -> str:
    hours, rest = divmod(minutes, 60)
    return f"{hours} h {rest:02d}" if rest else f"{hours} h"
