"""Whether a new ticket is acknowledged: once, to people only, never so often that two robots could talk (RFC 3834)."""

from datetime import timedelta

from django.utils import timezone, translation

from channels_app.models import ChannelKind
from tickets import actions, promises
from tickets.models import Author, Event, Message, Promise

PER_ADDRESS = 5  # automatic mails to one address in 24 h, over all tickets
PER_CHANNEL = 5000  # in one hour: beyond that something is wrong


def consider(event: Event) -> None:
    """Acknowledge the ticket if this event is its customer's first message and they may be answered by a robot."""
    ticket, message = event.ticket, event.message
    if message is None or message.author != Author.CUSTOMER:
        return
    if ticket.channel_kind == ChannelKind.CHAT:  # the widget has told them already
        return
    if not ticket.opened_by_customer or ticket.channel is None or not ticket.channel.enabled or ticket.spam:
        return
    first = ticket.messages.order_by("pk").first()
    if first is None or first.pk != message.pk:
        return
    if ticket.channel_kind == ChannelKind.VOICEMAIL:  # the greeting has: the callback is due then (S69)
        with translation.override(ticket.language):
            told = promises.told(ticket.shop, ChannelKind.VOICEMAIL, message.at, channel=ticket.channel)
        actions.note_promise(ticket, told, place=Promise.Place.VOICEMAIL)
    elif not ticket.shop.acknowledges:
        return
    elif why := forbidden(message):
        actions.withhold_acknowledgement(ticket, why=why)
    else:
        actions.acknowledge(ticket)


def is_robot(message: Message) -> bool:
    """Whether nobody would read an automatic answer to this message, or only a robot."""
    return message.automatic or message.recipients.get("answerable") is False


def forbidden(message: Message) -> str:
    """Why nothing automatic may be sent to the sender of this message; "" when it may."""
    if is_robot(message):
        return "robot"
    address = message.recipients.get("reply_to") or message.from_address  # where it would go: whom we must not flood
    if not address:
        return "no address"
    since = timezone.now() - timedelta(hours=24)
    sent = Message.objects.filter(author=Author.AUTO, public=True, at__gte=since)
    if sent.filter(recipients__to__contains=[address]).count() >= PER_ADDRESS:
        return "enough automatic mails today"
    recent = sent.filter(channel=message.channel, at__gte=timezone.now() - timedelta(hours=1))
    return "mailbox-wide limit" if recent.count() >= PER_CHANNEL else ""
