"""Whether a question may be asked, and when: delay, quiet hours, cool-down, and who is never asked."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Q

from accounts.models import Shop
from customers.orders import UNPAID
from surveys.models import Source, State, Survey, SurveyPolicy
from tickets import acknowledgement
from tickets.models import Author, Message, Ticket


def policy_of(shop: Shop, kind: str) -> SurveyPolicy | None:
    """The shop's policy for this kind of question, if it asks it."""
    return SurveyPolicy.objects.filter(shop=shop, kind=kind, active=True).select_related("shop").first()


def time_to_ask(policy: SurveyPolicy, after: datetime) -> datetime:
    """The policy's delay after an instant, moved to the end of the quiet hours that it falls into."""
    return out_of_quiet_hours(policy, after + timedelta(seconds=policy.delay))


def out_of_quiet_hours(policy: SurveyPolicy, at: datetime) -> datetime:
    """`at`, or the end of the quiet hours around it, by the shop's clock. They may pass midnight."""
    start, end = policy.quiet_from, policy.quiet_until
    if start is None or end is None or start == end:
        return at
    zone = ZoneInfo(policy.shop.timezone)
    local = at.astimezone(zone)
    now = local.time()
    quiet = start <= now < end if start < end else now >= start or now < end
    if not quiet:
        return at
    day = local.date() + timedelta(days=1 if start > end and now >= start else 0)
    return datetime.combine(day, end, zone).astimezone(at.tzinfo)


def objection(survey: Survey, policy: SurveyPolicy | None, at: datetime) -> str:
    """Why this question is not asked now; "" when it may be."""
    if policy is None:
        return "policy off"
    about = _about_ticket(survey.ticket) if survey.ticket else ""
    about = "order not kept" if survey.order and survey.order.status in UNPAID else about
    return about or _asked_before(survey, policy, at)


def _about_ticket(ticket: Ticket) -> str:
    facts = {
        "skipped": ticket.skip_survey,
        "spam": ticket.spam,
        "deleted": ticket.deleted_at is not None,
        "test": ticket.is_test,
        "merged": ticket.merged_into_id is not None,
        "reopened": not ticket.is_done,
    }
    return next((why for why, true in facts.items() if true), "") or _about_customer(ticket)


def _about_customer(ticket: Ticket) -> str:
    """Robots are never asked, nor people who never wrote to us."""
    newest = Message.objects.filter(ticket__in=ticket.family(), author=Author.CUSTOMER).order_by("-at", "-pk").first()
    if newest is None:
        return "" if ticket.opened_by_customer else "the customer never wrote"
    return "robot" if acknowledgement.is_robot(newest) else ""


def _asked_before(survey: Survey, policy: SurveyPolicy, at: datetime) -> str:
    others = Survey.objects.filter(customer=survey.customer, source=Source.INVITATION, asked_with=None)
    others = others.filter(state__in=[State.LEAVING, State.SENT]).exclude(pk=survey.pk)
    same = others.filter(ticket=survey.ticket, kind=survey.kind) if survey.ticket_id else others.none()
    if not policy.again_after_reopen and same.exists():
        return "asked before the reopening"
    since = at - timedelta(days=policy.cool_down_days)
    recent = others.filter(Q(state=State.LEAVING) | Q(sent_at__gt=since))
    return "cool-down" if policy.cool_down_days and recent.exists() else ""


def settle(policy: SurveyPolicy, at: datetime) -> SurveyPolicy:
    """Note since when the question is asked: orders placed before are left alone. Does not save."""
    policy.active_since = (policy.active_since or at) if policy.active else None
    return policy
