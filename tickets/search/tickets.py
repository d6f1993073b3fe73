"""Searching what was said. Common words are looked for in the newest messages only; the database's own estimate
chooses the way (research/perf-floor.md, section 3)."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.db import connection
from django.db.models import Q
from django.utils.dateparse import parse_date

from accounts.models import User
from tickets.models import Priority, SearchEntry, Ticket
from tickets.querysets import TicketQuerySet
from tickets.search import vocabulary
from tickets.search.customers import customers_like
from tickets.search.highlight import Excerpt, excerpts
from tickets.search.question import Question

MOST = 500  # messages ranked
FEW, COMMON = 5000, 0.012  # rows: below, all are ranked; share of rows: above, the newest are walked
LOOK, WALK = 20_000, 60_000  # newest messages walked: for a phrase at first; for a common word
PART = 5000  # messages with all words of a phrase that are read at a time
MONTHS = 24
ENOUGH = 20  # matches found on a short way
NEXT_TO = re.compile(r"<(-|\d+)>")  # between the words of a phrase
Hit = tuple[int, int | None]  # a ticket, and its message or None for the subject
# The rank halves after 90 days.
ALL = """
SELECT ticket_id, message_id FROM tickets_searchentry, (SELECT %(query)s::tsquery AS q) AS asked
WHERE words @@ %(narrow)s::tsquery
ORDER BY ts_rank(words, q) / (1 + extract(epoch FROM now() - at) / 7776000.0) DESC, id DESC LIMIT %(most)s
"""
NEWEST = """
SELECT ticket_id, message_id FROM (
  SELECT * FROM (SELECT * FROM tickets_searchentry ORDER BY at DESC, id DESC LIMIT %(walk)s) AS newest
  WHERE words @@ %(query)s::tsquery LIMIT %(most)s
) AS found, (SELECT %(query)s::tsquery AS q) AS asked
ORDER BY ts_rank(words, q) / (1 + extract(epoch FROM now() - at) / 7776000.0) DESC, id DESC
"""
# Where merged tickets are read; UNION ends where merges run in a circle.
HOMES = """
WITH RECURSIVE up(id, next) AS (
    SELECT id, merged_into_id FROM tickets_ticket WHERE id = ANY(%(numbers)s) AND merged_into_id IS NOT NULL
    UNION
    SELECT up.id, one.merged_into_id FROM up JOIN tickets_ticket one ON one.id = up.next
    WHERE one.merged_into_id IS NOT NULL
)
SELECT up.id, one.id FROM up JOIN tickets_ticket one ON one.id = up.next WHERE one.merged_into_id IS NULL
"""


@dataclass(frozen=True)
class Found:
    """What a search found: numbers in order of relevance, where each one says it, whether there may be more, and the
    words that were searched instead of misspelt ones. `older`: messages are left that nobody has read for it."""

    numbers: list[int]
    excerpts: dict[int, Excerpt]
    more: bool = False
    corrected: str = ""
    older: bool = False


@dataclass(frozen=True)
class Said:
    """Where the words were found. `full`: there may be as many again; `older`: as in Found."""

    hits: list[Hit]
    full: bool = False
    older: bool = False


def tickets_like(question: Question, user: User, *, limit: int = 50, patient: bool = True) -> Found:
    """The tickets that this user may see which answer the question: number, people and orders first, then words.

    Unless `patient`, a phrase of words that are in very many messages is sought in the newest of these only.
    """
    allowed = narrowed(Ticket.objects.visible_to(user).present(), question, user)
    if not question.words:
        return Found(list(allowed.order_by("-last_activity_at", "-pk").values_list("pk", flat=True)[:limit]), {})
    first = _by_number(question, allowed) + _of_people(question, user, allowed, limit)
    said, corrected = _said(question.words, allowed, patient)
    numbers = list(dict.fromkeys([*first, *(ticket for ticket, _message in said.hits)]))
    if len(numbers) < limit and said.full:  # the newest matches are mostly not theirs: ask for theirs
        numbers += [number for number in _theirs(question.words, allowed, limit) if number not in numbers]
    shown = numbers[:limit]
    where = {ticket: message for ticket, message in reversed(said.hits) if message is not None}
    told = excerpts(shown, where, corrected or question.words)
    return Found(shown, told, len(numbers) > limit, corrected, said.older)


def narrowed(tickets: TicketQuerySet, question: Question, user: User) -> TicketQuerySet:
    """With the filters of the question; one that means nothing finds nothing, rather than everything."""
    for name, value in question.filters.items():
        tickets = tickets.filter(_condition(name, value, user))
    return tickets


def _condition(name: str, value: str, user: User) -> Q:
    return CONDITIONS[name](value) if name in CONDITIONS else _assignee(value, user)


def _assignee(value: str, user: User) -> Q:
    if value in ("me", "none"):
        return Q(assignee=user if value == "me" else None)
    return Q(assignee__first_name__iexact=value) | Q(assignee__email__iexact=value)


def _priority(value: str) -> Q:
    return Q(priority=Priority[value.upper()]) if value.upper() in Priority.names else NOTHING


def _opened(lookup: str, value: str) -> Q:
    try:
        day = parse_date(value)
    except ValueError:
        day = None
    return Q(**{f"opened_at__date__{lookup}": day}) if day else NOTHING


NOTHING = Q(pk__in=[])
CONDITIONS: dict[str, Callable[[str], Q]] = {
    "state": lambda value: Q(state=value.lower()),
    "channel": lambda value: Q(channel_kind=value.lower()) | Q(channel__name__iexact=value),
    "tag": lambda value: Q(tags__contains=[value]),
    "priority": _priority,
    "team": lambda value: Q(team=None) if value == "none" else Q(team__key=value),
    "shop": lambda value: Q(shop__key=value),
    "reason": lambda value: Q(reason__key=value) | Q(reason__what__iexact=value) | Q(reason__why__iexact=value),
    "before": lambda value: _opened("lt", value),
    "after": lambda value: _opened("gte", value),
}


def _by_number(question: Question, allowed: TicketQuerySet) -> list[int]:
    if question.number is None:
        return []
    home = _homes([question.number]).get(question.number, question.number)
    return list(allowed.filter(pk=home).values_list("pk", flat=True))


def _homes(numbers: list[int]) -> dict[int, int]:
    """Of the merged ones among these tickets, where each is read."""
    with connection.cursor() as cursor:
        cursor.execute(HOMES, {"numbers": numbers})
        return dict(cursor.fetchall())


def _of_people(question: Question, user: User, allowed: TicketQuerySet, limit: int) -> list[int]:
    """The newest tickets of customers whom the words name: by name, postcode, address, phone or order."""
    people = customers_like(question.words, user, limit=limit)
    if not people:
        return []
    theirs = allowed.filter(customer__in=people)
    return list(theirs.order_by("-last_activity_at", "-pk").values_list("pk", flat=True)[:limit])


def _said(words: str, allowed: TicketQuerySet, patient: bool) -> tuple[Said, str]:
    """The best matches, and the corrected words, if any were."""
    said = _matches(words, allowed, patient)
    corrected = "" if said.hits else _corrected(words)
    return (_matches(corrected, allowed, patient) if corrected else said), corrected


def _corrected(words: str) -> str:
    """The same words, those that nobody has ever written replaced by the nearest known one; "" when none can be."""
    found = re.findall(r"[^\W\d_]{4,}", words)
    changes = {word: near[0] for word in found if not vocabulary.knows(word) and (near := vocabulary.nearest(word))}
    if not changes:
        return ""
    return re.sub(r"[^\W\d_]{4,}", lambda match: changes.get(match[0], match[0]), words)


def _matches(words: str, allowed: TicketQuerySet, patient: bool) -> Said:
    with connection.cursor() as cursor:
        cursor.execute("SELECT comptoir_query(%s)::text", [words])
        (query,) = cursor.fetchone()
        if not query:
            return Said([])
        cursor.execute("SELECT greatest(reltuples, 1) FROM pg_class WHERE oid = 'tickets_searchentry'::regclass")
        (rows,) = cursor.fetchone()
        together = NEXT_TO.sub("&", query)
        cursor.execute("EXPLAIN (FORMAT JSON) SELECT 1 FROM tickets_searchentry WHERE words @@ %s::tsquery", [together])
        (plan,) = cursor.fetchone()
        plan = json.loads(plan) if isinstance(plan, str) else plan
        ways = _ways(query, plan[0]["Plan"]["Plan Rows"], rows, phrase=together != query, patient=patient)
        for statement, narrow, walk in ways:
            cursor.execute(statement, {"query": query, "narrow": narrow, "most": MOST, "walk": walk})
            found: list[Hit] = cursor.fetchall()
            homes = _homes([ticket for ticket, _message in found])
            read = [(homes.get(ticket, ticket), message) for ticket, message in found]
            theirs = set(allowed.filter(pk__in=[ticket for ticket, _message in read]).values_list("pk", flat=True))
            hits = [hit for hit in read if hit[0] in theirs]
            if len(hits) >= ENOUGH:
                break
    return Said(hits, len(found) == MOST, together != query and (statement, narrow) != (ALL, query))


def _ways(query: str, estimate: int, rows: int, *, phrase: bool, patient: bool) -> Iterator[tuple[str, str, int]]:
    """Statements, the condition and the messages walked of each: the cheapest first, the last finds all.

    `estimate`: messages with all the words. Every one of them is read for a phrase, of which the index knows nothing:
    the newest ones first, if there are many, and only those unless somebody is `patient`.
    """
    if phrase and estimate > LOOK and not patient:
        yield NEWEST, query, LOOK
        yield _newest(query, PART, estimate)
        return
    if not phrase and estimate >= max(FEW, COMMON * rows):
        yield NEWEST, query, WALK
    elif not phrase and estimate > FEW:
        yield _newest(query, 800, estimate)
    yield ALL, query, 0


def _newest(query: str, wanted: int, estimate: int) -> tuple[str, str, int]:
    """The way through as many months as hold so many messages; where a month holds far more, the newest of them."""
    months = round(wanted * MONTHS / estimate)
    return (ALL, f"({query}) & ({_newest_months(months)})", 0) if months else (NEWEST, query, WALK)


def _newest_months(count: int) -> str:
    """The lexemes of so many months, the current one first, as a condition."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT comptoir_month(now() - make_interval(months => n)) FROM generate_series(0, %s) AS n",
            [min(count, MONTHS)],
        )
        return " | ".join(f"'{row[0]}'" for row in cursor.fetchall())


def _theirs(words: str, allowed: TicketQuerySet, limit: int) -> list[int]:
    entries = SearchEntry.objects.extra(where=["words @@ comptoir_query(%s)"], params=[words])
    theirs = entries.filter(ticket__in=allowed.values("pk")).order_by("-at").values_list("ticket", flat=True)
    return list(dict.fromkeys(theirs[: limit * 4]))
