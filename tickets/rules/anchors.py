"""Instants of a ticket from which a rule can wait."""

from dataclasses import dataclass

from django.db.models import DateTimeField, Exists, F, Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.expressions import Combinable
from django.utils.functional import Promise as Lazy
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy

from tickets.models import Author, Delivery, Event, EventKind, Message
from tickets.rules.active import TRIGGERS
from tickets.states import State


@dataclass(frozen=True, slots=True)
class Anchor:
    """`expression` is the instant on a ticket row; `among` the tickets that can have it."""

    label: Lazy | str
    expression: Combinable
    among: Q


def _newest(rows: QuerySet[Message] | QuerySet[Event]) -> Subquery:
    newest = rows.filter(ticket=OuterRef("pk")).order_by().values("ticket").annotate(last=Max("at")).values("last")
    return Subquery(newest, output_field=DateTimeField())


_SENT = Message.objects.filter(public=True).exclude(delivery__in=[Delivery.FAILED, Delivery.CANCELLED])
_REPLIES = _SENT.filter(author=Author.AGENT)
_LATER = _REPLIES.filter(ticket=OuterRef("ticket"), at__gt=OuterRef("at"))
_WAITING = Q(is_live=True)
_SILENT = _WAITING & Q(waiting_since=None, state__in=[State.OPEN, State.PENDING, State.ON_HOLD])
ANCHORS: dict[str, Anchor] = {
    "waiting_since": Anchor(
        gettext_lazy("the customer waits for an answer"), F("waiting_since"), _WAITING & Q(waiting_since__isnull=False)
    ),
    "last_reply": Anchor(
        gettext_lazy("our answer, and the customer is silent"),
        _newest(_REPLIES),
        _SILENT,
    ),
    "notice": Anchor(
        gettext_lazy("our automatic message after it, and the customer is silent"),
        _newest(_SENT.filter(~Exists(_LATER), author=Author.AUTO)),
        _SILENT,
    ),
    "opened": Anchor(gettext_lazy("the ticket was opened"), F("opened_at"), _WAITING),
    "solved": Anchor(
        gettext_lazy("the ticket was solved"),
        F("solved_at"),
        Q(state=State.SOLVED, spam=False, deleted_at=None, merged_into=None),
    ),
    "state": Anchor(
        gettext_lazy("the last change of state"), _newest(Event.objects.filter(kind=EventKind.STATE)), _WAITING
    ),
}
ANCHORS |= {
    f"event:{kind}": Anchor(
        format_lazy("{} {}", gettext_lazy("the last time:"), kind.label),
        _newest(Event.objects.filter(kind=kind)),
        _WAITING,
    )
    for kind in TRIGGERS
}
