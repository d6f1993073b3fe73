"""How a ticket is filed beyond its reason: the shop's own fields, what the customer wants, who follows it."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from helpdesk.lib.refused import Refused
from tickets.actions.locking import locked, touch
from tickets.actors import Actor
from tickets.events import record
from tickets.models import CustomField, EventKind, Follow, Ticket

LONGEST = 1000


@transaction.atomic
def fill_in(ticket: Ticket, *, by: Actor, values: Mapping[str, Any]) -> Ticket:
    """Set the shop's own fields by key; None or "" empties one. Refused, naming the field, for a value of another
    kind or an unknown key."""
    ticket = locked(ticket)
    known = {field.key: field for field in CustomField.objects.filter(shop=None) | ticket.shop.custom_fields.all()}
    new = dict(ticket.fields)
    for key, value in values.items():
        if key not in known:
            raise Refused(key, _("There is no such field."))
        new[key] = _checked(known[key], value)
    new = {key: value for key, value in new.items() if value not in (None, "")}
    if new != ticket.fields:
        changed = {key: new.get(key) for key in {*new, *ticket.fields} if new.get(key) != ticket.fields.get(key)}
        old = {key: ticket.fields.get(key) for key in changed}
        ticket.fields = new
        touch(ticket, "fields")
        record(ticket, EventKind.FIELDS, by=by, values=changed, old=old)
    return ticket


@transaction.atomic
def note_request(ticket: Ticket, *, by: Actor, wants: str) -> Ticket:
    """Write down what the customer asks for (S142)."""
    wants = " ".join(wants.split())[:300]
    ticket = locked(ticket)
    if ticket.requested_outcome != wants:
        ticket.requested_outcome = wants
        touch(ticket, "requested_outcome")
        record(ticket, EventKind.FIELDS, by=by, values={"requested_outcome": wants})
    return ticket


def follow(ticket: Ticket, *, user: User) -> None:
    Follow.objects.get_or_create(ticket=ticket, user=user)


def unfollow(ticket: Ticket, *, user: User) -> None:
    Follow.objects.filter(ticket=ticket, user=user).delete()


def _checked(field: CustomField, value: Any) -> Any:
    """The value as it is stored: text, number, ISO date, one of the choices, true or false."""
    if value in (None, ""):
        return None
    kinds = CustomField.Kind
    if field.kind == kinds.NUMBER:
        try:
            return float(str(value).replace(",", "."))
        except ValueError:
            raise Refused(field.key, _("Expected a number.")) from None
    if field.kind == kinds.DATE:
        try:
            return date.fromisoformat(str(value)).isoformat()
        except ValueError:
            raise Refused(field.key, _("Expected a date, as in 2026-11-22.")) from None
    if field.kind == kinds.CHOICE and value not in field.choices:
        raise Refused(field.key, _("Choose one of: %(choices)s.") % {"choices": ", ".join(map(str, field.choices))})
    if field.kind == kinds.YES_NO:
        if value not in (True, False, "true", "false", "on"):
            raise Refused(field.key, _("Expected yes or no."))
        return value in (True, "true", "on")
    return str(value)[:LONGEST] if field.kind == kinds.TEXT else value
