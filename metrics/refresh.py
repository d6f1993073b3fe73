"""Keeping facts true: triggers queue a ticket in the transaction that changes it, this recomputes it whole.

Whoever shows figures calls `catch_up` first, so that they are never older than the last committed change.
"""

import os
from collections.abc import Collection, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import datetime
from multiprocessing import get_context
from operator import attrgetter
from typing import Any

from django.db import connection, connections, models, transaction
from django.db.models import Max

from hours import totals
from hours.models import Calendar
from metrics.facts import Facts, facts_of
from metrics.models import DirtyTicket, OpenSpan, TicketFacts, WaitFact
from metrics.timeline import load, survivors_of
from tickets.models import Ticket

BATCH = 500
LOCK = 0x0C0F1607
FEW = 20_000  # tickets that one process rebuilds sooner than several would start
Values = tuple[Any, ...]


def mark(ids: Iterable[int]) -> None:
    """Queue tickets by hand, for changes that no trigger sees."""
    DirtyTicket.objects.bulk_create([DirtyTicket(ticket_id=pk) for pk in ids], batch_size=5000)


def catch_up(most: int | None = None) -> int:
    """Recompute what is queued, at most about so many tickets. Returns how many are still queued (0: all is fresh)."""
    done = 0
    while DirtyTicket.objects.exists():
        done += _next_batch()
        if most is not None and done >= most:
            return DirtyTicket.objects.values("ticket_id").distinct().count()
    return 0


@transaction.atomic
def _next_batch() -> int:
    """Take a batch off the queue and recompute it. What commits meanwhile adds its own row and is seen next time."""
    _alone()
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH next AS (SELECT DISTINCT ticket_id FROM (SELECT ticket_id FROM metrics_dirtyticket ORDER BY id"
            " LIMIT %s) oldest) DELETE FROM metrics_dirtyticket d USING next WHERE d.ticket_id = next.ticket_id"
            " RETURNING d.ticket_id",
            [BATCH],
        )
        ids = {row[0] for row in cursor.fetchall()}
    _recompute(survivors_of(ids))
    return len(ids)


@transaction.atomic
def recompute(ids: Collection[int]) -> None:
    """Replace the facts of these tickets by what their timelines say now. Rows that stay the same are not touched."""
    _alone()
    _recompute(ids)


def _recompute(ids: Collection[int]) -> None:
    fresh = list(computed(ids))
    stored = stored_rows(TicketFacts, ids)
    told = {facts.ticket.ticket_id: [of_ticket(facts)] for facts in fresh}
    _copy(TicketFacts, [row for pk, rows in told.items() if pk not in stored for row in rows])
    _update([row for pk, rows in told.items() if pk in stored and stored[pk] != rows for row in rows])
    _replace(WaitFact, {facts.ticket.ticket_id: facts.waits for facts in fresh})
    _replace(OpenSpan, {facts.ticket.ticket_id: facts.spans for facts in fresh})


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
    if since is None:
        DirtyTicket.objects.filter(pk__lte=queued).delete()


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


def _alone() -> None:
    """Until the end of the transaction nobody else writes facts."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])


def computed(ids: Collection[int]) -> Iterator[Facts]:
    """The facts of these tickets, unsaved."""
    hours = {calendar.shop_id: totals.key_of(calendar) for calendar in Calendar.objects.filter(default=True)}
    for timeline in load(ids):
        yield facts_of(timeline, hours.get(timeline.ticket.shop_id))


def columns(model: type[models.Model]) -> list[str]:
    """A model's columns; of child rows without their number, the ticket first."""
    return [field.column for field in model._meta.concrete_fields if field.column != "id"]


COLUMNS = columns(TicketFacts)
_VALUES = attrgetter(*COLUMNS)


def of_ticket(facts: Facts) -> Values:
    values: Values = _VALUES(facts.ticket)
    return values


def stored_rows(model: type[models.Model], ids: Iterable[int]) -> dict[int, list[Values]]:
    """The rows of these tickets, as tuples of their columns in order."""
    names = columns(model)
    order = "id" if model is not TicketFacts else names[0]
    statement = f"SELECT {_listed(names)} FROM {model._meta.db_table} WHERE {names[0]} = ANY(%s) ORDER BY {order}"  # noqa: S608  (names of our own columns)
    found: dict[int, list[Values]] = {}
    with connection.cursor() as cursor:
        cursor.execute(statement, [list(ids)])
        for row in cursor.fetchall():
            found.setdefault(row[0], []).append(row)
    return found


def _replace(model: type[models.Model], fresh: dict[int, Sequence[Values]]) -> None:
    stored = stored_rows(model, fresh)
    changed = [pk for pk, rows in fresh.items() if stored.get(pk, []) != rows]
    if gone := [pk for pk in changed if pk in stored]:
        with connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {model._meta.db_table} WHERE facts_id = ANY(%s)", [gone])  # noqa: S608
    _copy(model, [row for pk in changed for row in fresh[pk]])


def _copy(model: type[models.Model], rows: Sequence[Values]) -> None:
    if not rows:
        return
    statement = f"COPY {model._meta.db_table} ({_listed(columns(model))}) FROM STDIN"
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)


def _update(rows: Sequence[Values]) -> None:
    if not rows:
        return
    key, *others = COLUMNS
    values = ", ".join(f'"{name}" = %s' for name in others)
    statement = f"UPDATE {TicketFacts._meta.db_table} SET {values} WHERE {key} = %s"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.executemany(statement, [(*row[1:], row[0]) for row in rows])


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)


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
    told, found = stored_rows(TicketFacts, ids), []
    for facts in fresh:
        pk, should = facts.ticket.ticket_id, of_ticket(facts)
        for column, stored, value in zip(COLUMNS, told.get(pk, [(None,) * len(COLUMNS)])[0], should, strict=True):
            if stored != value:
                found.append(f"#{pk} {column}: {stored!r}, should be {value!r}")
    for model, name in ((WaitFact, "waits"), (OpenSpan, "spans")):
        stored_children = stored_rows(model, ids)
        for facts in fresh:
            pk, rows = facts.ticket.ticket_id, getattr(facts, name)
            if stored_children.get(pk, []) != rows:
                found.append(f"#{pk} {name}: {stored_children.get(pk, [])!r}, should be {rows!r}")
    return found
