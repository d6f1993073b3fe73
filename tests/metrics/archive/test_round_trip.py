"""Export, import elsewhere, export again: the same to the byte."""

import json
from collections import Counter
from datetime import UTC, datetime

import pytest
from django.core.management import call_command

from metrics import refresh
from metrics.models import TicketFacts, WaitFact
from tests.metrics.archive import generator
from tests.metrics.archive.conftest import counts
from tickets import deadlines
from tickets.demo.seed import seed
from tickets.models import Event, Message, Ticket

pytestmark = pytest.mark.django_db(transaction=True)


def test_random_histories_survive_the_round_trip(archive):
    lines = generator.archive(seed=1, tickets=500)
    types = Counter(line["type"] for line in lines)
    assert archive.load(lines) == {kind: (count, 0, 0, 0) for kind, count in types.items()}
    first = archive.export("first.ndjson")
    call_command("flush", interactive=False, verbosity=0)

    code, out, err = archive.run_file(archive.folder / "first.ndjson")

    assert (code, err) == (0, "")
    assert counts(out)["ticket"] == (500, 0, 0, 0)
    assert archive.export("second.ndjson") == first


def test_the_same_file_twice_changes_nothing(archive):
    lines = generator.archive(seed=2, tickets=60)
    archive.load(lines)
    before, events = archive.export(), Event.objects.count()
    versions = list(Ticket.objects.values_list("pk", "version"))

    again = archive.load(lines)

    assert {kind: row[:2] for kind, row in again.items()} == dict.fromkeys(again, (0, 0))
    assert archive.export() == before
    assert Event.objects.count() == events
    assert list(Ticket.objects.values_list("pk", "version")) == versions


def test_an_export_taken_back_into_its_own_house_changes_nothing(archive):
    archive.load(generator.archive(seed=3, tickets=60))
    first = archive.export("first.ndjson")
    rows = Event.objects.count(), Message.objects.count(), Ticket.objects.count()

    code, out, err = archive.run_file(archive.folder / "first.ndjson")

    assert (code, err, counts(out)["ticket"][0]) == (0, "", 0)
    assert archive.export() == first
    assert (Event.objects.count(), Message.objects.count(), Ticket.objects.count()) == rows


def test_no_secret_is_exported(archive, django_user_model):
    django_user_model.objects.create_user("ines@example.com", "a long password", first_name="Inès", last_name="Benali")
    line = json.loads(archive.export())
    assert line["email"] == "ines@example.com"
    assert "password" not in line


def test_what_was_lived_here_survives_too(archive):
    """The demo shop: what actions wrote, with promises, acknowledgements, quotes and failed mails."""
    seed(datetime(2026, 11, 18, 9, 20, tzinfo=UTC))
    deadlines.settle_many(Ticket.objects.values_list("pk", flat=True))  # as the sweeps have long done
    first = archive.export("first.ndjson")
    facts = known_facts()
    call_command("flush", interactive=False, verbosity=0)

    code, _out, err = archive.run_file(archive.folder / "first.ndjson")

    assert (code, err) == (0, "")
    assert archive.export("second.ndjson") == first
    assert known_facts() == facts


def known_facts():
    """The facts behind all figures, by the tickets' keys."""
    refresh.catch_up()
    names = [field.name for field in TicketFacts._meta.concrete_fields if not field.is_relation]
    rows = TicketFacts.objects.values_list("ticket__key", "customer__key", "assignee__key", "team__key", *names)
    waits = WaitFact.objects.values_list(
        "facts__ticket__key", "started_at", "ended_at", "wait_us", "wait_open_us", "by__key"
    )
    return sorted(rows, key=str), sorted(waits, key=str)
