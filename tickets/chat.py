"""What a visitor of the chat widget may know of their conversation, and how their page hears of news."""

from datetime import datetime, timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone

from channels_app.adapters.chat import settings
from channels_app.adapters.chat.adapter import topic
from channels_app.models import Channel
from helpdesk.lib import live, presence
from helpdesk.lib.presence import Doing
from tickets.models import Author, ChatSession, Delivery, Event, EventKind, Message, Ticket

VISITOR = 0  # nobody's user number: the visitor among those present
TOLD = frozenset({EventKind.MESSAGE, EventKind.STATE, EventKind.ASSIGNED})
NOT_YET = (Delivery.QUEUED, Delivery.CANCELLED, Delivery.FAILED)


def channel_of(shop_key: str) -> Channel | None:
    """The chat of a shop, if it has one that is switched on."""
    rows = Channel.objects.filter(kind="chat", enabled=True, shop__key=shop_key)
    return rows.select_related("shop__help_centre", "calendar").order_by("pk").first()


def ticket_of(session: ChatSession) -> Ticket | None:
    """The visitor's ticket, or the one it was merged into when that is theirs too."""
    ticket = session.ticket or _unnoted(session)
    while ticket and ticket.merged_into and ticket.merged_into.customer_id == ticket.customer_id:
        ticket = ticket.merged_into
    return None if ticket is None or ticket.deleted_at else ticket


def said_in(ticket: Ticket) -> QuerySet[Message]:
    """What the visitor may read: their own words and what has left towards them; never notes nor third parties."""
    rows = ticket.messages.filter(public=True, side=None, at__lte=timezone.now()).exclude(delivery__in=NOT_YET)
    theirs = ~Q(author=Author.CUSTOMER) | Q(customer=ticket.customer_id)
    return rows.filter(theirs).select_related("user").prefetch_related("attachments").order_by("pk")


def tell(event: Event) -> None:
    """Hint the visitor's page at what they may see of this event; after commit."""
    if event.kind in TOLD:
        hint(event.ticket)


def hint(ticket: Ticket) -> None:
    """Have the visitor's page look again; nothing for other channels."""
    if ticket.channel_kind == "chat":
        live.publish([topic(ticket.pk)], "chat", ticket.pk, 0)


def place(ticket: Ticket) -> str:
    """Where a visitor is present; colleagues are at "ticket:…"."""
    return f"chat:{ticket.pk}"


def is_typing(ticket: Ticket) -> bool:
    """Whether the visitor types right now."""
    return presence.here([place(ticket)])[place(ticket)].get(VISITOR) == Doing.TYPING


def typing_agents(ticket: Ticket) -> list[int]:
    """The users who type at this ticket right now."""
    there = f"ticket:{ticket.pk}"
    return [pk for pk, doing in presence.here([there])[there].items() if doing == Doing.TYPING]


def gone_email(ticket: Ticket) -> str:
    """Where to write by mail because the visitor has left the chat; "" while they are there or unknown."""
    session = ticket.chats.select_related("channel").order_by("-pk").first()
    if session is None or not session.email:
        return ""
    return session.email if session.is_away(settings.read(session.channel).away_after) else ""


def left_alone(now: datetime) -> list[ChatSession]:
    """Chats whose visitor has gone before anybody answered, not yet noted as abandoned."""
    noted = Event.objects.filter(kind=EventKind.ABANDONED).values("ticket")
    answered = Message.objects.filter(author=Author.AGENT, public=True).values("ticket")
    rows = ChatSession.objects.filter(
        ticket__is_live=True, email="", seen_at__lt=now - timedelta(seconds=60), seen_at__gte=now - timedelta(days=1)
    )
    rows = rows.exclude(ticket__in=noted).exclude(ticket__in=answered).select_related("channel", "ticket")
    return [one for one in rows[:200] if one.is_away(settings.read(one.channel).abandon_after, now)]


def _unnoted(session: ChatSession) -> Ticket | None:
    """The ticket that a worker made of the visitor's words before we could note it."""
    rows = Message.objects.filter(inbound__channel=session.channel, inbound__envelope__session=str(session.uuid))
    found = rows.select_related("ticket").order_by("-pk").first()
    return found.ticket if found else None
