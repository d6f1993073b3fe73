"""What is coming (S87, S98): contacts that go with expected orders, and the frequent questions not yet prepared."""

import pytest

from metrics.heat import demand, open_hours
from metrics.peaks import Forecast, forecast, unready
from metrics.refresh import catch_up
from tests import factories
from tests.metrics.timelines import at, drawn, scope
from tickets.models import Macro, Reason

pytestmark = pytest.mark.django_db


def test_contacts_follow_the_orders_expected() -> None:
    who = factories.customer("ada@example.com")
    for n in range(10):
        factories.order(who, number=f"N{n}", placed_at=at("2026-03-03 09:00"))
    for _n in range(2):
        drawn("2026-03-04 10:00", customer=who)
    catch_up()
    week = scope("2026-03-02", "2026-03-09")
    counts = demand(week)
    assert forecast(week, counts, None) == Forecast(orders=10, ratio=20.0, contacts=2.0, factor=1.0)
    assert forecast(week, counts, 50) == Forecast(orders=50, ratio=20.0, contacts=10.0, factor=5.0)


def test_without_orders_nothing_is_foretold() -> None:
    drawn("2026-03-04 10:00")
    catch_up()
    week = scope("2026-03-02", "2026-03-09")
    assert forecast(week, demand(week), 50) == Forecast(orders=50, ratio=None, contacts=None, factor=1.0)


def test_a_holiday_in_the_first_week_does_not_close_its_weekday_on_the_heat_map() -> None:
    factories.calendar(holidays={"country": "FR"})
    opened = open_hours(scope("2026-11-11", "2026-12-09"))  # a Wednesday, a holiday
    assert opened == {(day, hour) for day in range(5) for hour in (9, 10, 11, 13, 14, 15, 16, 17)}


def test_a_reason_with_a_macro_still_lacks_its_article() -> None:
    reasons = [Reason.objects.create(key=key, what="Livraison", why=key) for key in ("late", "slot")]
    for reason in (*reasons, reasons[0]):
        drawn("2026-03-04 10:00", reason=reason)
    Macro.objects.create(name="Retard").reasons.add(reasons[0])
    catch_up()
    found = unready(scope("2026-03-02", "2026-03-09"))
    assert [(one.reason.key, one.n, one.macro, one.article) for one in found] == [
        ("late", 2, True, False), ("slot", 1, False, False),
    ]  # fmt: skip
