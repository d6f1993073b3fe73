"""The seven questions of a service's strategy (S109), each with today's answer as the settings give it."""

from dataclasses import dataclass, field

from django.db.models import Prefetch
from django.utils.functional import Promise as Words
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from accounts.models import Shop, Team, User
from channels_app.models import Channel
from faq.models import ArticleTranslation
from hours.words import sentence
from tickets.models import DeskSettings, Macro
from tickets.views.settings.setup_forms import Answer, Escalation, Leads, Limits, NewTeam, Week

FORMS: dict[str, type[Answer]] = {
    "who": NewTeam,
    "hours": Week,
    "accountable": Leads,
    "management": Escalation,
    "limits": Limits,
}


@dataclass(frozen=True, slots=True)
class Question:
    """`says`: today's answer in words; `links`: (label, address's name) of where the rest of it is kept."""

    key: str
    title: str
    why: str
    answered: bool
    says: list[str | Words]
    links: list[tuple[str, str]]
    form: Answer | None = field(default=None)


def questions(shop: Shop, wrong: dict[str, Answer] | None = None) -> list[Question]:
    """All seven in their order. `wrong`: a form with its errors, by its question's key."""
    forms = {key: form(shop) for key, form in FORMS.items()} | (wrong or {})
    desk = DeskSettings.objects.filter(shop=shop).first() or DeskSettings(shop=shop)
    return [
        _who(forms["who"]),
        _training(desk),
        _resources(shop),
        _hours(forms["hours"]),
        _accountable(forms["accountable"]),
        _management(forms["management"]),
        _limits(forms["limits"], desk),
    ]


def _who(form: Answer) -> Question:
    here = User.objects.filter(is_active=True)
    teams = list(Team.objects.prefetch_related(Prefetch("members", here)))
    says = [
        _("%(name)s: %(words)s")
        % {"name": one.name, "words": ", ".join(member.full_name for member in one.members.all()) or _("nobody")}
        for one in teams
    ]
    return Question(
        key="who",
        title=_("Who serves?"),
        why=_("A ticket of a team is seen by its members, by managers and by admins."),
        answered=any(one.members.all() for one in teams),
        says=[*says] or [_("None yet: every ticket is everybody’s.")],
        links=[(_("Teams"), "settings-teams"), (_("People"), "settings-people")],
        form=form,
    )


def _training(desk: DeskSettings) -> Question:
    lists = desk.phrases.values()
    own = sum(len(one.get("banned", [])) + len(one.get("rewrites", [])) for one in lists)
    words = ngettext(
        "The coach watches for %(n)d phrase of yours.", "The coach watches for %(n)d phrases of yours.", own
    )
    return Question(
        key="training",
        title=_("How are they trained?"),
        why=_("The reply coach reads along while an answer is written; quality reviews show what to practise."),
        answered=own > 0 or desk.coach_blocks,
        says=[words % {"n": own}, *([_("It may hold an answer back.")] if desk.coach_blocks else [])],
        links=[(_("The reply coach’s own phrases"), "settings-desk"), (_("Scorecards"), "scorecards")],
    )


def _resources(shop: Shop) -> Question:
    channels = Channel.objects.filter(shop=shop, enabled=True).count()
    macros = Macro.objects.filter(owner=None, archived=False).exclude(shop__in=Shop.objects.exclude(pk=shop.pk)).count()
    articles = ArticleTranslation.objects.published().filter(shop=shop).values("article").distinct().count()
    return Question(
        key="resources",
        title=_("With which resources?"),
        why=_("What must be at hand: channels, macros to answer with, articles to point to."),
        answered=bool(channels and macros and articles),
        says=[
            ngettext("%(n)d channel is open.", "%(n)d channels are open.", channels) % {"n": channels},
            ngettext("%(n)d shared macro.", "%(n)d shared macros.", macros) % {"n": macros},
            ngettext("%(n)d published article.", "%(n)d published articles.", articles) % {"n": articles},
        ],
        links=[(_("Channels"), "settings-channels"), (_("Macros"), "settings-macros"), (_("Help centre"), "articles")],
    )


def _hours(form: Answer) -> Question:
    assert isinstance(form, Week)
    is_kept = not form.calendar._state.adding
    words = sentence(form.calendar, get_language() or "en")
    return Question(
        key="hours",
        title=_("During which hours?"),
        why=_("Promises, reply targets and escalation count these hours."),
        answered=is_kept,
        says=[words if is_kept else _("Until there are some, time always runs: day and night.")],
        links=[(_("Holidays and special days"), "settings-hours")],
        form=form,
    )


def _accountable(form: Answer) -> Question:
    assert isinstance(form, Leads)
    without = [team.name for team in form.teams if not form.leads_of(team)]
    if not form.teams:
        says = _("First say who serves.")
    else:
        says = _("Without a lead: %(teams)s") % {"teams": ", ".join(without)} if without else ""
    return Question(
        key="accountable",
        title=_("Who is accountable?"),
        why=_("What is late and nobody has goes to the lead of its team. Whoever you choose becomes team lead."),
        answered=bool(form.teams and not without),
        says=[says] if says else [],
        links=[(_("People"), "settings-people")],
        form=form if form.teams else None,
    )


def _management(form: Answer) -> Question:
    assert isinstance(form, Escalation)
    count, says = len(form.policies), list[str | Words]()
    if count:
        words = ngettext("Counts for the shop’s target.", "Counts for the shop’s %(n)d targets.", count)
        says = [words % {"n": count}]
    if form.differs:
        says.append(_("They differ today: saving makes them alike."))
    return Question(
        key="management",
        title=_("When is management called in?"),
        why=_("A missed target calls in a lead; with still no answer the next higher person, never the same twice."),
        answered=count > 0,
        says=says or [_("None yet: the shop's own promise sorts the inbox, and nothing is judged.")],
        links=[(_("Reply targets"), "settings-sla"), (_("Rules"), "settings-rules")],
        form=form,
    )


def _limits(form: Answer, desk: DeskSettings) -> Question:
    words = _("In %(currency)s, for each thing given.") % {"currency": form.shop.currency}
    return Question(
        key="limits",
        title=_("How far may we go?"),
        why=_("What each role may give to make up for something without asking. Beyond it, a colleague approves."),
        answered=bool(desk.compensation_limits),
        says=[words, *([] if desk.compensation_limits else [_("These are the usual limits: save them if they suit.")])],
        links=[(_("Complaints"), "complaints")],
        form=form,
    )
