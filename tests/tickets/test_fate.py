"""Spam, bin and merge: out, and back as it was."""

from datetime import timedelta

import pytest
from django.utils import timezone

from channels_app.base import File
from tests import factories
from tickets import actions
from tickets.access import get_message, get_ticket
from tickets.actors import SYSTEM, Actor
from tickets.models import Delivery, Draft, DraftFile, EventKind, Ticket
from tickets.views.thread import messages_of

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("out", "back", "told"),
    [
        (actions.mark_spam, actions.unmark_spam, [EventKind.SPAM, EventKind.UNSPAM]),
        (actions.delete, actions.restore, [EventKind.DELETED, EventKind.RESTORED]),
    ],
)
def test_out_and_back_once_each(out, back, told):
    ticket = factories.ticket()
    out(out(ticket, by=SYSTEM), by=SYSTEM)
    assert not Ticket.objects.live().exists()
    back(back(ticket, by=SYSTEM), by=SYSTEM)
    assert Ticket.objects.live().get() == ticket
    assert list(ticket.events.filter(kind__in=told).values_list("kind", flat=True)) == told


def test_a_merge_carries_the_older_wait_over_and_can_be_undone():
    monday = timezone.now() - timedelta(days=1)
    source, target = factories.ticket(at=monday), factories.ticket()
    merged = actions.merge(source, into=target, by=SYSTEM)
    assert merged.waiting_since == monday
    assert Ticket.objects.live().get() == target
    source.refresh_from_db()
    actions.unmerge(source, by=SYSTEM)
    assert Ticket.objects.live().count() == 2


@pytest.mark.parametrize("case", ["itself", "merged twice", "into the bin"])
def test_a_senseless_merge_is_refused(case):
    one, other = factories.ticket(), factories.ticket()
    if case == "itself":
        other = one
    elif case == "merged twice":
        actions.merge(one, into=factories.ticket(), by=SYSTEM)
    else:
        actions.delete(other, by=SYSTEM)
    with pytest.raises(actions.MergeRefused):
        actions.merge(one, into=other, by=SYSTEM)
    assert not other.merged.exists()


@pytest.fixture
def chain():
    """The first is merged into the second, and this into the third."""
    first, second, third = (factories.ticket(at=timezone.now() - timedelta(hours=3 - n)) for n in range(3))
    actions.merge(first, into=second, by=SYSTEM)
    actions.merge(second, into=third, by=SYSTEM)
    return [Ticket.objects.get(pk=one.pk) for one in (first, second, third)]


def test_what_was_merged_into_a_merged_ticket_is_read_at_the_end(chain):
    first, second, third = chain
    reader = factories.user()
    assert third.family() == get_ticket(reader, third.pk).family() == [third.pk, second.pk, first.pk]
    assert [one.message.ticket_id for one in messages_of(third)] == [first.pk, second.pk, third.pk]
    assert {one.survivor() for one in chain} == {third}
    elsewhere = factories.team("elsewhere")
    actions.move_to_team(first, to=elsewhere, by=SYSTEM)
    assert get_message(reader, first.messages.get().pk).ticket == first


def test_out_of_the_middle_of_a_chain_the_wait_leaves_the_end(chain):
    first, second, third = chain
    assert third.waiting_since == first.opened_at
    actions.unmerge(first, by=SYSTEM)
    third.refresh_from_db()
    assert third.waiting_since == second.opened_at
    actions.unmerge(second, by=SYSTEM)
    assert list(Ticket.objects.live().order_by("pk").values_list("waiting_since", flat=True)) == [
        first.opened_at,
        second.opened_at,
        third.opened_at,
    ]


def test_a_reply_taken_back_on_a_merged_ticket_waits_again_where_it_is_read(chain):
    first, _second, third = chain
    agent = Actor.agent(factories.user())
    reply = actions.reply(first, by=agent, text="Voilà.", undoable=True)
    assert Ticket.objects.get(pk=third.pk).waiting_since is None
    actions.take_back(reply, by=agent)
    third.refresh_from_db()
    assert (third.waiting_since, Draft.objects.get().ticket) == (first.opened_at, third)


def test_when_the_customer_writes_no_reply_leaves_a_ticket_merged_into_theirs(chain):
    first, _second, third = chain
    author = factories.user()
    tomorrow = timezone.now() + timedelta(days=1)
    late = actions.reply(first, by=Actor.agent(author), text="Dans un mois.", leaves_at=tomorrow)
    factories.message(third, text="Laissez tomber.")
    late.refresh_from_db()
    draft = Draft.objects.get()
    assert (late.delivery, draft.ticket, draft.user, draft.text) == (
        Delivery.CANCELLED,
        third,
        author,
        "Dans un mois.",
    )


def test_drafts_follow_a_merge_and_lose_no_word():
    source, target, both, one = factories.ticket(), factories.ticket(), factories.user(), factories.user()
    actions.save_draft(source, user=both, public=True, text="Au départ.")
    actions.add_draft_file(source, user=both, public=True, file=File("a.pdf", "application/pdf", b"%PDF-1"))
    actions.save_draft(target, user=both, public=True, text="Ici.", html="<p>Ici.</p>")
    actions.save_draft(source, user=one, public=False, text="Une note.")
    actions.merge(source, into=target, by=SYSTEM)
    assert list(target.drafts.order_by("pk").values_list("user", "public", "text", "html")) == [
        (both.pk, True, "Au départ.\n\nIci.", "<p>Au départ.</p><p>Ici.</p>"),
        (one.pk, False, "Une note.", ""),
    ]
    assert list(DraftFile.objects.values_list("draft__ticket", "name")) == [(target.pk, "a.pdf")]
    assert not source.drafts.exists()
