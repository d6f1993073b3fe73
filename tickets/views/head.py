"""What the menus of a conversation's head offer beyond the ticket itself."""

from datetime import datetime
from itertools import groupby
from typing import Any

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from accounts.access import may
from accounts.models import User
from helpdesk.lib import compiled
from tickets.calendars import calendar_for
from tickets.models import Follow, Reason, Ticket
from tickets.views.colleagues import AtWork
from tickets.views.departures import departures


def head_of(ticket: Ticket, user: User, now: datetime) -> dict[str, Any]:
    """The context of templates/tickets/head_menus.html, in a fixed number of queries."""
    return {
        "colleagues": assignables(),
        "reasons": reasons_by_what(),
        "follows": Follow.objects.filter(ticket=ticket, user=user).exists(),
        "merged_here": ticket.family()[1:],
        "wakings": departures(calendar_for(ticket.shop), now),
        "may_delete": may(user, "ticket.delete"),
        "may_write_articles": may(user, "articles.write"),
        "may_keep_macro": may(user, "macro.write"),
    }


def assignables() -> list[AtWork]:
    """Everybody who works here, with all their live tickets as load."""
    return [AtWork.of(row) for row in compiled.rows(_assignables, "assignables")]


def _assignables() -> QuerySet[User, Any]:
    theirs = Ticket.objects.live().filter(assignee=OuterRef("pk")).order_by().values("assignee")
    load = Coalesce(Subquery(theirs.annotate(n=Count("pk")).values("n")), 0)
    return User.objects.filter(is_active=True).values_list(
        "pk", "first_name", "last_name", "presence", load, "capacity"
    )


def reasons_by_what() -> list[tuple[str, list[Reason]]]:
    """The reasons to choose from in their two levels."""
    rows = Reason.objects.filter(archived=False).only("what", "why")
    return [(what, list(group)) for what, group in groupby(rows, key=lambda one: one.what)]
