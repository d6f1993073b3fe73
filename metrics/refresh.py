"""Keeping facts true: triggers queue a ticket in the transaction that changes it, this recomputes it whole.

Whoever shows figures calls `catch_up` first, so that they are never older than the last committed change.
"""

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from typing import Any

from django.db import connection, models, transaction
from django.db.models import Max

from hours import totals
from hours.models import Calendar
from metrics.facts import Facts, facts_of
from metrics.models import DirtyTicket, OpenSpan, TicketFacts, WaitFact
from metrics.timeline import load, survivors_of
from tickets.models import Ticket

BATCH = 500
LOCK = 0x0C0F1607  # one refresher at a time: pg_advisory_xact_lock


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
    recompute(survivors_of(ids))
    return len(ids)


@transaction.atomic
def recompute(ids: Collection[int]) -> None:
    """Replace the facts of these tickets by what their timelines say now. Rows that stay the same are not touched."""
    _alone()
    fresh = list(computed(ids))
    TicketFacts.objects.bulk_create(
        [facts.ticket for facts in fresh],
        update_conflicts=True,
        unique_fields=["ticket"],
        update_fields=[column for column in COLUMNS if column != "ticket_id"],
    )
    _replace(WaitFact, {facts.ticket.pk: facts.waits for facts in fresh})
    _replace(OpenSpan, {facts.ticket.pk: facts.spans for facts in fresh})


def rebuild(since: datetime | None = None) -> Iterator[int]:
    """Recompute every ticket, or those with something happening since then; yields how many are done so far.

    What was queued before it began is done with it.
    """
    queued = DirtyTicket.objects.aggregate(last=Max("pk"))["last"] or 0
    done = 0
    for batch in ticket_ids(since):
        recompute(batch)
        done += len(batch)
        yield done
    if since is None:
        DirtyTicket.objects.filter(pk__lte=queued).delete()


def _alone() -> None:
    """Until the end of the transaction nobody else writes facts."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])


def computed(ids: Collection[int]) -> Iterator[Facts]:
    """The facts of these tickets, unsaved."""
    hours = {calendar.shop_id: totals.key_of(calendar) for calendar in Calendar.objects.filter(default=True)}
    for timeline in load(ids):
        yield facts_of(timeline, hours.get(timeline.ticket.shop_id))


def _replace(model: type[models.Model], fresh: dict[int, list[Any]]) -> None:
    stored = stored_rows(model, fresh)
    changed = [pk for pk, rows in fresh.items() if stored.get(pk, []) != [values(row) for row in rows]]
    model._default_manager.filter(facts__in=changed).delete()
    model._default_manager.bulk_create([row for pk in changed for row in fresh[pk]])


def stored_rows(model: type[models.Model], ids: Iterable[int]) -> dict[int, list[tuple[Any, ...]]]:
    """The child rows of these tickets' facts, as tuples of their columns in order."""
    found: dict[int, list[tuple[Any, ...]]] = {}
    rows = model._default_manager.filter(facts__in=list(ids)).order_by("facts", "pk")
    for row in rows.values_list(*columns(model)):
        found.setdefault(row[0], []).append(row)
    return found


def columns(model: type[models.Model]) -> list[str]:
    """The attributes of a model's columns; of child rows without their number, the ticket first."""
    return [field.attname for field in model._meta.concrete_fields if field.attname != "id"]


def values(row: models.Model) -> tuple[Any, ...]:
    return tuple(getattr(row, column) for column in columns(type(row)))


COLUMNS = columns(TicketFacts)


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
    told = {row[0]: row for row in TicketFacts.objects.filter(pk__in=ids).values_list(*COLUMNS)}
    found = [
        f"#{facts.ticket.pk} {column}: {stored!r}, should be {value!r}"
        for facts in fresh
        for column, stored, value in zip(
            COLUMNS, told.get(facts.ticket.pk, (None,) * len(COLUMNS)), values(facts.ticket), strict=True
        )
        if stored != value
    ]
    for model, name in ((WaitFact, "waits"), (OpenSpan, "spans")):
        stored = stored_rows(model, ids)
        for facts in fresh:
            rows = [values(row) for row in getattr(facts, name)]
            if stored.get(facts.ticket.pk, []) != rows:
                found.append(f"#{facts.ticket.pk} {name}: {stored.get(facts.ticket.pk, [])!r}, should be {rows!r}")
    return found
