"""What the menus of a conversation's head offer beyond the ticket itself."""

from dataclasses import dataclass
from itertools import groupby
from typing import Any, NamedTuple

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from accounts.models import Team, User
from helpdesk.lib import compiled
from tickets.models import Reason, Tag, Ticket
from tickets.views.colleagues import AtWork

REASON, TAG, TEAM = range(3)
TAGS_OFFERED = 40


@dataclass(frozen=True, slots=True)
class Person:
    """A colleague who may be given a ticket; the role and the teams say which ones they may know of."""

    at_work: AtWork
    role: str
    teams: list[int]


class Label(NamedTuple):
    """A choice of the head's menus: a reason (`name` is what it is about), a tag or a team."""

    kind: int
    pk: int
    name: str
    why: str


@dataclass(frozen=True, slots=True)
class Labels:
    reasons: tuple[tuple[str, tuple[Label, ...]], ...]  # in their two levels
    tags: tuple[str, ...]
    teams: tuple[Label, ...]


def people() -> list[Person]:
    """Everybody who works here, by name, with all their live tickets as load."""
    return [Person(AtWork.of(row[:6]), role=row[6], teams=row[7]) for row in compiled.rows(_people, "people")]


def _people() -> QuerySet[User, Any]:
    theirs = Ticket.objects.live().filter(assignee=OuterRef("pk")).order_by().values("assignee")
    load = Coalesce(Subquery(theirs.annotate(n=Count("pk")).values("n")), 0)
    teams = ArraySubquery(User.teams.through.objects.filter(user=OuterRef("pk")).values("team"))
    working = User.objects.filter(is_active=True).order_by("first_name", "last_name", "pk")
    return working.values_list("pk", "first_name", "last_name", "presence", load, "capacity", "role", teams)


def labels() -> Labels:
    """What a ticket can be marked with: one query."""
    rows = [Label(*row) for row in compiled.rows(_labels, "labels")]
    reasons, tags, teams = (tuple(row for row in rows if row.kind == kind) for kind in (REASON, TAG, TEAM))
    levels = tuple((what, tuple(group)) for what, group in groupby(reasons, key=lambda one: one.name))
    return Labels(levels, tuple(one.name for one in tags), teams)


def _labels() -> QuerySet[Any, Any]:
    reasons = Reason.objects.filter(archived=False).values_list(Value(REASON), "pk", "what", "why")
    tags = Tag.objects.order_by("name").values_list(Value(TAG), Value(0), "name", Value(""))[:TAGS_OFFERED]
    teams = Team.objects.values_list(Value(TEAM), "pk", "name", Value(""))
    return reasons.order_by().union(tags, teams.order_by(), all=True).order_by("what", "why")
