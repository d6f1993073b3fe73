"""Which conversation does a message belong to? A ladder from certain to claimed."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from django.db import connection

from channels_app.base import HintKind, Inbound
from channels_app.models import Channel
from customers.models import Customer
from tickets.models import SideThread, ThreadReference, Ticket
from tickets.subjects import bare


class Why(StrEnum):
    """Why a message stands where it stands: shown beside it."""

    OPENED = "opened"
    TOKEN = "token"  # it was sent to this ticket's own address
    REFERENCE = "reference"  # it answers a message of this ticket
    TAG = "tag"  # its subject names this ticket, and its sender takes part in it


@dataclass(frozen=True, slots=True)
class Found:
    ticket: Ticket
    why: Why


def find(inbound: Inbound, *, channel: Channel, customer: Customer) -> Found | None:
    """The ticket that a message belongs to, or None when it begins a new one.

    A token in the address it was sent to is certain. An id, ours too, joins a participant, and a stranger only if the
    subject is unchanged: people reuse old mails, and ids leak. A "[#1042]" in the subject joins a participant only:
    anyone can type it.
    """
    for hint in inbound.hints:
        ticket = _named_by(hint.kind, hint.value, channel)
        if ticket is None:
            continue
        ticket = ticket.survivor()
        if ticket.deleted_at is not None:
            continue
        if hint.kind == HintKind.TOKEN:
            return Found(ticket, Why.TOKEN)
        takes_part = participates(customer, ticket)
        by_id = hint.kind in (HintKind.OWN_ID, HintKind.ID)
        if by_id and (takes_part or bare(inbound.subject) == bare(_last_subject(ticket))):
            return Found(ticket, Why.REFERENCE)
        if hint.kind == HintKind.TAG and takes_part:
            return Found(ticket, Why.TAG)
    return None


def find_side(inbound: Inbound) -> SideThread | None:
    """The side conversation that a message answers: it was sent to its own address, or answers a mail of it.

    Not when the ticket's customer writes: whatever they answer belongs to their own conversation.
    """
    for hint in inbound.hints:
        side = _side_named_by(hint.value) if hint.kind in (HintKind.TOKEN, HintKind.OWN_ID) else None
        if side is None or side.ticket.deleted_at is not None:
            continue
        theirs = side.ticket.customer.identities.filter(value=inbound.sender.value)
        return None if theirs.exists() else side
    return None


def _side_named_by(value: str) -> SideThread | None:
    """See SideThread.thread: a 0 in front."""
    if not value.startswith("0") or not value.isdecimal() or len(value) > 18:
        return None
    rows = SideThread.objects.select_related("ticket__shop", "ticket__customer", "ticket__merged_into")
    return rows.filter(pk=int(value)).first()


def remember(channel: Channel, ticket: Ticket, ids: Iterable[str]) -> None:
    """Note that these ids lead to this ticket: its own messages', and those that they only name."""
    ThreadReference.objects.bulk_create(
        [
            ThreadReference(channel=channel, ticket=ticket, digest=digest)
            for digest in sorted({_digest(value) for value in ids if value})
        ],
        ignore_conflicts=True,
    )


def lock(channel: Channel, ids: Iterable[str]) -> None:
    """Until the transaction ends, be the only one who takes in a message naming the oldest of these ids."""
    oldest = next((value for value in reversed(list(ids)) if value), None)
    if oldest:
        with connection.cursor() as cursor:
            key = f"thread:{channel.pk}:{_digest(oldest)}"
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [key])


def participates(customer: Customer, ticket: Ticket) -> bool:
    """Whether this customer wrote the ticket, wrote in it, or was put in copy by an agent."""
    if customer.pk == ticket.customer_id or ticket.messages.filter(customer=customer).exists():
        return True
    addresses = list(customer.identities.values_list("value", flat=True))
    sent = ticket.messages.filter(author="agent", public=True).values_list("recipients", flat=True)
    copied = {address.lower() for recipients in sent for address in recipients.get("cc", [])}
    return bool(copied & set(addresses))


def _named_by(kind: HintKind, value: str, channel: Channel) -> Ticket | None:
    if kind == HintKind.ID:
        reference = (
            ThreadReference.objects.filter(channel=channel, digest=_digest(value))
            .select_related("ticket__shop", "ticket__customer")
            .order_by("-ticket_id")
            .first()
        )
        return reference.ticket if reference else None
    if value.startswith("0"):
        side = _side_named_by(value)
        return side.ticket if side and side.ticket.shop_id == channel.shop_id else None
    if not value.isdecimal() or len(value) > 18:
        return None
    return Ticket.objects.filter(pk=int(value), shop=channel.shop_id).select_related("shop", "customer").first()


def _last_subject(ticket: Ticket) -> str:
    last = (
        ticket.messages.filter(side=None).exclude(subject="").order_by("-at").values_list("subject", flat=True).first()
    )
    return last or ticket.subject


def _digest(value: str) -> str:
    return hashlib.sha256(value.strip().strip("<>").encode("utf-8", "replace")).hexdigest()
