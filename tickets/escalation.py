"""Who hears of a ticket that is late or beyond somebody: each step a higher person, never the same (S139, S141)."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Count, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.functional import Promise as Lazy
from django.utils.translation import gettext_noop

from accounts.models import Presence, Role, Team, User
from hours import clock
from hours.models import Calendar
from tickets import actions
from tickets.actions.locking import locked
from tickets.actions.work import Call
from tickets.actors import SYSTEM, Actor
from tickets.calendars import Calendars, Timer
from tickets.models import Event, EventKind, Notification, Ticket
from tickets.notifications import News, notify_each

LADDER = {Role.LEAD: 1, Role.MANAGER: 2, Role.ADMIN: 3}  # the steps above an agent
TOP = max(LADDER.values())
NEEDED = gettext_noop("Ticket #%(number)s needs you: %(why)s")
NOBODY = gettext_noop("Nobody is on duty for ticket #%(number)s: %(why)s")


@transaction.atomic
def escalate(ticket: Ticket, *, why: str | Lazy, by: Actor = SYSTEM, at: datetime | None = None) -> User | None:
    """Hand the ticket to the next higher person on duty, who is told; with nobody on duty every manager is alerted.

    `why` is told to them. Returns who took the step; None when nobody could.
    """
    held = locked(ticket)
    return Ladder([held], at or timezone.now()).climb([(held, why)], by=by)[0]


class Ladder:
    """The steps taken for some locked tickets, and who stands on the next: a few queries for any number of them."""

    def __init__(self, tickets: Sequence[Ticket], at: datetime) -> None:
        self.at = at
        self._calendars = Calendars(sorted({one.shop_id for one in tickets}))
        self._people = _people()
        self._load: dict[User, int] = {one: one.load for one in self._people}  # type: ignore[attr-defined]
        self._steps: dict[int, list[dict[str, Any]]] = {}
        taken = Event.objects.filter(kind=EventKind.ESCALATED, ticket__in=tickets).order_by("pk")
        for number, step in taken.values_list("ticket", "data"):
            self._steps.setdefault(number, []).append(step)

    def climb(self, late: Iterable[tuple[Ticket, str | Lazy]], *, by: Actor) -> list[User | None]:
        """One step for each ticket with its why. Returns who takes it, in the same order; None where nobody could."""
        calls = [self._call(ticket, why, by) for ticket, why in late]
        worth_telling = [call for call in calls if call.to is not None or call.level < TOP]
        events = actions.escalate(worth_telling, by=by)
        self._tell(list(zip(worth_telling, events, strict=True)))
        return [call.to for call in calls]

    def next_step(self, ticket: Ticket, every: int | None) -> datetime | None:
        """When, if nobody has acted by then, the one above the last is called in: `every` open seconds from now.

        None when nobody stands higher, or the hours never come.
        """
        if every is None or self._reached(ticket) >= TOP:
            return None
        return Timer(self._hours(ticket)).due(self.at, every)

    def _call(self, ticket: Ticket, why: str | Lazy, by: Actor) -> Call:
        reached, steps = self._reached(ticket), self._steps.setdefault(ticket.pk, [])
        known = {step.get("to") for step in steps} | {ticket.assignee_id, by.user.pk if by.user else None}
        higher = [one for one in self._on_duty(ticket) if _level(one) > reached and one.pk not in known]
        person = min(higher, key=lambda one: (_level(one), self._load[one], one.pk), default=None)
        if person is not None:
            self._load[person] += 1
            reached = _level(person)
        steps.append({"to": person.pk if person else None, "level": reached})
        return Call(ticket, person, reached, why)

    def _reached(self, ticket: Ticket) -> int:
        return max([step.get("level") or 0 for step in self._steps.get(ticket.pk, [])] + [_level(ticket.assignee)])

    def _on_duty(self, ticket: Ticket) -> list[User]:
        """Those available during their opening hours; of the leads only the team's own."""
        calendar = self._hours(ticket)
        if calendar is not None and not clock.is_open(calendar, self.at):
            return []
        return [one for one in self._people if one.presence == Presence.ONLINE and _leads(one, ticket.team_id)]

    def _hours(self, ticket: Ticket) -> Calendar | None:
        return self._calendars.of(ticket.shop_id, channel=ticket.channel, team=ticket.team)

    def _tell(self, told: list[tuple[Call, Event]]) -> None:
        """Who is called in; where nobody is, the managers, or else the admins."""
        managers = [one for one in self._people if one.role == Role.MANAGER]
        heads = managers or [one for one in self._people if one.role == Role.ADMIN]
        news: dict[User, list[News]] = {}
        for call, event in told:
            one = News(NEEDED if call.to else NOBODY, {"why": call.why}, f"escalated:{event.pk}", event)
            for person in [call.to] if call.to else heads:
                news.setdefault(person, []).append(one)
        for person in sorted(news, key=lambda user: user.pk):
            notify_each(person, Notification.Kind.ESCALATED, news[person])


def leads_of(team: Team | None) -> list[User]:
    """The leads of a team; of no team: all of them."""
    leads = User.objects.filter(is_active=True, role=Role.LEAD)
    return list(leads.filter(teams=team) if team else leads)


def responsible(ticket: Ticket, *, leads: Callable[[Team | None], list[User]] = leads_of) -> list[User]:
    """Whom a warning concerns: the assignee, else the leads of its team, else every lead."""
    if ticket.assignee is not None and ticket.assignee.is_active:
        return [ticket.assignee]
    return leads(ticket.team)


def _people() -> list[User]:
    """All who stand on the ladder, each with the tickets and the unread calls that they have as `load`."""
    called = Notification.objects.filter(user=OuterRef("pk"), kind=Notification.Kind.ESCALATED, read_at=None)
    calls = called.order_by().values("user").annotate(total=Sum("count")).values("total")
    load = Count("tickets", filter=Q(tickets__is_live=True)) + Coalesce(Subquery(calls), 0)
    people = User.objects.filter(is_active=True, role__in=LADDER).annotate(load=load)
    return list(people.prefetch_related("teams").order_by("pk"))


def _leads(user: User, team_id: int | None) -> bool:
    return user.role != Role.LEAD or team_id is None or team_id in {team.pk for team in user.teams.all()}


def _level(user: User | None) -> int:
    return LADDER.get(Role(user.role), 0) if user else 0
