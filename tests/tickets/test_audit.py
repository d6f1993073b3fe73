"""Broken promises and their apologies; what we announce against what we do."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Role
from tests import factories
from tests.tickets.histories import happen, past, policy
from tickets import actions, audit, deadlines
from tickets.actors import Actor
from tickets.audit import claim_of, tone_of, voicemail_greetings
from tickets.models import Message, Promise

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("Réponse immédiate", 60),
        ("Instant answers!", 60),
        ("Nous répondons en quelques minutes", 300),
        ("Réponse sous 24 h", 86_400),
        ("We answer within 2 hours", 7200),
        ("Réponse en 15 min", 900),
        ("sous 3 jours ouvrés", 259_200),
        ("dans l'heure", 3600),
        ("Bonjour, comment pouvons-nous vous aider ?", None),
    ],
)
def test_what_an_announcement_claims(text, seconds):
    assert claim_of(text) == seconds


@pytest.mark.parametrize(
    ("claim", "average", "p80", "tone"),
    [
        (60, 600, 900, "bad"),
        (900, 600, 901, "warn"),
        (900, 600, 900, "good"),
        (60, 60, 60, "good"),
        (60, None, None, ""),
    ],
)
def test_tones(claim, average, p80, tone):
    assert tone_of(claim, average, p80) == tone


def test_immediate_over_a_mean_of_ten_minutes_turns_red():
    factories.channel("chat", kind="chat", config={"greeting": "Réponse immédiate"}, address="")
    start = timezone.now() - timedelta(days=1)
    for minutes in (5, 10, 15):
        ticket = past("C", at=start, channel_kind="chat")
        happen(ticket, "A", start + timedelta(minutes=minutes))
    said = next(one for one in audit.announcements(timezone.now()) if one.text == "Réponse immédiate")
    assert (said.claim, said.average, said.median, said.waits, said.tone) == (60, 600, 600, 3, "bad")


def broken(**fields):
    ticket = factories.ticket(at=timezone.now() - timedelta(hours=5), **fields)
    at = ticket.opened_at
    promise = Promise.objects.create(
        ticket=ticket,
        place="ack",
        channel_kind="email",
        shown_at=at,
        due_at=at + timedelta(hours=1),
        text="avant 11:30",
    )
    deadlines.settle_many([ticket.pk])
    promise.refresh_from_db()
    return promise


def test_a_broken_promise_is_listed_with_an_apology_in_the_customers_language(client: Client):
    client.force_login(factories.user())
    promise = broken()
    page = client.get("/promises/").content.decode()
    assert f'id="promise-{promise.pk}"' in page
    assert "avant 11:30" in page


def test_an_apology_is_a_reply_and_is_sent_once(client: Client):
    agent = factories.user()
    client.force_login(agent)
    promise = broken()
    answer = client.post(f"/promises/{promise.pk}/apology/", {"text": "Nous sommes désolés."})
    assert answer.status_code == 302
    assert client.post(f"/promises/{promise.pk}/apology/", {"text": "Encore."}).status_code == 404
    promise.refresh_from_db()
    assert promise.apology.text == "Nous sommes désolés."
    assert actions.apologise(promise, by=Actor.agent(agent), text="Encore.") == promise.apology
    assert Message.objects.filter(author="agent").count() == 1
    assert f"promise-{promise.pk}" not in client.get("/promises/").content.decode()


def test_nobody_apologises_for_a_ticket_that_they_may_not_see(client: Client):
    client.force_login(factories.user())
    promise = broken(team=factories.team("orders"))
    assert client.post(f"/promises/{promise.pk}/apology/", {"text": "Désolé."}).status_code == 404
    assert f"promise-{promise.pk}" not in client.get("/promises/").content.decode()


def test_the_audit_is_for_managers(client: Client):
    factories.channel()
    client.force_login(factories.user())
    assert 'id="audit"' not in client.get("/promises/").content.decode()
    client.force_login(factories.user(role=Role.MANAGER))
    assert 'id="audit"' in client.get("/promises/").content.decode()


def test_the_list_costs_the_same_for_one_and_thirty(client: Client):
    client.force_login(factories.user())
    counts = []
    for more in (1, 2, 27):
        for _number in range(more):
            broken()
        with CaptureQueriesContext(connection) as found:
            client.get("/promises/")
        counts.append(len(found))
    assert len(set(counts)) == 1


def test_the_voicemail_greeting_to_record_says_the_same_time_as_everywhere(client: Client):
    shop = factories.shop(languages=["en"])
    factories.calendar()
    factories.channel("phone", kind="voicemail")
    policy(clock="business", first_reply=4 * 3600)
    [(of, text)] = voicemail_greetings(timezone.now())
    assert of == shop
    assert text.startswith("Hello, you have reached Maison Lune. ")
    assert text.endswith("we answer within 4 hours of our opening hours.")
    client.force_login(factories.user(role=Role.MANAGER))
    assert "we answer within 4 hours" in client.get("/promises/").content.decode()
