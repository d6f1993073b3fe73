"""What a visitor of the chat widget may know of their conversation, and how their page hears of news."""

from datetime import datetime, timedelta

from django.core.cache import cache
from django.db.models import Q, QuerySet
from django.utils import timezone

from channels_app.adapters.chat import settings
from channels_app.adapters.chat.adapter import topic
from channels_app.models import Channel
from helpdesk.lib import compiled, live, presence
from helpdesk.lib.presence import Doing
from hours import clock
from tickets.calendars import calendar_for
from tickets.models import Author, ChatSession, Delivery, Event, EventKind, Message, Ticket
from tickets.thanks import only_thanks

LONGEST_PEEK = 500  # letters: the end of what is being typed
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
    found = compiled.found(_newest_session, "session with its channel", ticket.pk)
    if not found or not found[0].email:
        return ""
    session = found[0]
    return session.email if session.is_away(settings.read(session.channel).away_after) else ""


def left_alone(now: datetime) -> list[ChatSession]:
    """Chats whose visitor has gone while their last words were unanswered (KPIS 1, abandonment), not yet noted.

    Not those who wrote while the chat was closed: they left a message, and knew it. A claimed address changes
    nothing: the answer that follows by mail finds somebody who has left.
    """
    noted = Event.objects.filter(kind=EventKind.ABANDONED).values("ticket")
    rows = ChatSession.objects.filter(
        ticket__is_live=True,
        ticket__waiting_since__isnull=False,
        seen_at__lt=now - timedelta(seconds=60),
        seen_at__gte=now - timedelta(days=1),
    )
    rows = rows.exclude(ticket__in=noted).select_related("channel__calendar", "ticket__shop", "ticket__customer")
    return [one for one in rows[:200] if _gave_up(one, now)]


def _gave_up(session: ChatSession, now: datetime) -> bool:
    ticket = session.ticket
    assert ticket is not None and ticket.waiting_since is not None
    if not session.is_away(settings.read(session.channel).abandon_after, now):
        return False
    calendar = calendar_for(ticket.shop, channel=session.channel)
    if calendar and not clock.is_open(calendar, ticket.waiting_since):
        return False
    asked = ticket.messages.filter(author=Author.CUSTOMER, public=True, at__gte=ticket.waiting_since)
    return any(not only_thanks(one.text, name=ticket.customer.name) for one in asked)


def note_typed(ticket: Ticket, words: str) -> bool:
    """Keep what the visitor is typing for the colleagues to see, for seconds; True when it is news to them."""
    key, words = f"chat-typed:{ticket.pk}", words.strip()[-LONGEST_PEEK:]
    if (cache.get(key) or "") == words:
        return False
    cache.set(key, words, presence.SECONDS)
    return True


def _newest_session(ticket: int) -> QuerySet[ChatSession]:
    return ChatSession.objects.filter(ticket=ticket).select_related("channel").order_by("-pk")[:1]


def typed(session: ChatSession) -> str:
    """What the visitor is typing right now; "" where the shop does not look over their shoulder."""
    if not settings.read(session.channel).sneak_peek:
        return ""
    return cache.get(f"chat-typed:{session.ticket_id}") or ""


def _unnoted(session: ChatSession) -> Ticket | None:
    """The ticket that a worker made of the visitor's words before we could note it."""
    rows = Message.objects.filter(inbound__channel=session.channel, inbound__envelope__session=str(session.uuid))
    found = rows.select_related("ticket").order_by("-pk").first()
    return found.ticket if found else None
