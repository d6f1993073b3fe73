"""What customers settle alone, and whether they come back."""

from datetime import timedelta

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from faq.models import SelfServiceEntry
from metrics.kpis.registry import kpi
from metrics.kpis.volume import opened_by_customers
from metrics.measures import Measure
from metrics.models import TicketFacts
from metrics.populations import Population
from metrics.ratios import Quotient, Retention, Revenue, root, settings_of
from metrics.scope import Scope

SETTLED_FOR = timedelta(hours=72)


@kpi(
    "percent",
    _("Self-service rate"),
    _(
        "Of the questions of the period, the share that customers settled alone: an article that they say solved it, or"
        " an order page, with no ticket of theirs within 72 hours after. The rest are the tickets that they opened."
    ),
    better="higher",
)
def self_service_rate(scope: Scope) -> Measure:
    wrote = TicketFacts.objects.filter(
        excluded="",
        by_customer=True,
        customer=OuterRef("visitor_root"),
        opened_at__gte=OuterRef("at"),
        opened_at__lte=OuterRef("at") + SETTLED_FOR,
    )
    done = ~Q(kind=SelfServiceEntry.Kind.ARTICLE_SOLVED) | Q(confirmed=True)
    entries = SelfServiceEntry.objects.filter(done).annotate(visitor_root=root("customer")).filter(~Exists(wrote))
    return Quotient(opened_by_customers(), Population(entries, at="at", facts=None), False)


@kpi(
    "percent",
    _("Retention"),
    _(
        "Customers active at the end of the period less those who came new, over those active at its beginning."
        " Active: an order in the 365 days before, or as many as the shop has set."
    ),
    better="higher",
    section="quality",
)
def retention_rate(scope: Scope) -> Measure:
    return Retention(settings_of(scope).active_days)


@kpi(
    "money",
    _("Support revenue"),
    _(
        "Orders placed in the period by customers whom a colleague had answered on a ticket opened in the days before,"
        " less cancelled and refunded ones. It goes together with support; it is not proven to come from it."
    ),
    better="higher",
)
def support_revenue(scope: Scope) -> Measure:
    return Revenue()
