"""Spam, bin and merge: out, and back as it was."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests import factories
from tickets import actions
from tickets.actors import SYSTEM
from tickets.models import EventKind, Ticket

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
