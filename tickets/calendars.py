"""Whose hours count for a ticket, and a clock that runs by them or always."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Q, QuerySet

from accounts.models import Shop, Team
from channels_app.models import Channel
from helpdesk.lib import compiled
from hours import clock
from hours.models import Calendar


@dataclass(frozen=True, slots=True)
class Timer:
    """Passes seconds while its calendar is open; without one, always."""

    calendar: Calendar | None = None

    def due(self, start: datetime, seconds: float) -> datetime | None:
        """When so many seconds have passed since `start`; None when that never comes."""
        if self.calendar is None:
            return start + timedelta(seconds=seconds)
        return clock.due(self.calendar, start, seconds)

    def elapsed(self, start: datetime, end: datetime) -> float:
        """Seconds passed between two instants; 0 when `end` is not after `start`."""
        if self.calendar is None:
            return max(0.0, (end - start).total_seconds())
        return clock.open_seconds(self.calendar, start, end)


def calendar_for(shop: Shop, *, channel: Channel | None = None, team: Team | None = None) -> Calendar | None:
    """The hours of the team, else of the channel, else the shop's own; None when the shop keeps none."""
    return Calendars([shop.pk]).of(shop.pk, channel=channel, team=team)


class Calendars:
    """The calendars of some shops, read in one query on first use."""

    def __init__(self, shop_ids: list[int]) -> None:
        self.shop_ids = shop_ids
        self._all: list[tuple[Calendar, set[int]]] | None = None

    def of(self, shop_id: int, *, channel: Channel | None = None, team: Team | None = None) -> Calendar | None:
        """The hours that count in this shop for this team and channel."""
        if self._all is None:
            found = compiled.found(_kept, "calendars", *self.shop_ids)
            self._all = [(one, set(one.kept_by)) for one in found]
        here = [(one, kept_by) for one, kept_by in self._all if one.shop_id == shop_id]
        of_team = [one for one, kept_by in here if team and team.pk in kept_by]
        of_channel = [one for one, _kept_by in here if channel and channel.calendar_id == one.pk]
        return next(iter([*of_team, *of_channel, *(one for one, _kept_by in here if one.default)]), None)


def _kept(*shops: int) -> QuerySet[Any, Any]:
    """The calendars of these shops, each with the numbers of the teams that keep it."""
    teams = ArrayAgg("teams", filter=Q(teams__isnull=False), default=[])
    return Calendar.objects.filter(shop__in=shops).annotate(kept_by=teams)
