"""Reports by mail: the first figures of the last complete day, week or month, once, by the shop's own clock (S17)."""

import logging
from datetime import date, datetime, time, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.access import may
from accounts.models import Shop, User
from helpdesk.lib.refused import Refused
from metrics.cards import cards
from metrics.models import Report
from metrics.periods import in_words
from metrics.refresh import catch_up
from metrics.scope import Scope
from metrics.windows import DAY, Window, first_of

log = logging.getLogger(__name__)
SLUGS = (
    "tickets_opened", "tickets_solved", "backlog", "first_response_time", "response_time", "resolution_time", "csat",
    "internal_quality_score", "self_service_rate", "contact_ratio",
)  # fmt: skip


@transaction.atomic
def schedule(shop: Shop, people: list[User], *, every: str, weekday: int, hour: time, by: User) -> Report:
    """A new report; the first leaves at its next hour. Raises Refused for people who may not see figures."""
    if not people:
        raise Refused("people", _("Choose at least one colleague."))
    if any(not may(user, "figures.read") for user in people):
        raise Refused("people", _("Not everybody chosen may see figures."))
    report = Report.objects.create(shop=shop, every=every, weekday=weekday, hour=hour, by=by, sent_for=timezone.now())
    report.people.set(people)
    return report


@transaction.atomic
def unschedule(report: Report) -> None:
    report.delete()


def last_due(report: Report, now: datetime) -> datetime:
    """The last instant up to now at which it was to leave: its hour on the shop's own clock."""
    zone = ZoneInfo(report.shop.timezone)
    day = _day_of(report, now.astimezone(zone).date())
    moment = datetime.combine(day, report.hour, zone)
    return moment if moment <= now else datetime.combine(_day_of(report, day - DAY), report.hour, zone)


def next_due(report: Report, now: datetime) -> datetime:
    """The first instant after now at which it leaves."""
    ahead = {Report.Every.DAY: 1, Report.Every.WEEK: 7, Report.Every.MONTH: 31}[Report.Every(report.every)]
    return last_due(report, last_due(report, now) + timedelta(days=ahead, hours=2))


def covered(report: Report, due: datetime) -> Window:
    """The complete days that it tells of: the day, the seven days or the month before it leaves."""
    zone = ZoneInfo(report.shop.timezone)
    until = due.astimezone(zone).date()
    if report.every == Report.Every.MONTH:
        return Window(first_of(until - DAY, "month"), until, zone)
    return Window(until - (DAY if report.every == Report.Every.DAY else timedelta(days=7)), until, zone)


def send_due(now: datetime | None = None) -> int:
    """Send what is due. Returns how many reports left; each moment of each report leaves once."""
    now, sent = now or timezone.now(), 0
    for report in Report.objects.select_related("shop"):
        due = last_due(report, now)
        if report.sent_for < due:
            sent += _claim(report, due)
    return sent


@transaction.atomic
def _claim(report: Report, due: datetime) -> bool:
    """Marked before it leaves: two workers, or one killed in between, never send it twice."""
    if not Report.objects.filter(pk=report.pk, sent_for__lt=due).update(sent_for=due):
        return False
    catch_up()
    for user in report.people.filter(is_active=True):
        if may(user, "figures.read"):
            transaction.on_commit(partial(_deliver, report, user, covered(report, due)))
    return True


def _deliver(report: Report, user: User, window: Window) -> None:
    """One address that no server takes must not keep the others waiting."""
    try:
        _send(report, user, window)
    except Exception:
        log.exception("report %s to user %s", report.pk, user.pk)


def _send(report: Report, user: User, window: Window) -> None:
    with translation.override(user.language_for(report.shop)):
        scope = Scope(window, shop=report.shop)
        figures = cards(SLUGS, scope, scope.previous(), "", daily=False)
        days = in_words(window)
        subject = _("%(shop)s: figures of %(days)s") % {"shop": report.shop.name, "days": days}
        last = (window.until - DAY).isoformat()
        query = f"?period=custom&since={window.since.isoformat()}&until={last}&shop={report.shop.key}"
        context = {"user": user, "cards": list(figures.values()), "days": days, "shop": report.shop}
        context |= {"url": f"{settings.PUBLIC_URL}{reverse('figures')}{query}"}
        context |= {"reports": f"{settings.PUBLIC_URL}{reverse('figures-reports')}"}
        text = render_to_string("emails/report.txt", context)
    send_mail(subject, text, None, [user.email], fail_silently=False)


def _day_of(report: Report, day: date) -> date:
    """The last day up to this one on which it leaves."""
    if report.every == Report.Every.WEEK:
        return day - timedelta(days=(day.weekday() - report.weekday) % 7)
    return day.replace(day=1) if report.every == Report.Every.MONTH else day
