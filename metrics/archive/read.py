"""An import: every line of a file into the database, in batches that each hold or fail as one."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from hashlib import blake2b
from pathlib import Path
from typing import Protocol

from django.db import DatabaseError, connection, transaction
from django.db.models import Model, QuerySet
from psycopg.types.json import Jsonb

from customers.models import Customer, Order
from faq.models import SelfServiceEntry
from metrics.archive.fields import BadLine, Fields, load
from metrics.archive.keys import Keys
from metrics.archive.lines import house
from metrics.archive.lines.customers import link_customers, store_customers, store_orders
from metrics.archive.lines.files import store_files
from metrics.archive.lines.line import Line, Result
from metrics.archive.lines.links import link
from metrics.archive.lines.self_service import store_entries
from metrics.archive.lines.tickets import store_tickets
from metrics.archive.models import ArchiveLine
from metrics.archive.scan import TYPES, Scan, scan
from metrics.models import OpenSpan, OrderFact, TicketFacts, WaitFact
from metrics.refresh import catch_up
from surveys.models import Survey
from tickets import deadlines
from tickets.models import Deadline, Event, Message, Ticket

BATCH, BYTES = 200, 32_000_000
NOTE = """
    INSERT INTO archive_archiveline (type, key, digest, pending, extra)
    SELECT %s, * FROM unnest(%s::text[], %s::bytea[], %s::boolean[], %s::jsonb[])
    ON CONFLICT (type, key) DO UPDATE SET (digest, pending, extra) = (excluded.digest, excluded.pending, excluded.extra)
"""
Store = Callable[[list[Line], Keys], None]
BULK: dict[str, Store] = {
    "customer": store_customers,
    "order": store_orders,
    "ticket": store_tickets,
    "attachment": store_files,
    "self_service": store_entries,
}


class Told(Protocol):
    """Who is told how it goes."""

    def problem(self, number: int, problem: BadLine) -> None: ...
    def note(self, number: int, words: str) -> None: ...
    def step(self, what: str, done: int, total: int) -> None: ...


class Import:
    """One run over one file. `counts[type][result]` at the end.

    A line is stored together with its digest, so that a run that was killed goes on where it stood: lines that are
    stored are unchanged, tickets whose merges and deadlines are still to do are marked pending.
    """

    def __init__(self, path: Path, told: Told) -> None:
        self.path, self.told = path, told
        self.counts: dict[str, Counter[Result]] = {}
        self.merging: dict[str, int] = {}  # ticket -> line number, of those whose line names another ticket
        self.done = self.total = 0
        self.rehearsing = False

    @property
    def bad(self) -> int:
        return sum(counts[Result.BAD] for counts in self.counts.values())

    def run(self) -> None:
        """Import the file, and bring the figures up to date. OSError when it cannot be read."""
        self._store_file()
        analyze(Customer, Order, Ticket, Message, Event, Deadline, Survey, SelfServiceEntry)
        self._settle()
        catch_up()
        analyze(TicketFacts, WaitFact, OpenSpan, OrderFact)

    def rehearse(self) -> None:
        """Do it all, and take it all back."""
        self.rehearsing = True
        with transaction.atomic():
            self._store_file()
            transaction.set_rollback(True)

    def _store_file(self) -> None:
        found = scan(self.path)
        waiting = set(_pending().values_list("key", flat=True))  # for a ticket that may have come by now
        self.total = found.count()
        for number, problem in found.bad:
            self._bad("line", number, problem)
        for kind in TYPES:
            self._store_all(kind, found)
        self._link(waiting)

    def _store_all(self, kind: str, found: Scan) -> None:
        keys = self._keys()
        for batch in self._batches(kind, found):
            try:
                self._store(kind, batch, keys)
            except DatabaseError:  # one of them is more than the database takes: find it
                keys = self._keys()
                for line in batch:
                    keys = self._store_alone(kind, line, keys)
            self._tell(kind, batch)
            if kind in house.STORE:
                keys = self._keys()
        if kind == "customer":
            link_customers()

    def _store_alone(self, kind: str, line: Line, keys: Keys) -> Keys:
        line.problem, line.pending, line.notes = None, False, []
        line.fields = Fields(line.fields.values)
        line.fields.take("type")
        line.fields.key()
        try:
            self._store(kind, [line], keys)
        except DatabaseError as problem:
            line.problem = BadLine("line", " ".join(str(problem).split())[:300])
            return self._keys()
        return keys

    def _keys(self) -> Keys:
        return Keys(rehearsing=self.rehearsing)

    @transaction.atomic
    def _store(self, kind: str, batch: list[Line], keys: Keys) -> None:
        """One batch, all or nothing. Lines that are stored already are left out by their digest."""
        known = dict(
            ArchiveLine.objects.filter(type=kind, key__in=[line.key for line in batch]).values_list("key", "digest")
        )
        fresh = [line for line in batch if bytes(known.get(line.key, b"")) != line.digest]
        if kind in BULK:
            BULK[kind](fresh, keys)
        else:
            _store_one_by_one(kind, fresh, keys)
        _note(kind, [line for line in fresh if not line.problem])

    def _batches(self, kind: str, found: Scan) -> Iterator[list[Line]]:
        """Lines that can be read, so many at a time; the same key twice never in one batch."""
        batch: list[Line] = []
        held: set[str] = set()
        size = 0
        for number, raw in found.lines(kind):
            try:
                fields = Fields(load(raw.removeprefix(b"\xef\xbb\xbf") if number == 1 else raw))
                fields.take("type")
                key = fields.key()
            except BadLine as problem:
                self._bad(kind, number, problem)
                continue
            size += len(raw)
            if len(batch) == BATCH or key in held or (batch and size > BYTES):
                yield batch
                batch, held, size = [], set(), len(raw)
            batch.append(Line(number, key, fields, blake2b(raw.strip(), digest_size=16).digest()))
            held.add(key)
        if batch:
            yield batch

    def _tell(self, kind: str, batch: list[Line]) -> None:
        for line in batch:
            if line.problem:
                self._bad(kind, line.number, line.problem)
                continue
            self.counts.setdefault(kind, Counter())[line.result] += 1
            if kind == "ticket" and _names_another(line.fields):
                self.merging[line.key] = line.number
            if line.result != Result.UNCHANGED:
                for words in [*line.notes, *_unknown(line)]:
                    self.told.note(line.number, words)
        self.done += len(batch)
        self.told.step(kind, self.done, self.total)

    def _bad(self, kind: str, number: int, problem: BadLine) -> None:
        self.counts.setdefault(kind, Counter())[Result.BAD] += 1
        self.told.problem(number, problem)

    def _link(self, waiting: set[str]) -> None:
        waiting |= self.merging.keys()
        pending = _pending().values_list("key", flat=True).order_by("pk")
        wrong = link(key for key in pending if key in waiting)
        for key, words in wrong.items():
            if key in self.merging:
                self.counts["ticket"][Result.BAD] += 1
                self.told.problem(self.merging[key], BadLine("events", words))

    def _settle(self) -> None:
        """Waits, deadlines and promises of what was imported, now that targets, hours and merges are known."""
        pending = _pending().order_by("pk")
        left = total = pending.count()
        last = 0
        while batch := list(pending.filter(pk__gt=last)[:BATCH]):
            last = batch[-1].pk
            with transaction.atomic():
                ids = Ticket.objects.filter(key__in=[line.key for line in batch]).values_list("pk", flat=True)
                deadlines.settle_many(list(ids))
                waiting = _unlinked([line.key for line in batch])
                ArchiveLine.objects.filter(pk__in=[line.pk for line in batch if line.key not in waiting]).update(
                    pending=False
                )
            left -= len(batch)
            self.told.step("deadlines", total - left, total)


def analyze(*models: type[Model]) -> None:
    """Tell the planner what these tables hold now: without, for the first minute it takes them for empty."""
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {', '.join(model._meta.db_table for model in models)}")


def _pending() -> QuerySet[ArchiveLine]:
    return ArchiveLine.objects.filter(type="ticket", pending=True)


def _note(kind: str, stored: list[Line]) -> None:
    """That these lines are stored, and what is still to do for them."""
    columns = [(line.key, line.digest, line.pending, Jsonb(line.keeps)) for line in stored]
    if columns:
        with connection.cursor() as cursor:
            cursor.execute(NOTE, [kind, *map(list, zip(*columns, strict=True))])


def _store_one_by_one(kind: str, lines: Iterable[Line], keys: Keys) -> None:
    for line in lines:
        try:
            with transaction.atomic():
                line.result = house.STORE[kind](line, keys)
        except BadLine as problem:
            line.problem = problem


def _unlinked(keys: list[str]) -> set[str]:
    """Of these tickets, those that wait for another one which may come with a later file."""
    rows = Ticket.objects.filter(key__in=keys, events__data__has_any_keys=["into_key", "out_of_key"])
    return {key for key in rows.values_list("key", flat=True) if key}


def _names_another(fields: Fields) -> bool:
    events = fields.values.get("events")
    if fields.values.get("follows"):
        return True
    return isinstance(events, list) and any(isinstance(one, dict) and one.get("kind") == "merged" for one in events)


def _unknown(line: Line) -> list[str]:
    return [f"{name}: unknown field, kept as it is" for name in sorted(line.fields.unknown)]
