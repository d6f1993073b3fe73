"""One ticket with a past.

tickets/actions stamps every write with the present, so history cannot be written by it. Besides the archive's import
this is the one place that builds the same rows (ticket, messages, events, promises) at given instants, and keeps the
same rules: what starts and ends a wait, what reopens a ticket, when a promise is kept.
"""

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.utils import translation
from django.utils.html import linebreaks

from accounts.models import Team, User
from channels_app.models import ChannelKind
from customers.models import Customer, Order
from hours import words
from tickets import states
from tickets.actors import CUSTOMER, SYSTEM, Actor
from tickets.demo.house import House
from tickets.demo.people import Person
from tickets.demo.story import Turn
from tickets.models import Author, Delivery, Event, EventKind, Message, Priority, Promise, Reason, Ticket
from tickets.states import State
from tickets.subjects import as_reply
from tickets.threads import Why

HANDLE_FIRST = {ChannelKind.INSTAGRAM, ChannelKind.SMS, ChannelKind.WHATSAPP, ChannelKind.VOICEMAIL}


class Timeline:
    """A ticket and everything that happened to it, unsaved. Call in the order in which it happened."""

    def __init__(
        self, house: House, person: Person, customer: Customer, *, kind: ChannelKind, subject: str, at: datetime
    ) -> None:
        self.house, self.person = house, person
        self.by_mail = kind == ChannelKind.EMAIL
        self.ticket = Ticket(
            shop=house.shop,
            channel=house.channel if self.by_mail else None,
            channel_kind=kind,
            customer=customer,
            subject=subject,
            state=State.NEW,
            language=person.language,
            opened_at=at,
            opened_by_customer=True,
            last_activity_at=at,
        )
        self.messages: list[Message] = []
        self.events: list[Event] = []
        self.promises: list[Promise] = []
        self.orders: list[Order] = []
        self.files: list[tuple[Message, Sequence[str]]] = []
        self.acknowledgement: Message | None = None
        self._record(EventKind.OPENED, CUSTOMER, at)

    def receive(self, turn: Turn, text: str, at: datetime, *, automatic: bool = False, html: bool = False) -> Message:
        """The customer (or their mailbox's robot) writes: a wait may start, a settled ticket reopens."""
        quoted = self._quoted(at) if turn.quotes and self.by_mail else ""
        message = self._message(
            Author.CUSTOMER,
            text + quoted,
            at,
            customer=self.ticket.customer,
            automatic=automatic,
            visible_until=len(text) if quoted else None,
            html=linebreaks(text, autoescape=True) if html and self.by_mail else "",
            from_name=self.person.name,
            from_address=self._address(),
            verified=True,
            recipients={"to": [self.house.channel.address]} if self.by_mail else {},
            joined_by=Why.REFERENCE if self.messages else Why.OPENED,
        )
        self._attach(message, turn.files)
        self.ticket.snippet = _snippet(message)
        if not automatic and self.ticket.waiting_since is None:
            self.ticket.waiting_since, self.ticket.due_at = at, self.house.deadline(at)
        self._touch(at)
        self._record(EventKind.MESSAGE, CUSTOMER, at, message)
        if not automatic and self.ticket.state in (State.PENDING, State.ON_HOLD, State.SOLVED):
            self.change_state(State.OPEN, CUSTOMER, at)
        return message

    def acknowledge(self, at: datetime) -> None:
        """The automatic answer and its promise. Its words need the ticket's number and are filled in later."""
        due_at = self.house.deadline(at)
        language = self.ticket.language
        with translation.override(language):
            text = words.deadline(due_at, timezone=self.house.shop.timezone, language=language, now=at)
        promise = Promise(
            ticket=self.ticket,
            place=Promise.Place.ACKNOWLEDGEMENT,
            channel_kind=self.ticket.channel_kind,
            shown_at=at,
            due_at=due_at,
            text=text,
        )
        self.promises.append(promise)
        self.acknowledgement = self._outgoing(Author.AUTO, "", at, automatic=True)
        self._touch(at)
        self._record(EventKind.PROMISED, SYSTEM, at, due_at=due_at.isoformat(), text=text)
        self._record(EventKind.ACKNOWLEDGED, SYSTEM, at, self.acknowledgement)

    def reply(self, turn: Turn, text: str, at: datetime, user: User, then: State | None) -> None:
        """A colleague answers: the wait ends, promises are judged."""
        message = self._outgoing(Author.AGENT, text, at, user=user)
        self._attach(message, turn.files)
        self._judge(at)
        waited, self.ticket.waiting_since, self.ticket.due_at = self.ticket.waiting_since, None, None
        self.ticket.snippet = _snippet(message)
        self._touch(at)
        self._record(EventKind.MESSAGE, Actor.agent(user), at, message)
        if then is None and self.ticket.state == State.NEW:
            then = State.OPEN
        if then is not None:
            self.change_state(then, Actor.agent(user), at)
        if turn.fails:
            self._come_back(message, turn.fails, at + timedelta(seconds=40), waited)

    def note(self, text: str, at: datetime, user: User) -> None:
        message = self._message(Author.AGENT, text, at, user=user, public=False, channel=None)
        self._touch(at)
        self._record(EventKind.NOTE, Actor.agent(user), at, message)

    def change_state(self, to: State, by: Actor, at: datetime) -> None:
        ticket, old = self.ticket, State(self.ticket.state)
        if to == old:
            return
        states.check(old, to)
        ticket.state = to
        ticket.solved_at = (ticket.solved_at or at) if to in states.DONE else None
        ticket.closed_at = at if to == State.CLOSED else None
        if to in states.DONE:
            ticket.waiting_since = ticket.due_at = None
        self._touch(at)
        self._record(EventKind.STATE, by, at, old=old, to=to)

    def assign(self, to: User, by: User, at: datetime) -> None:
        self.ticket.assignee, self.ticket.assigned_at = to, at
        self._touch(at)
        self._record(EventKind.ASSIGNED, Actor.agent(by), at, old=None, to=to.pk, name=to.full_name)

    def move_to_team(self, to: Team, by: User, at: datetime) -> None:
        self.ticket.team = to
        self._touch(at)
        self._record(EventKind.TEAM, Actor.agent(by), at, old=None, to=to.pk, name=to.name)

    def prioritise(self, to: Priority, by: User, at: datetime) -> None:
        old, self.ticket.priority = Priority(self.ticket.priority), to
        self._touch(at)
        self._record(EventKind.PRIORITY, Actor.agent(by), at, old=old.key, to=to.key)

    def tag(self, names: Sequence[str], by: User, at: datetime) -> None:
        self.ticket.tags = list(names)
        self._touch(at)
        self._record(EventKind.TAGS, Actor.agent(by), at, added=list(names), removed=[])

    def choose_reason(self, to: Reason, by: User, at: datetime) -> None:
        self.ticket.reason = to
        self._touch(at)
        self._record(EventKind.REASON, Actor.agent(by), at, old=None, to=to.pk, name=str(to))

    def mark_spam(self, by: User, at: datetime) -> None:
        self.ticket.spam = True
        self._touch(at)
        self._record(EventKind.SPAM, Actor.agent(by), at)

    def settle(self) -> None:
        """Promises whose time has passed without a reply are broken, as the sweep would have found."""
        for promise in self.promises:
            if promise.kept is None and promise.due_at < self.house.now:
                promise.kept, promise.judged_at = False, promise.due_at

    def external_ids(self) -> list[str]:
        return [message.external_id for message in self.messages if message.external_id]

    def _judge(self, at: datetime) -> None:
        for promise in self.promises:
            if promise.kept is None:
                promise.kept = promise.due_at >= at
                promise.judged_at = at if promise.kept else promise.due_at

    def _come_back(self, message: Message, why: str, at: datetime, waited: datetime | None) -> None:
        message.delivery, message.delivery_error = Delivery.FAILED, why
        if waited is not None:
            self.ticket.waiting_since, self.ticket.due_at = waited, self.house.deadline(waited)
        self._touch(at)
        self._record(EventKind.DELIVERY_FAILED, SYSTEM, at, message, reason=why)

    def _outgoing(self, author: Author, text: str, at: datetime, **fields: Any) -> Message:
        return self._message(
            author,
            text,
            at,
            recipients={"to": [self._address()], "cc": [], "bcc": []},
            delivery=Delivery.SENT,
            **fields,
        )

    def _message(self, author: Author, text: str, at: datetime, **fields: Any) -> Message:
        public = fields.get("public", True)
        subject = self.ticket.subject if not self.messages else as_reply(self.ticket.subject)
        values: dict[str, Any] = {
            "ticket": self.ticket,
            "author": author,
            "channel": self.ticket.channel,
            "channel_kind": self.ticket.channel_kind,
            "subject": subject if self.by_mail and public else "",
            "text": text,
            "at": at,
            "external_id": self._external_id(author, at) if self.by_mail and public else "",
        }
        message = Message(**values | fields)
        self.messages.append(message)
        return message

    def _external_id(self, author: Author, at: datetime) -> str:
        seed = f"{self.person.email} {self.ticket.subject} {at.isoformat()} {len(self.messages)}"
        domain = (self.person.email if author == Author.CUSTOMER else self.house.channel.address).partition("@")[2]
        return f"{hashlib.sha256(seed.encode()).hexdigest()[:24]}@{domain}"

    def _address(self) -> str:
        if ChannelKind(self.ticket.channel_kind) not in HANDLE_FIRST:
            return self.person.email
        return self.person.handles[0][1] if self.person.handles else self.person.phone

    def _quoted(self, at: datetime) -> str:
        """The message answered, as mail programs put it below the answer."""
        earlier = next((message for message in reversed(self.messages) if message.public and message.text), None)
        author = earlier.user.full_name if earlier and earlier.user else self.house.shop.name
        when = earlier.at if earlier else at - timedelta(days=2)
        said = earlier.visible_text if earlier else "Bonjour,\n\nNous avons bien reçu votre message."
        opening = (
            f"Le {when:%d/%m/%Y} à {when:%H:%M}, {author} <{self.house.channel.address}> a écrit :"
            if self.person.language == "fr"
            else f"On {when:%d/%m/%Y} at {when:%H:%M}, {author} <{self.house.channel.address}> wrote:"
        )
        return f"\n\n{opening}\n" + "\n".join(f"> {line}".rstrip() for line in said.splitlines())

    def _attach(self, message: Message, names: Sequence[str]) -> None:
        if names:
            self.files.append((message, names))

    def _touch(self, at: datetime) -> None:
        self.ticket.version += 1
        self.ticket.last_activity_at = max(at, self.ticket.last_activity_at)

    def _record(self, kind: EventKind, by: Actor, at: datetime, message: Message | None = None, **data: object) -> None:
        event = Event(
            ticket=self.ticket, kind=kind, at=at, actor=by.kind, user=by.user, message=message, data=data, reacted_at=at
        )
        self.events.append(event)


def _snippet(message: Message) -> str:
    return " ".join(message.visible_text.split())[:200]
