"""Goals: what a figure should be, and whether it is. The value is the KPI's own, so both always agree (S12)."""

from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.utils import IntegrityError
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Shop, Team, User
from helpdesk.lib.refused import Refused
from metrics.kpis import KPIS
from metrics.kpis.registry import Kpi
from metrics.measures import Figure
from metrics.models import Goal
from metrics.numbers import words
from metrics.scope import Scope
from metrics.windows import DAY, Window


@dataclass(frozen=True, slots=True)
class Standing:
    """A goal and the figure of its running period. `met` is None while there is nothing to judge."""

    goal: Goal
    kpi: Kpi
    figure: Figure
    window: Window

    @property
    def met(self) -> bool | None:
        value = self.figure.value
        if value is None:
            return None
        return float(value) <= self.goal.target if self.kpi.better == "lower" else float(value) >= self.goal.target

    @property
    def words(self) -> str:
        return words(self.figure.value, self.kpi.unit)

    @property
    def target(self) -> str:
        return words(self.goal.target, self.kpi.unit)

    @property
    def of(self) -> str:
        goal = self.goal
        return goal.person.full_name if goal.person else str(goal.team or goal.shop.name)

    @property
    def url(self) -> str:
        last = (self.window.until - DAY).isoformat()
        query = f"?period=custom&since={self.window.since.isoformat()}&until={last}&shop={self.goal.shop.key}"
        query += f"&agent={self.goal.person_id}" if self.goal.person_id else ""
        query += f"&team={self.goal.team.key}" if self.goal.team else ""
        return reverse("figure", args=[self.goal.slug]) + query


def standings(shop: Shop | None, at: date | None = None) -> list[Standing]:
    """Every goal of the shop, or of all shops, as it stands on a day, by default today: one figure each."""
    goals = Goal.objects.select_related("shop", "team", "person")
    return [standing(goal, at) for goal in (goals.filter(shop=shop) if shop else goals) if goal.slug in KPIS]


def standing(goal: Goal, at: date | None = None) -> Standing:
    """The goal's figure from the first day of the week, month or quarter of `at` up to its end."""
    zone = ZoneInfo(goal.shop.timezone)
    window = _period(goal.every, at or timezone.now().astimezone(zone).date(), zone)
    scope = Scope(window, shop=goal.shop, team=goal.team, agent=goal.person)
    kpi = KPIS[goal.slug]
    return Standing(goal, kpi, kpi.measure(scope).figure(scope), window)


@transaction.atomic
def set_goal(
    shop: Shop, slug: str, target: float, *, every: str, by: User, team: Team | None = None, person: User | None = None
) -> Goal:
    """A new goal, in the figure's unit. Raises Refused for a figure without a better side, and for a second one."""
    if slug not in KPIS or not KPIS[slug].better:
        raise Refused("slug", _("This figure has no better or worse."))
    if team and person:
        raise Refused("person", _("A goal is of a team or of a person, not of both."))
    if target < 0:
        raise Refused("target", _("A target is not below zero."))
    try:
        with transaction.atomic():
            return Goal.objects.create(
                shop=shop, slug=slug, target=target, every=every, team=team, person=person, by=by
            )
    except IntegrityError as error:
        raise Refused("slug", _("There is such a goal already.")) from error


@transaction.atomic
def drop_goal(goal: Goal) -> None:
    goal.delete()


def _period(every: str, day: date, zone: ZoneInfo) -> Window:
    if every == Goal.Every.WEEK:
        monday = day - timedelta(days=day.weekday())
        return Window(monday, monday + timedelta(days=7), zone)
    months = 1 if every == Goal.Every.MONTH else 3
    since = day.replace(month=day.month - (day.month - 1) % months, day=1)
    month = since.month - 1 + months
    return Window(since, since.replace(year=since.year + month // 12, month=month % 12 + 1), zone)
