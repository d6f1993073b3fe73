"""The one way in: from a stored raw message to a ticket."""

import logging

from celery import shared_task
from django.db import transaction
from django.utils import timezone

from channels_app import inbox, outbox
from channels_app.base import Inbound, Nature, ParseError
from channels_app.models import Channel, ChannelKind, InboundMessage
from channels_app.registry import adapter_for
from customers.identify import identify
from customers.models import Customer
from helpdesk.lib.request_id import request_id
from tickets import actions, threads
from tickets.actors import CUSTOMER, SYSTEM
from tickets.models import Message, Promise, Ticket
from tickets.states import State

log = logging.getLogger(__name__)


@shared_task(name="tickets.intake.take_in")
def take_in(pk: int) -> None:
    """Take one stored message in. Whatever goes wrong, it stays stored, visible and retryable."""
    stored = InboundMessage.objects.select_related("channel__shop").filter(pk=pk).first()
    if stored is None or stored.state != InboundMessage.State.STORED:
        return
    token = request_id.set(stored.request_id)
    try:
        inbound = adapter_for(stored.channel.kind).parse(stored)
        receive(stored, inbound)
    except ParseError as error:
        inbox.park(pk, str(error), final=True)
    except Exception as error:  # any exception is a visible quarantine, never a stop
        log.exception("inbound %s", pk)
        inbox.park(pk, f"{type(error).__name__}: {error}", final=False)
    finally:
        request_id.reset(token)


@transaction.atomic
def receive(stored: InboundMessage, inbound: Inbound) -> Message | None:
    """Identify the customer, find the conversation, open one or add to it. Returns None for what is only news."""
    held = InboundMessage.objects.select_for_update(skip_locked=True).filter(pk=stored.pk, state=stored.state)
    if not held.defer("raw").exists():
        return None  # another worker has it
    channel = stored.channel
    if inbound.looped:
        inbox.finish(stored, InboundMessage.State.IGNORED, "An automatic mail of ours came back.")
        return None
    if inbound.news and (told := _report_news(channel, inbound)):
        inbox.finish(stored, InboundMessage.State.IGNORED, told)
        return None
    if (side := threads.find_side(inbound)) and side.ticket.shop_id == channel.shop_id:
        message = actions.receive_aside(
            side, inbound=inbound, stored=stored, clean=adapter_for(channel.kind).clean_html
        )
        inbox.finish(stored, InboundMessage.State.PROCESSED)
        return message
    customer = identify(
        adapter_for(channel.kind).identity_kind,
        inbound.sender.value,
        name=inbound.sender.name,
        language=inbound.language,
        verified=inbound.sender_verified,
    )
    threads.lock(channel, inbound.seen_ids)
    found = threads.find(inbound, channel=channel, customer=customer)
    ticket = _conversation(stored, inbound, customer, found)
    message = actions.receive_message(
        ticket,
        customer=customer,
        text=inbound.text,
        raw_html=inbound.html,
        clean=adapter_for(channel.kind).clean_html,
        at=inbound.sent_at or stored.received_at,
        files=inbound.files,
        automatic=inbound.nature in (Nature.AUTO, Nature.BOUNCE, Nature.RECEIPT),
        channel=channel,
        channel_kind=channel.kind,
        subject=inbound.subject[:998],
        visible_until=inbound.visible_until,
        from_name=inbound.sender.name[:200],
        from_address=inbound.sender.value[:320],
        verified=inbound.sender_verified,
        recipients=_recipients(inbound),
        joined_by=found.why if found and found.ticket == ticket else threads.Why.OPENED,
        warnings=list(inbound.warnings),
        external_id=inbound.external_id[:998],
        inbound=stored,
    )
    if inbound.told:
        actions.note_promise(ticket, inbound.told, place=Promise.Place.CONTACT_PAGE)
    threads.remember(channel, ticket, inbound.seen_ids)
    actions.note_about(ticket, inbound.about, customer=customer)
    if inbound.suspect or actions.is_blocked(inbound.sender.value):
        actions.mark_spam(ticket, by=SYSTEM)
    inbox.finish(stored, InboundMessage.State.PROCESSED)
    return message


def _conversation(stored: InboundMessage, inbound: Inbound, customer: Customer, found: threads.Found | None) -> Ticket:
    """The ticket that this message goes into: the one found, a new one after a closed one, or a new one."""
    channel: Channel = stored.channel
    if found and found.ticket.state != State.CLOSED:
        return found.ticket
    if found and inbound.nature == Nature.HUMAN:
        return actions.follow_up(found.ticket, customer=customer, by=CUSTOMER, subject=inbound.subject, channel=channel)
    if found:
        return found.ticket
    return actions.open_ticket(
        shop=channel.shop,
        customer=customer,
        subject=inbound.subject,
        channel=channel,
        channel_kind=ChannelKind(channel.kind),
        by=CUSTOMER,
        at=min(inbound.sent_at or stored.received_at, timezone.now()),
        language=channel.shop.language_for(inbound.language or customer.language),
    )


def _report_news(channel: Channel, inbound: Inbound) -> str:
    """Tell the outbox what a bounce or receipt says. Returns what was told, "" when it concerns nothing of ours."""
    news = inbound.news
    assert news is not None
    message = outbox.report(channel, news.external_ids, news.state, news.reason)
    if message is None and inbound.nature == Nature.RECEIPT:
        return "A read receipt."
    if message is None:
        return ""
    return f"News about message {message.pk}: {news.state}. {news.reason}"[:500]


def _recipients(inbound: Inbound) -> dict[str, object]:
    others = [address.value for address in inbound.participants]
    answerable = inbound.answerable and inbound.nature == Nature.HUMAN
    recipients: dict[str, object] = {"to": others, "answerable": answerable}
    return recipients | ({"reply_to": inbound.reply_to.value} if inbound.reply_to else {})
