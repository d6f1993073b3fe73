"""Macros: a prepared answer and its steps, as one transaction."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Role
from helpdesk.lib.refused import Refused
from tests import factories as make
from tickets import actions, macros
from tickets.actors import Actor
from tickets.models import Complaint, CustomField, EventKind, Macro, Reason, Ticket
from tickets.states import State
from tickets.views.thread import messages_of

pytestmark = pytest.mark.django_db


def macro(text="Bonjour {{ customer.first_name }}.", *steps, by=None, **parts):
    texts = {"fr": {"text": text, "html": ""}} if isinstance(text, str) else text
    parts = {"name": "Macro"} | parts
    return macros.define(Macro(), by=by or make.admin(), texts=texts, steps=list(steps), **parts)


def test_text_and_steps_are_one_act():
    agent, ticket = make.user(), make.ticket(make.customer(name="Jasmine Roy"))
    used = macro("Bonjour {{ customer.first_name }}.", {"do": "tag", "add": ["vu"]}, {"do": "state", "to": "pending"})
    message = macros.use(used, ticket, user=agent)
    ticket.refresh_from_db()
    used.refresh_from_db()
    assert (message.text, message.user, ticket.tags, ticket.state) == ("Bonjour Jasmine.", agent, ["vu"], State.PENDING)
    assert (used.used, used.uses.get().message) == (1, message)
    assert ticket.events.get(kind=EventKind.MACRO).data["name"] == "Macro"


def test_a_refused_step_says_nothing():
    ticket = make.ticket()
    broken = macro("Bonjour.", {"do": "state", "to": "solved"}, {"do": "state", "to": "new"})
    with pytest.raises(Refused):
        macros.use(broken, ticket, user=make.user())
    assert (ticket.messages.count(), Ticket.objects.get().state, broken.uses.count()) == (1, State.NEW, 0)


class TestVariables:
    def test_one_without_a_value_blocks_and_is_named(self):
        ticket = make.ticket()
        with pytest.raises(Refused) as refusal:
            macros.use(macro("Arrivée le {{ input.arrival_date }}."), ticket, user=make.user())
        assert (refusal.value.field, ticket.messages.count()) == ("input.arrival_date", 1)

    def test_the_agent_gives_what_is_asked(self):
        ticket, agent = make.ticket(), make.user()
        said = macros.use(
            macro("Arrivée le {{ input.arrival_date }}."), ticket, user=agent, values={"arrival_date": "12 mai"}
        )
        assert said.text == "Arrivée le 12 mai."

    def test_a_fallback_stands_in(self):
        ticket = make.ticket(make.customer(name="x"))
        ticket.customer.name = ""
        ticket.customer.save()
        shown = macros.prepare(macro('Bonjour {{ customer.first_name | "et merci" }}.'), ticket, user=make.user())
        assert (shown.text, shown.missing) == ("Bonjour et merci.", ())

    def test_values_are_escaped_in_html(self):
        ticket = make.ticket(make.customer(name="<b>Eve</b> Roy"))
        html = macro({"fr": {"text": "x", "html": "<p>{{ customer.name }}</p>"}})
        assert macros.prepare(html, ticket, user=make.user()).html == "<p>&lt;b&gt;Eve&lt;/b&gt; Roy</p>"

    def test_an_unknown_name_is_refused_when_it_is_written(self):
        with pytest.raises(Refused) as refusal:
            macro("{{ customer.shoe_size }}")
        assert refusal.value.field == "texts.fr"

    def test_a_reply_with_an_empty_place_cannot_leave(self):
        ticket = make.ticket()
        with pytest.raises(Refused) as refusal:
            actions.reply(ticket, by=Actor.agent(make.user()), text="Le {{ input.arrival_date }} au plus tard.")
        assert (refusal.value.field, ticket.messages.count()) == ("text", 1)


class TestGuards:
    def test_refund_done_only_after_a_refund(self):
        """S121: no contradictory answers."""
        customer = make.customer()
        order = make.order(customer, status="delivered")
        ticket = make.ticket(customer)
        guarded = macro(guard={"all": [{"field": "order.status", "is": "is", "value": ["refunded"]}]})
        with pytest.raises(Refused):
            macros.use(guarded, ticket, user=make.user())
        order.status = "refunded"
        order.save()
        assert macros.use(guarded, ticket, user=make.user()) is not None

    def test_no_arguing_while_the_anger_rises(self):
        ticket, agent = make.ticket(), make.user()
        case = Complaint.objects.create(ticket=ticket, opened_at=timezone.now())
        argues = macro(argues=True)
        assert macros.prepare(argues, ticket, user=agent).refused != ""
        case.phase = Complaint.Phase.CALM
        case.save()
        assert macros.prepare(argues, ticket, user=agent).refused == ""

    def test_a_macro_of_another_reason_warns(self):
        """S140: no canned reply to a question that was not asked."""
        late = Reason.objects.create(key="late", what="Livraison", why="Retard")
        wrong = Reason.objects.create(key="wrong", what="Produit", why="Mauvais article")
        ticket = make.ticket()
        actions.choose_reason(ticket, to=wrong, by=Actor.agent(make.user()))
        ticket.refresh_from_db()
        shown = macros.prepare(macro(reasons=[late]), ticket, user=make.user())
        assert shown.hint == "Written for: Livraison › Retard. This ticket is about: Produit › Mauvais article."


class TestWhose:
    def test_mine_my_teams_the_shops(self):
        care, other = make.team("care"), make.team("other")
        agent = make.user(teams=(care,))
        macro(name="mine", owner=agent)
        macro(name="hers", owner=make.user())
        macro(name="ours", team=care)
        macro(name="theirs", team=other)
        macro(name="all")
        assert sorted(one.name for one in macros.search(make.ticket(), agent, "")) == ["all", "mine", "ours"]

    def test_an_agent_keeps_only_their_own(self):
        agent = make.user(teams=(make.team("care"),))
        with pytest.raises(Refused):
            macro(by=agent)
        with pytest.raises(Refused):
            macro(by=agent, team=make.team("care"))
        assert macro(by=agent, owner=agent).created_by == agent
        assert macro(by=make.user(role=Role.LEAD, teams=(make.team("care"),)), team=make.team("care")).pk


def test_search_forgives_accents_and_puts_the_tickets_reason_first():
    reason = Reason.objects.create(key="late", what="Livraison", why="Retard")
    ticket, agent = make.ticket(), make.user()
    macro("Réexpédition", name="B renvoi", used=9)
    macro("Nous l'avons reexpedie", name="C renvoi", reasons=[reason])
    Ticket.objects.update(reason=reason)
    ticket.refresh_from_db()
    assert [one.name for one in macros.search(ticket, agent, "reexped")] == ["C renvoi", "B renvoi"]


def test_a_reply_becomes_a_macro_of_ones_own():
    agent, ticket = make.user(), make.ticket(make.customer(name="Jasmine Roy"))
    said = actions.reply(ticket, by=Actor.agent(agent), text="Bonjour Jasmine, c'est parti.")
    kept = macros.from_reply(said, by=agent, name="C'est parti")
    assert (kept.owner, kept.texts["fr"]["text"]) == (agent, "Bonjour {{ customer.first_name }}, c'est parti.")


def test_the_report_tells_used_idle_and_old(time_machine):
    time_machine.move_to("2026-01-01T10:00:00+00:00")
    fresh, old = macro(name="fresh"), macro(name="old")
    time_machine.move_to("2026-11-01T10:00:00+00:00")
    macros.define(fresh, by=make.admin(), texts={"fr": {"text": "Nouveau", "html": ""}})
    macros.use(fresh, make.ticket(), user=make.user())
    report = macros.usage(Macro.objects.all(), timezone.now() + timedelta(hours=1))
    assert [(row.macro, row.recent, row.stale, row.idle) for row in report] == [
        (fresh, 1, False, False),
        (old, 0, True, True),
    ]


def test_a_reply_taken_back_takes_all_with_it_that_its_macro_made():
    agent, ticket = make.user(), make.ticket()
    ticket.shop.languages = ["fr", "en"]
    ticket.shop.save()
    CustomField.objects.create(key="colour", label="Colour")
    problem = actions.open_problem(shop=ticket.shop, title="Oven", by=Actor.agent(agent))
    ticket = actions.speak(ticket, by=Actor.agent(agent), language="fr")
    steps = [
        *({"do": "task", "title": title} for title in ("Send it again", "Call the carrier")),
        {"do": "note", "text": "Perdu."},
        {"do": "fields", "values": {"colour": "red"}},
        {"do": "problem", "to": str(problem.pk)},
        {"do": "language", "to": "en"},
    ]
    lost = macro("Nous le renvoyons.", *steps)
    message = actions.reply(ticket, by=Actor.agent(agent), text="Nous le renvoyons.", undoable=True)
    macros.carry_out(lost, ticket, user=agent, message=message)
    ticket.refresh_from_db()
    assert (ticket.to_do.count(), ticket.fields, ticket.problems.count(), ticket.language) == (
        2,
        {"colour": "red"},
        1,
        "en",
    )
    actions.take_back(message, by=Actor.agent(agent))
    ticket.refresh_from_db()
    assert (ticket.to_do.count(), ticket.fields, ticket.problems.count(), ticket.language) == (0, {}, 0, "fr")
    assert [one.message.public for one in messages_of(ticket)] == [True]


@pytest.mark.parametrize(("then", "state"), [("solved", "solved"), ("", "pending")])
def test_the_state_that_the_sender_chose_stands_above_the_macros(client: Client, then: str, state: str):
    agent = make.user()
    client.force_login(agent)
    ticket = make.ticket(assignee=agent)
    waits = macro("Bonjour.", {"do": "state", "to": "pending"}, {"do": "tag", "add": ["colis-perdu"]})
    said = {"kind": "reply", "text": "Bonjour.", "macro": waits.pk, "then": then}
    said |= {"seen": ticket.messages.get().pk, "submission": uuid4()}
    client.post(f"/tickets/{ticket.pk}/say/", said)
    ticket.refresh_from_db()
    assert (ticket.state, ticket.tags) == (state, ["colis-perdu"])
