"""What a shopper may see of their own conversation on a public page, and the signed links that lead there.

A link that the page itself gave proves nothing of the address that was typed: it shows what was sent and where things
stand. The link of a letter proves the mailbox: it shows the answers too.
"""

from dataclasses import dataclass
from datetime import timedelta

from django.core import signing
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from accounts.models import Shop
from channels_app.models import ChannelKind, InboundMessage
from faq import addresses
from tickets.models import Author, Delivery, EventKind, Message, Ticket

PAGE_SALT, LETTER_SALT = "contact.status", "contact.letter"
VALID = timedelta(days=60)
NOT_YET = (Delivery.CANCELLED, Delivery.FAILED)


@dataclass(frozen=True, slots=True)
class Reader:
    """Who holds a link: to which message it leads, and whether they have proven to own the mailbox."""

    stored: InboundMessage
    proven: bool


def token_of(stored: InboundMessage) -> str:
    """For the page that follows a form."""
    return signing.dumps(str(stored.uuid), salt=PAGE_SALT)


def link_for(ticket: Ticket) -> str:
    """The absolute address for a letter; "" for a conversation that did not begin on a page of ours."""
    if ticket.channel_kind != ChannelKind.FORM:
        return ""
    first = ticket.messages.filter(inbound__isnull=False).select_related("inbound").order_by("pk").first()
    if first is None or first.inbound is None:
        return ""
    token = signing.dumps(str(first.inbound.uuid), salt=LETTER_SALT)
    return addresses.absolute(ticket.shop, reverse("request-status", kwargs={"shop": ticket.shop.key, "token": token}))


def reader_of(shop: Shop, token: str) -> Reader | None:
    """Whose link this is; None for a forged, foreign or expired one."""
    for salt in (LETTER_SALT, PAGE_SALT):
        try:
            number = signing.loads(token, salt=salt, max_age=VALID)
        except signing.BadSignature:
            continue
        stored = InboundMessage.objects.defer("raw").filter(uuid=number, channel__shop=shop).first()
        return Reader(stored, proven=salt == LETTER_SALT) if stored else None
    return None


def conversation(reader: Reader) -> tuple[Ticket | None, QuerySet[Message]]:
    """The ticket of a link and what its reader may see of it; (None, nothing) before the message was taken in.

    Never a note, a third party's words, or a mail that came in under the customer's address: anyone can have robots
    write from there (V1).
    """
    rows = Message.objects.filter(inbound=reader.stored, ticket__deleted_at=None)
    message = rows.select_related("ticket__shop", "ticket__merged_into").first()
    if message is None:
        return None, Message.objects.none()
    first = last = message.ticket
    theirs = {first.pk}
    while last.merged_into and last.merged_into.customer_id == first.customer_id:
        last = last.merged_into
        theirs.add(last.pk)
    ours = ~Q(author=Author.CUSTOMER) | Q(customer=message.customer_id, channel_kind=ChannelKind.FORM)
    said = Message.objects.filter(ours, ticket__in=theirs, public=True, side=None, at__lte=timezone.now())
    said = (
        said.exclude(delivery__in=NOT_YET)
        .exclude(events__kind=EventKind.ACKNOWLEDGED)
        .select_related("user")
        .prefetch_related("attachments")
    )
    return last, said.order_by("at", "pk")
