"""Alerts: each complete day is held against its days, channel by channel and reason by reason; managers are told."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Count
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.access import MANAGERS
from accounts.models import Shop, User
from channels_app.models import ChannelKind
from hours.models import Calendar
from hours.words import special_days
from metrics import charts
from metrics.deviations import LEAST_N, Day, Deviation, rise, spike
from metrics.kpis import KPIS
from metrics.kpis.volume import opened_by_customers
from metrics.measures import Lengths, Percentile
from metrics.models import Alert
from metrics.numbers import words
from metrics.periods import Period
from metrics.refresh import catch_up
from metrics.scope import Group, Scope
from metrics.windows import DAY, Window
from tickets.models import Notification, Reason
from tickets.notifications import notify

WATCHED = ("first_response_time", "resolution_time")  # the first that deviates speaks for its channel
LOOK_BACK = timedelta(days=56)
QUIET = timedelta(days=7)  # after an alert of the same series: one cause, one alert
SHOWN = 14  # days of history kept with an alert
Judge = Callable[[Sequence[Day], Day], Deviation | None]


@dataclass(frozen=True, slots=True)
class Told:
    """An alert as pages show it: its headline, its evidence, and the days before it."""

    alert: Alert
    headline: str
    detail: str
    url: str
    spark: charts.Spark


def open_alerts(shop: Shop | None) -> list[Told]:
    """What nobody has put away, the newest first."""
    alerts = Alert.objects.open().select_related("shop", "reason")
    return told(alerts.filter(shop=shop) if shop else alerts)


def told(alerts: Iterable[Alert]) -> list[Told]:
    """In the active language."""
    return [
        Told(one, headline(one), detail(one), evidence(one), charts.spark([*one.history, one.value])) for one in alerts
    ]


def sweep() -> list[Alert]:
    """Judge the last complete day of every shop, by its own clock. Doing it twice tells nothing twice."""
    catch_up()
    found = []
    for shop in Shop.objects.all():
        today = timezone.now().astimezone(ZoneInfo(shop.timezone)).date()
        found += judge(shop, today - DAY)
    return found


@transaction.atomic
def judge(shop: Shop, day: date) -> list[Alert]:
    """The new alerts of one day of a shop: at most one for a channel, and one for a reason."""
    zone = ZoneInfo(shop.timezone)
    scope = Scope(Window(day - LOOK_BACK, day + DAY, zone), shop=shop)
    special = special_dates(shop, scope.window)
    return [_keep(alert) for alert in (*_channels(scope, day, special), *_reasons(scope, day, special))]


@transaction.atomic
def close(alert: Alert, *, by: User, cause: str = "") -> Alert:
    """Put an alert away, with its cause if it is known. Doing it again changes nothing but the cause."""
    alert.cause = cause[:300] or alert.cause
    alert.closed_at = alert.closed_at or timezone.now()
    alert.closed_by = alert.closed_by or by
    alert.save(update_fields=["cause", "closed_at", "closed_by"])
    return alert


def headline(alert: Alert) -> str:
    """What happened, in one line and in the active language."""
    unit = KPIS[alert.slug].unit
    told = {"expected": words(alert.expected, unit), "value": words(alert.value, unit)}
    if alert.reason:
        told["reason"] = alert.reason.told
        return _("%(reason)s: %(value)s tickets in a day instead of %(expected)s") % told
    named = {"channel": ChannelKind(alert.channel).label, "figure": KPIS[alert.slug].label}
    return _("%(channel)s: %(figure)s went from %(expected)s to %(value)s") % (told | named)


def detail(alert: Alert) -> str:
    """What it rests on, and what would have been no news."""
    unit = KPIS[alert.slug].unit
    about = {"n": alert.n, "low": words(alert.low, unit), "high": words(alert.high, unit)}
    if alert.reason:
        return _("Up to %(high)s would have been no news on such a day.") % about
    return _("Median of %(n)d tickets; from %(low)s to %(high)s would have been no news on such a day.") % about


def evidence(alert: Alert) -> str:
    """The address of the tickets behind it."""
    day = alert.day.isoformat()
    narrowed = f"&reason={alert.reason.key}" if alert.reason else f"&channel={alert.channel}"
    query = f"?period={Period.CUSTOM}&since={day}&until={day}&shop={alert.shop.key}{narrowed}"
    return reverse("figure", args=[alert.slug]) + query


def special_dates(shop: Shop, window: Window) -> set[date]:
    """Exceptions, holidays and campaigns of the shop's calendar: days that are expected to be unlike others."""
    calendar = Calendar.objects.filter(shop=shop, default=True).first()
    if calendar is None:
        return set()
    found = special_days(calendar, "en", since=window.since, until=window.until)
    return {one.day for one in found}


def _channels(scope: Scope, day: date, special: set[date]) -> Iterable[Alert]:
    """The first watched figure that deviates, channel by channel."""
    told = set()
    for slug in WATCHED:
        for channel, by_day in _medians(slug, scope).items():
            days = _days(scope, by_day, special)
            deviation = None if channel in told else rise(days[:-1], days[-1])
            if deviation is not None:
                told.add(channel)
                alert = _alert(scope, slug, day, days, deviation, channel=channel)
                if _is_news(alert, days, rise, LEAST_N):
                    yield alert


def _reasons(scope: Scope, day: date, special: set[date]) -> Iterable[Alert]:
    """Each reason whose count of the day is above chance; days before the shop's first ticket are no days."""
    by_day = _counts(scope)
    first = min((part for values in by_day.values() for part in values), default=day)
    named = Reason.objects.in_bulk([key for key in by_day if key])
    for key, reason in named.items():
        days = [one for one in _days(scope, by_day[key], special) if one.day >= first]
        deviation = spike(days[:-1], days[-1])
        if deviation is not None:
            alert = _alert(scope, "tickets_opened", day, days, deviation, reason=reason)
            if _is_news(alert, days, spike, 0):
                yield alert


def tell_managers(words: Callable[[], str], *, shop: Shop | None, cause: str) -> None:
    """Each in their language, once for the same cause."""
    for user in User.objects.filter(role__in=MANAGERS, is_active=True):
        with translation.override(user.language_for(shop)):
            text = words()
        notify(user, Notification.Kind.WARNING, ticket=None, text=text, cause=cause)


def _alert(
    scope: Scope,
    slug: str,
    day: date,
    days: list[Day],
    deviation: Deviation,
    *,
    channel: str = "",
    reason: Reason | None = None,
) -> Alert:
    assert scope.shop is not None
    tones = {-1: "bad", 0: "flat", 1: "good"}
    return Alert(
        shop=scope.shop,
        slug=slug,
        channel=channel,
        reason=reason,
        day=day,
        value=days[-1].value or 0.0,
        expected=deviation.expected,
        low=deviation.low,
        high=deviation.high,
        n=days[-1].n,
        history=[float(one.n) if reason else one.value for one in days[-SHOWN - 1 : -1]],
        tone=tones[reason.polarity] if reason else "bad",
    )


def _is_news(alert: Alert, days: list[Day], deviates: Judge, least: int) -> bool:
    """Whether its series is silent, and has been as usual on a day of at least so many since it last spoke: what goes
    on as it began is one cause and one alert."""
    series = Alert.objects.filter(shop=alert.shop, slug=alert.slug, channel=alert.channel, reason=alert.reason)
    last = series.filter(day__gte=days[0].day).order_by("day").last()
    if last is None:
        return True
    before = [one for one in days if one.day < last.day]
    since = [one for one in days if one.day > last.day and one.n >= least and not one.special]
    return last.day < alert.day - QUIET and any(deviates(before, one) is None for one in since)


def _keep(alert: Alert) -> Alert:
    """Store it and tell the managers."""
    alert.save()
    tell_managers(partial(headline, alert), shop=alert.shop, cause=f"alert:{alert.pk}")
    return alert


def _days(scope: Scope, values: dict[date, tuple[float, int]], special: set[date]) -> list[Day]:
    days = [part.since for part in scope.window.parts(Group.DAY)]
    none: tuple[float | None, int] = (None, 0)
    known = [(day, *values.get(day, none)) for day in days]
    return [Day(day, value, n, day in special) for day, value, n in known]


def _medians(slug: str, scope: Scope) -> dict[str, dict[date, tuple[float, int]]]:
    """The median, in seconds, and the number of each channel's lengths on each day."""
    measure = KPIS[slug].measure(scope)
    assert isinstance(measure, Lengths)
    rows = measure.included(scope).order_by().annotate(part=measure.population.key(Group.DAY, scope))
    found: dict[str, dict[date, tuple[float, int]]] = defaultdict(dict)
    medians = rows.values("part", "channel_kind").annotate(middle=Percentile(measure.column, 0.5), count=Count("pk"))
    for row in medians:
        found[row["channel_kind"]][row["part"]] = (row["middle"] / 1_000_000, row["count"])
    return found


def _counts(scope: Scope) -> dict[int | None, dict[date, tuple[float, int]]]:
    """How many tickets customers opened on each day, by reason."""
    population = opened_by_customers()
    rows = population.counted(scope).order_by().annotate(part=population.key(Group.DAY, scope))
    found: dict[int | None, dict[date, tuple[float, int]]] = defaultdict(dict)
    for row in rows.values("part", "reason").annotate(count=Count("pk")):
        found[row["reason"]][row["part"]] = (float(row["count"]), row["count"])
    return found
