"""What a dashboard's address asks for: days, comparison, clock and filters."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django import forms
from django.db.models import Count, F, Model, Q, TextField, Value
from django.db.models.functions import Cast
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.http import Request
from accounts.models import Shop, Team, User
from channels_app.models import ChannelKind
from helpdesk.lib.days import DayField
from metrics.periods import AGAINST, PERIODS, Against, Period, in_words, span
from metrics.scope import Scope
from metrics.windows import DAY, Window
from tickets.models import Reason
from tickets.models.sla import Clock

MOST_DAYS = 800
NO_CHOICE = "—"
FILTERS = ("channel", "team", "agent", "reason", "product")
CHOICES: dict[str, tuple[type[Model], str, tuple[str, ...]]] = {  # field -> what it offers, its values, their words
    "team": (Team, "key", ("name",)),
    "agent": (User, "pk", ("first_name", "last_name")),
    "reason": (Reason, "key", ("what", "why")),
}


class AskedForm(forms.Form):
    """Everything is optional; a custom period has its first and its last day, both included."""

    period = forms.ChoiceField(choices=[(one.value, one.value) for one in Period], required=False, label=_("period"))
    against = forms.ChoiceField(choices=AGAINST.items(), required=False, label=_("compared with"))
    since = DayField(required=False, label=_("from"), widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"))
    until = DayField(required=False, label=_("to"), widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"))
    clock = forms.ChoiceField(choices=Clock.choices, required=False, label=_("clock"))
    shop = forms.ModelChoiceField(
        Shop.objects.order_by("name"), required=False, to_field_name="key", label=_("shop"), empty_label=NO_CHOICE
    )
    channel = forms.ChoiceField(choices=[("", NO_CHOICE), *ChannelKind.choices], required=False, label=_("channel"))
    team = forms.ModelChoiceField(
        Team.objects.order_by("name"), required=False, to_field_name="key", label=_("team"), empty_label=NO_CHOICE
    )
    agent = forms.ModelChoiceField(
        User.objects.order_by("first_name", "last_name"), required=False, label=_("colleague"), empty_label=NO_CHOICE
    )
    reason = forms.ModelChoiceField(
        Reason.objects.all(), required=False, to_field_name="key", label=_("reason"), empty_label=NO_CHOICE
    )
    product = forms.CharField(max_length=60, required=False, label=_("product number"))

    def clean(self) -> dict[str, Any]:
        asked = super().clean() or {}
        since, until = asked.get("since"), asked.get("until")
        if asked.get("period") == Period.CUSTOM and not (since and until):
            raise forms.ValidationError(_("Say from which day to which."))
        if since and until and not timedelta(0) <= until - since < timedelta(days=MOST_DAYS):
            raise forms.ValidationError(_("The last day must not be before the first, nor too far after it."))
        return asked

    def unread(self) -> list[str]:
        """What could not be read and is left out, each with the name of its field."""
        return [self._named(name, " ".join(map(str, words))) for name, words in self.errors.items()]

    def _named(self, name: str, text: str) -> str:
        told = {"name": self.fields[name].label, "text": text} if name in self.fields else None
        return gettext("%(name)s: %(text)s") % told if told else text

    def told(self, shops: int) -> list[Any]:
        """The fields behind the filter button, where there are so many shops."""
        for name, choices in _choices().items():
            self.fields[name].widget.choices = [("", NO_CHOICE), *choices]
        return [self[name] for name in ("shop", *FILTERS) if name != "shop" or shops > 1]


def _choices() -> dict[str, list[tuple[str, str]]]:
    """Which teams, colleagues and reasons may be chosen: one statement instead of three."""
    teams, *others = (
        model._default_manager.annotate(
            field=Value(name), value=Cast(key, TextField()), first=F(names[0]), last=F(names[-1])
        )
        .order_by()
        .values_list("field", "value", "first", "last")
        for name, (model, key, names) in CHOICES.items()
    )
    found: dict[str, list[tuple[str, str]]] = {name: [] for name in CHOICES}
    for name, value, first, last in teams.union(*others, all=True).order_by("first", "last"):
        model, _key, names = CHOICES[name]
        found[name].append((value, str(model(**{names[0]: first, names[-1]: last}))))
    return found


@dataclass(frozen=True)
class Asked:
    """A scope, what it is compared with, and the addresses that lead to the same with one thing changed."""

    form: AskedForm
    shops: list[Any]
    scope: Scope
    before: Scope | None
    period: Period
    against: Against
    query: dict[str, str]
    rest: dict[str, str]  # what the address says beyond the form: the assumptions of one page

    def query_of(self, name: str) -> str:
        return self.rest.get(name, "")

    @property
    def filters(self) -> list[Any]:
        return self.form.told(len(self.shops))

    @property
    def kept_all(self) -> list[tuple[str, str]]:
        return list(self.query.items())

    def url(self, path: str = "", **changes: str) -> str:
        """`path` with the same question, but for the changes; an empty change is left out."""
        query = {name: value for name, value in (self.query | changes).items() if value}
        return f"{path}?{urlencode(query)}" if query else path or "?"

    @cached_property
    def dates(self) -> str:
        return in_words(self.scope.window)

    @cached_property
    def dates_before(self) -> str:
        return in_words(self.before.window) if self.before else ""

    @cached_property
    def permalink(self) -> str:
        """The same days for ever, whatever day it is read on."""
        window = self.scope.window
        last = (window.until - DAY).isoformat()
        return self.url(period=Period.CUSTOM, since=window.since.isoformat(), until=last)

    @property
    def ahead(self) -> bool:
        """Whether its first day is still to come."""
        return self.scope.window.start > timezone.now()

    @property
    def periods(self) -> list[dict[str, Any]]:
        return [
            {"label": label, "url": self.url(period=one, since="", until=""), "current": one == self.period}
            for one, label in PERIODS.items()
        ]

    @property
    def comparisons(self) -> list[dict[str, Any]]:
        return [
            {"label": label, "url": self.url(against=one), "current": one == self.against}
            for one, label in AGAINST.items()
        ]

    @property
    def clocks(self) -> list[dict[str, Any]]:
        return [
            {"label": label, "url": self.url(clock=key), "current": key == self.scope.clock}
            for key, label in ((Clock.CALENDAR, _("Calendar")), (Clock.BUSINESS, _("Opening hours")))
        ]

    @property
    def narrowed(self) -> str:
        """The filters in force, in words; empty without any."""
        scope = self.scope
        channel = str(ChannelKind(scope.channel).label) if scope.channel else ""
        chosen = (channel, scope.team, scope.agent.full_name if scope.agent else "", scope.reason, scope.product)
        return ", ".join(str(one) for one in chosen if one)

    @property
    def kept(self) -> list[tuple[str, str]]:
        """What the filter form must not forget."""
        return [(name, value) for name, value in self.query.items() if name not in ("shop", *FILTERS)]


def shops() -> list[Any]:
    """Every shop, the oldest first, each with how many of its alerts are open and whether it shows a leaderboard."""
    alerts = Count("alerts", filter=Q(alerts__closed_at=None))
    return list(Shop.objects.order_by("pk").annotate(alerts_open=alerts, ranked=F("figure_settings__leaderboard")))


def asked(request: Request, *, shop: str = "") -> Asked:
    """Read the address; what cannot be read falls back to the default and is said in `form.errors`.

    `shop`: the key of the one that is meant where the address names none.
    """
    given = request.GET.dict()
    given["shop"] = given.get("shop") or shop
    form = AskedForm(given)
    form.is_valid()
    found = {name: value for name, value in form.cleaned_data.items() if value}
    houses = shops()
    house = found.get("shop") or (houses[0] if houses else None)
    zone = ZoneInfo(house.timezone if house else "UTC")
    period = Period(found.get("period", Period.FOUR_WEEKS))
    against = Against(found.get("against", Against.PREVIOUS))
    whole = "since" in found and "until" in found and not form.non_field_errors()
    chosen = Window(found["since"], found["until"] + DAY, zone) if whole else None
    period = Period.FOUR_WEEKS if period == Period.CUSTOM and not chosen else period
    spanned = span(period, against, _today(zone), zone, chosen)
    only = house if found.get("shop") or len(houses) == 1 else None
    names = {name: found[name] for name in (*FILTERS, "clock") if name in found}
    scope = Scope(spanned.window, shop=only, **names)
    before = replace(scope, window=spanned.before) if spanned.before else None
    query = {name: given[name] for name in form.fields if given.get(name) and name not in form.errors}
    rest = {name: str(value) for name, value in request.GET.items() if name not in form.fields}
    return Asked(form, houses, scope, before, period, against, query, rest)


def _today(zone: ZoneInfo) -> date:
    return timezone.now().astimezone(zone).date()
