"""The views of the inbox: which tickets each holds, how many, in which order, page by page."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db.models import Count, Q
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import pgettext_lazy

from accounts.access import may
from accounts.models import User
from customers.models import Identity
from tickets.models import Ticket
from tickets.querysets import TicketQuerySet
from tickets.states import State

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise  # not installed where only the product runs

OURS = Q(state__in=[State.NEW, State.OPEN])
THEIRS = Q(state__in=[State.PENDING, State.ON_HOLD])


@dataclass(frozen=True)
class Queue:
    """A named selection of tickets. `holds` is a condition on live tickets; a live queue is counted, a done one not."""

    key: str
    label: "StrPromise"
    icon: str
    holds: Callable[[User], Q]
    live: bool = True
    letter: str = ""  # the key that follows "g"


QUEUES = {
    queue.key: queue
    for queue in (
        Queue("open", pgettext_lazy("view", "To do"), "inbox", lambda user: OURS, letter="o"),
        Queue("mine", pgettext_lazy("view", "Mine"), "user", lambda user: OURS & Q(assignee=user), letter="m"),
        Queue(
            "unassigned",
            pgettext_lazy("view", "Unassigned"),
            "dashcircle",
            lambda user: OURS & Q(assignee=None),
            letter="u",
        ),
        Queue("waiting", pgettext_lazy("view", "Waiting"), "half", lambda user: THEIRS, letter="w"),
        Queue(
            "solved",
            pgettext_lazy("view", "Solved"),
            "check",
            lambda user: Q(state__in=[State.SOLVED, State.CLOSED]),
            live=False,
        ),
    )
}
DEFAULT = "open"


def queue_named(key: str) -> Queue:
    return QUEUES.get(key, QUEUES[DEFAULT])


def tickets_of(queue: Queue, user: User, channel: str = "", words: str = "") -> TicketQuerySet:
    """The tickets of a queue that this user may see, in its order. Words search all states."""
    tickets = Ticket.objects.visible_to(user)
    if words:
        tickets = tickets.present().filter(_mentions(words, contact=may(user, "customer.contact")))
    elif queue.live:
        tickets = tickets.live().filter(queue.holds(user))
    else:
        tickets = tickets.present().filter(queue.holds(user))
    if channel:
        tickets = tickets.filter(channel_kind=channel)
    if words or not queue.live:
        return tickets.order_by("-last_activity_at", "-id")
    return tickets.soonest_due_first()


def _mentions(words: str, *, contact: bool) -> Q:
    """Without `contact` an address finds nothing: a hit would prove that it is the customer's (V37)."""
    number = words.lstrip("#")
    if number.isdigit() and len(number) < 16:
        return Q(pk=int(number))
    named = Q(subject__icontains=words) | Q(customer__name__icontains=words)
    if not contact:
        return named
    return named | Q(customer__in=Identity.objects.filter(value__iexact=words).values("customer"))


@dataclass(frozen=True)
class Counts:
    """How many tickets each live queue holds, and how the current one divides by deadline."""

    queues: dict[str, int]
    groups: dict[str, int]


def counts(user: User, current: Queue, channel: str, now: datetime) -> Counts:
    """All counts of the page in one pass over the live tickets."""
    here = current.holds(user)
    if channel:
        here &= Q(channel_kind=channel)
    wanted = {f"q_{queue.key}": Count("pk", filter=queue.holds(user)) for queue in QUEUES.values() if queue.live}
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


def page_after(tickets: TicketQuerySet, queue: Queue, words: str, cursor: str) -> TicketQuerySet:
    """The rows behind `cursor` ("<instant or nothing>~<number>"). A cursor that means nothing is the first page."""
    instant, _sep, number = cursor.partition("~")
    if not number.isdigit() or len(number) > 15:
        return tickets
    try:
        at = parse_datetime(instant) if instant else None
    except ValueError:
        return tickets
    if instant and (at is None or at.tzinfo is None):
        return tickets
    if queue.live and not words:
        return tickets.after(at, int(number))
    return tickets.filter(Q(last_activity_at__lt=at) | Q(last_activity_at=at, id__lt=int(number))) if at else tickets


def channels_in_use(user: User) -> list[str]:
    """The kinds of channel that the filter offers."""
    kinds = Ticket.objects.visible_to(user).live().order_by().values_list("channel_kind", flat=True).distinct()
    return sorted(kinds)
