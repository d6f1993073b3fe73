"""How long customers wait for an answer."""

from dataclasses import replace

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from metrics.kpis.registry import kpi
from metrics.measures import Lengths, Measure
from metrics.models import TicketFacts, WaitFact
from metrics.moments import LongestWait
from metrics.populations import Beyond, children, tickets
from metrics.ratios import PerTicket
from metrics.scope import Scope


@kpi(
    "seconds",
    _("First response time"),
    _(
        "From the customer's first message to the first reply by a person: the mean of the tickets first answered in"
        " the period. Tickets that a colleague opened are left out."
    ),
    better="lower",
)
def first_response_time(scope: Scope) -> Measure:
    ours = {"agent_started": Q(by_customer=False)}
    answered = tickets("first_reply_at", agent="first_reply_by", left_out=ours, late="unanswered")
    return Lengths(answered, scope.column("first_reply"))


@kpi(
    "seconds",
    _("Longest wait"),
    _("The longest time for which a customer waited: answered in the period, or still unanswered at its end."),
    better="lower",
)
def longest_wait(scope: Scope) -> Measure:
    return LongestWait()


@kpi(
    "seconds",
    _("Response time"),
    _(
        "The sum of all waits that a reply ended in the period, over the tickets answered at least once in it."
        " The mean per reply stands beside it."
    ),
    better="lower",
)
def response_time(scope: Scope) -> Measure:
    return PerTicket(children(WaitFact, "ended_at"), scope.column("wait"), tickets("opened_at"))


@kpi(
    "seconds",
    _("Time to acknowledge"),
    _("From the customer's first message to the first automatic answer, dated by that answer."),
    better="lower",
)
def time_to_acknowledge(scope: Scope) -> Measure:
    by_customers = TicketFacts.objects.filter(by_customer=True)
    beyond = Beyond(by_customers, late="unacknowledged", at="opened_at")
    return Lengths(replace(tickets("acknowledged_at"), beyond=beyond), scope.column("acknowledge"))
