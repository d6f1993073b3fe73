"""When a customer is asked, and when not (S42, S94)."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.utils import timezone

from accounts.models import Role
from channels_app.models import OutboundMessage
from surveys import invitations, reviews
from surveys.models import Kind, State, Survey, SurveyPolicy, When
from surveys.policy import out_of_quiet_hours
from tests import factories
from tests.surveys.scenes import arrive, asked, helped, policy, react
from tickets import actions
from tickets.actors import SYSTEM, Actor
from tickets.models import Author, Event, EventKind, Message, Ticket

pytestmark = pytest.mark.django_db
PARIS = ZoneInfo("Europe/Paris")


def states() -> list[tuple[str, str]]:
    return list(Survey.objects.order_by("pk").values_list("state", "why"))


def test_a_solve_asks_at_once_in_the_customers_language(csat, agent):
    ticket = helped(agent, language="fr")
    react()
    survey = Survey.objects.get()
    mail = OutboundMessage.objects.get(pk=survey.outbound_id)
    assert (survey.kind, survey.ticket, survey.agent, survey.state) == ("csat", ticket, agent, State.LEAVING)
    assert survey.message == ticket.messages.get(author=Author.AGENT)
    assert mail.automatic is True
    assert mail.sender_name == "Michèle, Maison Lune"
    assert [one["value"] for one in mail.to] == [ticket.customer.email]
    assert "Michèle" in mail.text
    assert [f"?score={score}" in mail.text for score in range(7)] == [False, True, True, True, True, True, False]
    assert [f"?score={score}" in mail.html for score in range(7)] == [False, True, True, True, True, True, False]
    assert "<img" not in mail.html


def test_the_ticket_shows_the_question_but_not_the_customers_link(csat, agent):
    ticket = helped(agent, language="en")
    react()
    message = ticket.messages.filter(author=Author.AUTO).latest("pk")
    assert message.text == "How do you rate the help that Michèle gave you?"
    assert "/survey/" not in message.text + message.html
    assert ticket.events.filter(kind=EventKind.SURVEYED, message=message).count() == 1


def test_it_is_sent_once_however_often_workers_look(csat, agent):
    helped(agent)
    for _again in range(3):
        react()
    assert OutboundMessage.objects.filter(automatic=True, text__contains="/survey/").count() == 1


def test_without_a_policy_nobody_is_asked(agent, shop):
    helped(agent)
    react()
    assert Survey.objects.count() == 0


def test_sent_when_the_mail_has_left_and_bounced_when_it_came_back(csat, agent):
    survey, _token = asked(agent)
    assert (survey.state, survey.sent_at is not None) == (State.SENT, True)
    mail = OutboundMessage.objects.get(pk=survey.outbound_id)
    mail.state, mail.error = OutboundMessage.State.FAILED, "550 no such user"
    mail.save()
    invitations.record_fate(mail)
    survey.refresh_from_db()
    assert (survey.state, survey.sent_at, survey.why) == (State.BOUNCED, None, "550 no such user")
    assert Survey.objects.delivered().count() == 0


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"spam": True}, "spam"),
        ({"is_test": True}, "test"),
        ({"deleted_at": datetime(2026, 1, 1, tzinfo=PARIS)}, "deleted"),
        ({"skip_survey": True}, "skipped"),
    ],
)
def test_some_tickets_are_never_asked_about(csat, agent, change, why):
    ticket = helped(agent)
    Ticket.objects.filter(pk=ticket.pk).update(**change)
    react()
    assert states() == [(State.CANCELLED, why)]


def test_a_merged_ticket_is_not_asked_about(csat, agent):
    ticket = helped(agent)
    actions.merge(ticket, into=factories.ticket(), by=Actor.agent(agent))
    react()
    assert states() == [(State.CANCELLED, "merged")]


@pytest.mark.parametrize("fields", [{"automatic": True}, {"recipients": {"answerable": False}}])
def test_robots_are_never_asked(csat, agent, fields):
    ticket = helped(agent)
    Message.objects.filter(ticket=ticket, author=Author.CUSTOMER).update(**fields)
    react()
    assert states() == [(State.CANCELLED, "robot")]


def test_who_never_wrote_to_us_is_not_asked(csat, agent):
    ticket = helped(agent)
    Message.objects.filter(ticket=ticket, author=Author.CUSTOMER).update(author=Author.BOT, customer=None)
    Ticket.objects.filter(pk=ticket.pk).update(opened_by_customer=False)
    react()
    assert states() == [(State.CANCELLED, "the customer never wrote")]


def test_a_solve_by_a_rule_without_any_help_is_not_asked_about(csat, shop):
    ticket = factories.ticket()
    actions.solve(ticket, by=SYSTEM)
    react()
    assert states() == [(State.CANCELLED, "nobody helped")]


def test_a_customer_without_an_address_is_not_asked(csat, agent):
    ticket = helped(agent)
    ticket.messages.filter(author=Author.CUSTOMER).update(from_address="", channel=None)
    ticket.customer.identities.all().delete()
    react()
    assert states() == [(State.CANCELLED, "no address")]


def test_reopened_before_it_left(csat, agent):
    SurveyPolicy.objects.update(delay=3600)
    ticket = helped(agent)
    react()
    factories.message(ticket, text="Ça ne marche pas.")
    react()
    assert states() == [(State.CANCELLED, "reopened")]


def test_solved_again_asks_again_unless_the_policy_says_once(csat, agent):
    survey, _token = asked(agent)
    ticket = Ticket.objects.get(pk=survey.ticket_id)
    for once in (False, True):
        SurveyPolicy.objects.update(again_after_reopen=not once)
        actions.reopen(ticket, by=Actor.agent(agent))
        actions.solve(ticket, by=Actor.agent(agent))
        react()
    assert [state for state, _why in states()] == [State.SENT, State.LEAVING, State.CANCELLED]
    assert Survey.objects.latest("pk").why == "asked before the reopening"


def test_a_cool_down_per_customer(csat, agent):
    SurveyPolicy.objects.update(cool_down_days=7)
    customer = factories.customer()
    first, _token = asked(agent, by=customer)
    helped(agent, by=customer)
    react()
    Survey.objects.filter(pk=first.pk).update(sent_at=timezone.now() - timedelta(days=7))
    helped(agent, by=customer)
    react()
    assert states() == [(State.SENT, ""), (State.CANCELLED, "cool-down"), (State.LEAVING, "")]


def test_a_delay(csat, agent):
    SurveyPolicy.objects.update(delay=3600)
    start = timezone.now()
    helped(agent)
    react()
    assert states() == [(State.WAITING, "")]
    with time_machine.travel(start + timedelta(seconds=3610)):
        react()
    assert states() == [(State.LEAVING, "")]


@pytest.mark.parametrize(
    ("at", "until"),
    [
        ("2026-11-20 21:59", "2026-11-20 21:59"),
        ("2026-11-20 22:00", "2026-11-21 08:00"),
        ("2026-11-21 03:00", "2026-11-21 08:00"),
        ("2026-11-21 08:00", "2026-11-21 08:00"),
        ("2026-10-24 23:00", "2026-10-25 08:00"),  # the night of 25 hours
    ],
)
def test_quiet_hours_by_the_shops_clock(csat, at, until):
    csat.quiet_from, csat.quiet_until = time(22), time(8)
    given, expected = (datetime.fromisoformat(one).replace(tzinfo=PARIS) for one in (at, until))
    assert out_of_quiet_hours(csat, given) == expected


def test_quiet_hours_postpone(csat, agent):
    local = timezone.now().astimezone(PARIS)
    begin, end = ((local + timedelta(hours=hours)).time() for hours in (-1, 1))
    SurveyPolicy.objects.update(quiet_from=begin, quiet_until=end)
    helped(agent)
    react()
    survey = Survey.objects.get()
    assert survey.state == State.WAITING
    assert timedelta(minutes=59) < survey.due_at - timezone.now() < timedelta(minutes=61)


def test_the_credit_is_the_last_writers_whoever_solved(csat, agent):
    ticket = factories.ticket()
    actions.reply(ticket, by=Actor.agent(factories.user()), text="Un instant.")
    actions.reply(ticket, by=Actor.agent(agent), text="Voilà.")
    actions.solve(ticket, by=Actor.agent(factories.user()))
    react()
    assert Survey.objects.get().agent == agent


def test_the_effort_question_keeps_company(csat, ces, agent):
    survey, _token = asked(agent)
    companion = Survey.objects.get(kind=Kind.CES)
    assert (companion.asked_with, companion.state, companion.sent_at) == (survey, State.SENT, survey.sent_at)
    assert OutboundMessage.objects.filter(automatic=True, text__contains="/survey/").count() == 1


@pytest.mark.parametrize("status", ["cancelled", "refunded"])
def test_nobody_is_asked_about_an_order_that_came_to_nothing(shop, status):
    factories.channel()
    now = timezone.now()
    policy(Kind.POST_PURCHASE, when=When.ORDER, delay=86_400, active_since=now - timedelta(days=10))
    factories.order(factories.customer("emma@example.org"), placed_at=now - timedelta(days=3), status=status)
    invitations.invite_buyers(now)
    invitations.send_due()
    assert states() == [("cancelled", "order not kept")]


def test_after_a_purchase(shop):
    factories.channel()
    now = timezone.now()
    row = policy(Kind.POST_PURCHASE, when=When.ORDER, delay=86_400, active_since=now - timedelta(days=10))
    customer = factories.customer("emma@example.org")
    for days in (20, 3, 0):  # before we asked, due, too young
        factories.order(customer, placed_at=now - timedelta(days=days))
    for _again in range(2):
        invitations.invite_buyers(now)
        invitations.send_due()
    survey = Survey.objects.get()
    mail = OutboundMessage.objects.get(pk=survey.outbound_id)
    assert (survey.order.placed_at, survey.ticket, survey.state) == (now - timedelta(days=3), None, State.LEAVING)
    assert (mail.to[0]["value"], mail.automatic, row.kind) == ("emma@example.org", True, survey.kind)
    arrive(survey)
    assert Survey.objects.delivered().count() == 1


def test_skipping_is_told_on_the_timeline(csat, agent, client):
    ticket = factories.ticket()
    actions.reply(ticket, by=Actor.agent(agent), text="Voilà.")
    client.force_login(agent)
    answer = client.post(f"/tickets/{ticket.pk}/survey/skip/", {"solve": "1", "why": "Concours"})
    react()
    ticket.refresh_from_db()
    assert (answer.status_code, ticket.state, ticket.skip_survey) == (302, "solved", True)
    assert states() == [(State.CANCELLED, "skipped")]
    assert (
        Event.objects.filter(ticket=ticket, kind=EventKind.SURVEYED, data={"skipped": True, "why": "Concours"}).count()
        == 1
    )
    assert "chose not to ask for a rating: “Concours”" in client.get(f"/tickets/{ticket.pk}/").content.decode()


@pytest.mark.parametrize("wanted", [True, False])
def test_the_signature_of_an_answer_carries_its_rating_link_where_the_shop_wants_it(agent, wanted):
    policy(Kind.CSAT, active=False, in_signature=wanted)
    ticket = helped(agent, language="en")
    message = ticket.messages.get(author=Author.AGENT)
    mail = message.outbound
    link = invitations.signature_link(message)
    assert [link in words for words in (mail.text, mail.html)] == [wanted, wanted]
    assert link not in message.text


def test_an_answer_taken_back_earns_no_rating(csat, agent):
    ticket = factories.ticket()
    actions.reply(ticket, by=Actor.agent(agent), text="Voici votre colis.")
    hasty = actions.reply(ticket, by=Actor.agent(factories.user()), text="Non.")
    Message.objects.filter(pk=hasty.pk).update(delivery="cancelled")
    solve = actions.solve(ticket, by=Actor.agent(agent)).events.filter(kind=EventKind.STATE).latest("pk")
    assert invitations.credited(ticket, solve)[0] == agent
    assert list(reviews.agents_of(ticket)) == [agent]
    today = timezone.now().astimezone(PARIS).date()
    days = {"since": today, "until": today + timedelta(days=1), "zone": "Europe/Paris"}
    assert reviews.solved_by(agent, **days, seen_by=factories.user(role=Role.MANAGER)) == [ticket.pk]


def test_who_answered_in_a_merged_ticket_is_rated_not_who_closed_the_rest_in_silence(csat, agent):
    merged, into = factories.ticket(), factories.ticket()
    tom = Actor.agent(factories.user())
    actions.reply(merged, by=Actor.agent(agent), text="Voici votre colis.")
    ticket = actions.solve(actions.merge(merged, into=into, by=tom), by=tom)
    solve = ticket.events.filter(kind=EventKind.STATE).latest("pk")
    assert invitations.credited(Ticket.objects.get(pk=ticket.pk), solve)[0] == agent
    assert list(reviews.agents_of(Ticket.objects.get(pk=ticket.pk))) == [agent]
