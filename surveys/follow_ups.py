"""Low scores are read, owned, put right and closed with an outcome (S95)."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.models import Role, User
from helpdesk.lib.refused import Refused
from hours import clock
from surveys.models import FollowUp, Outcome, Survey
from tickets.calendars import calendar_for
from tickets.models import Notification
from tickets.notifications import notify

WITHIN = 8 * 3600  # open seconds; the same length by the calendar where the shop has no hours


@transaction.atomic
def open_for(survey: Survey, *, at: datetime) -> FollowUp | None:
    """Open the follow-up of a low score, once. One page with two low scores opens one."""
    if survey.asked_with_id and FollowUp.objects.filter(survey=survey.asked_with_id).exists():
        return None
    defaults = {"owner": _owner_for(survey), "opened_at": at, "due_at": _due(survey, at)}
    follow_up, new = FollowUp.objects.get_or_create(survey=survey, defaults=defaults)
    if new:
        _tell(follow_up)
    return follow_up


@transaction.atomic
def give(follow_up: FollowUp, *, to: User | None) -> FollowUp:
    """Make somebody responsible. Refused when it is closed, for whom the customer rated, or who may not see it."""
    follow_up = _locked(follow_up)
    if follow_up.closed_at:
        raise Refused("owner", _("This follow-up is closed."))
    if to is not None:
        _not_the_rated(to, follow_up)
    if to is not None and not _may_own(to, follow_up):
        raise Refused("owner", _("This colleague cannot see the ticket."))
    follow_up.owner = to
    follow_up.save(update_fields=["owner"])
    _tell(follow_up)
    return follow_up


@transaction.atomic
def close(follow_up: FollowUp, *, outcome: str, words: str = "", by: User) -> FollowUp:
    """End it with an outcome. Refused without one, and for whom the customer rated; twice changes nothing."""
    if outcome not in Outcome.values:
        raise Refused("outcome", _("Say what came of it first."))
    follow_up = _locked(follow_up)
    _not_the_rated(by, follow_up)
    if follow_up.closed_at is None:
        follow_up.outcome, follow_up.words = outcome, words.strip()
        follow_up.closed_at, follow_up.closed_by = timezone.now(), by
        follow_up.owner = follow_up.owner or by
        follow_up.save()
    return follow_up


def visible_follow_ups(user: User) -> QuerySet[FollowUp]:
    """The follow-ups of the answers that this user may see."""
    return FollowUp.objects.filter(survey__in=Survey.objects.visible_to(user).values("pk"))


def _tell(follow_up: FollowUp) -> None:
    """Let its owner know, once each."""
    owner, survey = follow_up.owner, follow_up.survey
    if owner is None:
        return
    with translation.override(owner.language_for(survey.shop)):
        name = survey.customer.name or _("A customer")
        text = _("%(name)s rated %(score)s: follow it up") % {"name": name, "score": survey.score}
    notify(owner, Notification.Kind.TASK, ticket=survey.ticket, text=text, cause=f"follow-up:{follow_up.pk}")


def _owner_for(survey: Survey) -> User | None:
    """A lead who sees the ticket but was not rated themselves; else a manager."""
    others = User.objects.filter(is_active=True).order_by("pk")
    others = others.exclude(pk=survey.agent_id) if survey.agent_id else others
    leads, team = others.filter(role=Role.LEAD), survey.ticket.team_id if survey.ticket else None
    leads = leads.filter(teams=team) if team else leads if survey.ticket else leads.none()
    managers = others.filter(role__in=[Role.MANAGER, Role.ADMIN])
    return leads.first() or managers.order_by("-role", "pk").first()


def _not_the_rated(user: User, follow_up: FollowUp) -> None:
    """Who works alone puts right what they were rated for themselves."""
    if user == follow_up.survey.agent and _owner_for(follow_up.survey):
        raise Refused("owner", _("Somebody else follows up what one was rated for."))


def _may_own(user: User, follow_up: FollowUp) -> bool:
    return user.is_active and visible_follow_ups(user).filter(pk=follow_up.pk).exists()


def _due(survey: Survey, at: datetime) -> datetime:
    calendar = calendar_for(survey.shop)
    due = clock.due(calendar, at, WITHIN) if calendar else None
    return due or at + timedelta(seconds=WITHIN)


def _locked(follow_up: FollowUp) -> FollowUp:
    return FollowUp.objects.select_for_update(of=("self",)).get(pk=follow_up.pk)
