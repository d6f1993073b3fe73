"""What a reason is worth: four reasons, four quadrants; before and after a fix; speed against satisfaction."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
import time_machine

from metrics.bubbles import bubbles
from metrics.fixes import Side, effect, margin
from metrics.loyalty import recovery, silent
from metrics.plan import plans
from metrics.products import products
from metrics.refresh import catch_up
from metrics.turning import Stretch, stretches, turning_point
from metrics.worth import Action, matrix
from surveys.models import Kind, Survey
from tests import factories
from tests.metrics.timelines import at, colleague, drawn, scope
from tickets.models import Problem, Reason, Ticket

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def now() -> Iterator[None]:
    with time_machine.travel(datetime(2026, 6, 1, 9, 0, tzinfo=UTC), tick=False):
        yield


def reason(key: str, polarity: int = 0) -> Reason:
    return Reason.objects.get_or_create(key=key, defaults={"what": "Motif", "why": key, "polarity": polarity})[0]


def rated(ticket: Ticket, score: int, kind: str = Kind.CSAT) -> Survey:
    about = {"ticket": ticket, "agent": colleague(), "shop": ticket.shop, "customer": ticket.customer}
    when = ticket.opened_at + timedelta(hours=3)
    return Survey.objects.create(kind=kind, state="sent", score=score, sent_at=when, answered_at=when, **about)


def contacts(key: str, *, score: int, buys: bool, count: int = 5) -> None:
    """As many customers with one contact each, answered and rated alike, who buy the next day or do not."""
    for n in range(count):
        who = factories.customer(f"{key}{n}@example.com")
        ticket = drawn(
            f"2026-03-{2 + n:02} 10:00", (f"2026-03-{2 + n:02} 11:00", "agent"), reason=reason(key), customer=who
        )
        rated(ticket, score)
        if buys:
            factories.order(who, total=Decimal("80.00"), placed_at=at(f"2026-03-{3 + n:02} 10:00"))


def test_four_reasons_land_in_four_quadrants() -> None:
    contacts("advice", score=5, buys=True)
    contacts("payment", score=1, buys=True)
    contacts("address", score=5, buys=False)
    contacts("late", score=1, buys=False)
    catch_up()
    found = matrix(scope("2026-03-01", "2026-04-01"))
    assert {one.reason.key: one.action for one in found.placed} == {
        "advice": Action.DEVELOP, "payment": Action.SIMPLIFY, "address": Action.AUTOMATE, "late": Action.ELIMINATE,
    }  # fmt: skip
    worth = {one.reason.key: one for one in found.placed}
    assert worth["advice"].shop == 80 - 3  # an order of 80, a reply of 6 minutes at 30 an hour
    assert worth["late"].shop == -3
    assert worth["advice"].customer == 0.4  # two stars above the median of 3, half of it, weighing 40 %
    assert (found.total, found.too_few) == (20, 0)
    assert [(one.action, one.n, one.cost) for one in plans(found.placed, "EUR")] == [
        (action, 5, "€15") for action in (Action.ELIMINATE, Action.AUTOMATE, Action.SIMPLIFY, Action.DEVELOP)
    ]
    places = {one.worth.reason.key: (one.x > 380, one.y < 280) for one in bubbles(found.placed)}
    assert places == {
        "advice": (True, True), "payment": (False, True), "address": (True, False), "late": (False, False)
    }  # fmt: skip


def test_a_rare_reason_is_not_placed_and_is_counted_apart() -> None:
    contacts("rare", score=5, buys=True, count=4)
    catch_up()
    found = matrix(scope("2026-03-01", "2026-04-01"))
    assert (found.placed, found.too_few, found.total) == ([], 4, 4)


def test_an_order_counts_for_the_last_contact_before_it_only() -> None:
    who = factories.customer("two@example.com")
    drawn("2026-03-02 10:00", reason=reason("first"), customer=who)
    drawn("2026-03-03 10:00", reason=reason("second"), customer=who)
    factories.order(who, total=Decimal("50.00"), placed_at=at("2026-03-03 12:00"))
    catch_up()
    from metrics.worth import contacts_of

    found = contacts_of(scope("2026-03-01", "2026-04-01"))
    assert [(found[reason(key).pk].orders, found[reason(key).pk].revenue) for key in ("first", "second")] == [
        (0, Decimal(0)), (1, Decimal("50.00")),
    ]  # fmt: skip


def test_a_fix_is_confirmed_only_beyond_chance() -> None:
    before, after = (
        Side(date(2026, 1, 5), date(2026, 3, 2), 158, 3798),
        Side(date(2026, 3, 9), date(2026, 4, 20), 44, 3697),
    )
    found = margin(before, after)
    assert found is not None
    assert (round(found[0], 2), round(found[1], 2)) == (-3.71, -2.23)
    assert margin(before, Side(date(2026, 3, 9), date(2026, 4, 20), 0, 0)) is None


def test_the_week_of_the_fix_counts_on_neither_side() -> None:
    late = reason("size")
    problem = Problem.objects.create(
        shop=factories.shop(), title="Cotes absentes", reason=late, fixed_at=at("2026-04-01 10:00")
    )
    for week, (written, sold) in enumerate([(4, 10)] * 8 + [(9, 10)] + [(1, 10)] * 4):
        monday = date(2026, 2, 2) + week * timedelta(days=7)
        for n in range(sold):
            factories.order(factories.customer(f"{week}-{n}@example.com"), placed_at=at(f"{monday} 1{n % 10}:00"))
        for n in range(written):
            drawn(
                f"{monday} 12:0{n}",
                (f"{monday} 13:00", "agent"),
                reason=late,
                customer=factories.customer(f"{week}-{n}@example.com"),
            )
    catch_up()
    found = effect(problem, tickets=0, today=date(2026, 5, 6))
    assert [(one.contacts, one.orders) for one in (found.before, found.after)] == [(32, 80), (4, 40)]
    assert [week.side for week in found.weeks] == ["before"] * 8 + ["fix"] + ["after"] * 4
    assert (found.change, found.verdict, found.saved) == (-75.0, "confirmed", Decimal("36.00"))


def test_a_product_is_held_against_the_orders_that_hold_it() -> None:
    who = factories.customer("lamp@example.com")
    lamp = [{"sku": "SEL-LB", "name": "Lampe Sélène", "quantity": 1, "price": "159.00"}]
    orders = [factories.order(who, number=f"L{n}", items=lamp, placed_at=at("2026-03-02 09:00")) for n in range(6)]
    for n in range(3):
        drawn(f"2026-03-0{3 + n} 10:00", customer=who).orders.add(orders[n])
    catch_up()
    assert [
        (one.sku, one.name, one.contacts, one.orders, one.ratio) for one in products(scope("2026-03-01", "2026-04-01"))
    ] == [("SEL-LB", "Lampe Sélène", 3, 6, 50.0)]


def test_the_turning_point_of_a_drawn_curve_is_found() -> None:
    drawn_curve = [
        Stretch(0, 60, 40, 3.6, 0.5), Stretch(60, 300, 40, 4.2, 0.5), Stretch(300, 900, 40, 4.8, 0.2),
        Stretch(900, 3600, 40, 4.3, 0.5), Stretch(3600, None, 40, 3.5, 0.8),
    ]  # fmt: skip
    assert turning_point(drawn_curve) == drawn_curve[2]
    assert turning_point([Stretch(0, 60, 40, 4.9, 0.1), *drawn_curve[1:]]) is None  # the fastest is the best
    assert turning_point([Stretch(0, 60, 4, 1.0, 0.0), Stretch(60, None, 40, 4.0, 0.5)]) is None  # too few to say


def test_ratings_stand_by_the_length_of_the_first_reply() -> None:
    rated(drawn("2026-03-02 10:00", ("2026-03-02 10:30", "agent")), 5)
    rated(drawn("2026-03-02 10:00", ("2026-03-02 10:45", "agent")), 4)
    catch_up()
    found = [one for one in stretches(scope("2026-03-01", "2026-04-01")) if one.n]
    assert [(one.low, one.high, one.n, one.mean) for one in found] == [(900, 3600, 2, 4.5)]


def test_complainers_are_told_apart_by_whether_we_helped() -> None:
    bad = reason("broken", -1)
    for n, (solved, buys) in enumerate([(True, True), (True, True), (True, False), (False, False), (False, True)]):
        who = factories.customer(f"angry{n}@example.com")
        strokes = [("2026-03-03 10:00", "solved")] if solved else []
        drawn("2026-03-02 10:00", *strokes, reason=bad, customer=who)
        if buys:
            factories.order(who, number=f"A{n}", placed_at=at("2026-04-02 10:00"))
    calm = factories.customer("calm@example.com")
    factories.order(calm, number="C1", placed_at=at("2026-03-05 10:00"))
    catch_up()
    found = recovery(scope("2026-03-01", "2026-04-01"))
    assert [(one.name, one.people, one.again) for one in found] == [
        ("solved", 3, 2),
        ("unsolved", 2, 1),
        ("silent", 1, 0),
    ]


def test_the_silent_loss_is_a_list_that_a_query_repeats() -> None:
    gone, stayed, late = (factories.customer(f"{name}@example.com") for name in ("gone", "stayed", "late"))
    for who in (gone, stayed):
        factories.order(
            who, number=f"B{who.pk}", total=Decimal("120.00"), status="delivered", placed_at=at("2026-02-02 10:00")
        )
        rated(drawn("2026-03-02 10:00", ("2026-03-02 11:00", "agent"), customer=who), 1)
    factories.order(stayed, number="S2", status="delivered", placed_at=at("2026-04-20 10:00"))
    factories.order(late, number="L1", total=Decimal("60.00"), status="shipped", placed_at=at("2026-03-10 10:00"))
    drawn("2026-03-20 10:00", customer=gone, spam=True)  # no sign of life
    rated(drawn("2026-03-02 10:00", customer=factories.customer("test@example.com"), is_test=True), 1)
    catch_up()
    lost, n, spent = silent(scope("2026-03-01", "2026-04-01"))
    assert [(one.customer, one.why, one.spent) for one in lost] == [
        (gone, "low", {"EUR": Decimal("120.00")}),
        (late, "late", {"EUR": Decimal("60.00")}),
    ]
    assert (n, spent) == (2, {"EUR": Decimal("180.00")})


def test_two_currencies_are_never_added() -> None:
    gone, other = (factories.customer(f"{name}@example.com") for name in ("gone", "other"))
    for who, total, currency in ((gone, 100, "EUR"), (gone, 70, "CHF"), (other, 900, "CHF")):
        when = at("2026-03-02 09:00") if who is other else at("2026-02-02 10:00")
        factories.order(who, number=f"{who.pk}{currency}", total=Decimal(total), currency=currency, placed_at=when)
    rated(drawn("2026-03-02 10:00", ("2026-03-02 11:00", "agent"), customer=gone), 1)
    catch_up()

    lost, _n, spent = silent(scope("2026-03-01", "2026-04-01"))

    assert [(one.customer, one.spent) for one in lost] == [
        (gone, {"CHF": Decimal(70), "EUR": Decimal(100)}),
        (other, {"CHF": Decimal(900)}),
    ]
    assert spent == {"CHF": Decimal(970), "EUR": Decimal(100)}
