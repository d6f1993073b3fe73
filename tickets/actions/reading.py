"""How far each person has read each ticket."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from tickets.models import Author, Seen, Ticket


@transaction.atomic
def mark_read(ticket: Ticket, *, user: User, at: datetime | None = None) -> None:
    """This person has read everything up to now; it never goes backwards."""
    at = at or timezone.now()
    seen, made = Seen.objects.select_for_update().get_or_create(user=user, ticket=ticket, defaults={"at": at})
    if not made and seen.at < at:
        seen.at = at
        seen.save(update_fields=["at"])


@transaction.atomic
def mark_unread(ticket: Ticket, *, user: User) -> None:
    """Set it back: the newest message of the customer, and what came after, is unread again."""
    newest = ticket.messages.filter(author=Author.CUSTOMER).order_by("-at").values_list("at", flat=True).first()
    before = newest or ticket.opened_at
    seen = Seen.objects.filter(user=user, ticket=ticket)
    earlier = ticket.messages.filter(at__lt=before).order_by("-at").values_list("at", flat=True).first()
    if earlier is None:
        seen.delete()
    else:
        seen.update(at=earlier)
