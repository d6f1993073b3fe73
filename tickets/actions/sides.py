"""Side conversations: a third party (carrier, warehouse) is asked beside the customer's thread, and answers there."""

import uuid
from collections.abc import Callable, Mapping, Sequence

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from channels_app.base import File, Inbound, Nature
from channels_app.models import ChannelKind, InboundMessage
from helpdesk.lib.addresses import is_email, normalise_email
from helpdesk.lib.refused import Refused
from tickets.actions.conversation import attach, grace, send_letter, worded
from tickets.actions.locking import locked, touch
from tickets.actions.snooze import wake_up
from tickets.actions.state import change_state
from tickets.actors import SYSTEM, Actor
from tickets.events import record
from tickets.letters import compose_aside
from tickets.models import Author, EventKind, Message, SideThread, Ticket
from tickets.states import State
from tickets.threads import Why


@transaction.atomic
def start_side(
    ticket: Ticket,
    *,
    by: Actor,
    to: str,
    subject: str,
    text: str = "",
    html: str = "",
    files: Sequence[File] = (),
    origin: Message | None = None,
    undoable: bool = False,
    submission: uuid.UUID | None = None,
) -> Message:
    """Write to somebody who is not the customer; `undoable` as for a reply. The same submission again is a no-op.

    Refused (field "to") for what is no address or the customer's own, (field "subject") or (field "text") when empty.
    """
    if submission and (twin := Message.objects.filter(submission=submission).first()):
        return twin
    assert by.user is not None
    party, subject = normalise_email(to), " ".join(subject.split())[:998]
    if not is_email(party):
        raise Refused("to", _("This is no e-mail address."))
    if ticket.customer.identities.filter(value=party).exists():
        raise Refused("to", _("This is the customer: answer in the conversation itself."))
    if not subject:
        raise Refused("subject", _("Give it a subject."))
    side = SideThread(ticket=ticket, subject=subject, party=party, started_by=by.user, origin=origin)
    text, html = worded(text, html)
    side.save()
    return _say(side, by=by, text=text, html=html, files=files, undoable=undoable, submission=submission)


@transaction.atomic
def answer_side(
    side: SideThread,
    *,
    by: Actor,
    text: str = "",
    html: str = "",
    files: Sequence[File] = (),
    undoable: bool = False,
    submission: uuid.UUID | None = None,
) -> Message:
    """Write to the third party again. The same submission again is a no-op; Refused (field "text") when empty."""
    if submission and (twin := Message.objects.filter(submission=submission).first()):
        return twin
    text, html = worded(text, html)
    return _say(side, by=by, text=text, html=html, files=files, undoable=undoable, submission=submission)


@transaction.atomic
def receive_aside(
    side: SideThread,
    *,
    inbound: Inbound,
    stored: InboundMessage,
    clean: Callable[[str, Mapping[str, str]], str],
) -> Message:
    """Add what the third party answered: the customer sees nothing of it and no wait begins; what was put on hold or
    aside for this answer is to be done again, unless a robot wrote it."""
    ticket = locked(side.ticket)
    message = Message.objects.create(
        ticket=ticket,
        side=side,
        author=Author.THIRD,
        public=False,
        text=inbound.text,
        visible_until=inbound.visible_until,
        at=min(inbound.sent_at or stored.received_at, timezone.now()),
        automatic=inbound.nature in (Nature.AUTO, Nature.BOUNCE, Nature.RECEIPT),
        channel=stored.channel,
        channel_kind=stored.channel.kind,
        subject=inbound.subject[:998],
        from_name=inbound.sender.name[:200],
        from_address=inbound.sender.value[:320],
        verified=inbound.sender_verified,
        joined_by=Why.TOKEN,
        warnings=list(inbound.warnings),
        external_id=inbound.external_id[:998],
        inbound=stored,
    )
    attach(message, inbound.files)
    if inbound.html:
        message.html = clean(inbound.html, message.inline_urls())
        message.save(update_fields=["html"])
    touch(ticket, at=message.at)
    record(ticket, EventKind.SIDE, by=SYSTEM, message=message, party=side.party, answered=True)
    if not message.automatic:
        home = wake_up(ticket.survivor(), by=SYSTEM, why="third")  # where the answer is read
        if home.state == State.ON_HOLD:
            change_state(home, State.OPEN, by=SYSTEM)
    return message


def _say(
    side: SideThread,
    *,
    by: Actor,
    text: str,
    html: str,
    files: Sequence[File],
    undoable: bool,
    submission: uuid.UUID | None,
) -> Message:
    assert by.user is not None
    ticket = locked(side.ticket)
    letter, now = compose_aside(side, author=by.user, text=text, html=html), timezone.now()
    message = Message.objects.create(
        ticket=ticket,
        side=side,
        author=Author.AGENT,
        user=by.user,
        public=False,
        text=text,
        html=html,
        at=now,
        channel=letter.channel,
        channel_kind=ChannelKind.EMAIL,
        subject=letter.subject,
        recipients={"to": [side.party]},
        submission=submission,
    )
    attach(message, files)
    send_letter(message, letter, not_before=now + grace(ticket, letter) if undoable else None)
    touch(ticket)
    record(ticket, EventKind.SIDE, by=by, message=message, party=side.party, answered=False)
    return message
