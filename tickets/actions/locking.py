"""One ticket, one writer at a time."""

from collections.abc import Sequence
from datetime import datetime

from django.utils import timezone

from tickets.models import Message, Ticket


class StaleVersion(Exception):
    """The ticket has changed since the caller read it."""

    def __init__(self, ticket: Ticket) -> None:
        super().__init__(f"Ticket #{ticket.pk} has changed meanwhile (it is now version {ticket.version}).")
        self.ticket = ticket


class Overtaken(Exception):
    """Others have said something since the author of a reply looked last; sending is to be confirmed."""

    def __init__(self, newer: Sequence[Message]) -> None:
        super().__init__(f"{len(newer)} newer messages, the last one is {newer[-1].pk}.")
        self.newer = newer


def locked(ticket: Ticket, *, version: int | None = None) -> Ticket:
    """The ticket as it is now, its row locked until the transaction ends.

    With `version`, raises StaleVersion unless the ticket is still that version.
    """
    fresh = Ticket.objects.locked().select_related("shop", "customer", "channel", "assignee", "team").get(pk=ticket.pk)
    if version is not None and fresh.version != version:
        raise StaleVersion(fresh)
    return fresh


def touch(ticket: Ticket, *fields: str, at: datetime | None = None) -> None:
    """Save these fields as a new version of the ticket."""
    ticket.version += 1
    ticket.last_activity_at = max(at or timezone.now(), ticket.last_activity_at)
    ticket.save(update_fields=[*fields, "version", "last_activity_at"])
