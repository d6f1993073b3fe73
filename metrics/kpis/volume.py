"""How much comes in, how much is left."""

from functools import cache

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from customers.models import Order
from metrics.kpis.registry import kpi
from metrics.kpis.resolution import solved
from metrics.measures import Measure, Share, Tally
from metrics.moments import Backlog
from metrics.populations import Population, tickets
from metrics.ratios import Quotient
from metrics.scope import Scope


@kpi("count", _("Tickets opened"), _("Tickets opened in the period, by customers and by colleagues."))
def tickets_opened(scope: Scope) -> Measure:
    return Tally(tickets("opened_at"))


@kpi("count", _("Tickets solved"), _("Tickets whose last solve lies in the period and still stands."), better="higher")
def tickets_solved(scope: Scope) -> Measure:
    return Tally(solved())


@kpi("count", _("Backlog"), _("Tickets neither solved nor closed at the end of the period."), better="lower")
def backlog(scope: Scope) -> Measure:
    return Backlog()


@kpi(
    "percent",
    _("Abandonment"),
    _("Of the tickets that customers opened in the period, the share in which the customer left before we had helped."),
    better="lower",
)
def abandonment_rate(scope: Scope) -> Measure:
    return Share(opened_by_customers(), Q(abandoned_at__isnull=False))


@kpi(
    "percent",
    _("Contact ratio"),
    _("Tickets that customers opened in the period for every hundred orders placed in it."),
    better="lower",
)
def contact_ratio(scope: Scope) -> Measure:
    orders = Population(Order.objects.all(), at="placed_at", facts=None, items="items")
    return Quotient(opened_by_customers(), orders, True, variants={"post_purchase": Q(about_order=True)})


@cache
def opened_by_customers() -> Population:
    """The tickets that customers opened in the period."""
    return tickets("opened_at", left_out={"agent_started": Q(by_customer=False)})
