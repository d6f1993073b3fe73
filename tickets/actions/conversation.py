"""What is said: opening, receiving, replying, noting, acknowledging."""

import uuid
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.models import Shop, User
from channels_app import outbox
from channels_app.base import Address, File
from channels_app.foreign.html import clean_html
from channels_app.foreign.html_text import html_to_text
from channels_app.models import Channel, ChannelKind, OutboundMessage
from customers.models import Customer
from helpdesk.lib.refused import Refused
from tickets import deadlines, promises, threads
from tickets.actions.locking import Overtaken, locked, touch
from tickets.actions.mentions import mentioned
from tickets.actions.snooze import wake_up
from tickets.actions.state import change_state
from tickets.actions.undo import hold_back
from tickets.actors import CUSTOMER, SYSTEM, Actor
from tickets.events import record
from tickets.letters import Letter, compose_acknowledgement, compose_reply, signed
from tickets.models import (
    Attachment,
    Author,
    Delivery,
    DeskSettings,
    Event,
    EventKind,
    Message,
    Priority,
    Promise,
    Ticket,
)
from tickets.placeholders import unfilled
from tickets.richtext import clean_reply
from tickets.states import State
from tickets.thanks import only_thanks

FARTHEST = timedelta(days=366)  # a reply can be scheduled no further ahead


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

    `details` are further fields of Message. A robot's message does neither. A reply of ours that has not left yet
    goes back to its author's draft: it was written without knowing this.
    """
    if not automatic:
        hold_back(ticket)
    ticket = locked(ticket)
    said = text[: details.get("visible_until")]
    thanks = ticket.state == State.SOLVED and not files and only_thanks(said, name=customer.name)
    message = Message.objects.create(
        ticket=ticket,
        author=Author.CUSTOMER,
        customer=customer,
        public=True,
        text=text,
        at=min(at, timezone.now()),
        automatic=automatic,
        thanks=thanks,
        **details,
    )
    attach(message, files)
    if raw_html:
        message.html = clean(raw_html, message.inline_urls())
        message.save(update_fields=["html"])
    ticket.snippet = _snippet(message)
    first = ticket.version == 1  # opened a moment ago, and nothing has happened since
    if first:
        deadlines.begin(ticket, message)
    touch(ticket, "snippet", "waiting_since", "due_at", at=message.at)
    record(ticket, EventKind.MESSAGE, by=CUSTOMER, at=message.at, message=message)
    if not automatic and ticket.snoozed_until is not None:
        wake_up(ticket, by=CUSTOMER, why="customer")
    if thanks:  # it stays solved, and nobody waits for an answer (KPIS edge 18)
        return message
    if not automatic and State(ticket.state) in (State.PENDING, State.ON_HOLD, State.SOLVED):
        change_state(ticket, State.OPEN, by=CUSTOMER, at=message.at)
    elif not automatic and not first:
        deadlines.settle(ticket)
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
    undoable: bool = False,
    leaves_at: datetime | None = None,
    seen: int | None = None,
    submission: uuid.UUID | None = None,
    version: int | None = None,
) -> Message:
    """Answer the customer: one message, one outbox row, one event; the wait ends. The same submission again is a no-op.

    `undoable`: it leaves only after the seconds that the desk's settings give to take it back. `leaves_at`: it is
    scheduled, and until it leaves nothing else changes (see `depart`). `seen`: the newest message that the author
    knows; Overtaken when somebody has said something since.
    Refused (field "text") when there is nothing to say, (field "ticket") when nobody can be reached, (field "cc") for
    copies of a chat, (field "leaves_at") when that time cannot be.
    """
    if submission and (twin := Message.objects.filter(submission=submission).first()):
        return twin
    text, html = worded(text, html)
    if empty := unfilled(text + html):
        raise Refused("text", _("Fill in “%(name)s” first.") % {"name": empty[0]})
    assert by.user is not None
    ticket = locked(ticket, version=version)
    if ticket.state == State.CLOSED:
        raise Refused("ticket", _("It is closed: open a new one for this customer."))
    _check_seen(ticket, seen, by.user)
    letter = compose_reply(ticket, author=by.user, text=text, html=html)
    if (cc or bcc) and letter.channel and letter.channel.kind == ChannelKind.CHAT:
        raise Refused("cc", _("Nobody gets a copy of a chat: take the addresses out."))
    now = timezone.now()
    _check_departure(letter, leaves_at, now)
    message = Message.objects.create(
        ticket=ticket,
        author=Author.AGENT,
        user=by.user,
        public=True,
        text=text,
        html=html,
        at=leaves_at or now,
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
    not_before = leaves_at or (now + grace(ticket, letter) if undoable else None)
    send_letter(message, signed(letter, message), cc=cc, bcc=bcc, not_before=not_before)
    if leaves_at:
        touch(ticket)
        record(ticket, EventKind.SCHEDULED, by=by, message=message, leaves_at=leaves_at.isoformat(), then=then)
    else:
        answered(ticket, message, by=by, then=then)
    return message


def answered(ticket: Ticket, message: Message, *, by: Actor, then: State | None) -> Ticket:
    """What a reply does to its ticket: the wait ends, its promises are judged, its state may take a step."""
    ticket.snippet = _snippet(message)
    touch(ticket, "snippet")
    record(ticket, EventKind.MESSAGE, by=by, at=message.at, message=message)
    if then is None and ticket.state == State.NEW:
        then = State.OPEN
    if then is not None and ticket.state != State.CLOSED:
        ticket = change_state(ticket, then, by=by, message=message)
    deadlines.settle(ticket)
    return ticket


def depart(ticket: Ticket, message: Message, scheduled: Event) -> Ticket:
    """A scheduled reply has left: now it is said, and does what any reply does. Returns the fresh ticket."""
    if message.events.filter(kind=EventKind.MESSAGE).exists():
        return ticket
    message.at = timezone.now()
    message.save(update_fields=["at"])
    assert message.user is not None
    then = scheduled.data.get("then")
    return answered(ticket, message, by=Actor.agent(message.user), then=State(then) if then else None)


def worded(text: str, html: str) -> tuple[str, str]:
    """The same words as text and as clean HTML ("" for plain text). Refused (field "text") when there are none."""
    html = clean_reply(html)
    text = text.strip() or html_to_text(html).strip()
    if not text and "<img" not in html:
        raise Refused("text", _("Write something first."))
    return text, html


def newer_than(ticket: Ticket, seen: int, user: User) -> QuerySet[Message]:
    """What others have said on this ticket since message `seen`: people only, not what leaves later."""
    return said_since(seen, user).filter(ticket=ticket)


def said_since(seen: int, user: User) -> QuerySet[Message]:
    """The same on any ticket."""
    said = Message.objects.filter(pk__gt=seen, side=None, automatic=False, at__lte=timezone.now())
    return said.exclude(user=user).exclude(delivery=Delivery.CANCELLED).order_by("pk")


def _check_seen(ticket: Ticket, seen: int | None, user: User) -> None:
    if seen is not None and (newer := list(newer_than(ticket, seen, user))):
        raise Overtaken(newer)


def _check_departure(letter: Letter, leaves_at: datetime | None, now: datetime) -> None:
    if leaves_at is None:
        return
    if letter.channel is None:
        raise Refused("leaves_at", _("Nothing leaves here: this customer is answered on the ticket itself."))
    if not now < leaves_at <= now + FARTHEST:
        raise Refused("leaves_at", _("Choose a time that lies ahead, within one year."))


def grace(ticket: Ticket, letter: Letter) -> timedelta:
    """How long a letter of this ticket can be taken back."""
    seconds = DeskSettings.of(ticket.shop).undo_for(letter.channel.kind) if letter.channel else 0
    return timedelta(seconds=seconds)


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
    text, html = worded(text, html)
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
    message.mentions.set(mentioned(ticket, text))
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
    send_letter(message, letter, automatic=True)
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


def send_letter(
    message: Message,
    letter: Letter,
    *,
    automatic: bool = False,
    cc: Sequence[Address] = (),
    bcc: Sequence[Address] = (),
    not_before: datetime | None = None,
) -> None:
    """Put a letter in the outbox as what leaves of this message; nothing when nobody outside is written to."""
    if letter.channel is None:
        return
    outbound = outbox.queue(
        letter.channel,
        thread=message.side.thread if message.side else str(message.ticket_id),
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
    if message.side is None:  # the ids of a side conversation lead nobody into the customer's
        threads.remember(letter.channel, message.ticket, [message.external_id])


def _snippet(message: Message) -> str:
    return " ".join(message.visible_text.split())[:200]
