"""What customers say of our work, and what we say of it."""

from dataclasses import replace
from functools import cache

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from metrics.kpis.registry import kpi
from metrics.measures import Measure, Scores, Share
from metrics.populations import Beyond, Population, Rows, of_tickets
from metrics.ratios import Nothing, Nps
from metrics.scope import Scope
from surveys.models import UNASKED, Kind, Review, State, Survey


@kpi(
    "percent",
    _("Satisfaction (CSAT)"),
    _("The share of answers with 4 or 5 stars among the answers of the period; the mean stands beside it."),
    better="higher",
    section="quality",
)
def csat(scope: Scope) -> Measure:
    return Share(answers(), Q(score__gte=4), among=Q(kind=Kind.CSAT), score="score")


@kpi(
    "percent",
    _("CSAT response rate"),
    _("Of the satisfaction questions that reached a customer in the period, the share that was answered."),
    better="higher",
    section="quality",
)
def csat_response_rate(scope: Scope) -> Measure:
    asked = Survey.objects.filter(kind=Kind.CSAT).exclude(source__in=UNASKED)
    why = {"bounced": Q(state=State.BOUNCED), "not_asked": Q(state=State.CANCELLED)}
    beyond = Beyond(asked, why, late="not_sent", at="due_at")
    delivered = replace(_surveys("sent_at", asked.delivered()), beyond=beyond)
    return Share(delivered, Q(answered_at__isnull=False))


@kpi(
    "percent",
    _("Ease (CES)"),
    _("The share of answers from 5 to 7, on a scale from 1 to 7, among the answers of the period."),
    better="higher",
    section="quality",
)
def ces(scope: Scope) -> Measure:
    return Share(answers(), Q(score__gte=5), among=Q(kind=Kind.CES), score="score")


@kpi(
    "score",
    _("Recommendation (NPS)"),
    _("The share of answers with 9 or 10 less the share with 0 to 6, among the answers of the period."),
    better="higher",
    section="quality",
)
def nps(scope: Scope) -> Measure:
    return Nps(answers(), Q(score__gte=9), among=Q(kind=Kind.NPS), score="score", against=Q(score__lte=6))


@kpi(
    "percent",
    _("Internal quality"),
    _("The mean score of the reviews made in the period; categories that did not apply are left out."),
    better="higher",
    section="quality",
)
def internal_quality_score(scope: Scope) -> Measure:
    made = of_tickets(Review, "at", agent="agent")
    scored = made.rows.filter(score__isnull=False)
    return Scores(replace(made, rows=scored, beyond=Beyond(made.rows, {"no_score": Q(score=None)})), "score")


@kpi(
    "seconds",
    _("Handle time"),
    _("The time that colleagues worked on a ticket. It is not recorded yet."),
    better="lower",
)
def handle_time(scope: Scope) -> Measure:
    return Nothing()


@cache
def answers() -> Population:
    """The last answers to surveys of every kind."""
    beyond = Beyond(Survey.objects.all(), late="no_answer", at="sent_at")
    return replace(_surveys("answered_at", Survey.objects.answered()), beyond=beyond)


def _surveys(at: str, rows: Rows) -> Population:
    """Surveys count in their shop; one about a ticket only if the ticket does."""
    return Population(rows, at=at, agent="agent", facts="facts__", shop="shop", without_ticket="ticket")
