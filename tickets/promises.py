"""Reply times told to customers. One place decides what we promise (until SLA policies do)."""

from datetime import datetime, timedelta

from accounts.models import Shop
from hours import clock, words
from hours.models import Calendar
from tickets.models import Promise, Ticket


def calendar_of(shop: Shop) -> Calendar | None:
    return shop.calendars.filter(default=True).first()


def promised_by(shop: Shop, at: datetime) -> datetime:
    """When a message that arrives at `at` will be answered at the latest: the shop's promised open seconds later."""
    calendar = calendar_of(shop)
    due = clock.due(calendar, at, shop.promised_reply) if calendar else None
    return due or at + timedelta(seconds=shop.promised_reply)


def reply_due(ticket: Ticket, waiting_since: datetime) -> datetime:
    """The deadline of the wait that began then."""
    return promised_by(ticket.shop, waiting_since)


def make(ticket: Ticket, *, place: Promise.Place, at: datetime) -> Promise:
    """Store the reply time that this customer is about to be shown, in the active language."""
    due_at = promised_by(ticket.shop, at)
    return Promise.objects.create(
        ticket=ticket,
        place=place,
        channel_kind=ticket.channel_kind,
        shown_at=at,
        due_at=due_at,
        text=words.deadline(due_at, timezone=ticket.shop.timezone, language=ticket.language, now=at),
    )


def judge(ticket: Ticket, *, answered_at: datetime) -> None:
    """A human reply settles every open promise of the ticket: kept when it comes at the due second or before."""
    open_promises = ticket.promises.filter(kept=None)
    open_promises.filter(due_at__gte=answered_at).update(kept=True, judged_at=answered_at)
    open_promises.filter(due_at__lt=answered_at).update(kept=False, judged_at=answered_at)


def judge_overdue(at: datetime) -> int:
    """Promises whose time has passed without a reply are broken. Returns how many."""
    broken = Promise.objects.filter(kept=None, due_at__lt=at)
    return broken.update(kept=False, judged_at=at)
