"""Many contacts about one product for one reason become a task for a lead, once (S82)."""

from typing import Any

import pytest

from accounts.models import Role
from metrics.causes import sweep
from tests import factories as make
from tests.metrics.timelines import at, drawn
from tickets import actions
from tickets.actors import Actor
from tickets.models import EventKind, Notification, Reason, Task

pytestmark = pytest.mark.django_db
LAMP = {"sku": "SEL-LB", "name": "Lampe Sélène", "quantity": 1, "price": "159.00"}
RUG = {"sku": "TAP-1", "name": "Tapis", "quantity": 1, "price": "80.00"}
FRIDAY = "2026-03-06 18:00"


@pytest.fixture
def dim() -> Reason:
    return Reason.objects.create(key="dim", what="Produit", why="Éclaire trop peu")


@pytest.fixture
def lead() -> Any:
    return make.user(role=Role.LEAD, language="en")


def contacts(reason: Reason, days: list[str], items: list[dict[str, Any]] | None = None, **fields: Any) -> list[Any]:
    """One a day at 10:00, each about an order of its own that holds the lamp."""
    drawings = [drawn(f"2026-03-{day} 10:00", reason=reason, **fields) for day in days]
    for ticket in drawings:
        ticket.orders.add(make.order(ticket.customer, items=items or [LAMP]))
    return drawings


def looked(clock: str = FRIDAY) -> list[Task]:
    return sweep(at(clock))


def test_the_fifth_within_a_week_makes_one_task(dim: Reason, lead: Any) -> None:
    contacts(dim, ["01", "02", "03", "04"])
    assert looked() == []
    fifth = contacts(dim, ["05"])[0]
    found = looked()
    assert [(one.title, one.user, one.ticket) for one in found] == [
        ("Find the cause: 5 contacts in 7 days about Lampe Sélène (Produit › Éclaire trop peu)", lead, fifth)
    ]
    assert list(fifth.events.filter(kind=EventKind.TASK).values_list("data__title", flat=True)) == [found[0].title]
    assert [(one.user, one.text) for one in Notification.objects.all()] == [(lead, found[0].title)]
    contacts(dim, ["06"])
    assert (looked(), Task.objects.count()) == ([], 1)


def test_five_in_more_than_a_week_are_none(dim: Reason) -> None:
    contacts(dim, ["01", "02", "03", "04", "08"])
    assert looked("2026-03-08 10:00") == []  # the first is exactly seven days old
    contacts(dim, ["07"])
    assert len(looked("2026-03-08 10:00")) == 1


def test_two_reasons_and_two_products_are_counted_apart(dim: Reason) -> None:
    late = Reason.objects.create(key="late", what="Livraison", why="Retard")
    contacts(dim, ["02", "03", "04"])
    contacts(late, ["02", "03"])
    contacts(dim, ["02", "03"], [RUG])
    assert looked() == []
    contacts(dim, ["05", "06"], [RUG, LAMP])
    assert [one.data for one in looked()] == [{"shop": "main", "reason": "dim", "sku": "SEL-LB"}]


def test_two_orders_with_the_product_are_one_contact(dim: Reason) -> None:
    for ticket in contacts(dim, ["03", "04", "05"]):
        ticket.orders.add(make.order(ticket.customer, items=[LAMP, LAMP]))
    assert looked() == []


def test_spam_and_what_a_colleague_opened_do_not_count(dim: Reason) -> None:
    contacts(dim, ["02", "03", "04"])
    contacts(dim, ["05"], spam=True)
    contacts(dim, ["05"], opened_by_customer=False)
    assert looked() == []


def test_once_done_only_what_comes_after_counts(dim: Reason, lead: Any) -> None:
    contacts(dim, ["01", "02", "03", "04", "05"])
    task = looked()[0]
    actions.finish_task(task, by=Actor.agent(lead), outcome="The page says how bright it is.")
    Task.objects.filter(pk=task.pk).update(done_at=at("2026-03-05 12:00"))
    assert looked() == []
    contacts(dim, ["06", "07", "08", "09"])
    assert looked("2026-03-09 18:00") == []
    contacts(dim, ["10"])
    assert len(looked("2026-03-10 18:00")) == 1


def test_it_goes_to_a_lead_of_the_team_else_to_who_stands_higher(dim: Reason, lead: Any) -> None:
    team, manager = make.team("care"), make.user(role=Role.MANAGER)
    contacts(dim, ["01", "02", "03", "04", "05"], team=team)
    assert looked()[0].user == manager
    Task.objects.all().delete()
    team.members.add(lead)
    assert looked()[0].user == lead
