"""Whether what was promised was kept."""

from dataclasses import replace
from functools import cache

from django.db.models import BigIntegerField, Case, F, OuterRef, Q, Subquery, When
from django.db.models.functions import Coalesce, Now
from django.utils.translation import gettext_lazy as _

from metrics.kpis.registry import kpi
from metrics.measures import Measure, Share
from metrics.models import WaitFact
from metrics.populations import Beyond, Population, of_tickets
from metrics.scope import Scope
from tickets.models import Promise
from tickets.models.sla import Deadline

MET = Q(state=Deadline.State.MET)
NOT_DUE = {"not_due": Q(due_at__gte=Now())}


@kpi(
    "percent",
    _("First response within target"),
    _("Of the first-reply targets that fell due in the period, the share that was met; due and unanswered is missed."),
    better="higher",
)
def first_response_within_target(scope: Scope) -> Measure:
    return Share(deadlines(), MET, among=Q(kind=Deadline.Kind.FIRST_REPLY))


@kpi(
    "percent",
    _("Targets met"),
    _(
        "Of the first-reply, next-reply and resolution targets that fell due in the period, the share that was met."
        " A ticket that was closed without being solved has missed its resolution."
    ),
    better="higher",
)
def sla_attainment(scope: Scope) -> Measure:
    return Share(deadlines(), MET)


@kpi(
    "percent",
    _("Promises kept"),
    _("Of the reply times told to customers that fell due in the period, the share that was kept."),
    better="higher",
    section="quality",
)
def promise_kept_rate(scope: Scope) -> Measure:
    shown = of_tickets(Promise, "due_at", agent="facts__assignee")
    judged = shown.rows.filter(kept__isnull=False, due_at__lt=Now())
    beyond = Beyond(shown.rows, NOT_DUE | {"unjudged": Q(kept=None)})
    return Share(replace(shown, rows=judged, beyond=beyond), Q(kept=True))


@cache
def deadlines() -> Population:
    """Targets whose moment has passed, judged or not, dated by that moment. Closing is no solving.

    One met before its moment comes is out until then, as one that is not: else today looks better than it is.
    """
    own = {"facts": OuterRef("ticket"), "started_at": OuterRef("started_at"), "ended_at": OuterRef("ended_at")}
    reply = WaitFact.objects.filter(**own).values("by_id")[:1]
    actor = Case(
        When(kind=Deadline.Kind.FIRST_REPLY, then=F("facts__first_reply_by_id")),
        When(kind=Deadline.Kind.RESOLUTION, then=F("facts__solved_by_id")),
        default=Subquery(reply),
        output_field=BigIntegerField(),
    )
    credited = Coalesce(actor, F("facts__assignee_id"), output_field=BigIntegerField())
    population = of_tickets(Deadline, "due_at", agent="credited")
    judged = Q(state__in=(Deadline.State.MET, Deadline.State.MISSED))
    closed = Q(state=Deadline.State.CANCELLED, kind=Deadline.Kind.RESOLUTION, ended_at__isnull=False)
    counted = judged | closed | Q(state=Deadline.State.RUNNING)
    agent_started = Q(kind=Deadline.Kind.FIRST_REPLY, facts__by_customer=False)
    every = population.rows.annotate(credited=credited)
    beyond = Beyond(every, NOT_DUE | {"cancelled": ~counted})
    rows = every.filter(counted, due_at__lt=Now())
    return replace(population, rows=rows, left_out={"agent_started": agent_started}, beyond=beyond)
