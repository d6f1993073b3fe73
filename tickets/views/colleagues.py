"""Who is at work, and how much each one has: the foot of the rail."""

from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from accounts.models import Presence, Role, Team, User
from helpdesk.lib import compiled
from tickets.models import Ticket
from tickets.states import State
from tickets.views.rows import Colleague

SHOWN = 6


class AtWork(NamedTuple):
    """One colleague: `load` live tickets that wait for us, of `capacity` at once."""

    pk: int
    who: Colleague
    presence: str
    load: int
    capacity: int

    @classmethod
    def of(cls, row: tuple[Any, ...]) -> "AtWork":
        """`row`: number, first name, last name, presence, load, capacity."""
        pk, first, last, *rest = row
        return cls(pk, Colleague.of(pk, first, last), *rest)


@dataclass(frozen=True)
class House:
    online: int
    everybody: tuple[AtWork, ...]
    shown: tuple[AtWork, ...]
    others: tuple[tuple[int, str], ...]  # number and name of all but the user


def house(user: User) -> House:
    """The colleagues of the house, who is available first. Partners see nobody. One query."""
    if user.role == Role.PARTNER:
        return House(0, (), (), ())
    people = [AtWork.of(row) for row in compiled.rows(_people, "colleagues")]
    everybody = tuple(sorted(people, key=lambda one: (one.presence != Presence.ONLINE, one.who.name)))
    online = sum(one.presence == Presence.ONLINE for one in everybody)
    others = tuple(one for one in everybody if one.pk != user.pk)
    return House(online, everybody, others[:SHOWN], tuple((one.pk, one.who.name) for one in others))


def teams() -> tuple[tuple[str, str], ...]:
    """Key and name of each team."""
    return tuple(compiled.rows(lambda: Team.objects.values_list("key", "name"), "teams"))


def _people() -> QuerySet[User, Any]:
    theirs = Ticket.objects.live().filter(assignee=OuterRef("pk"), state__in=[State.NEW, State.OPEN]).order_by()
    load = Subquery(theirs.values("assignee").annotate(n=Count("pk")).values("n"))
    people = User.objects.filter(is_active=True).exclude(role=Role.PARTNER).order_by()
    return people.values_list("pk", "first_name", "last_name", "presence", Coalesce(load, 0), "capacity")
