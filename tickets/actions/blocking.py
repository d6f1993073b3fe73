"""The block list: what these addresses send goes to spam, where it can be found and restored."""

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from helpdesk.lib.refused import Refused
from tickets.actions.fate import mark_spam
from tickets.actors import Actor
from tickets.models import BlockedSender, Ticket


@transaction.atomic
def block_sender(ticket: Ticket, *, by: Actor, why: str = "") -> BlockedSender:
    """Block whoever wrote last on this ticket, and put the ticket into spam. Refused when no address is known."""
    last = ticket.messages.exclude(from_address="").filter(author="customer").order_by("at").last()
    if last is None:
        raise Refused("ticket", _("No sender's address is known here."))
    row, made = BlockedSender.objects.get_or_create(
        value=last.from_address.lower(), defaults={"why": why[:200], "by": by.user}
    )
    mark_spam(ticket, by=by, blocked=row.pk if made else None)
    return row


def block_address(value: str, *, user: User, why: str = "") -> BlockedSender:
    """Block an address, or with "@shop.example" everybody there. Refused when it is neither."""
    value = value.strip().lower()[:320]
    if "@" not in value or " " in value:
        raise Refused("value", _("Expected an address, or @domain for everybody there."))
    return BlockedSender.objects.get_or_create(value=value, defaults={"why": why[:200], "by": user})[0]


def unblock(value: str) -> None:
    BlockedSender.objects.filter(value=value).delete()


def is_blocked(address: str) -> bool:
    """Whether this address, or its whole domain, is blocked."""
    address = address.lower()
    _name, _at, domain = address.rpartition("@")
    wanted = [address, f"@{domain}"]
    return BlockedSender.objects.filter(value__in=wanted).exists()
