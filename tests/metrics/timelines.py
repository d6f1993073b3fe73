"""Timelines drawn by hand: a ticket, what was said, which states it went through, in Paris wall-clock times."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from accounts.models import Shop
from metrics.kpis import KPIS
from metrics.measures import Figure
from metrics.refresh import catch_up
from metrics.scope import Scope
from metrics.windows import Window
from tests import factories
from tickets.models import Event, EventKind, Message, Ticket

PARIS = ZoneInfo("Europe/Paris")


def at(clock: str) -> datetime:
    """ "2026-03-28 23:00" in Paris, as an instant."""
    return datetime.fromisoformat(clock).replace(tzinfo=PARIS).astimezone(UTC)


def drawn(opened: str, *strokes: tuple[str, str], **fields: Any) -> Ticket:
    """A ticket and what happened to it: ("2026-03-02 10:00", "customer" | "agent" | "note" | "auto" | "failed" |
    a state | another event's kind). One that a customer opened begins with their message."""
    by_customer = fields.pop("opened_by_customer", True)
    fields = {"shop": factories.shop(), "channel_kind": "email", "customer": factories.customer()} | fields
    ticket = Ticket.objects.create(
        opened_at=at(opened), opened_by_customer=by_customer, last_activity_at=at(opened), **fields
    )
    for clock, what in ([(opened, "customer")] if by_customer else []) + list(strokes):
        _stroke(ticket, at(clock), what)
    return ticket


def _stroke(ticket: Ticket, when: datetime, what: str) -> None:
    if what in ("customer", "agent", "note", "auto", "bot", "failed"):
        ours = what in ("agent", "note", "failed")
        Message.objects.create(
            ticket=ticket,
            at=when,
            author="agent" if ours else what,
            user=colleague() if ours else None,
            customer=ticket.customer if what == "customer" else None,
            public=what != "note",
            delivery="failed" if what == "failed" else "",
            channel_kind=ticket.channel_kind,
        )
        return
    is_event = what in EventKind.values
    kind, data = (what, {}) if is_event else ("state", {"to": what})
    Event.objects.create(ticket=ticket, kind=kind, at=when, actor="agent", user=colleague(), data=data)


def colleague() -> Any:
    from accounts.models import User

    return User.objects.filter(email="ines@example.com").first() or factories.user("ines@example.com")


def scope(since: str, until: str, clock: str = "calendar", **filters: Any) -> Scope:
    window = Window(datetime.fromisoformat(since).date(), datetime.fromisoformat(until).date(), PARIS)
    shop: Shop = factories.shop()
    return Scope(window, clock, shop=shop, **filters)


def figure(
    slug: str, since: str = "2026-01-01", until: str = "2027-01-01", clock: str = "calendar", **filters: Any
) -> Figure:
    """A KPI after everything queued has been counted; by default of the whole of 2026."""
    catch_up()
    asked = scope(since, until, clock, **filters)
    return KPIS[slug].measure(asked).figure(asked)


def value(slug: str, *args: Any, **kwargs: Any) -> Any:
    return figure(slug, *args, **kwargs).value
