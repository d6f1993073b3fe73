"""One ticket as one person opens it: what several parts of its page ask, each asked once."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, NamedTuple

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, Max, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from accounts.access import may
from accounts.models import User
from customers.models import Customer
from faq.models import NoticeLetter
from helpdesk.lib import compiled
from tickets import actions
from tickets.calendars import calendar_for
from tickets.models import (
    Author,
    Compensation,
    Complaint,
    CustomField,
    Draft,
    Follow,
    Message,
    Problem,
    Promise,
    Seen,
    Task,
    Ticket,
)
from tickets.views.colleagues import AtWork
from tickets.views.departures import Departure, departures
from tickets.views.head import Person, people
from tickets.views.thread import Said, messages_of


class Facts(NamedTuple):
    """Small things about a ticket, and whether there is anything to ask about the rest."""

    follows: bool
    seen_at: datetime | None
    newest: int | None  # the newest message on the page
    recipients: dict[str, list[str]] | None  # of the customer's newest message
    promised: datetime | None
    orders: list[int]  # the numbers of those it is about
    has_drafts: bool
    has_tasks: bool
    has_complaint: bool
    has_compensations: bool
    has_problems: bool
    shop_has_fields: bool  # of its own
    shop_has_problems: bool  # that are not closed
    customer_has_merged: bool
    customer_has_letters: bool  # about banners of the shop


@dataclass
class Reading:
    ticket: Ticket
    reader: User

    def __post_init__(self) -> None:
        self.now = timezone.now()
        self.contact = may(self.reader, "customer.contact")  # whether they may see addresses (S55)

    @cached_property
    def facts(self) -> Facts:
        return Facts(*compiled.found(_facts, "facts", self.ticket.pk, self.reader.pk)[0])

    @cached_property
    def said(self) -> list[Said]:
        """Every message of the page."""
        return messages_of(self.ticket)

    @cached_property
    def drafts(self) -> list[Draft]:
        """Everybody's, with their files."""
        rows = Draft.objects.filter(ticket=self.ticket).select_related("user").prefetch_related("files")
        return list(rows.order_by("pk")) if self.facts.has_drafts else []

    @cached_property
    def departures(self) -> tuple[Departure, ...]:
        return departures(calendar_for(self.ticket.shop), self.now)

    @cached_property
    def people(self) -> list[Person]:
        """Everybody who works here."""
        return people()

    @cached_property
    def colleagues(self) -> list[AtWork]:
        return [one.at_work for one in self.people]

    @property
    def callable(self) -> list[str]:
        """The names of those who can be called in a note."""
        others = (one for one in self.people if one.at_work.pk != self.reader.pk)
        return [
            one.at_work.who.name
            for one in others
            if actions.may_be_called(one.at_work.pk, one.role, one.teams, self.ticket)
        ]


def _facts(number: int, reader: int) -> QuerySet[Ticket, Any]:
    here = Q(ticket=OuterRef("pk"))
    messages, known = Message.objects.filter(here).order_by(), Problem.objects.exclude(state=Problem.State.CLOSED)
    newest = messages.values("ticket").annotate(newest=Max("pk")).values("newest")
    theirs = messages.filter(author=Author.CUSTOMER).order_by("-at", "-pk").values("recipients")[:1]
    orders = Ticket.orders.through.objects.filter(here).values("order")
    return Ticket.objects.filter(pk=number).values_list(
        Exists(Follow.objects.filter(here, user=reader)),
        Subquery(Seen.objects.filter(here, user=reader).values("at")),
        Subquery(newest),
        Subquery(theirs),
        Subquery(Promise.objects.filter(here, kept=None).order_by("due_at").values("due_at")[:1]),
        ArraySubquery(orders),
        Exists(Draft.objects.filter(here)),
        Exists(Task.objects.filter(here, done_at=None)),
        Exists(Complaint.objects.filter(here)),
        Exists(Compensation.objects.filter(here)),
        Exists(Problem.tickets.through.objects.filter(here)),
        Exists(CustomField.objects.filter(Q(shop=None) | Q(shop=OuterRef("shop")))),
        Exists(known.filter(shop=OuterRef("shop"))),
        Exists(Customer.objects.filter(merged_into=OuterRef("customer"))),
        Exists(NoticeLetter.objects.filter(customer=OuterRef("customer"), banner__shop=OuterRef("shop")).left()),
    )
