"""Who is at work, and how much each one has: the foot of the rail."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, Q

from accounts.models import Presence, Role, User
from tickets.states import State
from tickets.views.rows import Colleague

SHOWN = 6


@dataclass(frozen=True)
class AtWork:
    """One colleague: `load` live tickets that wait for us, of `capacity` at once."""

    who: Colleague
    presence: str
    load: int
    capacity: int


@dataclass(frozen=True)
class House:
    online: int
    everybody: Sequence[User]
    shown: list[AtWork]


def house(user: User) -> House:
    """The colleagues of the house, who is available first. Partners see nobody. One query."""
    if user.role == Role.PARTNER:
        return House(0, [], [])
    busy = Count("tickets", filter=Q(tickets__is_live=True, tickets__state__in=[State.NEW, State.OPEN]))
    people = User.objects.filter(is_active=True).exclude(role=Role.PARTNER).annotate(load=busy)
    everybody = sorted(people, key=lambda one: (one.presence != Presence.ONLINE, one.full_name))
    online = [one for one in everybody if one.presence == Presence.ONLINE]
    shown = [_at_work(one, one.load) for one in everybody if one.pk != user.pk][:SHOWN]
    return House(len(online), everybody, shown)


def _at_work(one: User, load: int) -> AtWork:
    return AtWork(Colleague(one.full_name, one.initials, one.colour), one.presence, load, one.capacity)
