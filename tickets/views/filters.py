"""The filters of a list: the same names and values in the inbox's address and in a saved view."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any

from django.db.models import Q
from django.db.models.functions import Now
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from channels_app.models import ChannelKind
from tickets.models import Draft, Message, Priority
from tickets.states import DONE, State

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise  # not installed where only the product runs

NONE, ME, YES = "none", "me", "1"
MOST_VALUES = 20  # of one filter
Chosen = dict[str, list[str]]


@dataclass(frozen=True)
class Filter:
    """`holds` is the condition of one value; several values of a filter mean any of them."""

    label: "StrPromise"
    holds: Callable[[str, User], Q]
    allows: Callable[[str], bool] = lambda value: 0 < len(value) <= 120


def _word(value: str) -> bool:
    return 0 < len(value) <= 120 and value.isprintable()


def _yes(value: str) -> bool:
    return value == YES


def _assignee(value: str, user: User) -> Q:
    if value in (NONE, ME):
        return Q(assignee=user if value == ME else None)
    return Q(assignee=int(value))


def _mentions(_value: str, user: User) -> Q:
    named = Message.mentions.through.objects.filter(user=user)
    return Q(pk__in=named.values("message__ticket"))


def _drafts(_value: str, user: User) -> Q:
    return Q(pk__in=Draft.objects.filter(user=user).values("ticket"))


FILTERS: dict[str, Filter] = {
    "state": Filter(_("State"), lambda value, user: Q(state=value), lambda value: value in State.values),
    "channel": Filter(
        _("Channel"), lambda value, user: Q(channel_kind=value), lambda value: value in ChannelKind.values
    ),
    "assignee": Filter(
        _("Assignee"),
        _assignee,
        lambda value: value in (NONE, ME) or (value.isascii() and value.isdecimal() and len(value) < 10),
    ),
    "team": Filter(_("Team"), lambda value, user: Q(team=None) if value == NONE else Q(team__key=value), _word),
    "tag": Filter(_("Tags"), lambda value, user: Q(tags__contains=[value]), _word),
    "reason": Filter(_("Reason"), lambda value, user: Q(reason=None) if value == NONE else Q(reason__key=value), _word),
    "priority": Filter(
        _("Priority"),
        lambda value, user: Q(priority=Priority.from_key(value)),
        lambda value: value.upper() in Priority.names and value.islower(),
    ),
    "shop": Filter(_("Shop"), lambda value, user: Q(shop__key=value), _word),
    "language": Filter(_("Language"), lambda value, user: Q(language=value), _word),
    "vip": Filter(_("VIP"), lambda value, user: Q(customer__vip=True), _yes),
    "overdue": Filter(_("Overdue"), lambda value, user: Q(due_at__lt=Now()), _yes),
    "mentions": Filter(_("Mentions you"), _mentions, _yes),
    "drafts": Filter(_("Your drafts"), _drafts, _yes),
    "snoozed": Filter(_("Snoozed"), lambda value, user: Q(snoozed_until__isnull=False), _yes),
}


def asked_filters(query: QueryDict) -> Chosen:
    """The filters of an address. What means nothing there is left out: an old link still shows a list."""
    return chosen({name: query.getlist(name) for name in FILTERS if name in query})


def chosen(stored: Mapping[str, Any]) -> Chosen:
    """The filters of a saved view: values may stand alone or in a list, true means "1"."""
    found: Chosen = {}
    for name, values in stored.items():
        if name not in FILTERS:
            continue
        listed = values if isinstance(values, list) else [values]
        words = dict.fromkeys(YES if value is True else str(value) for value in listed)
        kept = [word for word in words if FILTERS[name].allows(word)][:MOST_VALUES]
        if kept:
            found[name] = kept
    return found


def condition(filters: Chosen, user: User) -> Q:
    """All filters must hold, each with any of its values."""
    whole = Q()
    for name, values in filters.items():
        whole &= reduce(or_, (FILTERS[name].holds(value, user) for value in values))
    return whole


def frozen(filters: Chosen) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The filters as a key of a dictionary."""
    return tuple((name, tuple(values)) for name, values in filters.items())


def is_live(states: Iterable[str]) -> bool:
    """Whether a list of these states (none: all that can still move) holds live tickets only."""
    return not any(state in DONE for state in states)
