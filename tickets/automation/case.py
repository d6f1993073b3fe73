"""A ticket as conditions, steps and variables look at it: read as they ask, once."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from django.utils import timezone

from customers.models import Order
from hours import clock
from tickets.actors import SYSTEM, Actor
from tickets.calendars import calendar_for
from tickets.models import Author, Event, EventKind, Macro, Message, Rule, Ticket


@dataclass
class Case:
    """`event`: what happened, for rules. `inputs`: values that the agent was asked for, for macros."""

    ticket: Ticket
    by: Actor = SYSTEM
    event: Event | None = None
    rule: Rule | None = None
    macro: Macro | None = None
    inputs: Mapping[str, str] = field(default_factory=dict)
    at: datetime = field(default_factory=timezone.now)

    @cached_property
    def message(self) -> Message | None:
        """What the event says, else the customer's newest message."""
        if self.event is not None and self.event.message is not None:
            return self.event.message
        return self.ticket.messages.filter(author=Author.CUSTOMER).order_by("-at", "-pk").first()

    @cached_property
    def orders(self) -> list[Order]:
        return self.ticket.orders_meant()

    @property
    def order(self) -> Order | None:
        return self.orders[0] if self.orders else None

    @cached_property
    def is_open(self) -> bool:
        """Whether the ticket's hours are open now; without hours always."""
        calendar = calendar_for(self.ticket.shop, channel=self.ticket.channel, team=self.ticket.team)
        return calendar is None or clock.is_open(calendar, self.at)

    @cached_property
    def contacts(self) -> int:
        """How often the customer wrote about this issue: here, in what was merged, in what this follows (S119)."""
        here = [*self.ticket.family(), self.ticket.follows_id or self.ticket.pk]
        return Message.objects.filter(ticket__in=here, author=Author.CUSTOMER, automatic=False).count()

    @cached_property
    def is_first_message(self) -> bool:
        first = self.ticket.messages.filter(side=None).order_by("pk").first()
        return first is not None and self.message is not None and first.pk == self.message.pk

    @property
    def new_value(self) -> str:
        """What the event changed something to: a state, a priority, a team, a reason."""
        return str((self.event.data if self.event else {}).get("to") or "")

    @property
    def is_about_message(self) -> bool:
        return self.event is not None and self.event.kind in (EventKind.MESSAGE, EventKind.NOTE)
