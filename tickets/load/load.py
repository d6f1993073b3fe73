"""Many tickets at once: customers, orders, tickets with four messages and their events, and the search table.

PostgreSQL draws the lots and writes the rows, set by set: a row that passes through Python costs ten times as much.
"""

import random
from collections.abc import Callable
from datetime import UTC, datetime

from django.db import models, transaction
from django.db.models import Q, QuerySet

from accounts.models import Shop, Team, User
from customers.models import Customer, Identity, Order
from tickets.deadlines import settle_many
from tickets.load.table import bare, execute, fill, next_id, set_sequence
from tickets.load.words import ENGLISH, FRENCH, POOL, SUBJECTS, Writer
from tickets.models import Event, Message, Reason, SearchEntry, Ticket

CHUNK = 25_000
ALWAYS = datetime.min.replace(tzinfo=UTC)  # for a policy without a first day
FILLED: tuple[type[models.Model], ...] = (Customer, Identity, Order, Ticket, Message, Event, SearchEntry)
TEXTS = """
    CREATE TEMP TABLE load_texts ON COMMIT DROP AS
    SELECT language || nth AS key, text, comptoir_words(language, text) AS words
    FROM unnest(%s::text[], %s::int[], %s::text[]) AS made (language, nth, text)
"""
# One line a ticket: who, what, and when each of its four messages was written. A few customers write often; live
# tickets are 3 % and mostly of the last days; most of them wait for us: customer, we, customer, customer.
STORIES = """
    CREATE TEMP TABLE load_stories ON COMMIT DROP AS
    SELECT drawn.*, least(at0 + gap1, %(now)s) AS at1, least(at0 + gap1 + gap2, %(now)s) AS at2,
      least(at0 + gap1 + gap2 + gap3, %(now)s) AS at3
    FROM (
      SELECT lots.*, live AND lot < 0.7 AS waiting,
        %(now)s - interval '1 hour' - CASE WHEN live THEN interval '14 days' * age ^ 3
          ELSE interval '3 years' * age END AS at0
      FROM (
        SELECT ticket, random() < 0.03 AS live, random() AS lot, random() AS age,
          %(customer)s + floor(%(customers)s * random() ^ 2)::bigint AS customer,
          CASE WHEN random() < 0.65 THEN 'fr' ELSE 'en' END AS language,
          (%(channels)s::text[])[1 + floor(100 * random())::int] AS channel,
          (ARRAY[1, 2, 2, 2, 2, 3, 4])[1 + floor(7 * random())::int] AS priority,
          CASE WHEN random() < 0.3 THEN ARRAY[(%(tags)s::text[])[1 + floor(8 * random())::int]] ELSE '{}' END AS tags,
          (%(people)s::bigint[])[1 + floor(cardinality(%(people)s::bigint[]) * random() ^ 2)::int] AS person,
          (%(teams)s::bigint[])[1 + floor(cardinality(%(teams)s::bigint[]) * random())::int] AS team,
          (%(reasons)s::bigint[])[1 + floor(cardinality(%(reasons)s::bigint[]) * random() ^ 2)::int] AS reason,
          random() < 0.8 AS owned, floor(%(subjects)s * random())::int AS subject,
          floor(%(texts)s * random())::int AS text0, floor(%(texts)s * random())::int AS text1,
          floor(%(texts)s * random())::int AS text2, floor(%(texts)s * random())::int AS text3,
          make_interval(secs => exp(random_normal(8.5, 1.2))) AS gap1,
          make_interval(secs => exp(random_normal(8.5, 1.2))) AS gap2,
          make_interval(secs => exp(random_normal(8.5, 1.2))) AS gap3
        FROM generate_series(%(first)s, %(last)s) AS ticket
      ) lots
    ) drawn
"""
CHANNELS = ["email"] * 60 + ["form"] * 15 + ["chat"] * 15 + ["whatsapp"] * 6 + ["instagram"] * 4
TAGS = ["vip", "retard", "retour", "remboursement", "cadeau", "presse", "b2b", "relance"]
NAMES = ["Camille", "Léa", "Hugo", "Inès", "Jules", "Priya", "Oliver", "Emma", "Fatou", "Noah"]
NAMED = "CREATE TEMP TABLE load_names ON COMMIT DROP AS SELECT %s::text[] AS given, %s::text[] AS family"
FAMILIES = ["Durand", "Roy", "Lefèvre", "Petit", "Smith", "Moreau", "Diallo", "Jones", "Garcia", "Nguyen"]
# The four messages of each story.
TURNS = """
    load_stories s
    CROSS JOIN LATERAL (VALUES (0, at0, text0), (1, at1, text1), (2, at2, text2), (3, at3, text3))
      AS turn (nth, at, text)
    CROSS JOIN LATERAL (SELECT turn.nth IN (0, 2) OR turn.nth = 3 AND s.waiting AS theirs) AS who
"""
SAID = f"{TURNS} JOIN load_texts made ON made.key = s.language || turn.text"  # what each says; the first names an order
MESSAGES = {
    "ticket_id": "s.ticket",
    "author": "CASE WHEN theirs THEN 'customer' ELSE 'agent' END",
    "user_id": "CASE WHEN NOT theirs THEN person END",
    "customer_id": "CASE WHEN theirs THEN customer END",
    "channel_kind": "channel",
    "text": "CASE WHEN turn.nth = 0 THEN made.text || ' LD-' || customer ELSE made.text END",
    "at": "turn.at",
}
MESSAGE_EVENTS = {
    "ticket_id": "s.ticket",
    "kind": "'message'",
    "at": "turn.at",
    "actor": "CASE WHEN theirs THEN 'customer' ELSE 'agent' END",
    "user_id": "CASE WHEN NOT theirs THEN person END",
    "data": "'{}'",
    "reacted_at": "turn.at",
}
OPENED = {
    "ticket_id": "ticket",
    "kind": "'opened'",
    "at": "at0",
    "actor": "'customer'",
    "data": "'{}'",
    "reacted_at": "at0",
}
SOLVED = {
    "ticket_id": "ticket",
    "kind": "'state'",
    "at": "at3",
    "actor": "'agent'",
    "user_id": "person",
    "data": """'{"old": "open", "to": "solved"}'""",
    "reacted_at": "at3",
}
TICKETS = {
    "id": "ticket",
    "channel_kind": "channel",
    "customer_id": "customer",
    "subject": "named.text",
    "state": """CASE WHEN NOT live THEN 'solved' WHEN waiting THEN 'open'
        ELSE (ARRAY['pending', 'on_hold', 'open'])[1 + floor(3 * random())::int] END""",
    "priority": "priority",
    "team_id": "team",
    "assignee_id": "CASE WHEN owned THEN person END",
    "tags": "tags",
    "reason_id": "reason",
    "language": "s.language",
    "opened_at": "at0",
    "assigned_at": "CASE WHEN owned THEN at0 END",
    "solved_at": "CASE WHEN NOT live THEN at3 END",
    "last_activity_at": "at3",
    "snippet": "left(latest.text, 200)",
}
FOUND_BY_WORDS = {
    "ticket_id": "s.ticket",
    "at": "turn.at",
    "words": """made.words || (CASE WHEN turn.nth = 0 THEN comptoir_words(s.language, 'LD-' || customer) ELSE '' END
        || array_to_tsvector(ARRAY[comptoir_month(turn.at)]))""",
}
FOUND_BY_SUBJECT = {
    "ticket_id": "ticket",
    "at": "at0",
    "words": "setweight(named.words, 'A') || array_to_tsvector(ARRAY[comptoir_month(at0)])",
}
TRIGGERS = ("tickets_message", "tickets_event")  # what they would do is done for the tickets
Told = Callable[[str, int], None]


def load(shop: Shop, count: int, *, seed: int = 1, told: Told = lambda what, n: None) -> None:
    """Add `count` tickets over three years, all or nothing. `told(what, done)` hears of the progress."""
    rng = random.Random(seed)  # noqa: S311 (made-up data)
    writers = {"fr": Writer(rng, FRENCH), "en": Writer(rng, ENGLISH)}
    first, message, customers = next_id(Ticket), next_id(Message), max(1, count // 3)
    with transaction.atomic():
        execute("SET LOCAL maintenance_work_mem = '512MB'; SET LOCAL work_mem = '64MB'")
        execute("SELECT setseed(%s)", [1 / (seed + 1)])
        _pool(writers)
        for table in TRIGGERS:
            execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        execute("ALTER TABLE tickets_ticket DISABLE TRIGGER index_subject")
        with bare(FILLED):
            customer = _customers(shop, customers)
            for begin in range(first, first + count, CHUNK):
                last = min(begin + CHUNK, first + count) - 1
                _stories(begin, last, customer, customers)
                _write(shop, begin, message + 4 * (begin - first))
                told("tickets", last - first + 1)
            told("indexes", 0)
        for table in TRIGGERS:
            execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
        execute("ALTER TABLE tickets_ticket ENABLE TRIGGER index_subject")
        set_sequence(Ticket)
        set_sequence(Message)
        told("deadlines", 0)
        execute(f"ANALYZE {', '.join(model._meta.db_table for model in FILLED)}")
        settle_many(_promised(shop).filter(pk__gte=first).values_list("pk", flat=True))


def _promised(shop: Shop) -> QuerySet[Ticket]:
    """The tickets that wait, and those of which something was written since the shop first promised anything."""
    policies = shop.sla_policies.filter(active=True)
    since = [one or ALWAYS for one in policies.values_list("valid_from", flat=True)]
    if not since:
        return Ticket.objects.live()
    return Ticket.objects.filter(Q(is_live=True) | Q(last_activity_at__gte=min(since)))


def _pool(writers: dict[str, Writer]) -> None:
    """Texts, and subjects behind them, each stemmed once."""
    lines = [(language, nth, text) for language, writer in writers.items() for nth, text in enumerate(writer.texts)]
    execute(TEXTS, [list(column) for column in zip(*lines, strict=True)])
    subjects = [(key, nth, text) for key, writer in writers.items() for nth, text in enumerate(writer.subjects)]
    execute(TEXTS.replace("load_texts", "load_subjects"), [list(column) for column in zip(*subjects, strict=True)])
    execute("ANALYZE load_texts, load_subjects")  # else they would be sorted, and the messages come in their order


def _customers(shop: Shop, count: int) -> int:
    """So many customers, each with an address and an order; returns the first one's number."""
    first, now = next_id(Customer), datetime.now(UTC)
    source = f"generate_series({first}, {first + count - 1}) AS pk"
    execute(NAMED, [NAMES, FAMILIES])
    fill(
        Customer,
        {
            "id": "pk",
            "name": "given[1 + floor(10 * random())::int] || ' ' || family[1 + floor(10 * random())::int]",
            "language": "CASE WHEN random() < 0.65 THEN 'fr' ELSE 'en' END",
            "postcode": "lpad((1000 + floor(94000 * random()))::int::text, 5, '0')",
            "vip": "random() < 0.02",
            "created_at": f"timestamptz '{now.isoformat()}' - interval '3 years' * random()",
        },
        f"{source}, load_names",
    )
    fill(Identity, {"customer_id": "pk", "kind": "'email'", "value": "'load' || pk || '@example.net'"}, source)
    fill(
        Order,
        {
            "shop_id": str(shop.pk),
            "customer_id": "pk",
            "number": "'LD-' || pk",
            "placed_at": f"timestamptz '{now.isoformat()}' - interval '900 days' * random()",
            "status": "'delivered'",
            "total": "round((9 + 291 * random())::numeric, 2)",
            "currency": "'EUR'",
        },
        source,
    )
    set_sequence(Customer)
    return first


def _stories(first: int, last: int, customer: int, customers: int) -> None:
    execute("DROP TABLE IF EXISTS load_stories")
    known = {
        "now": datetime.now(UTC),
        "first": first,
        "last": last,
        "customer": customer,
        "customers": customers,
        "channels": CHANNELS,
        "tags": TAGS,
        "people": [*User.objects.filter(is_active=True).order_by("pk").values_list("pk", flat=True)],
        "teams": [None, *Team.objects.order_by("pk").values_list("pk", flat=True)],
        "reasons": [None, *Reason.objects.order_by("pk").values_list("pk", flat=True)],
        "texts": POOL,
        "subjects": SUBJECTS,
    }
    execute(STORIES, known)


def _write(shop: Shop, first: int, message: int) -> None:
    """The rows of the stories told. `message`: the number of the first message."""
    number = f"{message} + 4 * (s.ticket - {first}) + turn.nth"
    fill(Message, MESSAGES | {"id": number}, SAID)
    fill(SearchEntry, FOUND_BY_WORDS | {"message_id": number}, SAID)
    fill(Event, OPENED, "load_stories s")
    fill(Event, MESSAGE_EVENTS | {"message_id": number}, TURNS)
    fill(Event, SOLVED, "load_stories s WHERE NOT live")
    source = """load_stories s JOIN load_subjects named ON named.key = s.language || s.subject
        JOIN load_texts latest ON latest.key = s.language || s.text3"""
    fill(Ticket, TICKETS | {"shop_id": str(shop.pk)}, source)
    fill(SearchEntry, FOUND_BY_SUBJECT, source)
