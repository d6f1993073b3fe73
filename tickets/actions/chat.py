"""The visitor's side of a chat: beginning, staying, leaving."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from channels_app import outbox
from channels_app.adapters.chat.identity import Known
from channels_app.base import Address
from channels_app.models import Channel, OutboundMessage
from customers.identify import identify
from customers.models import Identity
from faq.actions import recognise
from helpdesk.lib.addresses import is_email, normalise_email
from tickets import promises
from tickets.actions.locking import locked, touch
from tickets.actions.promising import note_promise
from tickets.actors import CUSTOMER
from tickets.events import record
from tickets.models import ChatSession, EventKind, Message, Promise, Ticket

BEAT = timedelta(seconds=15)  # a sign of life is not written more often


@transaction.atomic
def begin_chat(channel: Channel, *, known: Known | None, visitor: str, language: str) -> ChatSession:
    """A session for this visitor; one whom the shop vouches for finds their last one again, on any device."""
    if known is None:
        return ChatSession.objects.create(channel=channel, visitor=visitor, language=language)
    value = f"{channel.shop.key}:{known.id}"
    customer = identify("email", known.email, name=known.name, language=language, verified=True)
    Identity.objects.get_or_create(
        kind=Identity.Kind.VISITOR, value=value, defaults={"customer": customer, "verified": True}
    )
    named = {"name": known.name[:200], "email": known.email, "language": language}
    session = ChatSession.objects.filter(channel=channel, visitor=value).order_by("-pk").first()
    if session is None:
        return ChatSession.objects.create(channel=channel, visitor=value, verified=True, **named)
    ChatSession.objects.filter(pk=session.pk).update(**named)
    session.refresh_from_db()
    return session


def note_sign(session: ChatSession, *, page_url: str = "", page_title: str = "") -> None:
    """The visitor is there, on this page."""
    now = timezone.now()
    if page_url and page_url != session.page_url:
        session.page_url, session.page_title = page_url[:1000], page_title[:200]
    elif session.seen_at > now - BEAT:
        return
    session.seen_at = now
    session.save(update_fields=["seen_at", "page_url", "page_title"])


def introduce(session: ChatSession, *, name: str, email: str) -> None:
    """What visitors say of themselves before their first message: a claim, and never another's address."""
    if session.verified:
        return
    session.name = name[:200] or session.name
    session.email = normalise_email(email) if is_email(normalise_email(email)) else session.email
    session.save(update_fields=["name", "email"])


@transaction.atomic
def settle_chat(session: ChatSession, ticket: Ticket) -> None:
    """Note which ticket a session is; for a new one, its address and the reply time that the visitor was shown."""
    if session.ticket_id == ticket.pk:
        return
    ChatSession.objects.filter(pk=session.pk).update(ticket=ticket)
    session.ticket = ticket
    recognise(session.uuid, customer_id=ticket.customer_id)
    if session.email and not Identity.objects.filter(customer=ticket.customer, kind="email").exists():
        Identity.objects.get_or_create(kind="email", value=session.email, defaults={"customer": ticket.customer})
    ticket = locked(ticket)
    if not ticket.promises.filter(place=Promise.Place.WIDGET).exists():
        told = promises.told(ticket.shop, ticket.channel_kind, timezone.now(), channel=session.channel)
        note_promise(ticket, told, place=Promise.Place.WIDGET)


@transaction.atomic
def abandon(ticket: Ticket) -> bool:
    """The customer left while they waited for an answer. Once per ticket; True when this noted it."""
    ticket = locked(ticket)
    if ticket.waiting_since is None or ticket.events.filter(kind=EventKind.ABANDONED).exists():
        return False
    touch(ticket)
    record(ticket, EventKind.ABANDONED, by=CUSTOMER)
    return True


def note_read(messages: list[Message]) -> None:
    """The visitor's page has shown these: what was sent to it has been delivered."""
    for message in messages:
        outbound = message.outbound
        if outbound and outbound.channel.kind == "chat" and outbound.state == OutboundMessage.State.SENT:
            outbox.report(outbound.channel, [outbound.external_id or ""], OutboundMessage.State.DELIVERED, "")


def mail_transcript(session: ChatSession, *, subject: str, text: str) -> bool:
    """Send the conversation to the visitor's address, from the shop's mailbox. False when either is missing."""
    channel = session.channel.shop.channels.filter(kind="email", enabled=True).order_by("pk").first()
    if channel is None or session.ticket_id is None or not session.email:
        return False
    with transaction.atomic():
        outbox.queue(
            channel,
            thread=str(session.ticket_id),
            sender_name=session.channel.shop.name,
            to=[Address(session.email, session.name)],
            subject=subject,
            text=text,
            automatic=True,
        )
    return True
