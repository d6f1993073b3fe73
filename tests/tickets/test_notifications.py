"""What one person should know: once per cause, never of one's own acts, by mail when nobody looks."""

from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from tests import factories as make
from tickets import actions, notifications, reactions
from tickets.actors import Actor
from tickets.models import Event, Notification

pytestmark = pytest.mark.django_db


def react():
    while reactions.sweep():
        pass


def kinds(user):
    return sorted(Notification.objects.filter(user=user).values_list("kind", flat=True))


def test_the_assignee_hears_of_an_answer_once():
    agent = make.user()
    ticket = make.ticket()
    actions.assign(ticket, to=agent, by=Actor.agent(agent))
    make.message(ticket)
    react()
    before = kinds(agent)
    Event.objects.update(reacted_at=None)  # all of it again
    react()
    assert (before, kinds(agent)) == (["reply", "reply"], ["reply", "reply"])  # both messages were reacted to after


def test_who_is_assigned_or_mentioned_hears_of_it_who_does_it_does_not():
    sophie, ines = make.user(first_name="Sophie", last_name="Martin"), make.user()
    ticket = make.ticket()
    actions.assign(ticket, to=sophie, by=Actor.agent(ines))
    actions.note(ticket, by=Actor.agent(ines), text="@Sophie Martin regarde ?")
    react()
    assert (kinds(sophie), kinds(ines)) == (["assigned", "mention", "reply"], [])


def test_a_follower_hears_of_news():
    follower, ticket = make.user(), make.ticket()
    react()
    actions.follow(ticket, user=follower)
    make.message(ticket)
    react()
    assert kinds(follower) == ["followed"]


def test_robots_are_no_news():
    agent = make.user()
    ticket = make.ticket()
    react()
    actions.assign(ticket, to=agent, by=Actor.agent(agent))
    make.message(ticket, automatic=True)
    react()
    assert kinds(agent) == []


class TestDigest:
    def tell(self, user, cause="a"):
        notifications.notify(user, Notification.Kind.TASK, ticket=None, text=f"À faire {cause}", cause=cause)

    def test_one_mail_of_what_stayed_unread_for_a_quarter_of_an_hour(self, django_capture_on_commit_callbacks):
        user = make.user("ines@example.org")
        self.tell(user, "a")
        self.tell(user, "b")
        now = timezone.now()
        with django_capture_on_commit_callbacks(execute=True):
            assert notifications.sweep(now + timedelta(minutes=14)) == 0
            assert notifications.sweep(now + timedelta(minutes=16)) == 1
            assert notifications.sweep(now + timedelta(minutes=40)) == 0
        [letter] = mail.outbox
        assert (letter.to, "À faire a" in letter.body, "À faire b" in letter.body) == (["ines@example.org"], True, True)

    @pytest.mark.parametrize(("language", "subject"), [("", "1 élément vous attend"), ("en", "1 thing waits for you")])
    def test_a_mail_speaks_as_the_lines_in_it_do(self, language, subject, django_capture_on_commit_callbacks):
        make.shop()  # a French one
        self.tell(make.user(language=language))
        with django_capture_on_commit_callbacks(execute=True):
            notifications.sweep(timezone.now() + timedelta(hours=1))
        assert [letter.subject for letter in mail.outbox] == [subject]

    @pytest.mark.parametrize("change", ["read", "opted out", "gone"])
    def test_no_mail(self, change):
        user = make.user()
        self.tell(user)
        if change == "read":
            notifications.read(user)
        user.mail_digest, user.is_active = change != "opted out", change != "gone"
        user.save()
        assert notifications.sweep(timezone.now() + timedelta(hours=1)) == 0
