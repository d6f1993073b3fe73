"""The views of the inbox, built in and saved: which tickets each holds, and how many."""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Q, QuerySet, Value
from django.db.models.functions import Greatest, Now
from django.utils import timezone
from django.utils.translation import pgettext_lazy

from accounts.models import User
from helpdesk.lib import compiled
from tickets.models import SavedView, Ticket
from tickets.querysets import TicketQuerySet, sight
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
    """A named selection of tickets. `holds` is a condition on live tickets; a live queue is counted, a done one not;
    `aside` says that it holds what all others leave out."""

    key: str
    label: "StrPromise | str"
    icon: str
    holds: Callable[[User], Q]
    live: bool = True
    aside: bool = False
    letter: str = ""  # the key that follows "g"
    order: str = "due"
    saved: SavedView | None = field(default=None, compare=False)
    chosen: filters.Chosen = field(default_factory=dict)  # what a saved view filters by

    @property
    def meaning(self) -> Hashable:
        """The same for two queues that hold the same tickets for the same user."""
        return self.key, self.live, filters.frozen(self.chosen)

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
        base = seen.live() if self.live else seen if self.aside else seen.present()
        return base.filter(self.holds(user) & filters.condition(narrowed, user))


def _built_in(key: str, label: "StrPromise", icon: str, holds: Q | Callable[[User], Q], letter: str = "") -> Queue:
    live = key not in ("solved", "all")
    return Queue(key, label, icon, holds if callable(holds) else lambda user: holds, live=live, letter=letter)


QUEUES = {
    queue.key: queue
    for queue in (
        _built_in("open", pgettext_lazy("view", "To do"), "inbox", OURS, "o"),
        _built_in("mine", pgettext_lazy("view", "Mine"), "user", lambda user: Q(assignee=user) & OURS, "m"),
        _built_in("unassigned", pgettext_lazy("view", "Unassigned"), "dashcircle", Q(assignee=None) & OURS, "u"),
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
        Queue(
            "bin",
            pgettext_lazy("view", "Spam and bin"),
            "trash",
            lambda user: Q(spam=True) | Q(deleted_at__isnull=False),
            live=False,
            aside=True,
        ),
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
        chosen=chosen,
    )


@dataclass(frozen=True)
class Counts:
    """How many tickets each live queue holds, and how the current one divides by deadline."""

    queues: dict[str, int]
    groups: dict[str, int]


def counts(user: User, queues: Sequence[Queue], current: Queue, narrowed: filters.Chosen, now: datetime) -> Counts:
    """All counts of the page in one pass over the live tickets."""
    counted, midnight = [queue for queue in queues if queue.live], end_of_day(now)
    key = (
        "counts",
        sight(user),
        midnight,
        current.meaning,
        filters.frozen(narrowed),
        *(one.meaning for one in counted),
    )
    found = compiled.rows(lambda: _counted(user, counted, current, narrowed, midnight), key)
    numbers = found[0] if found else [0] * (len(counted) + len(GROUPS))
    return Counts(
        queues=dict(zip((queue.key for queue in counted), numbers[: len(counted)], strict=True)),
        groups=dict(zip(GROUPS, numbers[len(counted) :], strict=True)),
    )


def _counted(
    user: User, queues: Sequence[Queue], current: Queue, narrowed: filters.Chosen, midnight: datetime
) -> QuerySet[Ticket, Any]:
    here, groups = current.holds(user) & filters.condition(narrowed, user), group_conditions(midnight)
    wanted = {f"q_{queue.key}": Count("pk", filter=queue.holds(user)) for queue in queues}
    # The rarer and cheaper condition first: it spares most rows the other one.
    wanted |= {f"g_{key}": Count("pk", filter=groups[key] & here) for key in GROUPS}
    whole = Ticket.objects.visible_to(user).live().order_by().values(all=Value(1))
    return whole.annotate(**wanted).values_list(*wanted)


GROUPS = ("late", "soon", "today", "later", "rest")


def group_conditions(midnight: datetime) -> dict[str, Q]:
    """The groups of a list in the order of its deadlines."""
    soon = Now() + timedelta(hours=1)
    return {
        "late": Q(due_at__lt=Now()),
        "soon": Q(due_at__gte=Now(), due_at__lt=soon),
        "today": Q(due_at__gte=soon, due_at__lt=midnight),
        "later": Q(due_at__gte=Greatest(soon, midnight)),
        "rest": Q(due_at=None),
    }


def group_of(due_at: datetime | None, now: datetime, midnight: datetime) -> str:
    if due_at is None:
        return "rest"
    if due_at < now:
        return "late"
    if due_at < now + timedelta(hours=1):
        return "soon"
    return "today" if due_at < midnight else "later"


def end_of_day(now: datetime) -> datetime:
    local = timezone.localtime(now)
    return (local + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
