"""Many tickets at once: customers, orders, tickets with four messages and their events, and the search table."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection, models, transaction

from accounts.models import Shop, Team, User
from customers.models import Customer, Identity, Order
from tickets.load.copy import Table, copy
from tickets.load.words import ENGLISH, FRENCH, Writer
from tickets.models import Event, Message, Reason, SearchEntry, Ticket

CHUNK = 10_000
YEARS = 3
LIVE = 0.03  # share of tickets that are not done, all of the last weeks
CHANNELS = ("email",) * 60 + ("form",) * 15 + ("chat",) * 15 + ("whatsapp",) * 6 + ("instagram",) * 4
TAGS = ("vip", "retard", "retour", "remboursement", "cadeau", "presse", "b2b", "relance")
OFF = (
    "SET LOCAL maintenance_work_mem = '512MB'",
    "CREATE TEMP TABLE load_texts (language text, text text) ON COMMIT DROP",
    "ALTER TABLE tickets_message DISABLE TRIGGER index_message",
    "ALTER TABLE tickets_ticket DISABLE TRIGGER index_subject",
    "DROP INDEX search_words",
)
# As the triggers of migration 0006 do, but set by set: each text of the pool is stemmed once, the index built once.
ON = (
    "CREATE TEMP TABLE load_words ON COMMIT DROP AS"
    " SELECT language, text, comptoir_words(language, text) AS words FROM load_texts",
    """INSERT INTO tickets_searchentry (ticket_id, message_id, at, words)
    SELECT m.ticket_id, m.id, m.at, CASE WHEN m.text = made.text THEN made.words
      ELSE made.words || comptoir_words(t.language, substr(m.text, length(made.text) + 2)) END
      || array_to_tsvector(ARRAY[comptoir_month(m.at)])
    FROM tickets_message m JOIN tickets_ticket t ON t.id = m.ticket_id
    JOIN load_words made ON made.language = t.language AND made.text = split_part(m.text, ' LD-', 1)
    WHERE m.id >= {message}""",
    """INSERT INTO tickets_searchentry (ticket_id, message_id, at, words)
    SELECT id, NULL, opened_at, setweight(comptoir_words(language, subject), 'A')
    || array_to_tsvector(ARRAY[comptoir_month(opened_at)]) FROM tickets_ticket WHERE id >= {ticket}""",
    "SET CONSTRAINTS ALL IMMEDIATE",  # no index is made while foreign keys wait to be checked
    "CREATE INDEX search_words ON tickets_searchentry USING gin (words)",
    "ALTER TABLE tickets_message ENABLE TRIGGER index_message",
    "ALTER TABLE tickets_ticket ENABLE TRIGGER index_subject",
)


@dataclass(frozen=True)
class House:
    """What the new tickets refer to."""

    shop: Shop
    people: list[int]
    teams: list[int | None]
    reasons: list[int | None]


@dataclass
class Run:
    """What one load shares: its chance, what its rows refer to, and the numbers that come next."""

    rng: random.Random
    house: House
    writers: dict[str, Writer]
    first: dict[type[models.Model], int]
    people: int  # customers
    told: Callable[[str, int], None]
    now: datetime
    ids: dict[type[models.Model], int] = field(default_factory=dict)
    rows: tuple[list[Any], list[Any], list[Any]] = ([], [], [])  # of tickets, messages, events: one chunk


def load(shop: Shop, count: int, *, seed: int = 1, told: Callable[[str, int], None] = lambda what, n: None) -> None:
    """Add `count` tickets over three years, all or nothing. `told(what, done)` hears of the progress."""
    rng = random.Random(seed)  # noqa: S311 (made-up data)
    house = House(
        shop,
        [*User.objects.filter(is_active=True).values_list("pk", flat=True)],
        [None, *Team.objects.values_list("pk", flat=True)],
        [None, *Reason.objects.values_list("pk", flat=True)],
    )
    models_filled: tuple[type[models.Model], ...] = (Customer, Identity, Order, Ticket, Message, Event)
    first = {model: _next_id(model) for model in models_filled}
    writers = {"fr": Writer(rng, FRENCH), "en": Writer(rng, ENGLISH)}
    run = Run(rng, house, writers, first, max(1, count // 3), told, datetime.now(UTC))
    with transaction.atomic():
        _execute(OFF)
        copy("load_texts (language, text)", ((key, text) for key in writers for text in set(writers[key].texts)))
        _customers(run)
        _tickets(run, count)
        told("search", 0)
        _execute(tuple(one.format(message=first[Message], ticket=first[Ticket]) for one in ON))
        filled: tuple[type[models.Model], ...] = (*models_filled, SearchEntry)
        for model in filled:
            _set_sequence(model)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _customers(run: Run) -> None:
    rng, first, house, count = run.rng, run.first, run.house, run.people
    names = ("Camille", "Léa", "Hugo", "Inès", "Jules", "Priya", "Oliver", "Emma", "Fatou", "Noah")
    families = ("Durand", "Roy", "Lefèvre", "Petit", "Smith", "Moreau", "Diallo", "Jones", "Garcia", "Nguyen")
    customers = Table(Customer, ("id", "name", "language", "postcode", "vip", "created_at"))
    identities = Table(Identity, ("id", "customer_id", "kind", "value"))
    orders = Table(Order, ("id", "shop_id", "customer_id", "number", "placed_at", "status", "total", "currency"))
    now, start = run.now, first[Customer]
    for begin in range(0, count, CHUNK):
        some = range(start + begin, start + min(begin + CHUNK, count))
        customers.write(
            (pk, f"{rng.choice(names)} {rng.choice(families)}", "fr" if rng.random() < 0.65 else "en",
             f"{rng.randrange(1000, 95000):05}", rng.random() < 0.02, now - timedelta(days=rng.randrange(YEARS * 365)))
            for pk in some
        )  # fmt: skip
        identities.write((first[Identity] + pk - start, pk, "email", f"load{pk}@example.net") for pk in some)
        orders.write(
            (first[Order] + pk - start, house.shop.pk, pk, f"LD-{pk}", now - timedelta(days=rng.randrange(900)),
             "delivered", f"{rng.randrange(900, 30_000) / 100:.2f}", "EUR")
            for pk in some
        )  # fmt: skip
        run.told("customers", begin + len(some))


def _tickets(run: Run, count: int) -> None:
    tickets = Table(Ticket, (
        "id", "shop_id", "channel_kind", "customer_id", "subject", "state", "priority", "team_id", "assignee_id",
        "tags", "reason_id", "language", "opened_at", "waiting_since", "due_at", "assigned_at", "solved_at",
        "closed_at", "last_activity_at", "snippet",
    ))  # fmt: skip
    messages = Table(Message, ("id", "ticket_id", "author", "user_id", "customer_id", "channel_kind", "text", "at"))
    events = Table(Event, ("id", "ticket_id", "kind", "at", "actor", "user_id", "message_id", "data", "reacted_at"))
    run.ids = {model: run.first[model] for model in (Message, Event)}
    for begin in range(0, count, CHUNK):
        run.rows = ([], [], [])
        for number in range(run.first[Ticket] + begin, run.first[Ticket] + min(begin + CHUNK, count)):
            _story(run, number)
        for table, some in zip((tickets, messages, events), run.rows, strict=True):
            table.write(some)
        run.told("tickets", begin + len(run.rows[0]))


def _story(run: Run, number: int) -> None:
    """One ticket: the customer writes, we answer, twice; a live one may still wait for its last answer."""
    rng, house, now, ids, rows = run.rng, run.house, run.now, run.ids, run.rows
    customer = run.first[Customer] + int(run.people * rng.random() ** 2)  # a few write often
    language = "fr" if rng.random() < 0.65 else "en"
    writer, channel, live = run.writers[language], rng.choice(CHANNELS), rng.random() < LIVE
    user = rng.choice(house.people)
    at = now - timedelta(seconds=rng.random() * (14 if live else YEARS * 365) * 86_400 + 3600)
    opened, said, waiting = at, rows[1], live and rng.random() < 0.7
    person: int | None
    buyer: int | None
    events: list[tuple[Any, ...]] = [("opened", at, "customer", None, None, "{}")]
    for turn in range(4):
        theirs = turn % 2 == 0 if not waiting else turn != 1
        text = f"{rng.choice(writer.texts)} LD-{customer}" if turn == 0 else rng.choice(writer.texts)
        message, author = ids[Message], "customer" if theirs else "agent"
        ids[Message] += 1
        person, buyer = (None, customer) if theirs else (user, None)
        said.append((message, number, author, person, buyer, channel, text, at))
        events.append(("message", at, author, person, message, "{}"))
        newest, at = at, min(at + timedelta(seconds=rng.lognormvariate(8.5, 1.2)), now)
    owned = rng.random() < 0.8
    state = ("open" if waiting else rng.choice(("pending", "on_hold", "open"))) if live else "solved"
    if not live:
        events.append(("state", at, "agent", user, None, '{"old": "open", "to": "solved"}'))
    for kind, when, actor, who, about, data in events:
        rows[2].append((ids[Event], number, kind, when, actor, who, about, data, when))
        ids[Event] += 1
    rows[0].append((
        number, house.shop.pk, channel, customer, rng.choice(writer.subjects), state, rng.choice((1, 2, 2, 2, 2, 3, 4)),
        rng.choice(house.teams), user if owned else None, [rng.choice(TAGS)] if rng.random() < 0.3 else [],
        rng.choice(house.reasons), language, opened, newest if waiting else None,
        newest + timedelta(hours=rng.randint(1, 48)) if waiting else None, opened if owned and user else None,
        None if live else at, None, newest if live else at, text[:200],
    ))  # fmt: skip


def _next_id(model: type[models.Model]) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, 'id'))", [model._meta.db_table])
        return int(cursor.fetchone()[0])


def _set_sequence(model: type[models.Model]) -> None:
    table = model._meta.db_table
    with connection.cursor() as cursor:
        newest = f"(SELECT max(id) FROM {table})"  # noqa: S608 (our own table's name)
        cursor.execute(f"SELECT setval(pg_get_serial_sequence(%s, 'id'), {newest})", [table])


def _execute(statements: tuple[str, ...]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
