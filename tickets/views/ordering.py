"""The orders of a ticket list, each with its pages: a page begins behind the last row of the one before (keyset)."""

import dataclasses
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import Q
from django.utils.dateparse import parse_datetime
from django.utils.translation import pgettext_lazy

from tickets.querysets import TicketQuerySet

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise  # not installed where only the product runs


@dataclass(frozen=True)
class Ordering:
    """By `field`, then by number. `due` puts what is waited for first and lets tickets without a deadline follow."""

    key: str
    label: "StrPromise" = dataclasses.field(compare=False)  # a lazy text is looked up when it is hashed
    field: str
    newest_first: bool = True

    def sort(self, tickets: TicketQuerySet) -> TicketQuerySet:
        if self.key == "due":
            return tickets.soonest_due_first()
        sign = "-" if self.newest_first else ""
        return tickets.order_by(f"{sign}{self.field}", f"{sign}id")

    def after(self, tickets: TicketQuerySet, cursor: str) -> TicketQuerySet:
        """The rows behind `cursor`. One that means nothing is the first page."""
        place = _place(cursor)
        if place is None:
            return tickets
        at, number = place
        if self.key == "due":
            return tickets.after(at, number)
        if at is None:
            return tickets
        step = "lt" if self.newest_first else "gt"
        behind = Q(**{self.field: at, f"id__{step}": number})
        return tickets.filter(Q(**{f"{self.field}__{step}": at}) | behind)

    @staticmethod
    def cursor(at: datetime | None, number: int) -> str:
        """Where the page after a row begins: "<instant or nothing>~<number>". `at`: what its `field` says."""
        return f"{at.isoformat() if at else ''}~{number}"

    def from_row(self, at: datetime | None, number: int) -> str:
        """Where the page begins whose first row this is."""
        return self.cursor(at, number + (1 if self.newest_first else -1))


ORDERINGS = {
    one.key: one
    for one in (
        Ordering("due", pgettext_lazy("order", "Soonest deadline first"), "due_at"),
        Ordering("newest", pgettext_lazy("order", "Newest first"), "opened_at"),
        Ordering("oldest", pgettext_lazy("order", "Oldest first"), "opened_at", newest_first=False),
        Ordering("updated", pgettext_lazy("order", "Latest activity first"), "last_activity_at"),
    )
}


def _place(cursor: str) -> tuple[datetime | None, int] | None:
    instant, _sep, number = cursor.partition("~")
    if not (number.isascii() and number.isdecimal()) or len(number) > 15:
        return None
    try:
        at = parse_datetime(instant) if instant else None
    except ValueError:
        return None
    if instant and (at is None or at.tzinfo is None):
        return None
    return at, int(number)
