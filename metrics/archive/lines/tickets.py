"""Tickets with their messages, events, surveys, reviews and promises: read, and written in bulk."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from operator import attrgetter
from typing import Any

from django.db import transaction
from django.utils import timezone

from helpdesk.lib.bulk import insert
from metrics.archive.fields import BadLine, Fields
from metrics.archive.keys import Keys
from metrics.archive.lines import events, frozen, messages, reviews, surveys
from metrics.archive.lines.line import Line, Result
from metrics.archive.lines.replay import replay
from metrics.archive.lines.reviews import Reviewed
from surveys.models import Survey, SurveyAnswer
from tickets.models import Author, Deadline, Delivery, Event, EventKind, Message, Priority, Promise, Tag, Ticket
from tickets.states import State

TAG, SUBJECT, SNIPPET = 60, 998, 200  # characters
LAST = 1 << 30
OF_MESSAGE = (
    *("author", "user", "customer", "public", "at", "text", "html", "delivery", "automatic", "thanks", "channel_kind"),
    *(*messages.PLAIN, "visible_until", "verified", "recipients", "warnings"),
)


@dataclass(slots=True)
class Built:
    """One ticket's rows, unsaved. `events` in their order, those of its opening and its messages among them."""

    ticket: Ticket
    orders: list[int]
    messages: list[Message] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    surveys: list[Survey] = field(default_factory=list)
    promises: list[Promise] = field(default_factory=list)
    deadlines: list[Deadline] = field(default_factory=list)
    reviews: list[Reviewed] = field(default_factory=list)


def store_tickets(lines: list[Line], keys: Keys) -> None:
    """Write a batch of tickets: new ones in bulk, known ones one by one. Merges wait for links.py."""
    now = timezone.now()
    keys.know(customers=_customers(lines), orders=_listed(lines, "orders"))
    mine = Ticket.objects.filter(key__in=[line.key for line in lines]).select_for_update()
    known = {ticket.key: ticket for ticket in mine}
    fresh: list[Built] = []
    for line in lines:
        try:
            if line.key in known:
                _update(line, known[line.key], keys, now)
                line.result = Result.UPDATED
            else:
                fresh.append(_read(line, Ticket(key=line.key), keys, {}, now))
                line.result = Result.CREATED
            line.pending = True
        except BadLine as problem:
            line.problem = problem
    _create(fresh)


def _create(fresh: list[Built]) -> None:
    insert(built.ticket for built in fresh)
    _link_orders(fresh)
    insert(message for built in fresh for message in built.messages)
    insert(event for built in fresh for event in built.events)
    insert(promise for built in fresh for promise in built.promises)
    insert(deadline for built in fresh for deadline in built.deadlines)
    _ask(survey for built in fresh for survey in built.surveys)
    reviews.store_reviews(review for built in fresh for review in built.reviews)
    _list_tags(built.ticket for built in fresh)


@transaction.atomic
def _update(line: Line, ticket: Ticket, keys: Keys, now: datetime) -> None:
    """Bring a known ticket up to its line. What happened to it here, after its import, stays."""
    said = {message.key: message for message in ticket.messages.exclude(key=None)}
    was_open, built = ticket.opened_at, _read(line, ticket, keys, said, now)
    insert(message for message in built.messages if message.pk is None)
    Message.objects.bulk_update(
        [message for message in built.messages if message.pk],
        OF_MESSAGE,
    )
    _replace_events(ticket, built, was_open)
    replay(ticket, ticket.events.order_by("at", "pk"), now)
    _fill(line.fields, ticket, keys)
    ticket.version += 1
    ticket.save()
    ticket.orders.set(built.orders)
    for promise in built.promises:
        if not ticket.promises.filter(place=promise.place, shown_at=promise.shown_at).exists():
            promise.save()
    Deadline.objects.bulk_create(built.deadlines, ignore_conflicts=True)
    asked = set(Survey.objects.filter(key__in=[survey.key for survey in built.surveys]).values_list("key", flat=True))
    _ask(survey for survey in built.surveys if survey.key not in asked)
    for survey in built.surveys:
        if survey.key in asked:
            _answer_again(survey)
    reviews.store_reviews(built.reviews)
    _list_tags([ticket])


def _replace_events(ticket: Ticket, built: Built, was_open: datetime) -> None:
    """The imported events anew; those that live actions wrote stay, and are not written a second time."""
    told = [message.pk for message in built.messages]
    mine = ticket.events.filter(request_id=events.MARK)
    targets = [event.data.get(name) for event in mine for name in ("into", "out_of")]
    others = Event.objects.filter(ticket__in=[pk for pk in targets if pk], request_id=events.MARK)
    others.filter(data__source=ticket.pk).delete()
    (mine.filter(message=None) | mine.filter(message__in=told)).delete()
    ticket.merged_into = None
    ticket.save(update_fields=["merged_into"])
    living = Counter(_signature(event) for event in ticket.events.all())
    wanted = []
    for event in built.events:
        mark = _signature(event)
        if living[mark]:
            living[mark] -= 1
        elif event.kind != EventKind.OPENED or not ticket.events.filter(kind=EventKind.OPENED).exists():
            wanted.append(event)
    insert(wanted)


def _signature(event: Event) -> tuple[Any, ...]:
    """What makes two events the same; of a message there is one event, whenever it was written."""
    if event.kind in (EventKind.MESSAGE, EventKind.NOTE):
        return event.kind, event.message_id
    target = event.data.get("to")
    return event.kind, event.at, event.actor, event.user_id, event.message_id, str(target)


def _answer_again(survey: Survey) -> None:
    row = Survey.objects.get(key=survey.key)
    for name in ("sent_at", "state", "answered_at", "score", "comment", "agent_id", "extra", "message_id"):
        setattr(row, name, getattr(survey, name))
    row.save()
    if row.answered_at and row.score is not None:
        row.answers.get_or_create(at=row.answered_at, score=row.score, comment=row.comment)


def _read(line: Line, ticket: Ticket, keys: Keys, said: dict[str | None, Message], now: datetime) -> Built:
    fields = line.fields
    ticket.key = line.key
    ticket.shop = keys.shop(fields)
    ticket.channel_kind = fields.choice("channel", messages.CHANNELS)
    ticket.customer_id = keys.customer(fields)
    ticket.opened_at = fields.instant("opened_at")
    ticket.opened_by_customer = fields.choice("opened_by", ("customer", "agent"), "customer") == "customer"
    ticket.language = fields.text("language", ticket.shop.default_language, longest=8)
    built = Built(ticket, keys.orders(fields))
    extra: dict[str, Any] = {}
    by_key: dict[str, Message] = {}
    for entry in fields.each("messages"):
        message = messages.read(entry, ticket, keys, said.get(entry.key()))
        if message.key in by_key:
            raise entry.refuse("key", f"two messages have the key {message.key!r}")
        by_key[message.key or ""] = message
        if rest := entry.rest():
            extra.setdefault("messages", {})[message.key] = rest
    built.messages = sorted(by_key.values(), key=attrgetter("at"))
    built.events = _timeline(fields, ticket, keys, built.messages, by_key)
    for number, entry in enumerate(fields.each("surveys")):
        built.surveys.append(surveys.read_survey(entry, ticket, keys, by_key, number))
    built.promises = [frozen.read_promise(entry, ticket) for entry in fields.each("promises")]
    built.deadlines = [frozen.read_deadline(entry, ticket, keys) for entry in fields.each("deadlines")]
    built.reviews = [reviews.read_review(entry, ticket, keys) for entry in fields.each("reviews")]
    ticket.snippet = _snippet(built.messages)
    replay(ticket, built.events, now)
    _fill(fields, ticket, keys)
    follows = fields.key("follows", "")
    ticket.extra = fields.rest() | extra | ({"follows": follows} if follows else {})  # until links.py finds it
    return built


def _fill(fields: Fields, ticket: Ticket, keys: Keys) -> None:
    """The fields of the line itself. Where events tell (priority, team, assignee) they have the last word."""
    ticket.subject = " ".join(fields.text("subject", "").split())[:SUBJECT]
    ticket.tags = [tag.strip()[:TAG] for tag in fields.texts("tags", longest=1000)]
    ticket.is_test = fields.flag("test", False)
    ticket.requested_outcome = fields.text("requested_outcome", "", longest=300)
    ticket.fields = fields.object("fields")
    ticket.skip_survey = fields.flag("skip_survey", False)
    reason, assignee, team = fields.key("reason", ""), fields.key("assignee", ""), fields.text("team", "")
    ticket.reason = keys.reason(fields, "reason", reason) if reason else None
    told = {event["kind"] for event in fields.many("events")}
    priority = fields.choice("priority", events.PRIORITIES, Priority.NORMAL.key)
    if EventKind.PRIORITY not in told:
        ticket.priority = Priority.from_key(priority)
    if EventKind.ASSIGNED not in told and assignee:
        ticket.assignee = keys.agent(fields, "assignee", assignee)
        ticket.assigned_at = ticket.opened_at
    if EventKind.TEAM not in told and team:
        ticket.team = keys.team(team)


def _timeline(
    fields: Fields, ticket: Ticket, keys: Keys, said: list[Message], by_key: dict[str, Message]
) -> list[Event]:
    """Every event in order: by instant, then messages before other events, then as they stand in the file.

    An event that must stand before a message of its own instant says so ("before": the message's key).
    """
    place = {message.key: n for n, message in enumerate(said)}
    reader = events.EventReader(ticket, keys, by_key)
    entries = []
    for n, entry in enumerate(fields.each("events")):
        before = entry.key("before", "")
        if before and before not in place:
            raise entry.refuse("before", f"unknown message {before!r}")
        entries.append((entry.instant("at"), place[before] if before else LAST, -1 if before else 1, n, entry))
    rows: list[tuple[datetime, int, int, int, Event]] = []
    for at, among, side, n, entry in sorted(entries, key=lambda entry: entry[:4]):
        if made := reader.read(entry):
            rows.append((at, among, side, n, made))
    explicit = {row[-1].message.key for row in rows if row[-1].kind == EventKind.DELIVERY_FAILED and row[-1].message}
    moves = any(row[-1].kind == EventKind.STATE for row in rows)
    for n, message in enumerate(said):
        for m, made in enumerate(_told(message, ticket, explicit)):
            rows.append((message.at, n, 0, m, made))
    ordered = [row[-1] for row in sorted(rows, key=lambda row: row[:4])]
    return [_opened(ticket, said), *(ordered if moves else _with_first_step(ticket, ordered))]


def _told(message: Message, ticket: Ticket, explicit: set[str | None]) -> Iterable[Event]:
    """The events of a message: that it was said; and if it never arrived and no event tells it, that too."""
    by = {
        Author.CUSTOMER.value: Event.Actor.CUSTOMER,
        Author.AGENT.value: Event.Actor.AGENT,
    }.get(message.author, Event.Actor.SYSTEM)
    columns: dict[str, Any] = {"message": message, "actor": by, "user_id": message.user_id}
    kind = EventKind.MESSAGE if message.public else EventKind.NOTE
    yield events.event(ticket, kind, message.at, **columns)
    if message.delivery == Delivery.FAILED and message.key not in explicit:
        columns = {"message": message, "actor": Event.Actor.SYSTEM, "data": {"reason": message.delivery_error}}
        yield events.event(ticket, EventKind.DELIVERY_FAILED, message.at, **columns)


def _opened(ticket: Ticket, said: list[Message]) -> Event:
    agent = next((message.user_id for message in said if message.author == Author.AGENT), None)
    by = Event.Actor.CUSTOMER if ticket.opened_by_customer else Event.Actor.AGENT if agent else Event.Actor.SYSTEM
    user = agent if by == Event.Actor.AGENT else None
    return events.event(ticket, EventKind.OPENED, ticket.opened_at, actor=by, user_id=user, data={"follows": None})


def _with_first_step(ticket: Ticket, ordered: list[Event]) -> Iterable[Event]:
    """A line that tells no state: the ticket is open from the first answer of a person, as a live one would be."""
    open_yet = False
    for event in ordered:
        yield event
        replied = event.kind == EventKind.MESSAGE and event.actor == Event.Actor.AGENT
        if not open_yet and (replied or event.kind == EventKind.ANSWERED):
            open_yet = True
            data = {"old": State.NEW.value, "to": State.OPEN.value}
            columns = {"actor": event.actor, "user_id": event.user_id, "data": data}
            yield events.event(ticket, EventKind.STATE, event.at, **columns)


def _snippet(said: list[Message]) -> str:
    last = next((message for message in reversed(said) if message.public and not message.automatic), None)
    return " ".join(last.visible_text.split())[:SNIPPET] if last else ""


def _ask(asked: Iterable[Survey]) -> None:
    rows = list(asked)
    insert(rows)
    insert(
        SurveyAnswer(survey=row, at=row.answered_at, score=row.score, comment=row.comment)
        for row in rows
        if row.answered_at and row.score is not None
    )


def _link_orders(fresh: list[Built]) -> None:
    links = Ticket.orders.through
    insert(links(ticket_id=built.ticket.pk, order_id=order) for built in fresh for order in built.orders)


def _list_tags(changed: Iterable[Ticket]) -> None:
    names = {name for ticket in changed for name in ticket.tags}
    Tag.objects.bulk_create([Tag(name=name) for name in sorted(names)], ignore_conflicts=True)


def _customers(lines: list[Line]) -> list[Any]:
    found = [line.fields.values.get("customer") for line in lines]
    for line in lines:
        said = line.fields.values.get("messages")
        for message in said if isinstance(said, list) else ():
            if isinstance(message, dict) and "customer" in message:
                found.append(message["customer"])
    return found


def _listed(lines: list[Line], name: str) -> list[Any]:
    lists = (line.fields.values.get(name) for line in lines)
    return [value for values in lists if isinstance(values, list) for value in values]
