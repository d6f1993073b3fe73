"""The listing's filters: each one enumerated; none reaches a column that is not named here (V54)."""

from typing import Any

from django.db.models import Q

from accounts.access import may
from accounts.models import User
from helpdesk.lib.addresses import normalise_email
from tickets.api.taken import KINDS
from tickets.models import Priority
from tickets.querysets import TicketQuerySet
from tickets.search import ask, tickets_like

NONE = "none"
MOST_FOUND = 1000


def narrowed(tickets: TicketQuerySet, wanted: dict[str, Any], user: User) -> TicketQuerySet:
    """These tickets, as far as the checked parameters of TicketListing ask for them."""
    conditions = Q()
    if "shop" in wanted:
        conditions &= Q(shop=wanted["shop"])
    if "channel" in wanted:
        kind = wanted["channel"]
        conditions &= Q(channel_kind=kind) if kind in KINDS else Q(channel__name=kind)
    if "state" in wanted:
        conditions &= Q(state=wanted["state"])
    if "priority" in wanted:
        conditions &= Q(priority=Priority.from_key(wanted["priority"]))
    if "tag" in wanted:
        conditions &= Q(tags__contains=[wanted["tag"]])
    if "reason" in wanted:
        conditions &= Q(reason__key=wanted["reason"])
    if "opened_after" in wanted:
        conditions &= Q(opened_at__gte=wanted["opened_after"])
    if "opened_before" in wanted:
        conditions &= Q(opened_at__lt=wanted["opened_before"])
    tickets = tickets.filter(conditions & _people(wanted, user))
    if "q" in wanted:
        tickets = tickets.filter(pk__in=tickets_like(ask(wanted["q"]), user, limit=MOST_FOUND).numbers)
    return tickets


def _people(wanted: dict[str, Any], user: User) -> Q:
    conditions = Q()
    if "assignee" in wanted:
        conditions &= _assignee(wanted["assignee"], user)
    if "team" in wanted:
        conditions &= Q(team=None) if wanted["team"] == NONE else Q(team__key=wanted["team"])
    if "customer" in wanted:
        conditions &= _customer(wanted["customer"], user)
    return conditions


def _assignee(name: str, user: User) -> Q:
    if name == NONE:
        return Q(assignee=None)
    if name == "me":
        return Q(assignee=user)
    return Q(assignee=int(name)) if _is_number(name) else Q(assignee__email=name.lower())


def _customer(name: str, user: User) -> Q:
    if _is_number(name):
        return Q(customer=int(name))
    if not may(user, "customer.contact"):
        return Q(pk__in=[])
    return Q(customer__identities__kind="email", customer__identities__value=normalise_email(name))


def _is_number(name: str) -> bool:
    return name.isascii() and name.isdecimal() and len(name) < 19
