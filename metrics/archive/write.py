"""An export: every row as a line, in an order that an import keeps, so that the next export is the same to the byte."""

import json
from collections.abc import Iterator
from typing import IO, Any

from django.db import models
from django.db.models import Prefetch
from django.db.models.functions import Cast

from accounts.models import Team, User
from customers.models import Customer, Order
from faq.models import SelfServiceEntry
from metrics.archive.lines import frozen, house, messages, reviews, surveys
from metrics.archive.lines.customers import written_customers, written_orders
from metrics.archive.lines.events import IMPLIED, EventWriter
from metrics.archive.lines.files import written_files
from metrics.archive.lines.self_service import written_entries
from metrics.archive.models import ArchiveLine
from metrics.archive.read import Told
from surveys.models import Review, Survey
from tickets.models import Deadline, Event, EventKind, Message, Priority, Promise, Reason, Ticket

CHUNK = 500
SELDOM = ("requested_outcome", "fields", "skip_survey")
KEEPING = ("shop", "calendar", "team", "agent", "scorecard")  # their unknown fields are kept beside the line


def export(file: IO[str], told: Told) -> dict[str, int]:
    """Write everything; returns the number of lines by type.

    A row without a key gets one for good: an archive that comes back must find it.
    """
    for model in (User, Customer, Order, Ticket, SelfServiceEntry, Survey):
        _give_keys(model)
    counts: dict[str, int] = {}
    total = Customer.objects.count() + Order.objects.count() + Ticket.objects.count()
    for n, line in enumerate(_lines(), 1):
        file.write(json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n")
        counts[line["type"]] = counts.get(line["type"], 0) + 1
        if n % CHUNK == 0:
            told.step(line["type"], n, max(n, total))
    return counts


def _lines() -> Iterator[dict[str, Any]]:
    kept = {(line.type, line.key): line.extra for line in ArchiveLine.objects.filter(type__in=KEEPING)}
    for line in house.written():
        yield line | kept.get((line["type"], line["key"]), {})
    yield from written_customers()
    yield from written_orders()
    yield from _written_tickets()
    yield from written_files()
    yield from written_entries()


def _written_tickets() -> Iterator[dict[str, Any]]:
    writer = TicketWriter()
    last = 0
    while batch := list(writer.rows().filter(pk__gt=last).order_by("pk")[:CHUNK]):
        last = batch[-1].pk
        yield from writer.written(batch)


class TicketWriter:
    """Writes tickets in batches, each of a handful of queries."""

    def __init__(self) -> None:
        self.agents = _keys(User)
        self.teams = _keys(Team)
        self.reasons = _keys(Reason)

    def rows(self) -> models.QuerySet[Ticket]:
        said = Message.objects.filter(side=None).select_related("customer").order_by("at", "pk")
        judged = Review.objects.select_related("version__scorecard").prefetch_related("marks__category")
        due = Deadline.objects.select_related("policy", "calendar").order_by("started_at", "kind", "place")
        asked = Survey.objects.filter(state__in=surveys.TOLD).order_by("pk")
        return Ticket.objects.select_related("shop", "customer", "follows").prefetch_related(
            Prefetch("messages", said),
            Prefetch("events", Event.objects.order_by("at", "pk")),
            Prefetch("surveys", asked),
            Prefetch("reviews", judged.order_by("at", "pk")),
            Prefetch("promises", Promise.objects.order_by("shown_at", "pk")),
            Prefetch("deadlines", due),
            Prefetch("orders", Order.objects.order_by("pk")),
        )

    def written(self, batch: list[Ticket]) -> Iterator[dict[str, Any]]:
        if any(message.key is None for ticket in batch for message in ticket.messages.all()):
            _give_keys(Message, ticket__in=[ticket.pk for ticket in batch])
            batch = list(self.rows().filter(pk__in=[ticket.pk for ticket in batch]).order_by("pk"))
        targets = {event.data.get("into") for ticket in batch for event in ticket.events.all()}
        tickets = dict(Ticket.objects.filter(pk__in=[pk for pk in targets if pk]).values_list("pk", "key"))
        for ticket in batch:
            yield self._line(ticket, tickets)

    def _line(self, ticket: Ticket, tickets: dict[int, str | None]) -> dict[str, Any]:
        extra = dict(ticket.extra)
        strange = extra.pop("messages", {})
        said = list(ticket.messages.all())
        keys = {message.pk: message.key or "" for message in said}
        events = self._events(ticket, said, keys, tickets)
        told = {event["kind"] for event in events}
        line: dict[str, Any] = {
            "type": "ticket",
            "key": ticket.key,
            "shop": ticket.shop.key,
            "channel": ticket.channel_kind,
            "customer": ticket.customer.key,
            "opened_at": ticket.opened_at.isoformat(),
            "opened_by": "customer" if ticket.opened_by_customer else "agent",
            "subject": ticket.subject,
            "language": ticket.language,
            "priority": Priority(ticket.priority).key,
            "tags": ticket.tags,
            **({"reason": self.reasons[ticket.reason_id]} if ticket.reason_id else {}),
            "orders": [order.key for order in ticket.orders.all()],
            "test": ticket.is_test,
        }
        if ticket.team_id and EventKind.TEAM not in told:
            line["team"] = self.teams[ticket.team_id]
        if ticket.assignee_id and EventKind.ASSIGNED not in told:
            line["assignee"] = self.agents[ticket.assignee_id]
        if ticket.follows:
            line["follows"] = ticket.follows.key
        line |= {name: getattr(ticket, name) for name in SELDOM if getattr(ticket, name)}
        line["messages"] = [
            messages.written(message, ticket, self.agents, strange.get(message.key, {})) for message in said
        ]
        line["events"] = events
        line["surveys"] = [surveys.written_survey(survey, self.agents, keys) for survey in ticket.surveys.all()]
        if judged := [reviews.written_review(review, self.agents) for review in ticket.reviews.all()]:
            line["reviews"] = judged
        line["promises"] = [frozen.written_promise(promise) for promise in ticket.promises.all()]
        line["deadlines"] = [frozen.written_deadline(deadline) for deadline in ticket.deadlines.all()]
        return line | extra

    def _events(
        self, ticket: Ticket, said: list[Message], keys: dict[int, str], tickets: dict[int, str | None]
    ) -> list[dict[str, Any]]:
        """The entries of events. One that stands before a message of its own instant says so."""
        writer = EventWriter(self.agents, self.teams, self.reasons)
        rows = list(ticket.events.all())
        spoken = {event.message_id: event.pk for event in rows if event.kind in IMPLIED and event.message_id}
        entries = []
        for event in rows:
            entry = writer.written(event, tickets, keys)
            if entry is None:
                continue
            twins = (message for message in said if message.at == event.at and spoken.get(message.pk, 0) > event.pk)
            if twin := next(twins, None):
                entry["before"] = twin.key
            entries.append(entry)
        return entries


def _keys(model: type[models.Model]) -> dict[int, str]:
    return dict(model._default_manager.values_list("pk", "key"))


def _give_keys(model: type[models.Model], **which: Any) -> None:
    """A key for good to each row that has none."""
    model._default_manager.filter(key=None, **which).update(key=Cast(_Uuid(), models.TextField()))


class _Uuid(models.Func):
    function, template, output_field = "gen_random_uuid", "%(function)s()", models.UUIDField()
