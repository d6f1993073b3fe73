"""Three months of conversations that are over."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from itertools import cycle
from math import log
from zoneinfo import ZoneInfo

from babel.dates import format_date
from babel.numbers import format_currency

from channels_app.models import ChannelKind
from customers.models import Order
from hours import clock
from tickets.actors import SYSTEM, Actor
from tickets.demo.catalogue import PRODUCTS, Product, of_kinds
from tickets.demo.conduct import Filing, Said, play
from tickets.demo.guests import Guests, tracking
from tickets.demo.house import House
from tickets.demo.live import Purchase
from tickets.demo.people import Person, strangers
from tickets.demo.stories import ENGLISH, FRENCH
from tickets.demo.story import Story, Turn, Voice, says
from tickets.demo.timeline import Timeline
from tickets.states import State

DAYS = 90
CLOSE_AFTER = timedelta(days=10)
RUSH, RUSH_ROUNDS = "payment-error", 3  # one day the bank stood still: so many of each story about it
REGULARS = 0.25  # the share of tickets whose customer has written before
KINDS = (ChannelKind.EMAIL, ChannelKind.FORM, ChannelKind.CHAT, ChannelKind.WHATSAPP)
KIND_WEIGHTS = (76, 13, 7, 4)
ANSWERED = {ChannelKind.CHAT: 0.1, ChannelKind.WHATSAPP: 0.4}  # hours of ours, half of the time; elsewhere:
ANSWERED_ELSEWHERE, NOTED = 1.8, 0.6
CLOCK_WEIGHTS = (1, 0, 0, 0, 0, 1, 3, 6, 9, 11, 11, 9, 9, 9, 9, 9, 9, 9, 9, 10, 11, 10, 7, 3)  # hour by hour
AGE = {"shipped": (5, 8), "delivered": (6, 16), "returned": (26, 40), "processing": (1, 3), "": (6, 12)}  # days
ENDINGS = {
    "fr": (
        "Cordialement,\n{name}",
        "Bien à vous,\n{name}",
        "Merci d'avance,\n{name}",
        "{name}\n{city}",
        "Bonne journée,\n{first}",
    ),
    "en": (
        "Kind regards,\n{name}",
        "Best wishes,\n{name}",
        "Many thanks,\n{first}",
        "{name}\n{city}",
        "Cheers,\n{first}",
    ),
}
GREETING = {"fr": "Bonjour {first},\n\n", "en": "Hello {first},\n\n"}
CLOSING = {
    "fr": ("Belle journée à vous,", "Bien à vous,", "À très bientôt,"),
    "en": ("Kind regards,", "All the best,", "Warm wishes,"),
}


@dataclass(frozen=True, slots=True)
class Scene:
    """A story with its customer, its product and its day."""

    story: Story
    variant: int
    person: Person
    product: Product
    kind: ChannelKind
    opened: datetime


def past_tickets(house: House, guests: Guests, rng: random.Random, *, french: int, english: int) -> Iterator[Timeline]:
    """So many finished conversations in each language, every story in turn."""
    for language, stories, count in (("fr", FRENCH, french), ("en", ENGLISH, english)):
        people, turn = _people(rng, language), cycle(stories)
        for number in range(count):
            story = next(turn)
            scene = Scene(
                story=story,
                variant=number // len(stories) % len(story.openings),
                person=next(people),
                product=rng.choice(of_kinds(story.goods)),
                kind=rng.choices(KINDS, KIND_WEIGHTS)[0],
                opened=_some_time(house, rng),
            )
            if story.reason == RUSH and number < RUSH_ROUNDS * len(stories):
                scene = replace(scene, opened=_in_the_rush(house, scene.opened))
            yield _ticket(house, guests, scene, rng)


def _people(rng: random.Random, language: str) -> Iterator[Person]:
    """Mostly newcomers, now and then somebody who wrote before."""
    known: list[Person] = []
    for person in strangers(rng, language):
        if len(known) > 40 and rng.random() < REGULARS:
            yield known.pop(0)
        known.append(person)
        yield person


def _some_time(house: House, rng: random.Random) -> datetime:
    """An instant of the last 90 days when customers write: fewer at weekends, hardly any at night."""
    zone = ZoneInfo(house.shop.timezone)
    while True:
        day = (house.now - timedelta(days=rng.uniform(1, DAYS))).astimezone(zone).date()
        if day.weekday() >= 5 and rng.random() < 0.4:
            continue
        hour = rng.choices(range(24), CLOCK_WEIGHTS)[0]
        at = datetime.combine(day, time(hour, rng.randrange(60), rng.randrange(60)), zone)
        if house.now - timedelta(days=DAYS) < at < house.now - timedelta(days=1):
            return at


def _in_the_rush(house: House, at: datetime) -> datetime:
    """The same time of day on the latest working day that is more than a week ago."""
    zone = ZoneInfo(house.shop.timezone)
    day = (house.now - timedelta(days=8)).astimezone(zone).date()
    while not clock.is_open(house.calendar, datetime.combine(day, time(10), zone)):
        day -= timedelta(days=1)
    return datetime.combine(day, at.astimezone(zone).time(), zone)


def _ticket(house: House, guests: Guests, scene: Scene, rng: random.Random) -> Timeline:
    turns = _turns(scene, rng)
    instants = _instants(house, turns, scene, rng)
    while instants[-1] > house.now - timedelta(hours=6):  # too young to be over: it happened earlier
        scene = replace(scene, opened=scene.opened - timedelta(days=5, minutes=rng.randrange(90)))
        instants = _instants(house, turns, scene, rng)
    placed = scene.opened - timedelta(days=rng.uniform(*AGE[scene.story.status]))
    customer = guests.customer(scene.person, since=min(scene.opened, placed) - timedelta(hours=1))
    order = guests.order(customer, scene.person, _purchase(house, scene, placed, rng)) if scene.story.status else None
    filing = _filing(house, scene.story, rng)
    slots = _slots(house, scene, order, placed, filing)
    line = Timeline(
        house,
        scene.person,
        customer,
        kind=scene.kind,
        subject=scene.story.subjects[scene.variant % len(scene.story.subjects)].format(**slots),
        at=scene.opened,
    )
    line.orders = [order] if order else []
    said = [
        Said(turn, _spoken(scene, turn, n, rng).format(**slots), at)
        for n, (turn, at) in enumerate(zip(turns, instants, strict=True))
    ]
    play(line, said, filing, rng)
    _finish(line, filing, rng)
    return line


def _turns(scene: Scene, rng: random.Random) -> list[Turn]:
    """The opening and what follows; now and then the customer does not come back after an answer."""
    story = scene.story
    turns = [says(story.openings[scene.variant], files=story.files), *story.turns]
    answers = [n for n, turn in enumerate(turns) if turn.voice == Voice.AGENT and turn.then is None]
    if rng.random() < 0.4:
        turns = turns[: rng.choice(answers) + 1]
    last = max(n for n, turn in enumerate(turns) if turn.voice == Voice.AGENT)
    for n, turn in enumerate(turns):
        if turn.voice == Voice.AGENT and turn.then is None:
            done = n == last or rng.random() < 0.15
            turns[n] = replace(turn, then=State.SOLVED if done else State.PENDING)
    return turns


def _instants(house: House, turns: list[Turn], scene: Scene, rng: random.Random) -> list[datetime]:
    instants = [scene.opened]
    for turn in turns[1:]:
        instants.append(_next(house, turn, instants[-1], scene.kind, rng))
    return instants


def _next(house: House, turn: Turn, before: datetime, kind: ChannelKind, rng: random.Random) -> datetime:
    """We take open time, customers take real time and sleep at night."""
    if turn.voice in (Voice.AGENT, Voice.NOTE):
        median = ANSWERED.get(kind, ANSWERED_ELSEWHERE) if turn.voice == Voice.AGENT else NOTED
        hours = min(max(rng.lognormvariate(log(median), 0.95), median / 12), 20)
        return clock.due(house.calendar, before, hours * 3600) or before
    if turn.after is not None:
        return before + timedelta(hours=turn.after)
    at = before + timedelta(hours=min(max(rng.lognormvariate(log(6), 1.0), 0.2), 72))
    local = at.astimezone(ZoneInfo(house.shop.timezone))
    return at + timedelta(hours=8) if local.hour < 7 else at


def _purchase(house: House, scene: Scene, placed: datetime, rng: random.Random) -> Purchase:
    extra = (rng.choice(list(PRODUCTS)),) if rng.random() < 0.35 else ()
    days = (house.now - placed) / timedelta(days=1)
    status = scene.story.status
    if scene.story.reason in ("refund-late", "return-changed-mind"):
        status = "refunded"
    elif scene.story.reason == "order-change" and scene.variant == 2:
        status = "cancelled"
    elif days > 12:
        status = "delivered"
    return Purchase((scene.product.sku, *extra), days, status)


def _filing(house: House, story: Story, rng: random.Random) -> Filing:
    named = next((turn.by for turn in story.turns if turn.voice == Voice.AGENT and turn.by), "")
    return Filing(
        team=story.team,
        assignee=house.colleagues[named] if named else rng.choice(house.members[story.team][:-1]),  # not the manager
        reason=house.reasons[story.reason],
        tags=story.tags,
        priority=story.priority,
    )


def _slots(house: House, scene: Scene, order: Order | None, placed: datetime, filing: Filing) -> dict[str, str]:
    language, person = scene.story.language, scene.person
    number = order.number if order else "ML-20000"
    parcel = tracking(number, person)

    def day(at: datetime) -> str:
        return format_date(at.astimezone(ZoneInfo(house.shop.timezone)).date(), "d MMMM", locale=language)

    def money(amount: object) -> str:
        return format_currency(str(amount), "EUR", locale=language)

    return {
        **scene.product.words(language),
        "first": person.first_name,
        "name": person.name,
        "city": person.town[0],
        "f": "e" if person.female else "",
        "order": number,
        "sku": scene.product.sku,
        "price": money(scene.product.price),
        "total": money(order.total if order else scene.product.price),
        "tracking": parcel["number"],
        "carrier": parcel["carrier"],
        "placed": day(placed),
        "shipped": day(placed + timedelta(days=1)),
        "delivered": day(min(placed + timedelta(days=4), scene.opened)),
        "eta": day(scene.opened + timedelta(days=5)),
        "code": f"LUNE-{sum(map(ord, person.name + scene.product.sku)) * 7919 % 9000 + 1000}",
        "agent_first": filing.assignee.first_name if filing.assignee else "",
    }


def _spoken(scene: Scene, turn: Turn, n: int, rng: random.Random) -> str:
    """The words with the greeting and ending that this channel and this person use."""
    language = scene.story.language
    if turn.voice == Voice.AGENT:
        closing = "\n\n" + rng.choice(CLOSING[language]) if scene.kind in (ChannelKind.EMAIL, ChannelKind.FORM) else ""
        return GREETING[language] + turn.text + closing
    if turn.voice == Voice.CUSTOMER and n == 0 and scene.kind in (ChannelKind.EMAIL, ChannelKind.FORM):
        return turn.text + "\n\n" + rng.choice(ENDINGS[language])
    return turn.text


def _finish(line: Timeline, filing: Filing, rng: random.Random) -> None:
    """A last word of thanks has reopened it: the colleague ends it without another mail. Old ones are closed."""
    ticket, house = line.ticket, line.house
    assert filing.assignee is not None
    if ticket.state != State.SOLVED:
        at = clock.due(house.calendar, ticket.last_activity_at, rng.uniform(0.2, 3) * 3600) or ticket.last_activity_at
        line.change_state(State.SOLVED, Actor.agent(filing.assignee), min(at, house.now))
    assert ticket.solved_at is not None
    if ticket.solved_at + CLOSE_AFTER < house.now:
        line.change_state(State.CLOSED, SYSTEM, ticket.solved_at + CLOSE_AFTER)
