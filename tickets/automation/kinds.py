"""Kinds of values that conditions and steps take: how each is checked, chosen and said."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from accounts.models import Shop, Team, User
from channels_app.models import ChannelKind
from tickets.models import Event, EventKind, Macro, Priority, Problem, Reason, Tag, Webhook
from tickets.states import State

Choices = list[tuple[str, str]]


def _none() -> Choices:
    return []


@dataclass(frozen=True, slots=True)
class Kind:
    """`check` says what is wrong with a value, "" when nothing. `choices` are the values to choose from."""

    name: str
    check: Callable[[Any], str]
    choices: Callable[[], Choices] = _none
    many: bool = False

    def words(self, value: Any) -> str:
        """The value as a person reads it."""
        if isinstance(value, bool):
            return _("yes") if value else _("no")
        known = dict(self.choices())
        values = value if isinstance(value, list) else [value]
        return ", ".join(str(known.get(str(one), one)) for one in values)


def _text(limit: int) -> Callable[[Any], str]:
    def check(value: Any) -> str:
        if not isinstance(value, str) or not value.strip():
            return _("Expected some text.")
        return "" if len(value) <= limit else _("At most %(n)d characters.") % {"n": limit}

    return check


def _words(value: Any) -> str:
    good = isinstance(value, list) and 0 < len(value) <= 200
    if good and all(isinstance(one, str) and 0 < len(one.strip()) <= 100 for one in value):
        return ""
    return _("Expected a list of words.")


def _number(value: Any) -> str:
    try:
        good = not isinstance(value, bool) and Decimal(str(value)).is_finite()
    except InvalidOperation:
        good = False
    return "" if good else _("Expected a number.")


def _whole(value: Any) -> str:
    good = isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 10_000_000
    return "" if good else _("Expected a whole number.")


def _flag(value: Any) -> str:
    return "" if isinstance(value, bool) else _("Expected yes or no.")


def _language(value: Any) -> str:
    return "" if isinstance(value, str) and 2 <= len(value) <= 8 else _("Expected a language, for example fr.")


def _values(value: Any) -> str:
    good = isinstance(value, dict) and 0 < len(value) <= 50 and all(isinstance(key, str) for key in value)
    return "" if good else _("Expected values by field.")


def _chosen(name: str, choices: Callable[[], Choices], *, many: bool = False) -> Kind:
    def check(value: Any) -> str:
        values = value if many and isinstance(value, list) else [value]
        known = {key for key, _label in choices()}
        wrong = [str(one)[:40] for one in values if not isinstance(one, str) or one not in known]
        return _("“%(value)s” is not one of the choices.") % {"value": wrong[0]} if wrong or not values else ""

    def complete(value: Any) -> str:
        return _("Choose something.") if value in ([], "", None) else check(value)

    return Kind(name, complete, choices, many)


def _teams() -> Choices:
    return list(Team.objects.values_list("key", "name"))


def _team_or_none() -> Choices:
    return [("none", _("no team")), *_teams()]


def _colleagues() -> Choices:
    return [(one.email, one.full_name) for one in User.objects.filter(is_active=True)]


def _assignees() -> Choices:
    return [("none", _("nobody")), *_colleagues()]


def _takers() -> Choices:
    fixed = [("turn", _("in turn")), ("load", _("the least busy")), ("me", _("who uses it")), ("none", _("nobody"))]
    return [*fixed, *_colleagues()]


def _told() -> Choices:
    fixed = [("assignee", _("the assignee")), ("leads", _("the leads")), ("managers", _("the managers"))]
    return [*fixed, *((f"team:{key}", name) for key, name in _teams()), *_colleagues()]


def _reasons() -> Choices:
    return [(one.key, str(one)) for one in Reason.objects.filter(archived=False)]


def _languages() -> Choices:
    return [(code, str(name)) for code, name in settings.LANGUAGES]


def _tags() -> Choices:
    return [(name, name) for name in Tag.objects.values_list("name", flat=True)[:200]]


TEXT = Kind("text", _text(300))
LONG_TEXT = Kind("long_text", _text(20_000))
WORDS = Kind("words", _words, many=True)
TAGS = Kind("tags", _words, _tags, many=True)
NUMBER = Kind("number", _number)
WHOLE = Kind("whole", _whole)
SECONDS = Kind("seconds", _whole)
FLAG = Kind("flag", _flag)
LANGUAGE = Kind("language", _language, _languages)
VALUES = Kind("values", _values)
STATE = _chosen("state", lambda: [(one.value, str(one.label)) for one in State])
STATES = _chosen("state", lambda: [(one.value, str(one.label)) for one in State], many=True)
PRIORITY = _chosen("priority", lambda: [(one.key, str(one.label)) for one in Priority])
PRIORITIES = _chosen("priority", lambda: [(one.key, str(one.label)) for one in Priority], many=True)
TEAM = _chosen("team", _team_or_none)
TEAMS = _chosen("team", _team_or_none, many=True)
TAKER = _chosen("taker", _takers)
ASSIGNEES = _chosen("assignee", _assignees, many=True)
TOLD = _chosen("told", _told)
REASON = _chosen("reason", _reasons)
REASONS = _chosen("reason", lambda: [("none", _("no reason")), *_reasons()], many=True)
CHANNELS = _chosen("channel", lambda: [(str(value), str(label)) for value, label in ChannelKind.choices], many=True)
SHOPS = _chosen("shop", lambda: list(Shop.objects.values_list("key", "name")), many=True)
EVENTS = _chosen("event", lambda: [(one.value, str(one.label)) for one in EventKind], many=True)
ACTORS = _chosen("actor", lambda: [(one.value, str(one.label)) for one in Event.Actor], many=True)
MACRO = _chosen("macro", lambda: [(str(one.pk), one.name) for one in Macro.objects.filter(archived=False)])
WEBHOOK = _chosen("webhook", lambda: [(str(one.pk), one.name) for one in Webhook.objects.filter(active=True)])
PROBLEM = _chosen("problem", lambda: [(str(one.pk), one.title) for one in Problem.objects.exclude(state="closed")])
