"""Made-up bulk data: what the set-based load writes is what the product itself would have written."""

from collections import Counter

import pytest
from django.contrib.postgres.fields import ArrayField
from django.db import connection, transaction
from django.db.models import Func, TextField

from accounts.models import Role
from metrics.audit import check
from metrics.models import DirtyTicket, TicketFacts
from tests import factories as make
from tests.tickets.histories import policy
from tickets.deadlines import settle_many
from tickets.load import load
from tickets.models import Deadline, Event, Message, SearchEntry, Ticket
from tickets.search import ask, tickets_like

pytestmark = pytest.mark.django_db
COUNT = 200


@pytest.fixture(scope="module")
def loaded(django_db_setup, django_db_blocker):
    """Loaded once: each test runs in a savepoint within this transaction."""
    with django_db_blocker.unblock(), transaction.atomic():
        shop, agent = make.shop(), make.user(role=Role.ADMIN)
        policy()
        load(shop, COUNT)
        yield agent
        transaction.set_rollback(True)


@pytest.fixture
def agent(loaded, db):
    return loaded


def test_a_small_load_is_what_the_product_would_have_written(agent):
    assert Ticket.objects.count() == COUNT
    numbers = Ticket.objects.values_list("pk", flat=True)
    assert Counter(Message.objects.values_list("ticket", flat=True)) == dict.fromkeys(numbers, 4)
    assert Event.objects.filter(kind="message", message=None).count() == 0
    assert set(DirtyTicket.objects.values_list("ticket_id", flat=True)) == {
        *Ticket.objects.values_list("pk", flat=True)
    }
    for ticket in Ticket.objects.all():
        newest = ticket.messages.order_by("-at", "-pk").first()
        assert ticket.snippet == newest.visible_text[:200]
        assert ticket.last_activity_at == newest.at


def test_waits_and_deadlines_are_those_that_the_messages_tell(agent):
    fields = ("pk", "waiting_since", "due_at")
    before = list(Ticket.objects.order_by("pk").values_list(*fields))
    settle_many(Ticket.objects.values_list("pk", flat=True))
    assert list(Ticket.objects.order_by("pk").values_list(*fields)) == before


def test_its_figures_are_those_that_the_timelines_tell(agent):
    assert check().lines == []
    assert TicketFacts.objects.count() == COUNT


def test_what_was_promised_has_its_deadlines_solved_or_not(agent):
    kinds = Counter(Deadline.objects.values_list("ticket", "kind"))
    assert {ticket for ticket, kind in kinds if kind == "first_reply"} == {*Ticket.objects.values_list("pk", flat=True)}


def test_search_finds_what_was_said(agent):
    lexemes = Func("words", function="tsvector_to_array", output_field=ArrayField(TextField()))
    entries = SearchEntry.objects.order_by("ticket", "message").values_list("ticket", "message", lexemes)
    before = list(entries)
    with connection.cursor() as cursor:  # the triggers write them anew
        cursor.execute("UPDATE tickets_message SET text = text")
        cursor.execute("UPDATE tickets_ticket SET subject = subject")
    assert list(entries) == before
    assert len(before) == COUNT * 5
    first = Message.objects.filter(ticket=Ticket.objects.earliest("pk")).earliest("at")
    theirs = Ticket.objects.filter(customer=first.customer)
    assert {*tickets_like(ask(first.text.rpartition(" ")[2]), agent).numbers} == {one.pk for one in theirs}


def test_the_tables_have_all_their_keys_and_indexes_back(agent):
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_indexes WHERE tablename = 'tickets_message'")
        assert cursor.fetchone()[0] > len(Message._meta.indexes)
        cursor.execute(
            "SELECT count(*) FROM pg_constraint WHERE conrelid = 'tickets_message'::regclass AND contype = 'f'"
        )
        assert cursor.fetchone()[0] == sum(field.is_relation for field in Message._meta.concrete_fields)
        cursor.execute("SELECT count(*) FROM pg_trigger WHERE tgenabled = 'D'")
        assert cursor.fetchone()[0] == 0
