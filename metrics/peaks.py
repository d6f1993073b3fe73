"""What is coming: contacts by the contact ratio and the orders expected; questions not yet prepared (S87, S98)."""

from dataclasses import dataclass

from faq.models import ArticleTranslation
from metrics.heat import Hour
from metrics.kpis import KPIS
from metrics.measures import over
from metrics.scope import Group, Scope
from tickets.models import Macro, Reason

ASKED_MOST = 10  # reasons that a peak should find prepared: ours


@dataclass(frozen=True, slots=True)
class Forecast:
    """Of an ordinary week: orders expected, contacts that come with them, and how many times those of today."""

    orders: float
    ratio: float | None  # contacts for every hundred orders
    contacts: float | None
    factor: float


def forecast(scope: Scope, demand: dict[Hour, int], expected: float | None) -> Forecast:
    """`expected`: orders a week, None for as many as on the days of the scope. Without orders nothing is foretold."""
    figure = KPIS["contact_ratio"].measure(scope).figure(scope)
    weeks = scope.window.days / 7
    sold = float(figure.denominator or 0) / weeks
    orders = sold if expected is None else expected
    ratio = over(100 * int(figure.numerator or 0), int(figure.denominator or 0))
    contacts = orders * ratio / 100 if ratio is not None else None
    today = sum(demand.values()) / weeks
    return Forecast(orders, ratio, contacts, contacts / today if contacts is not None and today else 1.0)


@dataclass(frozen=True, slots=True)
class Unready:
    """A frequent reason and what it lacks before a peak."""

    reason: Reason
    n: int
    macro: bool
    article: bool


def unready(scope: Scope) -> list[Unready]:
    """Of the reasons asked most, those without a macro or an article; empty when all are covered."""
    figures = KPIS["tickets_opened"].measure(scope).figures(scope, Group.REASON)
    counted = sorted(((figure.n, key) for key, figure in figures.items() if key), reverse=True)[:ASKED_MOST]
    named = Reason.objects.in_bulk([key for _n, key in counted])
    keys = [reason.key for reason in named.values()]
    macros = set(Macro.objects.filter(archived=False, reasons__in=named).values_list("reasons", flat=True))
    told = ArticleTranslation.objects.published().filter(article__reason__in=keys)
    articles = set(told.values_list("article__reason", flat=True))
    found = [Unready(named[key], n, key in macros, named[key].key in articles) for n, key in counted]
    return [one for one in found if not (one.macro and one.article)]
