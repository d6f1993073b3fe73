"""The filters of a list: the same names and values in the inbox's address and in a saved view."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any

from django.db.models import Q
from django.db.models.functions import Now
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from accounts.models import Role, Shop, Team, User
from channels_app.models import ChannelKind
from tickets.access import visible_customers
from tickets.models import Complaint, CustomField, Draft, Follow, Message, Priority, Problem, Reason, Seen, Tag
from tickets.states import DONE, State

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise  # not installed where only the product runs

NONE, ME, YES = "none", "me", "1"
MOST_VALUES = 20  # of one filter
MOST_CHOICES = 300
Chosen = dict[str, list[str]]
Choices = Sequence[tuple[str, "StrPromise | str"]]


@dataclass(frozen=True)
class Filter:
    """`holds` is the condition that any of its values is true: short, for the counts of all views ask it of every live
    ticket. `choices` are the values to offer with their words; a filter without any is a yes."""

    label: "StrPromise"
    holds: Callable[[list[str], User], Q]
    allows: Callable[[str], bool] = lambda value: value == YES
    choices: Callable[[User], Choices] | None = None

    def words(self, value: str, user: User) -> str:
        """What a value is called; itself when nobody offers it any more."""
        return str(dict(self.choices(user) if self.choices else ()).get(value, value))


class CustomerFilter(Filter):
    """There are too many customers to offer: links lead here."""

    def words(self, value: str, user: User) -> str:
        """Their name, for those who may know them."""
        customer = visible_customers(user).filter(pk=int(value)).first()
        return (customer and customer.name) or value


def _word(value: str) -> bool:
    return 0 < len(value) <= 120 and value.isprintable()


def _number(value: str) -> bool:
    return value.isascii() and value.isdecimal() and len(value) < 10


def _any(holds: Callable[[str, User], Q]) -> Callable[[list[str], User], Q]:
    """The condition of several values from that of each."""
    return lambda values, user: reduce(or_, (holds(value, user) for value in values))


def _one_of(field: str) -> Callable[[list[str], User], Q]:
    return lambda values, user: Q(**{f"{field}__in": values})


def _reason(keys: list[str], _user: User) -> Q:
    named = Q(reason__in=Reason.objects.filter(key__in=keys))
    return named | Q(reason=None) if NONE in keys else named


def _complaint(_values: list[str], _user: User) -> Q:
    return Q(pk__in=Complaint.objects.values("ticket"))


def _assignee(value: str, user: User) -> Q:
    if value in (NONE, ME):
        return Q(assignee=user if value == ME else None)
    return Q(assignee=int(value))


def _mentions(_values: list[str], user: User) -> Q:
    named = Message.mentions.through.objects.filter(user=user)
    return Q(pk__in=named.values("message__ticket"))


def _problem(value: str, _user: User) -> Q:
    linked = Problem.tickets.through.objects.all()  # a join would count a ticket once for each of its problems
    if value == NONE:
        return ~Q(pk__in=linked.values("ticket"))
    return Q(pk__in=linked.filter(problem=int(value)).values("ticket"))


def _own_field(value: str, _user: User) -> Q:
    """A value of an own field, "gift=yes": what is written there, or the yes and no of a field that knows no other."""
    key, _equals, said = value.partition("=")
    holds = Q(fields__contains={key: said})
    return holds | Q(fields__contains={key: said == "yes"}) if said in ("yes", "no") else holds


def _nobody() -> "tuple[str, StrPromise]":
    return NONE, _("none")


def _people(_user: User) -> Choices:
    everybody = User.objects.filter(is_active=True)
    return [(ME, _("me")), _nobody(), *((str(one.pk), one.full_name) for one in everybody)]


def teams_of(user: User) -> list[Team]:
    """Those that this user may name."""
    return list(Team.objects.filter(pk__in=user.team_ids()) if user.role == Role.PARTNER else Team.objects.all())


def _own_fields(_user: User) -> Choices:
    answers = {CustomField.Kind.YES_NO: [("yes", _("yes")), ("no", _("no"))]}
    return [
        (f"{field.key}={value}", f"{field.label}: {words}")
        for field in CustomField.objects.all()
        for value, words in answers.get(CustomField.Kind(field.kind), [(one, one) for one in field.choices])
    ]


FILTERS: dict[str, Filter] = {
    "state": Filter(
        _("State"),
        _one_of("state"),
        lambda value: value in State.values,
        lambda user: State.choices,
    ),
    "channel": Filter(
        _("Channel"),
        _one_of("channel_kind"),
        lambda value: value in ChannelKind.values,
        lambda user: ChannelKind.choices,
    ),
    "assignee": Filter(_("Assignee"), _any(_assignee), lambda value: value in (NONE, ME) or _number(value), _people),
    "team": Filter(
        _("Team"),
        _any(lambda value, user: Q(team=None) if value == NONE else Q(team__key=value)),
        _word,
        lambda user: [_nobody(), *((team.key, team.name) for team in teams_of(user))],
    ),
    "tag": Filter(
        _("Tags"),
        lambda values, user: Q(tags__overlap=values),
        _word,
        lambda user: [(tag.name, tag.name) for tag in Tag.objects.order_by("name")[:MOST_CHOICES]],
    ),
    "reason": Filter(
        _("Reason"),
        _reason,
        _word,
        lambda user: [_nobody(), *((one.key, str(one)) for one in Reason.objects.all()[:MOST_CHOICES])],
    ),
    "priority": Filter(
        _("Priority"),
        lambda values, user: Q(priority__in=[Priority.from_key(value) for value in values]),
        lambda value: value.upper() in Priority.names and value.islower(),
        lambda user: [(one.key, one.label) for one in Priority],
    ),
    "shop": Filter(
        _("Shop"),
        _one_of("shop__key"),
        _word,
        lambda user: [(shop.key, shop.name) for shop in Shop.objects.all()],
    ),
    "language": Filter(
        _("Language"),
        _one_of("language"),
        _word,
        lambda user: [("fr", "Français"), ("en", "English")],
    ),
    "opened": Filter(
        _("Opened"),
        lambda values, user: Q(opened_at__gte=Now() - timedelta(days=max(map(int, values)))),
        lambda value: value in ("1", "7", "30"),
        lambda user: [("1", _("in the last day")), ("7", _("in the last week")), ("30", _("in the last month"))],
    ),
    "problem": Filter(
        _("Problem"),
        _any(_problem),
        lambda value: value == NONE or _number(value),
        lambda user: [_nobody(), *((str(one.pk), one.title) for one in Problem.objects.all()[:MOST_CHOICES])],
    ),
    "customer": CustomerFilter(_("Customer"), _one_of("customer"), _number, lambda user: []),
    "field": Filter(_("Own fields"), _any(_own_field), lambda value: _word(value) and "=" in value, _own_fields),
    "unread": Filter(_("New to you"), lambda values, user: Q(Seen.unread(user))),
    "followed": Filter(
        _("Followed by you"), lambda values, user: Q(pk__in=Follow.objects.filter(user=user).values("ticket"))
    ),
    "mentions": Filter(_("Mentions you"), _mentions),
    "drafts": Filter(_("Your drafts"), lambda values, user: Q(pk__in=Draft.objects.filter(user=user).values("ticket"))),
    "vip": Filter(_("VIP"), lambda values, user: Q(customer__vip=True)),
    "complaint": Filter(_("Complaint"), _complaint),
    "overdue": Filter(_("Overdue"), lambda values, user: Q(due_at__lt=Now())),
    "snoozed": Filter(_("Snoozed"), lambda values, user: Q(snoozed_until__isnull=False)),
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
        whole &= FILTERS[name].holds(values, user)
    return whole


def frozen(filters: Chosen) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The filters as a key of a dictionary."""
    return tuple((name, tuple(values)) for name, values in filters.items())


def is_live(states: Iterable[str]) -> bool:
    """Whether a list of these states (none: all that can still move) holds live tickets only."""
    return not any(state in DONE for state in states)
