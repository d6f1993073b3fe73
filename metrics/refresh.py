"""Keeping facts true: triggers queue a ticket in the transaction that changes it, this recomputes it whole.

Whoever shows figures calls `catch_up` first, so that they are never older than the last committed change.
"""

import os
from collections.abc import Collection, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import datetime
from json import dumps
from multiprocessing import get_context
from operator import attrgetter, itemgetter

from django.db import connection, connections, models, transaction
from django.db.models import Max

from helpdesk.lib import compiled
from hours import totals
from hours.models import Calendar
from metrics import purchases, returns
from metrics.facts import Facts, facts_of
from metrics.models import DirtyCustomer, DirtyTicket, OpenSpan, TicketFacts, WaitFact, Why
from metrics.timeline import Values, at_once, load
from tickets.models import Ticket

BATCH = 500
LOCK = 0x0C0F1607
ALONE = "SELECT pg_advisory_xact_lock(%(lock)s)"  # until the end of the transaction nobody else writes facts
FEW = 20_000  # tickets that one process rebuilds sooner than several would start


def mark(ids: Iterable[int]) -> None:
    """Queue tickets by hand, for changes that no trigger sees."""
    DirtyTicket.objects.bulk_create([DirtyTicket(ticket_id=pk) for pk in ids], batch_size=5000)


# Tickets off the queue, with those that they have been merged into: all whose facts a change of them touches. UNION
# ends where merges run in a circle.
NEXT = """
WITH RECURSIVE oldest AS (SELECT ticket_id FROM metrics_dirtyticket ORDER BY id LIMIT %(batch)s),
gone AS (DELETE FROM metrics_dirtyticket WHERE ticket_id IN (SELECT ticket_id FROM oldest) RETURNING ticket_id),
touched(id) AS (
    SELECT ticket_id FROM gone
    UNION
    SELECT merged_into_id FROM touched JOIN tickets_ticket USING (id) WHERE merged_into_id IS NOT NULL
)
SELECT id, (SELECT count(*) FROM oldest) FROM touched
"""
BUYERS = """
DELETE FROM metrics_dirtycustomer WHERE id IN (SELECT id FROM metrics_dirtycustomer ORDER BY id LIMIT %(batch)s)
RETURNING customer_id
"""
QUEUED = "SELECT EXISTS (SELECT FROM metrics_dirtyticket) OR EXISTS (SELECT FROM metrics_dirtycustomer)"


def catch_up(most: int | None = None) -> int:
    """Recompute what is queued, at most about so many tickets and buyers. Returns how many are still queued (0: all is
    fresh)."""
    done, more = 0, _is_queued()
    while more:
        count, more = _next_batch()
        done += count
        if most is not None and done >= most:
            still = (DirtyTicket.objects.values("ticket_id"), DirtyCustomer.objects.values("customer_id"))
            return sum(queued.distinct().count() for queued in still)
    return 0


def _is_queued() -> bool:
    ((row,),) = at_once(QUEUED)
    return bool(row[0])


@transaction.atomic
def _next_batch() -> tuple[int, bool]:
    """Take a batch off the queue and recompute it: how many, and whether it left any there. What commits meanwhile adds
    its own row and is seen next time."""
    _locked, touched, buyers = at_once(ALONE, NEXT, BUYERS, lock=LOCK, batch=BATCH)
    ids = [pk for pk, _taken in touched]
    _settle(ids, {pk for (pk,) in buyers})
    return len(ids) + len(buyers), BATCH in (len(buyers), *(taken for _pk, taken in touched[:1]))


@transaction.atomic
def recompute(ids: Collection[int]) -> None:
    """Replace the facts of these tickets by what their timelines say now. Rows that stay the same are not touched."""
    at_once(ALONE, lock=LOCK)
    _settle(ids, set())


def _settle(ids: Collection[int], buyers: set[int]) -> None:
    """The facts of these tickets, and what other tickets and orders say of them and of these customers."""
    openings, helped = _recompute(ids) if ids else (set(), set())
    returns.judge(openings)
    purchases.refresh(buyers | helped)


def _recompute(ids: Collection[int]) -> tuple[set[returns.Opening], set[int]]:
    """Returns which customers opened them when, now and before, where it may change who came back; and whom a
    colleague helped at another time than before."""
    fresh = list(computed(ids))
    facts, waits, spans = stored(ids)
    told = {one.ticket.ticket_id: [of_ticket(one)] for one in fresh}
    _copy(TicketFacts, [row for pk, rows in told.items() if pk not in facts for row in rows])
    changed = [row for pk, rows in told.items() if pk in facts and facts[pk] != rows for row in rows]
    changes: list[tuple[str, Values]] = [(UPDATE, (_as_json(changed),))] if changed else []
    new_waits = _changed({one.ticket.ticket_id: one.waits for one in fresh}, waits)
    new_spans = _changed({one.ticket.ticket_id: one.spans for one in fresh}, spans)
    for model, new, old in ((WaitFact, new_waits, waits), (OpenSpan, new_spans, spans)):
        if gone := [pk for pk in new if pk in old]:
            changes.append((f"DELETE FROM {model._meta.db_table} WHERE facts_id = ANY(%s)", (gone,)))  # noqa: S608
    _write(changes)
    _copy(WaitFact, [row for rows in new_waits.values() for row in rows])
    _copy(OpenSpan, [row for rows in new_spans.values() for row in rows])
    now, before = ([row for rows in some.values() for row in rows] for some in (told, facts))
    same = set(map(RETURNING, now)) & set(map(RETURNING, before))
    returning = (row for row in (*now, *before) if row[0] in new_spans or RETURNING(row) not in same)
    return _openings(returning), {customer for customer, _at in _helped(now) ^ _helped(before)}


def _openings(rows: Iterable[Values]) -> set[returns.Opening]:
    return {(row[CUSTOMER], row[OPENED]) for row in rows}


def _helped(rows: Iterable[Values]) -> set[returns.Opening]:
    return _openings(row for row in rows if row[REPLIES] and row[EXCLUDED] == Why.COUNTED)


def rebuild(since: datetime | None = None, *, processes: int | None = None) -> Iterator[int]:
    """Recompute every ticket, or those with something happening since then; yields how many are done so far.

    What was queued before it began is done with it. Many tickets are shared out among as many processes as there are
    processors: their batches are apart, so that each may write while the others do.
    """
    queued = DirtyTicket.objects.aggregate(last=Max("pk"))["last"] or 0
    if processes is None:
        processes = 1 if Ticket.objects.all()[FEW : FEW + 1].count() == 0 else os.cpu_count() or 1
    done = 0
    for count in _here(since) if processes == 1 else _shared_out(since, processes):
        done += count
        yield done
    with transaction.atomic():
        at_once(ALONE, lock=LOCK)
        _measure()
        returns.judge_all()
        purchases.refresh_all()
    if since is None:
        DirtyTicket.objects.filter(pk__lte=queued).delete()


def _measure() -> None:
    """Tell the planner how large the tables have become: who takes them for empty compares every ticket with all."""
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {', '.join(model._meta.db_table for model in (TicketFacts, OpenSpan))}")


def _here(since: datetime | None) -> Iterator[int]:
    for batch in ticket_ids(since):
        _rebuild_batch(batch)
        yield len(batch)


def _shared_out(since: datetime | None, processes: int) -> Iterator[int]:
    batches = list(ticket_ids(since))
    connections.close_all()  # a connection must not be in two processes
    with ProcessPoolExecutor(processes, get_context("fork")) as pool:
        yield from pool.map(_rebuild_batch, batches)


@transaction.atomic
def _rebuild_batch(ids: list[int]) -> int:
    with connection.cursor() as cursor:  # beside other batches of the rebuild, never beside a refresher
        cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", [LOCK])
    _recompute(ids)
    return len(ids)


def computed(ids: Collection[int]) -> Iterator[Facts]:
    """The facts of these tickets, unsaved."""
    calendars = compiled.found(lambda: Calendar.objects.filter(default=True), "default calendars")
    hours = {calendar.shop_id: totals.key_of(calendar) for calendar in calendars}
    for timeline in load(ids):
        yield facts_of(timeline, hours.get(timeline.ticket.shop_id))


def columns(model: type[models.Model]) -> list[str]:
    """A model's columns that a timeline says; of child rows without their number, the ticket first."""
    return [field.column for field in model._meta.concrete_fields if field.column not in ("id", "came_back")]


COLUMNS = columns(TicketFacts)
CUSTOMER, OPENED, EXCLUDED, REPLIES = map(COLUMNS.index, ("customer_id", "opened_at", "excluded", "replies"))
_VALUES = attrgetter(*COLUMNS)
# What decides, beside its spans, whether its customer came back with it or after it (`returns.AGAIN`).
RETURNING = itemgetter(
    *map(
        COLUMNS.index,
        ("ticket_id", "customer_id", "reason_id", "excluded", "by_customer", "opened_at", "first_solved_at"),
    )
)


def of_ticket(facts: Facts) -> Values:
    values: Values = _VALUES(facts.ticket)
    return values


def stored(ids: Collection[int]) -> list[dict[int, list[Values]]]:
    """The rows of these tickets as tuples of their columns, in order: facts, waits and spans."""
    found: list[dict[int, list[Values]]] = []
    for rows in at_once(*STORED, ids=list(ids)):
        found.append({})
        for row in rows:
            found[-1].setdefault(row[0], []).append(row)
    return found


def _stored(model: type[models.Model]) -> str:
    names = columns(model)
    order = names[0] if model is TicketFacts else "id"
    return f"SELECT {_listed(names)} FROM {model._meta.db_table} WHERE {names[0]} = ANY(%(ids)s) ORDER BY {order}"  # noqa: S608  (names of our own columns)


def _changed(fresh: dict[int, Sequence[Values]], stored: dict[int, list[Values]]) -> dict[int, Sequence[Values]]:
    return {pk: rows for pk, rows in fresh.items() if stored.get(pk, []) != rows}


def _write(changes: Sequence[tuple[str, Values]]) -> None:
    """All of it in one go."""
    if changes:
        with connection.cursor() as cursor:
            cursor.execute(
                ";".join(one for one, _values in changes), [value for _, values in changes for value in values]
            )


def _copy(model: type[models.Model], rows: Sequence[Values]) -> None:
    if not rows:
        return
    statement = f"COPY {model._meta.db_table} ({_listed(columns(model))}) FROM STDIN"
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)


def _as_json(rows: Iterable[Values]) -> str:
    return dumps([dict(zip(COLUMNS, row, strict=True)) for row in rows], default=str)


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)


STORED = [_stored(model) for model in (TicketFacts, WaitFact, OpenSpan)]
_TABLE, _KEY = TicketFacts._meta.db_table, COLUMNS[0]
UPDATE = f"""
UPDATE {_TABLE} old SET {", ".join(f"{name} = fresh.{name}" for name in COLUMNS[1:])}
FROM json_populate_recordset(null::{_TABLE}, %s) fresh WHERE old.{_KEY} = fresh.{_KEY}
"""  # noqa: S608


def ticket_ids(since: datetime | None = None) -> Iterator[list[int]]:
    """All tickets, or those with something happening since then, in batches."""
    last = 0
    rows = Ticket.objects.order_by("pk") if since is None else Ticket.objects.filter(last_activity_at__gte=since)
    while batch := list(rows.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:BATCH]):
        yield batch
        last = batch[-1]


def differences(ids: Collection[int]) -> list[str]:
    """What the stored facts of these tickets say otherwise than their timelines: one line each."""
    fresh = list(computed(ids))
    told, *children = stored(ids)
    found = [f"#{pk} came_back: {was}, should be {not was}" for pk, was in returns.misjudged(ids)]
    for facts in fresh:
        pk, should = facts.ticket.ticket_id, of_ticket(facts)
        for column, was, value in zip(COLUMNS, told.get(pk, [(None,) * len(COLUMNS)])[0], should, strict=True):
            if was != value:
                found.append(f"#{pk} {column}: {was!r}, should be {value!r}")
    for name, rows in zip(("waits", "spans"), children, strict=True):
        for facts in fresh:
            pk, due = facts.ticket.ticket_id, getattr(facts, name)
            if rows.get(pk, []) != due:
                found.append(f"#{pk} {name}: {rows.get(pk, [])!r}, should be {due!r}")
    return found
