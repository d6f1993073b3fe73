"""What a request asks of a ticket list, and the list itself: shared by the inbox and the conversation page."""

from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.utils import timezone

from accounts.access import may
from accounts.http import Request
from accounts.models import User
from channels_app.models import ChannelKind
from tickets.views.queues import QUEUES, Counts, Queue, counts, page_after, queue_named, tickets_of
from tickets.views.rows import Group, Row, grouped, page_of

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise  # not installed where only the product runs

PAGE_SIZE = 50
MOST_ROWS = 300


@dataclass(frozen=True)
class Tab:
    """A queue as the rail and the phone's chips show it."""

    key: str
    label: "StrPromise"
    icon: str
    letter: str
    count: int | None
    url: str
    current: bool


@dataclass
class Listing:
    """A queue as one user sees it, filtered and paged. Costs one query for the rows and one for all counts."""

    user: User
    queue: Queue
    channel: str = ""
    words: str = ""
    cursor: str = ""
    continues: str = ""
    size: int = PAGE_SIZE  # 0 on pages that only show the counts of the views
    current: int | None = None  # the ticket that the conversation page shows
    now: datetime = field(default_factory=timezone.now)

    @property
    def by_deadline(self) -> bool:
        return self.queue.live and not self.words

    @property
    def query(self) -> str:
        """The part of an address that leads back to this list."""
        asked = {"view": self.queue.key, "channel": self.channel, "q": self.words}
        return "?" + urlencode({name: value for name, value in asked.items() if value})

    @cached_property
    def _page(self) -> tuple[list[Row], str]:
        tickets = tickets_of(self.queue, self.user, self.channel, self.words)
        tickets = page_after(tickets, self.queue, self.words, self.cursor)
        return page_of(
            tickets,
            size=self.size,
            now=self.now,
            query=self.query,
            by_deadline=self.by_deadline,
            contact=may(self.user, "customer.contact"),
        )

    @property
    def rows(self) -> list[Row]:
        return self._page[0]

    @property
    def more(self) -> str:
        """The address of the next page, "" on the last one."""
        if not self._page[1]:
            return ""
        return f"/{self.query}&{urlencode({'after': self._page[1], 'continues': self.rows[-1].group})}"

    @cached_property
    def counts(self) -> Counts:
        return counts(self.user, self.queue, self.channel, self.now)

    @property
    def total(self) -> int | None:
        """How many tickets the list holds, where that is counted."""
        return sum(self.counts.groups.values()) if self.by_deadline else None

    @property
    def groups(self) -> list[Group]:
        return grouped(self.rows, self.counts.groups if self.by_deadline else None, self.continues)

    @property
    def tabs(self) -> list[Tab]:
        return [
            Tab(
                key=queue.key,
                label=queue.label,
                icon=queue.icon,
                letter=queue.letter,
                count=self.counts.queues.get(queue.key),
                url=f"/?view={queue.key}",
                current=queue.key == self.queue.key and not self.words and self.size > 0,
            )
            for queue in QUEUES.values()
        ]

    def beside(self, step: int) -> Row | None:
        """The row before (-1) or after (+1) the current ticket; the first row when the ticket is not in the list."""
        numbers = [row.number for row in self.rows]
        if self.current not in numbers:
            return self.rows[0] if self.rows and step > 0 else None
        place = numbers.index(self.current) + step
        return self.rows[place] if 0 <= place < len(numbers) else None


def listing(request: Request, *, size: int = PAGE_SIZE, current: int | None = None) -> Listing:
    """The list that the address asks for. What means nothing there is ignored: an old link still shows a list."""
    asked = request.GET
    wanted = asked.get("rows", "")
    return Listing(
        user=request.user,
        queue=queue_named(asked.get("view", "")),
        channel=asked.get("channel", "") if asked.get("channel", "") in ChannelKind.values else "",
        words=asked.get("q", "").replace("\0", "").strip()[:200],
        cursor=asked.get("after", ""),
        continues=asked.get("continues", ""),
        size=min(max(int(wanted), size), MOST_ROWS) if wanted.isdigit() and len(wanted) < 5 else size,
        current=current,
    )
