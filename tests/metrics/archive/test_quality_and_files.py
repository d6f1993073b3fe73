"""Reviews with their scorecards, and files of messages, come back as they were; so does what a thank-you means."""

from base64 import b64encode
from datetime import UTC, datetime

import pytest
from django.core.files.base import ContentFile
from django.core.management import call_command

from surveys.models import Category, Scorecard
from surveys.reviews import draft_of, publish, review
from tests import factories
from tests.metrics.archive.conftest import counts
from tests.metrics.timelines import drawn, figure
from tickets.models import Attachment, Message, Ticket

pytestmark = pytest.mark.django_db(transaction=True)
PNG = b"\x89PNG\r\n\x1a\n" + bytes(64)


@pytest.fixture
def reviewed(settings, tmp_path):
    """A ticket with a review, a file and a thank-you after its solve."""
    settings.MEDIA_ROOT = tmp_path / "media"
    ticket = drawn("2026-05-05 10:00", ("2026-05-05 11:00", "agent"), ("2026-05-05 11:00", "solved"))
    ticket.events.filter(kind="state").update(data={"old": "new", "to": "solved"})
    drawn("2026-05-05 10:00")
    factories.calendar(weekly={"tue": [["09:00", "17:00"]]})
    card = Scorecard.objects.create(name="Standard")
    draft = draft_of(card)
    tone = Category.objects.create(version=draft, name="Ton", weight=30)
    right = Category.objects.create(version=draft, name="Justesse", weight=70, position=1, critical=True)
    boss = factories.user("boss@example.com")
    version = publish(card, by=boss)
    author = ticket.messages.get(author="agent").user
    review(ticket, agent=author, by=boss, version=version, values={tone.pk: None, right.pk: 3}, comment="Bien")
    draft_of(card)
    at = datetime(2026, 5, 6, 10, tzinfo=UTC)
    fields = {"author": "customer", "customer": ticket.customer, "channel_kind": "email", "thanks": True}
    thanks = Message.objects.create(ticket=ticket, at=at, text="Merci !", **fields)
    file = Attachment(message=thanks, name="merci.png", content_type="image/png", size=len(PNG), inline=True)
    file.file.save("merci.png", ContentFile(PNG))
    return ticket


def test_they_survive_the_round_trip(archive, reviewed):
    def figures():
        until = {"internal_quality_score": "2030-01-01", "response_time": "2026-06-01", "longest_wait": "2026-06-01"}
        return [(slug, figure(slug, until=day).value) for slug, day in until.items()]

    first, known = archive.export("first.ndjson"), figures()
    assert known[0] == ("internal_quality_score", 75.0)
    call_command("flush", interactive=False, verbosity=0)

    code, out, err = archive.run_file(archive.folder / "first.ndjson")

    assert (code, err) == (0, "")
    assert [counts(out)[kind] for kind in ("scorecard", "attachment")] == [(1, 0, 0, 0)] * 2
    assert archive.export("second.ndjson") == first
    assert Attachment.objects.get().file.read() == PNG
    assert figures() == known


def test_the_same_file_twice_adds_nothing(archive, reviewed):
    archive.export("first.ndjson")
    archive.run_file(archive.folder / "first.ndjson")
    before = archive.export("first.ndjson")
    archive.run_file(archive.folder / "first.ndjson")
    assert (Attachment.objects.count(), archive.export()) == (1, before)


def test_a_rehearsal_leaves_no_file_behind(archive, reviewed, settings):
    archive.export("first.ndjson")
    call_command("flush", interactive=False, verbosity=0)
    there = set(settings.MEDIA_ROOT.rglob("*"))
    code, out, _err = archive.run_file(archive.folder / "first.ndjson", dry_run=True)
    assert (code, counts(out)["attachment"]) == (0, (1, 0, 0, 0))
    assert set(settings.MEDIA_ROOT.rglob("*")) == there


def test_bad_ones_name_their_field(archive, reviewed):
    archive.export("first.ndjson")
    key = Ticket.objects.get(pk=reviewed.pk).key
    line = {"type": "attachment", "key": "f1", "ticket": key, "message": "nobody", "name": "a.txt", "data": "aGk="}
    card = {"number": 1, "categories": [{"name": "Ton"}]}
    _code, _out, err = archive.run(
        [
            line,
            line | {"key": "f2", "message": reviewed.messages.order_by("pk").first().key, "data": "é"},
            {"type": "scorecard", "key": "Standard", "name": "Standard", "versions": [card]},
        ]
    )
    assert err.splitlines()[:3] == [
        "line 3: versions[0].number: version 1 of 'Standard' is published here with other categories",
        f"line 1: message: unknown message 'nobody' of the ticket {key!r}",
        "line 2: data: expected base64",
    ]


def test_a_foreign_file_keeps_its_key(archive, reviewed):
    archive.export("first.ndjson")
    message = reviewed.messages.order_by("pk").first()
    line = {"type": "attachment", "key": "their-7", "ticket": Ticket.objects.get(pk=reviewed.pk).key}
    line |= {"message": message.key, "name": "photo.png", "data": b64encode(PNG).decode()}
    archive.load([line])
    archive.load([line | {"name": "photo 2.png"}])
    assert [(file.name, file.content_type) for file in message.attachments.all()] == [("photo.png", "image/png")]
