"""What the menus of a conversation's head offer beyond the ticket itself."""

from datetime import datetime
from itertools import groupby
from typing import Any

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from accounts.access import may
from accounts.models import User
from tickets.models import Follow, Reason, Ticket
from tickets.views.departures import departures


def head_of(ticket: Ticket, user: User, now: datetime) -> dict[str, Any]:
    """The context of templates/tickets/head_menus.html, in a fixed number of queries."""
    return {
        "colleagues": colleagues_with_load(),
        "reasons": reasons_by_what(),
        "follows": Follow.objects.filter(ticket=ticket, user=user).exists(),
        "merged_here": list(ticket.merged.values_list("pk", flat=True)),
        "wakings": departures(ticket, now),
        "may_delete": may(user, "ticket.delete"),
    }


def colleagues_with_load() -> QuerySet[User]:
    """Everybody who works here, with the number of live tickets they have as `load`."""
    theirs = Ticket.objects.live().filter(assignee=OuterRef("pk")).order_by().values("assignee")
    load = Coalesce(Subquery(theirs.annotate(n=Count("pk")).values("n")), 0)
    return User.objects.filter(is_active=True).annotate(load=load)


def reasons_by_what() -> list[tuple[str, list[Reason]]]:
    """The reasons to choose from in their two levels."""
    rows = Reason.objects.filter(archived=False).only("what", "why")
    return [(what, list(group)) for what, group in groupby(rows, key=lambda one: one.what)]
