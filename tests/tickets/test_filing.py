"""What a ticket is filed under: problems, fields, requests; what solving asks for; splitting and blocking."""

import pytest

from helpdesk.lib.refused import Refused
from tests import factories as make
from tickets import actions
from tickets.actors import SYSTEM, Actor
from tickets.models import CustomField, DeskSettings, EventKind, Problem, Reason, Ticket
from tickets.solving import vague

pytestmark = pytest.mark.django_db


@pytest.fixture
def agent():
    return Actor.agent(make.user())


def refused(act, **details) -> str:
    """The field that the refusal names."""
    with pytest.raises(Refused) as caught:
        act(**details)
    return caught.value.field


def test_a_problem_stays_open_when_its_ticket_closes(agent):
    ticket = make.ticket()
    problem = actions.open_problem(shop=ticket.shop, title="Lids crack in the cold", by=agent, tickets=(ticket,))
    actions.solve(ticket, by=agent)
    problem.refresh_from_db()
    assert (problem.state, list(problem.tickets.all())) == (Problem.State.OPEN, [ticket])


def test_a_problem_closes_only_once_fixed_and_may_come_back(agent):
    problem = actions.open_problem(shop=make.shop(), title="Lids crack", by=agent)
    assert refused(lambda: actions.close_problem(problem)) == "state"
    actions.mark_fixed(problem)
    assert actions.close_problem(problem).state == Problem.State.CLOSED
    assert actions.reopen_problem(problem).fixed_at is None


def test_the_second_occurrence_suggests_the_problem(agent):
    reason = Reason.objects.create(key="cracked", what="Product", why="Cracked lid")
    actions.open_problem(shop=make.shop(), title="Lids crack", by=agent, reason=reason)
    ticket = actions.choose_reason(make.ticket(), to=reason, by=agent)
    assert [problem.title for problem in actions.suggested_problems(ticket, actions.open_problems(ticket))] == [
        "Lids crack"
    ]


def test_linking_twice_is_linking_once(agent):
    ticket = make.ticket()
    problem = actions.open_problem(shop=ticket.shop, title="Lids crack", by=agent)
    for _ in range(2):
        actions.link_problem(ticket, problem=problem, by=agent)
    assert ticket.events.filter(kind=EventKind.PROBLEM).count() == 1


@pytest.mark.parametrize(
    ("kind", "value", "stored"),
    [
        ("text", "blue", "blue"),
        ("number", "3,5", 3.5),
        ("date", "2026-11-22", "2026-11-22"),
        ("yes_no", "on", True),
        ("choice", "gold", "gold"),
    ],
)
def test_fields_keep_their_kind(agent, kind, value, stored):
    CustomField.objects.create(key="it", label="It", kind=kind, choices=["gold", "silver"])
    ticket = actions.fill_in(make.ticket(), by=agent, values={"it": value})
    assert ticket.fields == {"it": stored}
    assert actions.fill_in(ticket, by=agent, values={"it": ""}).fields == {}


@pytest.mark.parametrize(
    ("kind", "value"), [("number", "x"), ("date", "tomorrow"), ("choice", "tin"), ("yes_no", "perhaps")]
)
def test_a_value_of_another_kind_names_its_field(agent, kind, value):
    CustomField.objects.create(key="it", label="It", kind=kind, choices=["gold"])
    ticket = make.ticket()
    assert refused(actions.fill_in, ticket=ticket, by=agent, values={"it": value}) == "it"
    assert refused(actions.fill_in, ticket=ticket, by=agent, values={"nothing": "x"}) == "nothing"
    assert Ticket.objects.get(pk=ticket.pk).fields == {}


def test_solving_asks_for_what_the_shop_requires(agent):
    ticket = make.ticket()
    settings = DeskSettings.of(ticket.shop)
    settings.reason_required = True
    settings.save()
    assert refused(actions.solve, ticket=ticket, by=agent) == "reason"
    assert actions.solve(make.ticket(), by=SYSTEM).state == "solved"  # a rule or an import is not asked
    reason = Reason.objects.create(key="late", what="Delivery", why="Late carrier")
    CustomField.objects.create(key="batch", label="Batch", required_to_solve=True)
    ticket = actions.choose_reason(ticket, to=reason, by=agent)
    assert refused(actions.solve, ticket=ticket, by=agent) == "batch"
    ticket = actions.fill_in(ticket, by=agent, values={"batch": "L12"})
    assert actions.solve(ticket, by=agent).state == "solved"


@pytest.mark.parametrize(
    ("name", "tells"),
    [
        ("Paiement", False),
        ("Erreur de paiement", True),
        ("problème", False),
        ("Retard du transporteur", True),
        ("Other", False),
    ],
)
def test_vague_names(name, tells):
    assert (vague(name) == "") == tells


def test_a_message_split_off_is_a_ticket_of_its_own(agent):
    ticket = make.ticket(subject="Lampe")
    second = make.message(ticket, text="Autre chose : ma facture ?", subject="Facture")
    made = actions.split_off(second, by=agent)
    assert (made.subject, made.customer, made.opened_at) == ("Facture", ticket.customer, second.at)
    assert [message.text for message in made.messages.all()] == ["Autre chose : ma facture ?"]
    assert [event.data for event in ticket.events.filter(kind=EventKind.SPLIT)] == [{"into": made.pk}]
    assert (made.waiting_since, Ticket.objects.get(pk=ticket.pk).waiting_since) == (second.at, ticket.opened_at)


def test_the_only_message_and_our_own_words_are_not_split_off(agent):
    ticket = make.ticket()
    assert refused(actions.split_off, message=ticket.messages.get(), by=agent) == "message"
    answer = actions.note(ticket, by=agent, text="hm")
    assert refused(actions.split_off, message=answer, by=agent) == "message"


def test_blocked_senders_and_domains(agent):
    ticket = make.ticket(make.customer("pest@spam.example"))
    actions.block_sender(ticket, by=agent)
    actions.block_address("@junk.example", user=agent.user)
    blocked = [actions.is_blocked(one) for one in ("PEST@spam.example", "other@spam.example", "a@junk.example")]
    assert blocked == [True, False, True]
    assert Ticket.objects.get(pk=ticket.pk).spam
    assert refused(actions.block_address, value="nonsense", user=agent.user) == "value"
