"""Are the figures what the timelines say? Facts recomputed and compared, figures against the lists behind them."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import ngettext

from accounts.models import Shop
from metrics import purchases
from metrics.alerts import tell_managers
from metrics.kpis import KPIS
from metrics.models import Check
from metrics.moments import Backlog
from metrics.ratios import NoTickets
from metrics.refresh import catch_up, differences, ticket_ids
from metrics.scope import Group, Scope
from metrics.windows import Window

DAYS = 92
SHOWN = 50  # differences that are kept word by word


def check(progress: Callable[[int], None] = lambda done: None) -> Check:
    """Compare everything and keep what came of it. `progress` hears how many tickets have been compared."""
    tickets, count = 0, 0
    lines: list[str] = []
    for done, found in _compared():
        tickets, count = tickets + done, count + len(found)
        lines += found[: SHOWN - len(lines)]
        progress(tickets)
    return Check.objects.create(tickets=tickets, differences=count, lines=lines)


def tell(found: Check) -> None:
    """The managers hear of a check that found differences, as they hear of alerts."""
    tell_managers(partial(_headline, found), shop=None, cause=f"check:{found.pk}")


def _headline(found: Check) -> str:
    return ngettext(
        "The nightly check found one figure that is not what its tickets say.",
        "The nightly check found %(n)d figures that are not what their tickets say.",
        found.differences,
    ) % {"n": found.differences}


def _compared() -> Iterator[tuple[int, list[str]]]:
    """Stretch by stretch how many tickets, and a line for each difference."""
    catch_up()
    for batch in ticket_ids():
        yield len(batch), _still(partial(differences, batch))
    yield 0, _still(lambda: list(purchases.differences()))
    for shop in Shop.objects.all():
        yield 0, list(_figures(shop))


def _still(compare: Callable[[], list[str]]) -> list[str]:
    """What differs also when what came meanwhile has been counted."""
    if not compare():
        return []
    catch_up()
    return compare()


def _figures(shop: Shop) -> Iterator[str]:
    """Figure = rows behind it, and each day's backlog = the day before's plus and minus what happened."""
    zone = ZoneInfo(shop.timezone)
    until = timezone.now().astimezone(zone).date() + timedelta(days=1)
    scope = Scope(Window(until - timedelta(days=DAYS), until, zone), shop=shop)
    for kpi in KPIS.values():
        measure = kpi.measure(scope)
        if isinstance(measure, NoTickets):
            continue
        figure, rows = measure.figure(scope), measure.included(scope).count()
        n = figure.extra.get("tickets", figure.n)  # a quotient of tickets and something else lists its tickets
        if n != rows:
            yield f"{shop.key} {kpi.slug}: counts {n}, lists {rows}"
    yield from _backlog(scope, shop)


def _backlog(scope: Scope, shop: Shop) -> Iterator[str]:
    carried = list(Backlog().figures(scope, Group.DAY).values())[-1].value
    counted = Backlog().figure(scope).value
    if carried != counted:
        yield f"{shop.key} backlog: carried on day by day {carried}, counted {counted}"
