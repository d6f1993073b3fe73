"""What leaves: the same words as text and as HTML, signed by a person, with who we are in law."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from django.db.models import F, QuerySet
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import Presence, Role, User
from channels_app.base import Address
from channels_app.models import Channel, ChannelKind
from customers.models import Identity
from helpdesk.lib import compiled
from helpdesk.lib.refused import Refused
from hours import words
from tickets import requests
from tickets.calendars import calendar_for
from tickets.chat import gone_email
from tickets.models import Author, Delivery, Message, Promise, SideThread, Ticket
from tickets.subjects import as_reply

REFERENCES = 20
NO_TICKET = "0"  # the thread of a letter that belongs to no conversation: an answer to it begins one
_rating: list[Callable[[Message], str]] = []


@dataclass(frozen=True, slots=True)
class Letter:
    """`channel` is None when nobody has to be written to outside: the message stays on the ticket alone."""

    channel: Channel | None
    to: tuple[Address, ...]
    sender_name: str
    subject: str
    text: str
    html: str
    references: tuple[str, ...]


def compose_reply(ticket: Ticket, *, author: User, text: str, html: str) -> Letter:
    """An agent's answer, their full name below (S137). Refused when the customer has no address."""
    return _letter(ticket, "reply", author.full_name, {"text": text, "html": html, "author": author})


def rate_with(link: Callable[[Message], str]) -> None:
    """Let surveys, a layer above, name the address at which an answer is rated; "" for none."""
    _rating[:] = [link]


def signed(letter: Letter, message: Message) -> Letter:
    """The letter of an answer with the address at which it is rated below the signature, where the shop wants that."""
    url = _rating[0](message) if _rating else ""
    if not url:
        return letter
    with translation.override(message.ticket.language or message.ticket.shop.default_language):
        text, html = (render_to_string(f"emails/rate.{kind}", {"url": url}) for kind in ("txt", "html"))
    before, end, after = letter.html.rpartition("</div>")
    return replace(letter, text=f"{letter.text}\n{text}", html=before + html + end + after)


def compose_aside(side: SideThread, *, author: User, text: str, html: str) -> Letter:
    """What a third party is asked or told, from the mailbox of the ticket. Refused (field "to") without a mailbox."""
    ticket = side.ticket
    own = [ticket.channel] if ticket.channel and ticket.channel.enabled and ticket.channel.kind == "email" else []
    channel = next(iter(own), None) or _mailbox(ticket.shop_id)
    if channel is None:
        raise Refused("to", _("There is no mailbox to write from."))
    left = side.messages.exclude(external_id="").exclude(delivery=Delivery.CANCELLED)
    ids = list(left.order_by("at", "pk").values_list("external_id", flat=True))
    context = {"text": text, "html": html, "author": author, "ticket": ticket, "shop": ticket.shop}
    with translation.override(ticket.shop.default_language):
        return Letter(
            channel=channel,
            to=(Address(side.party),),
            sender_name=author.full_name,
            subject=as_reply(side.subject) if ids else side.subject,
            text=render_to_string("emails/reply.txt", context).strip() + "\n",
            html=render_to_string("emails/reply.html", context),
            references=tuple(ids[:1] + ids[1:][-(REFERENCES - 1) :]),
        )


def compose_acknowledgement(ticket: Ticket, promise: Promise) -> Letter:
    """We have it, these are our hours, this is when we answer (S156), from a person (S153)."""
    person = spokesperson(ticket)
    calendar = calendar_for(ticket.shop)
    return _letter(
        ticket,
        "acknowledgement",
        person.full_name if person else ticket.shop.name,
        {
            "author": person,
            "promise": promise.text,
            "status_url": requests.link_for(ticket),
            "hours": words.sentence(calendar, ticket.language) if calendar else "",
        },
    )


def compose_automatic(ticket: Ticket, *, text: str, html: str) -> Letter:
    """What a rule says: signed by a person, as the acknowledgement is."""
    person = spokesperson(ticket)
    name = person.full_name if person else ticket.shop.name
    return _letter(ticket, "automatic", name, {"text": text, "html": html, "author": person})


def spokesperson(ticket: Ticket) -> User | None:
    """Who speaks for the shop before anyone has read the ticket: its assignee, else colleagues in turn."""
    if ticket.assignee and ticket.assignee.is_active:
        return ticket.assignee
    colleagues = User.objects.filter(is_active=True, role__in=[Role.AGENT, Role.LEAD]).order_by("pk")
    ids = list(colleagues.filter(presence=Presence.ONLINE).values_list("pk", flat=True)) or list(
        colleagues.values_list("pk", flat=True)
    )
    return User.objects.get(pk=ids[ticket.pk % len(ids)]) if ids else None


def _letter(ticket: Ticket, template: str, sender_name: str, context: dict[str, object]) -> Letter:
    newest = _newest_from_customer(ticket)
    channel, to = _way_back(ticket, newest)
    context |= {"ticket": ticket, "shop": ticket.shop, "customer": ticket.customer}
    with translation.override(ticket.language or ticket.shop.default_language):
        return Letter(
            channel=channel,
            to=to,
            sender_name=sender_name,
            subject=as_reply((newest.subject if newest else "") or ticket.subject or _("Your message")),
            text=render_to_string(f"emails/{template}.txt", context).strip() + "\n",
            html=render_to_string(f"emails/{template}.html", context),
            references=tuple(references_of(ticket, newest)),
        )


def way_to_customer(ticket: Ticket) -> ChannelKind | None:
    """The kind of channel that an answer would leave by; None when it could not leave."""
    if ticket.channel and ticket.channel.enabled and ticket.channel.kind == ChannelKind.EMAIL:
        return ChannelKind.EMAIL  # most tickets, for which nothing is asked
    return _way(ticket, _newest_from_customer(ticket))


def can_send_mail(shop: int) -> bool:
    """Whether the shop has a mailbox to write from."""
    return _mailbox(shop) is not None


def ways_to_customers(tickets: Sequence[Ticket]) -> dict[int, ChannelKind | None]:
    """The same of many tickets, by number: what their customers said last is asked once."""
    said = Message.objects.filter(ticket__in=tickets, customer=F("ticket__customer"), author=Author.CUSTOMER)
    newest = said.select_related("channel").order_by("ticket_id", "-at", "-pk").distinct("ticket_id")
    found = {message.ticket_id: message for message in newest}
    return {ticket.pk: _way(ticket, found.get(ticket.pk)) for ticket in tickets}


def _way(ticket: Ticket, newest: Message | None) -> ChannelKind | None:
    try:
        channel, _to = _way_back(ticket, newest)
    except Refused:
        return None
    return ChannelKind(channel.kind) if channel else None


def _newest_from_customer(ticket: Ticket) -> Message | None:
    return next(iter(compiled.found(_said_last, "said last", ticket.pk, ticket.customer_id)), None)


def _said_last(ticket: int, customer: int) -> QuerySet[Message]:
    said = Message.objects.filter(ticket=ticket, customer=customer, author=Author.CUSTOMER)
    return said.select_related("channel").order_by("-at", "-pk")[:1]


def _mailbox(shop: int) -> Channel | None:
    return next(iter(compiled.found(_mailboxes, "mailbox", shop)), None)


def _mailboxes(shop: int) -> QuerySet[Channel]:
    return Channel.objects.filter(shop=shop, kind="email", enabled=True).order_by("pk")[:1]


def _way_back(ticket: Ticket, newest: Message | None) -> tuple[Channel | None, tuple[Address, ...]]:
    """Where an answer goes: back to where the customer wrote last, else by mail to the address we know."""
    if newest and newest.channel_kind == "chat" and (gone := gone_email(ticket)):
        mailbox = _mailbox(ticket.shop_id)
        if mailbox:
            return mailbox, (Address(gone, newest.from_name or ticket.customer.name),)
    if newest and newest.channel_kind == "form" and newest.from_address:
        mailbox = _mailbox(ticket.shop_id)
        return mailbox, (Address(newest.from_address, newest.from_name),) if mailbox else ()
    if newest and newest.channel and newest.channel.enabled and newest.from_address:
        address = newest.recipients.get("reply_to") or newest.from_address
        return newest.channel, (Address(address, newest.from_name or ticket.customer.name),)
    if newest and newest.channel and newest.channel.kind == "email" and newest.from_address:
        mailbox = _mailbox(ticket.shop_id)
        return mailbox, (Address(newest.from_address, newest.from_name),) if mailbox else ()
    email = ticket.customer.identities.filter(kind=Identity.Kind.EMAIL).first()
    channel = _mailbox(ticket.shop_id)
    if email is None or channel is None:
        if newest is not None and newest.channel is None and email is None:
            raise Refused("ticket", _("This customer left no address to answer to."))
        return None, ()
    return channel, (Address(email.value, ticket.customer.name),)


def references_of(ticket: Ticket, newest: Message | None = None) -> Sequence[str]:
    """The thread's ids, oldest first, the one that is answered last (RFC 5322, 3.6.4)."""
    said = ticket.messages.filter(side=None).exclude(external_id="")
    ids = list(said.order_by("at", "pk").values_list("external_id", flat=True))
    if newest and newest.external_id in ids:
        ids = ids[: ids.index(newest.external_id) + 1]
    return ids[:1] + ids[1:][-(REFERENCES - 1) :]
