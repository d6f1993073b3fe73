"""What is said: opening, receiving, replying, noting, acknowledging."""

import uuid
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.models import Shop
from channels_app import outbox
from channels_app.base import Address, File
from channels_app.foreign.html import clean_html
from channels_app.foreign.html_text import html_to_text
from channels_app.models import Channel, ChannelKind, OutboundMessage
from customers.models import Customer
from helpdesk.lib.refused import Refused
from tickets import promises, threads
from tickets.actions.locking import locked, touch
from tickets.actions.state import change_state
from tickets.actors import CUSTOMER, SYSTEM, Actor
from tickets.events import record
from tickets.letters import Letter, compose_acknowledgement, compose_reply
from tickets.models import Attachment, Author, Delivery, Event, EventKind, Message, Priority, Promise, Ticket
from tickets.richtext import clean_reply
from tickets.states import State


@transaction.atomic
def open_ticket(
    *,
    shop: Shop,
    customer: Customer,
    subject: str,
    channel: Channel | None,
    channel_kind: ChannelKind,
    by: Actor,
    at: datetime | None = None,
    language: str = "",
    priority: Priority = Priority.NORMAL,
    tags: Sequence[str] = (),
    follows: Ticket | None = None,
    submission: uuid.UUID | None = None,
) -> Ticket:
    """Begin a conversation. The first message is added by receive_message, reply or note."""
    at = at or timezone.now()
    ticket = Ticket.objects.create(
        shop=shop,
        customer=customer,
        subject=" ".join(subject.split())[:998],
        channel=channel,
        channel_kind=channel_kind,
        state=State.NEW,
        opened_at=at,
        opened_by_customer=by.kind == Event.Actor.CUSTOMER,
        last_activity_at=at,
        language=language or customer.language or shop.default_language,
        priority=priority,
        tags=list(tags),
        follows=follows,
        submission=submission,
    )
    record(ticket, EventKind.OPENED, by=by, at=at, follows=follows.pk if follows else None)
    return ticket


@transaction.atomic
def receive_message(
    ticket: Ticket,
    *,
    customer: Customer,
    text: str,
    at: datetime,
    raw_html: str = "",
    clean: Callable[[str, Mapping[str, str]], str] = clean_html,
    files: Sequence[File] = (),
    automatic: bool = False,
    **details: Any,
) -> Message:
    """Add what a customer (or a robot in their name) wrote: it may start a wait and reopen a solved ticket.

    `details` are further fields of Message. A robot's message does neither.
    """
    ticket = locked(ticket)
    message = Message.objects.create(
        ticket=ticket,
        author=Author.CUSTOMER,
        customer=customer,
        public=True,
        text=text,
        at=min(at, timezone.now()),
        automatic=automatic,
        **details,
    )
    attach(message, files)
    if raw_html:
        message.html = clean(raw_html, message.inline_urls())
        message.save(update_fields=["html"])
    ticket.snippet = _snippet(message)
    if not automatic:
        _start_wait(ticket, message.at)
    touch(ticket, "snippet", "waiting_since", "due_at", at=message.at)
    record(ticket, EventKind.MESSAGE, by=CUSTOMER, at=message.at, message=message)
    if not automatic and State(ticket.state) in (State.PENDING, State.ON_HOLD, State.SOLVED):
        change_state(ticket, State.OPEN, by=CUSTOMER, at=message.at)
    return message


@transaction.atomic
def follow_up(closed: Ticket, *, customer: Customer, by: Actor, subject: str, channel: Channel | None) -> Ticket:
    """A new ticket after a closed one, linked to it: the closed one's figures stay as they are."""
    return open_ticket(
        shop=closed.shop,
        customer=customer,
        subject=subject or closed.subject,
        channel=channel,
        channel_kind=ChannelKind(channel.kind if channel else closed.channel_kind),
        by=by,
        language=closed.language,
        follows=closed,
    )


@transaction.atomic
def reply(
    ticket: Ticket,
    *,
    by: Actor,
    text: str = "",
    html: str = "",
    files: Sequence[File] = (),
    then: State | None = None,
    cc: Sequence[Address] = (),
    bcc: Sequence[Address] = (),
    not_before: datetime | None = None,
    submission: uuid.UUID | None = None,
    version: int | None = None,
) -> Message:
    """Answer the customer: one message, one outbox row, one event; the wait ends. The same submission again is a no-op.

    Refused (field "text") when there is nothing to say, (field "ticket") when nobody can be reached.
    """
    if submission and (twin := Message.objects.filter(submission=submission).first()):
        return twin
    text, html = text.strip(), clean_reply(html)
    text = text or html_to_text(html)
    if not text:
        raise Refused("text", _("Write something first."))
    assert by.user is not None
    ticket = locked(ticket, version=version)
    if ticket.state == State.CLOSED:
        raise Refused("ticket", _("It is closed: open a new one for this customer."))
    letter = compose_reply(ticket, author=by.user, text=text, html=html)
    now = timezone.now()
    message = Message.objects.create(
        ticket=ticket,
        author=Author.AGENT,
        user=by.user,
        public=True,
        text=text,
        html=html,
        at=now,
        channel=letter.channel,
        channel_kind=letter.channel.kind if letter.channel else ticket.channel_kind,
        subject=letter.subject,
        recipients={
            "to": [address.value for address in letter.to],
            "cc": [address.value for address in cc],
            "bcc": [address.value for address in bcc],
        },
        submission=submission,
    )
    attach(message, files)
    _send(message, letter, cc=cc, bcc=bcc, not_before=not_before)
    promises.judge(ticket, answered_at=now)
    ticket.waiting_since = ticket.due_at = None
    ticket.snippet = _snippet(message)
    touch(ticket, "waiting_since", "due_at", "snippet")
    record(ticket, EventKind.MESSAGE, by=by, message=message)
    if then is None and ticket.state == State.NEW:
        then = State.OPEN
    if then is not None:
        change_state(ticket, then, by=by)
    return message


@transaction.atomic
def note(
    ticket: Ticket,
    *,
    by: Actor,
    text: str,
    html: str = "",
    files: Sequence[File] = (),
    submission: uuid.UUID | None = None,
) -> Message:
    """Leave words for colleagues only. The same submission again is a no-op; Refused when empty."""
    if submission and (twin := Message.objects.filter(submission=submission).first()):
        return twin
    html = clean_reply(html)
    text = text.strip() or html_to_text(html)
    if not text:
        raise Refused("text", _("Write something first."))
    ticket = locked(ticket)
    message = Message.objects.create(
        ticket=ticket,
        author=Author.AGENT if by.user else Author.AUTO,
        user=by.user,
        public=False,
        text=text,
        html=html,
        at=timezone.now(),
        channel_kind=ticket.channel_kind,
        submission=submission,
    )
    attach(message, files)
    touch(ticket)
    record(ticket, EventKind.NOTE, by=by, message=message)
    return message


@transaction.atomic
def acknowledge(ticket: Ticket) -> Message | None:
    """Tell the customer that we have their message and when we answer. At most once per ticket; None when done before.

    The time told is stored as a Promise and judged later.
    """
    ticket = locked(ticket)
    if ticket.events.filter(kind=EventKind.ACKNOWLEDGED).exists():
        return None
    now = timezone.now()
    with translation.override(ticket.language):
        promise = promises.make(ticket, place=Promise.Place.ACKNOWLEDGEMENT, at=now)
        letter = compose_acknowledgement(ticket, promise)
    message = Message.objects.create(
        ticket=ticket,
        author=Author.AUTO,
        public=True,
        automatic=True,
        text=letter.text,
        html=letter.html,
        at=now,
        channel=letter.channel,
        channel_kind=ticket.channel_kind,
        subject=letter.subject,
        recipients={"to": [address.value for address in letter.to]},
    )
    _send(message, letter, automatic=True)
    touch(ticket)
    record(ticket, EventKind.PROMISED, by=SYSTEM, due_at=promise.due_at.isoformat(), text=promise.text)
    record(ticket, EventKind.ACKNOWLEDGED, by=SYSTEM, message=message)
    return message


@transaction.atomic
def withhold_acknowledgement(ticket: Ticket, *, why: str) -> None:
    """Note on the timeline why this customer gets no automatic answer."""
    ticket = locked(ticket)
    if not ticket.events.filter(kind=EventKind.HELD_BACK).exists():
        record(ticket, EventKind.HELD_BACK, by=SYSTEM, why=why)


def attach(message: Message, files: Sequence[File]) -> None:
    """Store files beside a message. Their names are labels only; on disk they are random."""
    for file in files:
        attachment = Attachment(
            message=message,
            name=file.name[:255],
            content_type=file.content_type[:127],
            size=len(file.data),
            content_id=file.content_id[:255],
            inline=file.inline,
            note=file.note[:300],
        )
        attachment.file.save(file.name, ContentFile(file.data), save=True)


def _send(
    message: Message,
    letter: Letter,
    *,
    automatic: bool = False,
    cc: Sequence[Address] = (),
    bcc: Sequence[Address] = (),
    not_before: datetime | None = None,
) -> None:
    if letter.channel is None:
        return
    outbound = outbox.queue(
        letter.channel,
        thread=str(message.ticket_id),
        sender_name=letter.sender_name,
        to=letter.to,
        cc=cc,
        bcc=bcc,
        subject=letter.subject,
        text=letter.text,
        html=letter.html,
        references=letter.references,
        automatic=automatic,
        not_before=not_before,
        files=[
            {
                "name": attachment.name,
                "content_type": attachment.content_type,
                "path": attachment.file.name,
                "content_id": attachment.content_id,
                "inline": attachment.inline,
            }
            for attachment in message.attachments.all()
        ],
    )
    message.outbound, message.delivery = outbound, Delivery(OutboundMessage.State.QUEUED.value)
    message.external_id = outbound.external_id or ""
    message.save(update_fields=["outbound", "delivery", "external_id"])
    threads.remember(letter.channel, message.ticket, [message.external_id])


def _start_wait(ticket: Ticket, at: datetime) -> None:
    if ticket.waiting_since is None:
        ticket.waiting_since = at
        ticket.due_at = promises.reply_due(ticket, at)


def _snippet(message: Message) -> str:
    return " ".join(message.visible_text.split())[:200]
