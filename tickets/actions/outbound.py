"""Tickets that we begin: a mail to a customer, or the record of a call."""

import uuid
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Shop
from channels_app.models import Channel, ChannelKind
from customers.models import Customer
from helpdesk.lib.refused import Refused
from tickets import deadlines
from tickets.actions.conversation import note, open_ticket, receive_message, reply
from tickets.actions.work import assign, choose_reason
from tickets.actors import CUSTOMER, Actor
from tickets.events import record
from tickets.models import EventKind, Reason, Ticket


@transaction.atomic
def write_first(
    *,
    shop: Shop,
    customer: Customer,
    subject: str,
    text: str,
    by: Actor,
    reason: Reason | None = None,
    submission: uuid.UUID | None = None,
) -> Ticket:
    """Write to a customer who has not written, on the shop's first mailbox. The same submission again is a no-op.

    Refused (field "channel") without a mailbox, and as `reply` refuses.
    """
    if submission and (twin := Ticket.objects.filter(submission=submission).first()):
        return twin
    channel = Channel.objects.filter(shop=shop, kind=ChannelKind.EMAIL, enabled=True).order_by("pk").first()
    if channel is None:
        raise Refused("channel", _("This shop has no mailbox to write from."))
    details: dict[str, Any] = {"shop": shop, "customer": customer, "channel": channel, "submission": submission}
    ticket = _begun(subject, by=by, opener=by, channel_kind=ChannelKind.EMAIL, **details)
    reply(ticket, by=by, text=text)
    return _filed(ticket, by, reason)


@transaction.atomic
def note_call(
    *,
    shop: Shop,
    customer: Customer,
    subject: str,
    text: str,
    by: Actor,
    reason: Reason | None = None,
    at: datetime | None = None,
    submission: uuid.UUID | None = None,
) -> Ticket:
    """Write down a call that somebody took: the customer waited for nothing, their first answer was picking up."""
    if submission and (twin := Ticket.objects.filter(submission=submission).first()):
        return twin
    if not text.strip():
        raise Refused("text", _("Write down what was said."))
    at = at or timezone.now()
    channel = Channel.objects.filter(shop=shop, kind=ChannelKind.VOICE, enabled=True).order_by("pk").first()
    details: dict[str, Any] = {"shop": shop, "customer": customer, "channel": channel, "submission": submission}
    ticket = _begun(subject, by=by, opener=CUSTOMER, channel_kind=ChannelKind.VOICE, at=at, **details)
    receive_message(
        ticket, customer=customer, text=subject, at=at, channel=channel, channel_kind=ChannelKind.VOICE, subject=subject
    )
    record(ticket, EventKind.ANSWERED, by=by, at=at)
    note(ticket, by=by, text=text)
    ticket = Ticket.objects.get(pk=ticket.pk)
    deadlines.settle(ticket)
    return _filed(ticket, by, reason)


def _begun(subject: str, *, by: Actor, opener: Actor, **details: Any) -> Ticket:
    """A new ticket of the colleague who writes; `details` as of open_ticket."""
    if not subject.split():
        raise Refused("subject", _("The subject cannot be empty."))
    return assign(open_ticket(subject=subject, by=opener, **details), to=by.user, by=by)


def _filed(ticket: Ticket, by: Actor, reason: Reason | None) -> Ticket:
    return choose_reason(ticket, to=reason, by=by)
