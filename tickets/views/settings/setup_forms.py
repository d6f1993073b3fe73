"""The answers of /settings/setup/ as forms: each starts as things stand, and saves where its subject is kept."""

from typing import TYPE_CHECKING, Any

from babel.dates import get_day_names
from django import forms
from django.db import transaction
from django.db.models import Prefetch
from django.http import QueryDict
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.text import slugify
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from accounts import staff
from accounts.models import Role, Shop, Team, User
from hours.actions import set_hours
from hours.models import Calendar
from hours.rules import DAYS
from tickets.models import DeskSettings, SlaPolicy
from tickets.sla import revise
from tickets.sla_presets import PRESETS, apply
from tickets.views.settings.sla_form import Length
from tickets.views.settings.spans import Spans

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise


class Answer(forms.Form):
    """One answer for a shop, as it stands until somebody changes it."""

    button: "StrPromise" = gettext_lazy("Save")

    def __init__(self, shop: Shop, data: QueryDict | None = None) -> None:
        super().__init__(data, auto_id=f"{type(self).__name__.lower()}_%s")
        self.shop = shop
        self.ask()

    def ask(self) -> None:
        """Add the fields that depend on the shop, and today's values."""

    def save(self) -> None:
        """Keep the checked answer."""
        raise NotImplementedError


class NewTeam(Answer):
    button = gettext_lazy("Add the team")
    name = forms.CharField(label=gettext_lazy("New team"), max_length=50)
    members = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Members"),
        queryset=User.objects.filter(is_active=True),
        required=False,
        widget=forms.CheckboxSelectMultiple({"class": "check"}),
    )

    def clean_name(self) -> str:
        name = str(self.cleaned_data["name"])
        if not slugify(name) or Team.objects.filter(key=slugify(name)).exists():
            raise forms.ValidationError(_("Choose a short name that no other team has."))
        return name

    def save(self) -> None:
        name = self.cleaned_data["name"]
        staff.save_team(Team(), name=name, key=slugify(name), members=self.cleaned_data["members"])


class Week(Answer):
    """The shop's own hours of a week; holidays and special days stay as they are."""

    def ask(self) -> None:
        names = get_day_names("wide", locale=get_language() or "en")
        now = self.calendar.in_force(timezone.now())
        for n, day in enumerate(DAYS):
            field = Spans(label=names[n].capitalize(), required=False, max_length=400, initial=now.weekly.get(day, []))
            field.widget.attrs["placeholder"] = _("closed").capitalize()
            self.fields[day] = field

    @cached_property
    def calendar(self) -> Calendar:
        key = f"hours-{self.shop.key}"
        kept = Calendar.objects.filter(shop=self.shop, default=True).prefetch_related("earlier").first()
        if kept is None and (taken := Calendar.objects.filter(key__startswith=key).count()):
            key = f"{key}-{taken + 1}"
        return kept or Calendar(key=key, shop=self.shop, default=True, timezone=self.shop.timezone)

    def clean(self) -> dict[str, Any]:
        if not self.errors and not any(self.cleaned_data.values()):
            raise forms.ValidationError(_("Open on one day at least."))
        return self.cleaned_data

    def save(self) -> None:
        """As it was, nothing happens: what is planned for later stays planned."""
        if self.has_changed():
            since = None if self.calendar._state.adding else timezone.now()
            weekly = {day: self.cleaned_data[day] for day in DAYS if self.cleaned_data[day]}
            set_hours(self.calendar, valid_from=since, weekly=weekly)


class Leads(Answer):
    """Who leads each team. Whoever is chosen becomes a lead; nobody stops being one here."""

    def ask(self) -> None:
        people = User.objects.filter(is_active=True, role__in=[Role.AGENT, Role.LEAD])
        choices = [("", _("nobody yet")), *((str(one.pk), one.full_name) for one in people)]
        for team in self.teams:
            leads = self.leads_of(team)
            self.fields[f"team_{team.pk}"] = forms.ChoiceField(
                label=team.name,
                choices=choices,
                required=False,
                initial=str(leads[0].pk) if leads else "",
                help_text=", ".join(one.full_name for one in leads) if len(leads) > 1 else "",
            )

    @cached_property
    def teams(self) -> list[Team]:
        leads = User.objects.filter(is_active=True, role=Role.LEAD)
        return list(Team.objects.prefetch_related(Prefetch("members", leads)))

    @staticmethod
    def leads_of(team: Team) -> list[User]:
        return list(team.members.all())  # those that `teams` has fetched

    @transaction.atomic
    def save(self) -> None:
        for team in self.teams:
            name = f"team_{team.pk}"
            if name in self.changed_data and self.cleaned_data[name]:
                lead = User.objects.get(pk=self.cleaned_data[name])
                staff.save_person(lead, teams={*lead.teams.all(), team}, role=Role.LEAD)


class Escalation(Answer):
    """When a lead, then a manager, then an admin is called in: for every target of the shop at once."""

    preset = forms.ChoiceField(
        label=gettext_lazy("Reply targets to begin with"),
        choices=[(one.key, one.name) for one in PRESETS],
        widget=forms.RadioSelect({"class": "check check--round"}),
    )
    warn_at_percent = forms.IntegerField(
        label=gettext_lazy("Warn when this share is spent (%)"), min_value=1, max_value=100
    )
    escalate_every = Length(
        label=gettext_lazy("Escalate again after"),
        required=False,
        help_text=gettext_lazy("Open hours without an answer, then the next higher person is called in. Empty: never."),
    )

    def ask(self) -> None:
        first = next(iter(self.policies), SlaPolicy())
        self.initial = {"warn_at_percent": first.warn_at_percent, "escalate_every": first.escalate_every}
        self.initial["preset"] = PRESETS[0].key
        if self.policies:
            del self.fields["preset"]

    @cached_property
    def policies(self) -> list[SlaPolicy]:
        return list(SlaPolicy.objects.filter(shop=self.shop, active=True))

    @property
    def differs(self) -> bool:
        """Whether the targets do not all escalate alike."""
        return len({(one.warn_at_percent, one.escalate_every) for one in self.policies}) > 1

    @transaction.atomic
    def save(self) -> None:
        ladder, at = dict(self.cleaned_data), timezone.now()
        if chosen := ladder.pop("preset", None):
            apply(next(one for one in PRESETS if one.key == chosen), self.shop, at=at)
        for policy in SlaPolicy.objects.filter(shop=self.shop, active=True):
            revise(policy, ladder, at=at)
            policy.save()


class Limits(Answer):
    """What each role may give without asking (S112)."""

    def ask(self) -> None:
        for role in Role:
            self.fields[role] = forms.DecimalField(
                label=role.label,
                min_value=0,
                max_digits=12,
                decimal_places=2,
                localize=True,
                initial=self.desk.limit_of(role),
            )

    @cached_property
    def desk(self) -> DeskSettings:
        return DeskSettings.objects.filter(shop=self.shop).first() or DeskSettings(shop=self.shop)

    def save(self) -> None:
        desk = DeskSettings.of(self.shop)
        desk.compensation_limits = {role: str(self.cleaned_data[role]) for role in Role}
        desk.save(update_fields=["compensation_limits"])
