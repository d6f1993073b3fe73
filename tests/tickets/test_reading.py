"""What each person has read, and what they are told."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests import factories as make
from tickets import actions, reactions
from tickets.actors import Actor
from tickets.models import Notification, Seen, Ticket

pytestmark = pytest.mark.django_db


def unread(user) -> set[Ticket]:
    return set(Ticket.objects.filter(Seen.unread(user)))


def test_unread_is_each_persons_own(django_assert_num_queries):
    ines, sophie = make.user(), make.user()
    hour_ago = timezone.now() - timedelta(hours=1)
    old, answered, fresh = make.ticket(at=hour_ago), make.ticket(at=hour_ago), make.ticket(at=hour_ago)
    for ticket in (old, answered, fresh):
        actions.mark_read(ticket, user=ines, at=hour_ago + timedelta(minutes=1))
    actions.reply(answered, by=Actor.agent(ines), text="Voilà.")
    make.message(fresh)
    with django_assert_num_queries(1):
        assert unread(ines) == {fresh}
    assert unread(sophie) == {old, answered, fresh}


def test_reading_never_goes_backwards():
    ticket, ines, now = make.ticket(), make.user(), timezone.now()
    actions.mark_read(ticket, user=ines, at=now)
    actions.mark_read(ticket, user=ines, at=now - timedelta(hours=1))
    assert Seen.objects.get().at == now


def test_it_can_be_set_back():
    hour_ago = timezone.now() - timedelta(hours=1)
    ticket, ines = make.ticket(at=hour_ago), make.user()
    make.message(ticket, at=hour_ago + timedelta(minutes=5))
    actions.mark_read(ticket, user=ines)
    assert unread(ines) == set()
    actions.mark_unread(ticket, user=ines)
    assert unread(ines) == {ticket}


def test_who_is_told():
    ines, sophie = make.user(first_name="Inès"), make.user(first_name="Sophie", last_name="Martin", language="fr")
    ticket = make.ticket()
    actions.note(ticket, by=Actor.agent(ines), text="@Sophie Martin\ntu peux voir ?")
    actions.reply(ticket, by=Actor.agent(ines), text="Il est perdu.", undoable=True)
    make.message(ticket, text="Il est arrivé !")
    for _time in range(2):
        reactions.sweep()
    told = list(Notification.objects.order_by("pk").values_list("user", "kind", "text"))
    assert told[0] == (sophie.pk, "mention", f"{ines.full_name}\N{NO-BREAK SPACE}: @Sophie Martin tu peux voir ?")
    assert [(user, kind) for user, kind, _text in told[1:]] == [(ines.pk, "taken_back")]
