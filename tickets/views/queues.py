"""The views of the inbox, built in and saved: which tickets each holds, and how many."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db.models import Count, Q
from django.utils import timezone
from django.utils.translation import pgettext_lazy

from accounts.models import User
from tickets.models import SavedView, Ticket
from tickets.querysets import TicketQuerySet
from tickets.states import State
from tickets.views import filters
from tickets.views.ordering import ORDERINGS, Ordering

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise  # not installed where only the product runs

AWAKE = Q(snoozed_until=None)
OURS = Q(state__in=[State.NEW, State.OPEN]) & AWAKE
THEIRS = Q(state__in=[State.PENDING, State.ON_HOLD]) & AWAKE


@dataclass(frozen=True)
class Queue:
    """A named selection of tickets. `holds` is a condition on live tickets; a live queue is counted, a done one not."""

    key: str
    label: "StrPromise | str"
    icon: str
    holds: Callable[[User], Q]
    live: bool = True
    letter: str = ""  # the key that follows "g"
    order: str = "due"
    saved: SavedView | None = field(default=None, compare=False)

    @property
    def orderings(self) -> list[Ordering]:
        """Only live tickets are few enough to be sorted in every way."""
        return list(ORDERINGS.values()) if self.live else [ORDERINGS["updated"]]

    def ordering(self, wanted: str) -> Ordering:
        """The wanted order where this queue has it, else its own."""
        known = {one.key: one for one in self.orderings}
        return known.get(wanted) or known.get(self.order) or self.orderings[0]

    def tickets(self, user: User, narrowed: filters.Chosen) -> TicketQuerySet:
        """Its tickets that this user may see, in no order."""
        seen = Ticket.objects.visible_to(user)
        base = seen.live() if self.live else seen.present()
        return base.filter(self.holds(user) & filters.condition(narrowed, user))


def _built_in(key: str, label: "StrPromise", icon: str, holds: Q | Callable[[User], Q], letter: str = "") -> Queue:
    live = key not in ("solved", "all")
    return Queue(key, label, icon, holds if callable(holds) else lambda user: holds, live=live, letter=letter)


QUEUES = {
    queue.key: queue
    for queue in (
        _built_in("open", pgettext_lazy("view", "To do"), "inbox", OURS, "o"),
        _built_in("mine", pgettext_lazy("view", "Mine"), "user", lambda user: OURS & Q(assignee=user), "m"),
        _built_in("unassigned", pgettext_lazy("view", "Unassigned"), "dashcircle", OURS & Q(assignee=None), "u"),
        _built_in(
            "mentions",
            pgettext_lazy("view", "Mentions"),
            "at",
            lambda user: filters.condition({"mentions": [filters.YES]}, user),
        ),
        _built_in("waiting", pgettext_lazy("view", "Waiting"), "half", THEIRS, "w"),
        _built_in("snoozed", pgettext_lazy("view", "Snoozed"), "moon", ~AWAKE, "z"),
        _built_in(
            "drafts",
            pgettext_lazy("view", "Drafts"),
            "pencil",
            lambda user: filters.condition({"drafts": [filters.YES]}, user),
            "d",
        ),
        _built_in("solved", pgettext_lazy("view", "Solved"), "check", Q(state__in=[State.SOLVED, State.CLOSED])),
        _built_in("all", pgettext_lazy("view", "All"), "layers", Q(), "a"),
    )
}
DEFAULT = "open"


def saved_queue(view: SavedView) -> Queue:
    """A saved view as a queue; what it filters by and no longer means anything is left out."""
    chosen = filters.chosen(view.filters)
    return Queue(
        f"v{view.pk}",
        view.name,
        view.icon or "layers",
        lambda user: filters.condition(chosen, user),
        live=filters.is_live(chosen.get("state", [])),
        order=view.ordering,
        saved=view,
    )


@dataclass(frozen=True)
class Counts:
    """How many tickets each live queue holds, and how the current one divides by deadline."""

    queues: dict[str, int]
    groups: dict[str, int]


def counts(user: User, queues: Sequence[Queue], current: Queue, narrowed: filters.Chosen, now: datetime) -> Counts:
    """All counts of the page in one pass over the live tickets."""
    here = current.holds(user) & filters.condition(narrowed, user)
    wanted = {f"q_{queue.key}": Count("pk", filter=queue.holds(user)) for queue in queues if queue.live}
    wanted |= {f"g_{key}": Count("pk", filter=here & condition) for key, condition in group_conditions(now).items()}
    row = Ticket.objects.visible_to(user).live().aggregate(**wanted)
    return Counts(
        queues={name[2:]: number for name, number in row.items() if name.startswith("q_")},
        groups={name[2:]: number for name, number in row.items() if name.startswith("g_")},
    )


def group_conditions(now: datetime) -> dict[str, Q]:
    """The groups of a list in the order of its deadlines."""
    soon, midnight = now + timedelta(hours=1), end_of_day(now)
    return {
        "late": Q(due_at__lt=now),
        "soon": Q(due_at__gte=now, due_at__lt=soon),
        "today": Q(due_at__gte=soon, due_at__lt=midnight),
        "later": Q(due_at__gte=max(soon, midnight)),
        "rest": Q(due_at=None),
    }


def group_of(due_at: datetime | None, now: datetime) -> str:
    if due_at is None:
        return "rest"
    if due_at < now:
        return "late"
    if due_at < now + timedelta(hours=1):
        return "soon"
    return "today" if due_at < end_of_day(now) else "later"


def end_of_day(now: datetime) -> datetime:
    local = timezone.localtime(now)
    return (local + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
