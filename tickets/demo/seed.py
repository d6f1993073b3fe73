"""Build the whole demo shop, the same every time for the same `now`."""

import random
from collections.abc import Iterable
from datetime import datetime
from itertools import chain
from operator import attrgetter
from typing import TypeVar

from django.db import transaction
from django.db.models import F
from django.template.loader import render_to_string
from django.utils import translation

from accounts.models import Role, Shop, User
from faq import demo as help_centre
from hours import words
from tickets import threads
from tickets.actions.conversation import attach
from tickets.demo import desk, duties
from tickets.demo.files import draw
from tickets.demo.guests import Guests
from tickets.demo.house import House, build
from tickets.demo.logins import COLLEAGUES
from tickets.demo.past import past_tickets
from tickets.demo.present import live_ticket, spam_ticket
from tickets.demo.stories import counter, inbox
from tickets.demo.timeline import Timeline
from tickets.models import Event, Message, Promise, Tag, Ticket

SEED = 20261122
FRENCH_PAST, ENGLISH_PAST = 168, 86
EVERY_FILE = 4  # history attaches the files of one message in so many; each is a file on disk
Row = TypeVar("Row", Message, Event)


@transaction.atomic
def seed(now: datetime) -> int:
    """Write the demo shop as of `now` (rounded down to the hour). Returns how many tickets; 0 when it is there already."""
    if Shop.objects.filter(key="main").exists():
        return 0
    house = build(now.replace(minute=0, second=0, microsecond=0))
    guests = Guests(house)
    rng = random.Random(SEED)  # noqa: S311  (a story, not a secret)
    live = [live_ticket(house, guests, one, rng) for one in (*inbox.STORIES, *counter.STORIES)]
    spam = [spam_ticket(house, guests, one, rng) for one in counter.SPAM]
    past = list(past_tickets(house, guests, rng, french=FRENCH_PAST, english=ENGLISH_PAST))
    guests.save()
    help_centre.fill(house.shop, by=house.colleagues["Sophie"], now=house.now)
    lines = sorted([*live, *spam, *past], key=lambda line: line.ticket.opened_at)
    _save(house, lines)
    duties.fill(house, lines)
    desk.fill(house)
    _attach_files(live, past)
    return len(lines)


def _save(house: House, lines: list[Timeline]) -> None:
    tickets = [line.ticket for line in lines]
    Ticket.objects.bulk_create(tickets)
    links = Ticket.orders.through
    links.objects.bulk_create(
        [links(ticket_id=line.ticket.pk, order_id=order.pk) for line in lines for order in line.orders]
    )
    _word_acknowledgements(house, lines)
    Message.objects.bulk_create(_in_time(line.messages for line in lines))
    Message.objects.filter(ticket__shop=house.shop).update(stored_at=F("at"))  # auto_now_add would say "today"
    Event.objects.bulk_create(_in_time(line.events for line in lines))
    Promise.objects.bulk_create([promise for line in lines for promise in line.promises])
    Tag.objects.bulk_create(
        [Tag(name=name) for name in sorted({name for ticket in tickets for name in ticket.tags})], ignore_conflicts=True
    )
    for line in lines:
        if ids := line.external_ids():
            threads.remember(house.channel, line.ticket, ids)


def _word_acknowledgements(house: House, lines: list[Timeline]) -> None:
    """Fill in the automatic answers: the same templates as tickets.letters, each signed by a colleague in turn."""
    online = [house.colleagues[one.first_name] for one in COLLEAGUES if one.online and one.role != Role.MANAGER]
    hours = {}
    for language in house.shop.languages:
        with translation.override(language):
            hours[language] = words.sentence(house.calendar, language)
    for line in lines:
        if line.acknowledgement is not None:
            _word(line, online[line.ticket.pk % len(online)], hours[line.ticket.language])


def _word(line: Timeline, author: User, hours: str) -> None:
    message, ticket = line.acknowledgement, line.ticket
    assert message is not None
    context = {
        "ticket": ticket,
        "shop": ticket.shop,
        "customer": ticket.customer,
        "author": author,
        "promise": line.promises[0].text,
        "hours": hours,
    }
    with translation.override(ticket.language):
        message.text = render_to_string("emails/acknowledgement.txt", context).strip() + "\n"
        message.html = render_to_string("emails/acknowledgement.html", context)


def _attach_files(live: list[Timeline], past: list[Timeline]) -> None:
    """The files of every live conversation, and of some of the past."""
    shown = [*chain.from_iterable(line.files for line in live)]
    earlier = [*chain.from_iterable(line.files for line in past)][::EVERY_FILE]
    for message, names in (*shown, *earlier):
        attach(message, [draw(name) for name in names])


def _in_time(rows: Iterable[list[Row]]) -> list[Row]:
    return sorted(chain.from_iterable(rows), key=attrgetter("at"))
