"""Queries written once: the numbers are of this page, the objects are fresh, whoever asked first."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.db.models import Value

from accounts.models import Team
from helpdesk.lib import compiled
from tests import factories as make
from tickets.models import Event, Ticket

pytestmark = pytest.mark.django_db


def test_the_same_sql_finds_what_this_page_asks_for(django_assert_num_queries):
    one, other = make.ticket(subject="One"), make.ticket(subject="Other")

    def found(number: int) -> list[Ticket]:
        return compiled.found(lambda pk: Ticket.objects.filter(pk=pk).select_related("customer"), "test one", number)

    assert [ticket.subject for ticket in found(one.pk)] == ["One"]
    Ticket.objects.filter(pk=other.pk).update(subject="Changed")
    with django_assert_num_queries(1):
        assert [(ticket.subject, ticket.customer.pk) for ticket in found(other.pk)] == [("Changed", other.customer_id)]
    assert found(one.pk)[0] is not found(one.pk)[0]


def test_the_database_keeps_the_plan_of_what_is_asked_again():
    for subject in ("One", "Other"):
        number = make.ticket(subject=subject).pk
        compiled.found(lambda pk: Ticket.objects.filter(pk=pk).only("subject"), "test planned", number)
    planned = "SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE %s"
    with connection.cursor() as cursor:
        cursor.execute(planned, ['SELECT "tickets_ticket"."id", "tickets_ticket"."subject" FROM%'])
        assert cursor.fetchone() == (1,)


@pytest.mark.parametrize("number", [0, -1, 2**63, 10**400])
def test_a_number_that_no_row_has_finds_nothing(number):
    make.ticket()
    assert compiled.found(lambda pk: Ticket.objects.filter(pk=pk), "test large", number) == []


def test_as_many_numbers_as_there_are():
    teams = Team.objects.bulk_create(Team(key=f"team-{number}") for number in range(101))
    for count in (1, 3, 2, 99, 100, 101):
        numbers = [one.pk for one in teams[:count]]
        rows = compiled.found(
            lambda *these: Team.objects.filter(pk__in=these).order_by("pk").values_list("pk", flat=True),
            "test many",
            *numbers,
        )
        assert rows == numbers


def test_a_query_with_nothing_to_find_asks_nothing(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert compiled.found(lambda pk: Ticket.objects.none().filter(pk=pk), "test nothing", 1) == []


def test_a_query_that_would_remember_its_first_page_is_refused():
    ticket = make.ticket()
    with pytest.raises(TypeError):
        compiled.found(lambda _pk: Ticket.objects.annotate(n=Value(1)), "test forgets", ticket.pk)
    with pytest.raises(TypeError):
        compiled.found(lambda pk: ticket.events.filter(pk=pk), "test remembers", Event.objects.earliest("pk").pk)


def test_between_other_instants_the_same_sql_finds_other_rows():
    noon = datetime(2026, 5, 5, 12, tzinfo=UTC)
    tickets = [make.ticket() for _day in range(3)]
    for n, ticket in enumerate(tickets):
        Ticket.objects.filter(pk=ticket.pk).update(opened_at=noon + timedelta(days=n))

    def found(*instants: datetime) -> list[int]:
        opened = Ticket.objects.order_by("pk").values_list("pk", flat=True)
        return compiled.dated(
            lambda start, end: opened.filter(opened_at__gte=start, opened_at__lt=end), "dated", *instants
        )

    assert found(noon, noon + timedelta(days=1)) == [tickets[0].pk]
    assert found(noon + timedelta(days=1), noon + timedelta(days=9)) == [tickets[1].pk, tickets[2].pk]
