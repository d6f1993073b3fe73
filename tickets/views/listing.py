"""What a request asks of a ticket list, and the list itself: shared by the inbox and the conversation page."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from hashlib import blake2b
from typing import Any
from urllib.parse import urlencode

from django.core.cache import cache
from django.db.models import QuerySet
from django.utils import timezone

from accounts.access import may
from accounts.http import Request
from accounts.models import User
from helpdesk.lib import compiled
from tickets.access import visible_views
from tickets.models import SavedView, Ticket
from tickets.querysets import TicketQuerySet, sight
from tickets.search import Found, ask, tickets_like
from tickets.views.colleagues import House, house, teams
from tickets.views.filters import Chosen, asked_filters, condition, frozen
from tickets.views.ordering import Ordering
from tickets.views.queues import DEFAULT, QUEUES, Counts, Queue, counts, end_of_day, saved_queue
from tickets.views.rows import Group, Row, Sight, grouped, page_of, rows_of

PAGE_SIZE = 50
MOST_ROWS = 300
MOST_FOUND = 100
PATIENCE = 1800  # seconds: how long the tickets of a patient search are gone through
THUMBS = ("open", "mentions", "snoozed")  # what a phone's bar has room for, beside the rest of the rail and the user


@dataclass(frozen=True, slots=True)
class Tab:
    """A queue as the rail and the phone's chips show it."""

    key: str
    label: str
    icon: str
    letter: str
    count: int | None
    url: str
    current: bool
    saved: SavedView | None = None


@dataclass
class Listing:
    """A queue as one user sees it, filtered, ordered and paged. A fixed number of queries, however many rows."""

    user: User
    key: str
    filters: Chosen = field(default_factory=dict)
    order: str = ""
    words: str = ""
    patient: bool = False  # the search may take seconds
    cursor: str = ""
    continues: str = ""
    size: int = PAGE_SIZE  # 0 on pages that only show the counts of the views
    current: int | None = None  # the ticket that the conversation page shows
    now: datetime = field(default_factory=timezone.now)

    @cached_property
    def saved(self) -> dict[str, Queue]:
        """The saved views of this user, everybody's first."""
        views = compiled.found(lambda: visible_views(self.user), ("views", sight(self.user)))
        return {queue.key: queue for queue in map(saved_queue, views)}

    @cached_property
    def queue(self) -> Queue:
        return QUEUES.get(self.key) or self.saved.get(self.key) or QUEUES[DEFAULT]

    @property
    def ordering(self) -> Ordering:
        return self.queue.ordering(self.order)

    @property
    def by_deadline(self) -> bool:
        return self.queue.live and not self.words and self.ordering.key == "due"

    @cached_property
    def query(self) -> str:
        """The part of an address that leads back to this list."""
        return self.address()

    def address(self, **changes: str | list[str] | None) -> str:
        """The list's address with some of its parameters changed, None for without."""
        own: dict[str, str | list[str] | None] = {"view": self.queue.key, **self.filters}
        own |= {"order": self.order, "q": self.words, "patient": "1" if self.patient else ""} | changes
        return "?" + urlencode({name: value for name, value in own.items() if value}, doseq=True)

    @cached_property
    def found(self) -> Found | None:
        """What a search found, None without one. Beside a ticket nothing is read again that took patience."""
        if not self.words:
            return None
        kept = f"patient:{self.user.pk}:{blake2b(self.words.encode()).hexdigest()}"
        again: Found | None = cache.get(kept) if self.patient and self.current else None
        if again:
            return again
        patient = self.patient and not self.current
        found = tickets_like(ask(self.words), self.user, limit=MOST_FOUND, patient=patient)
        if patient:
            cache.set(kept, found, PATIENCE)
        return found

    @property
    def patiently(self) -> str:
        """The address of the same search through every message."""
        return self.address(patient="1")

    @cached_property
    def _page(self) -> tuple[list[Row], str]:
        rows, more = self._page_behind(self.cursor)
        if not more or self.cursor or self.current in (None, *(row.number for row in rows[:-1])):
            return rows, more
        return self._page_behind(self._before_current)

    @property
    def _before_current(self) -> str:
        """The cursor of the page that begins with the current ticket, "" when the queue does not hold it."""
        order, number = self.ordering, self.current or 0

        def places(number: int) -> QuerySet[Ticket, Any]:
            held = self.queue.tickets(self.user, self.filters).filter(pk=number)
            return held.values_list(order.field, flat=True)

        key = ("place", sight(self.user), self.queue.meaning, frozen(self.filters), order.key)
        return "".join(order.from_row(at, number) for at in compiled.found(places, key, number))

    def _page_behind(self, cursor: str) -> tuple[list[Row], str]:
        found = self.found
        seen = Sight(
            user=self.user,
            now=self.now,
            midnight=end_of_day(self.now),
            query=self.query,
            contact=may(self.user, "customer.contact"),
            current=self.current,
            excerpts=found.excerpts if found else {},
        )
        if found:
            narrowed = Ticket.objects.visible_to(self.user).filter(condition(self.filters, self.user))
            return rows_of(narrowed, found.numbers, seen), ""
        key = (sight(self.user), self.queue.meaning, frozen(self.filters), self.ordering.key, cursor)
        return page_of(lambda: self._tickets(cursor), key, size=self.size, ordering=self.ordering, sight=seen)

    def _tickets(self, cursor: str) -> TicketQuerySet:
        tickets = self.queue.tickets(self.user, self.filters)
        return self.ordering.after(self.ordering.sort(tickets), cursor)

    @property
    def rows(self) -> list[Row]:
        return self._page[0]

    @cached_property
    def more(self) -> str:
        """The address of the next page, "" on the last one."""
        if not self._page[1]:
            return ""
        return f"/{self.query}&{urlencode({'after': self._page[1], 'continues': self.rows[-1].group})}"

    @cached_property
    def counts(self) -> Counts:
        queues = [*QUEUES.values(), *self.saved.values()]
        return counts(self.user, queues, self.queue, self.filters, self.now)

    @property
    def total(self) -> int | None:
        """How many tickets the list holds, where that is counted."""
        return sum(self.counts.groups.values()) if self.queue.live and not self.words else None

    @property
    def groups(self) -> list[Group]:
        return grouped(self.rows, self.counts.groups if self.by_deadline else None, self.continues)

    @cached_property
    def tabs(self) -> tuple[Tab, ...]:
        """The built-in views."""
        return self._tabs(list(QUEUES.values()))

    @property
    def thumbs(self) -> tuple[Tab, ...]:
        return tuple(tab for tab in self.tabs if tab.key in THUMBS)

    @property
    def chips(self) -> tuple[Tab, ...]:
        """Every view, as a phone has them above its list: those that are counted first."""
        return tuple(sorted((*self.tabs, *self.shared_tabs, *self.own_tabs), key=lambda tab: tab.count is None))

    @property
    def letters(self) -> tuple[tuple[str, str], ...]:
        """The label of each view that a key leads to, and the key."""
        return tuple((tab.label, tab.letter) for tab in self.tabs if tab.letter)

    @cached_property
    def shared_tabs(self) -> tuple[Tab, ...]:
        """The saved views of the house and of the user's teams."""
        return self._tabs([one for one in self.saved.values() if one.saved and one.saved.owner_id is None])

    @cached_property
    def own_tabs(self) -> tuple[Tab, ...]:
        return self._tabs([one for one in self.saved.values() if one.saved and one.saved.owner_id])

    def _tabs(self, queues: Sequence[Queue]) -> tuple[Tab, ...]:
        return tuple(
            Tab(
                key=queue.key,
                label=str(queue.label),
                icon=queue.icon,
                letter=queue.letter,
                count=self.counts.queues.get(queue.key),
                url=f"/?view={queue.key}",
                current=queue.key == self.queue.key and not self.words and self.size > 0,
                saved=queue.saved,
            )
            for queue in queues
        )

    @cached_property
    def house(self) -> House:
        return house(self.user)

    @cached_property
    def teams(self) -> tuple[tuple[str, str], ...]:
        return teams()

    def beside(self, step: int) -> Row | None:
        """The row before (-1) or after (+1) the current ticket; the first row when the ticket is not in the list."""
        numbers = [row.number for row in self.rows]
        if self.current not in numbers:
            return self.rows[0] if self.rows and step > 0 else None
        place = numbers.index(self.current) + step
        return self.rows[place] if 0 <= place < len(numbers) else None


def way_back_to_list(request: Request) -> str:
    """What the address says of the list that the reader came from ("?view=mine"), "" for nothing."""
    asked = request.GET.copy()
    asked.pop("until", None)  # an undo button's own
    return f"?{asked.urlencode()}" if asked else ""


class Foot(Listing):
    """The views of a phone's foot, for pages with a rail of their own: no other is counted."""

    @cached_property
    def counts(self) -> Counts:
        return counts(self.user, [QUEUES[key] for key in THUMBS], self.queue, self.filters, self.now)


def foot(user: User) -> Foot:
    return Foot(user, DEFAULT, size=0)


def listing(request: Request, *, size: int = PAGE_SIZE, current: int | None = None) -> Listing:
    """The list that the address asks for. What means nothing there is ignored: an old link still shows a list."""
    asked = request.GET
    wanted = asked.get("rows", "")
    return Listing(
        user=request.user,
        key=asked.get("view", ""),
        filters=asked_filters(asked),
        order=asked.get("order", "") if len(asked.get("order", "")) < 10 else "",
        words=asked.get("q", "").replace("\0", "").strip()[:200],
        patient="patient" in asked,
        cursor=asked.get("after", ""),
        continues=asked.get("continues", ""),
        size=min(max(int(wanted), size), MOST_ROWS) if wanted.isdigit() and len(wanted) < 5 else size,
        current=current,
    )
