"""Facts follow every change at once, whoever makes it; rebuilt from nothing they are the same."""

from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.test import Client

from accounts.models import Role
from customers.merge import merge, unmerge
from customers.models import Order
from hours.actions import set_hours
from metrics.audit import check
from metrics.models import DirtyCustomer, DirtyTicket, OpenSpan, OrderFact, TicketFacts, WaitFact
from metrics.refresh import catch_up, differences, rebuild
from metrics.tasks import check as check_nightly
from tests import factories
from tests.metrics.archive.conftest import history
from tests.metrics.timelines import at, drawn, figure, value
from tickets import actions
from tickets.actors import Actor
from tickets.models import Message, Notification, Ticket
from tickets.states import State

pytestmark = pytest.mark.django_db


def stored() -> list[object]:
    return [
        list(TicketFacts.objects.order_by("pk").values_list()),
        list(WaitFact.objects.order_by("facts", "pk").values_list("facts", "started_at", "ended_at", "wait_us")),
        list(OpenSpan.objects.order_by("facts", "pk").values_list("facts", "started_at", "ended_at", "reopened_us")),
        list(OrderFact.objects.order_by("pk").values_list()),
    ]


def test_what_people_do_is_in_the_figures_at_once() -> None:
    ines = Actor.agent(factories.user())
    ticket = factories.ticket()
    assert (value("tickets_opened"), value("backlog"), value("first_response_time")) == (1, 1, None)
    actions.reply(ticket, by=ines, text="Bonjour, il part demain.", then=State.SOLVED)
    assert (value("tickets_solved"), value("one_touch_rate"), value("backlog")) == (1, 100, 0)
    actions.mark_spam(ticket, by=ines)
    assert value("tickets_opened") == 0
    actions.unmark_spam(ticket, by=ines)
    assert value("tickets_opened") == 1
    other = factories.ticket()
    actions.merge(other, into=ticket, by=ines)
    assert value("tickets_opened") == 1
    actions.unmerge(other, by=ines)
    assert value("tickets_opened") == 2
    assert differences([ticket.pk, other.pk]) == []


def test_other_hours_change_the_business_clock_of_the_past() -> None:
    hours = factories.calendar(weekly={"tue": [["09:00", "17:00"]]})
    drawn("2026-05-05 10:00", ("2026-05-05 20:00", "agent"))
    assert value("first_response_time", clock="business") == 7 * 3600
    set_hours(hours, valid_from=None, weekly={"tue": [["09:00", "18:00"]]})
    assert value("first_response_time", clock="business") == 8 * 3600
    set_hours(hours, valid_from=at("2026-06-01 00:00"), weekly={})
    assert value("first_response_time", clock="business") == 8 * 3600
    hours.delete()
    assert value("first_response_time", clock="business") is None


def test_a_rolled_back_change_queues_nothing() -> None:
    ticket = factories.ticket()
    catch_up()
    with transaction.atomic():
        actions.mark_spam(ticket, by=Actor.agent(factories.user()))
        assert DirtyTicket.objects.exists()
        transaction.set_rollback(True)
    assert not DirtyTicket.objects.exists()


def test_a_change_that_concerns_no_figure_queues_nothing() -> None:
    ticket = factories.ticket()
    catch_up()
    Ticket.objects.filter(pk=ticket.pk).update(subject="Autre chose", snippet="x")
    ticket.messages.update(delivery="sent")
    assert not DirtyTicket.objects.exists()


def test_a_word_that_turns_out_to_be_only_thanks_waits_for_nobody() -> None:
    ticket = drawn("2026-05-05 10:00", ("2026-05-05 11:00", "agent"), ("2026-05-05 12:00", "customer"))
    assert figure("longest_wait", until="2026-05-06").value == 12 * 3600
    word = ticket.messages.filter(author="customer").latest("at")
    Message.objects.filter(pk=word.pk).update(thanks=True)
    assert figure("longest_wait", until="2026-05-06").value == 3600
    Message.objects.filter(pk=word.pk).update(thanks=False)
    assert figure("longest_wait", until="2026-05-06").value == 12 * 3600


def test_changed_step_by_step_or_rebuilt_from_nothing_it_is_the_same(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    history(tmp_path, 11, 80)
    as_kept = stored()
    assert OrderFact.objects.count() == Order.objects.count() > 0
    TicketFacts.objects.all().delete()
    OrderFact.objects.all().delete()
    call_command("rebuild_facts")
    assert stored() == as_kept
    assert "80 tickets rebuilt." in capsys.readouterr().out
    assert not DirtyTicket.objects.exists()
    assert check().lines == []


def test_a_rebuild_knows_how_many_facts_it_has_written(tmp_path: Path) -> None:
    """Without, the planner compares every ticket with every other one: minutes for 8,000 of them."""
    history(tmp_path, 14, 30)
    TicketFacts.objects.all().delete()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE metrics_ticketfacts")
        call_command("rebuild_facts")
        cursor.execute("SELECT reltuples FROM pg_class WHERE relname = 'metrics_ticketfacts'")
        assert cursor.fetchone() == (30,)


@pytest.mark.django_db(transaction=True)
def test_two_processes_rebuild_what_one_does(tmp_path: Path) -> None:
    history(tmp_path, 13, 40)
    as_kept = stored()
    TicketFacts.objects.all().delete()
    assert list(rebuild(processes=2)) == [40]
    assert stored() == as_kept


def test_what_stays_the_same_is_not_written_again(tmp_path: Path) -> None:
    history(tmp_path, 12, 20)
    numbers = list(WaitFact.objects.order_by("pk").values_list("pk", flat=True))
    call_command("rebuild_facts")
    assert list(WaitFact.objects.order_by("pk").values_list("pk", flat=True)) == numbers


def test_whoever_writes_again_changes_what_the_ticket_before_says() -> None:
    someone = factories.customer()
    first = drawn("2026-05-05 10:00", ("2026-05-05 11:00", "solved"), customer=someone)
    assert value("first_contact_resolution_rate") == 100
    again = drawn("2026-05-08 10:00", customer=someone)
    assert value("first_contact_resolution_rate") == 0
    Ticket.objects.filter(pk=again.pk).update(spam=True)
    assert value("first_contact_resolution_rate") == 100
    Ticket.objects.filter(pk=again.pk).update(spam=False, customer=factories.customer())
    assert value("first_contact_resolution_rate") == 100
    assert differences([first.pk, again.pk]) == []


def test_managers_hear_of_a_check_that_finds_a_difference() -> None:
    manager = factories.user(role=Role.MANAGER, language="en")
    assert check_nightly() == 0
    drawn("2026-03-02 10:00", ("2026-03-02 11:00", "agent"))
    catch_up()
    TicketFacts.objects.update(replies=7)
    assert check_nightly() == 1
    told = Notification.objects.get()
    assert (told.user, told.text) == (manager, "The nightly check found one figure that is not what its tickets say.")


def test_what_support_sold_follows_every_change_of_tickets_orders_and_customers() -> None:
    ines, someone, again = factories.user(), factories.customer(), factories.customer()
    ticket = drawn("2026-05-05 10:00", customer=someone)
    order = factories.order(someone, placed_at=at("2026-05-06 10:00"), total="30.00")
    assert value("support_revenue") == "0.00"
    reply = Message.objects.create(ticket=ticket, at=at("2026-05-05 11:00"), author="agent", user=ines)
    assert value("support_revenue") == "30.00"
    Ticket.objects.filter(pk=ticket.pk).update(spam=True)
    assert value("support_revenue") == "0.00"
    Ticket.objects.filter(pk=ticket.pk).update(spam=False)
    for change, revenue in (
        ({"status": "refunded"}, "0.00"),
        ({"status": "paid", "total": "40.00"}, "40.00"),
        ({"placed_at": at("2026-05-09 10:00")}, "0.00"),
        ({"placed_at": at("2026-05-08 10:00")}, "40.00"),
        ({"customer": again}, "0.00"),
    ):
        Order.objects.filter(pk=order.pk).update(**change)
        assert value("support_revenue") == revenue
    merge(again, into=someone)
    assert value("support_revenue") == "40.00"
    unmerge(again)
    assert value("support_revenue") == "0.00"
    Order.objects.filter(pk=order.pk).update(customer=someone)
    reply.delete()
    assert value("support_revenue") == "0.00"
    assert check().lines == []


def test_an_order_that_a_ticket_turns_out_to_be_about_counts_it_as_such() -> None:
    def about_orders() -> int:
        told: int = figure("contact_ratio").extra["post_purchase"]["numerator"]
        return told

    ticket = drawn("2026-05-05 10:00")
    order = factories.order(ticket.customer, placed_at=at("2026-05-04 10:00"))
    assert about_orders() == 0
    ticket.orders.add(order)
    assert about_orders() == 1
    ticket.orders.clear()
    assert about_orders() == 0


def test_who_stays_follows_every_change_of_orders_and_customers() -> None:
    def kept() -> dict[str, int]:
        told: dict[str, int] = figure("retention_rate", "2026-05-01", "2026-06-01").extra["customers"]
        return told

    old, other = factories.customer(), factories.customer()
    first = factories.order(old, placed_at=at("2026-01-05 10:00"))
    late = factories.order(other, placed_at=at("2026-05-05 10:00"))
    assert kept() == {"start": 1, "end": 2, "new": 1}
    merge(other, into=old)
    assert kept() == {"start": 1, "end": 1, "new": 0}
    unmerge(other)
    assert kept() == {"start": 1, "end": 2, "new": 1}
    Order.objects.filter(pk=first.pk).delete()
    assert kept() == {"start": 0, "end": 1, "new": 1}
    factories.order(other, placed_at=at("2026-05-04 10:00"))
    Order.objects.filter(pk=late.pk).update(placed_at=at("2026-07-04 10:00"))
    assert kept() == {"start": 0, "end": 1, "new": 1}
    assert not DirtyCustomer.objects.exists()
    assert check().lines == []


def test_check_figures_finds_a_single_wrong_second(capsys: pytest.CaptureFixture[str]) -> None:
    ticket = factories.ticket()
    actions.reply(ticket, by=Actor.agent(factories.user()), text="Bonjour")
    call_command("check_figures")
    assert "All figures agree" in capsys.readouterr().out
    with connection.cursor() as cursor:
        cursor.execute("UPDATE metrics_ticketfacts SET first_reply_us = first_reply_us + 1000000")
    with pytest.raises(CommandError, match="1 differences"):
        call_command("check_figures")
    assert f"#{ticket.pk} first_reply_us" in capsys.readouterr().out
    call_command("rebuild_facts")
    call_command("check_figures")
    order = factories.order(ticket.customer)
    call_command("check_figures")
    OrderFact.objects.update(helped_at=None)
    with pytest.raises(CommandError, match="1 differences"):
        call_command("check_figures")
    assert f"order {order.pk}: " in capsys.readouterr().out


def test_a_wrong_date_is_refused_by_name() -> None:
    with pytest.raises(CommandError, match="--since: expected a date"):
        call_command("rebuild_facts", since="soon")
    call_command("rebuild_facts", since="2026-01-31")


@pytest.mark.parametrize("count", [1, 3, 30])
def test_a_batch_takes_the_same_number_of_queries(count: int, django_assert_num_queries: object) -> None:
    for _n in range(count):
        factories.ticket()
    with django_assert_num_queries(12):  # type: ignore[operator]
        catch_up()


@pytest.mark.django_db
def test_a_check_that_finds_a_difference_is_kept_and_shown_in_red(caplog: pytest.LogCaptureFixture) -> None:
    ticket = drawn("2026-03-02 10:00", ("2026-03-02 11:00", "agent"))
    client = Client()
    client.force_login(factories.user("claire@example.com", role=Role.MANAGER, language="en"))
    home, figure = "/figures/", "/figures/kpi/csat/"
    assert "never checked against the tickets yet" in client.get(home).content.decode()
    assert check_nightly() == 0
    assert "0 differences" in client.get(home).content.decode()
    TicketFacts.objects.filter(pk=ticket.pk).update(replies=7)
    assert check_nightly() == 1
    for path in (home, figure):
        page = client.get(path).content.decode()
        assert ("banner--bad" in page, "1 difference" in page) == (True, True)
    line = f"#{ticket.pk} replies: 7, should be 1"
    assert line in client.get("/figures/alerts/").content.decode()
    assert line in caplog.text
