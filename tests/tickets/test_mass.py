"""One answer to the customers of many tickets: counted first, then said once on each, whatever happens on the way."""

import uuid
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts.models import Role
from channels_app.models import Channel, OutboundMessage
from tests import factories as make
from tickets import actions, macros, mass
from tickets.actors import Actor
from tickets.models import Draft, Macro, MassAnswer, MassPart, Message, Ticket

pytestmark = pytest.mark.django_db
WORDS = "Bonjour {{ customer.first_name }}, le paiement marche de nouveau."


@pytest.fixture
def agent(client: Client):
    user = make.user(first_name="Inès", last_name="Benali", language="en")
    client.force_login(user)
    return user


def answer_by(agent, text: str = WORDS, **fields: Any) -> MassAnswer:
    newest = Message.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    texts = {"fr": {"text": text, "html": ""}} if text else {}
    return MassAnswer(**{"texts": texts, "seen": newest, "by": agent, "submission": uuid.uuid4()} | fields)


def everyone() -> list[Ticket]:
    return mass.with_all(Ticket.objects.all())


def give(answer: MassAnswer, tickets: list[Ticket] | None = None, expected: int = 1000) -> MassAnswer:
    given = mass.send(answer, tickets or everyone(), expected=expected)
    mass.say_due()
    return given


def replies() -> dict[int, list[str]]:
    """What agents have said to customers, by ticket."""
    said: dict[int, list[str]] = {}
    for message in Message.objects.filter(author="agent", public=True).order_by("pk"):
        said.setdefault(message.ticket_id, []).append(message.text)
    return said


@contextmanager
def refusing(ticket: Ticket):
    """The database fails at the very end of what is done on this ticket: its part cannot be marked."""
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'cut off'; END $$;"
            "CREATE TRIGGER fail BEFORE UPDATE ON tickets_masspart FOR EACH ROW"
            f" WHEN (NEW.ticket_id = {ticket.pk}) EXECUTE FUNCTION fail()"
        )
        yield
        cursor.execute("DROP TRIGGER fail ON tickets_masspart; DROP FUNCTION fail()")


def test_each_is_told_in_words_of_their_own_and_the_others_are_left_out_by_reason(agent):
    jasmine, paul = make.ticket(make.customer(name="Jasmine Roy")), make.ticket(make.customer(name="Paul Petit"))
    nameless = make.ticket(make.customer(name=""))
    closed, spam, off = make.ticket(), make.ticket(), make.ticket(via=make.channel("chat", kind="chat", address=""))
    actions.close(closed, by=Actor.agent(agent))
    actions.mark_spam(spam, by=Actor.agent(agent))
    off.customer.identities.all().delete()
    Channel.objects.filter(pk=off.channel_id).update(enabled=False)
    answer = answer_by(agent)
    overtaken = make.ticket()
    sophie = make.user(first_name="Sophie", last_name="Martin")
    actions.reply(overtaken, by=Actor.agent(sophie), text="C’est réparé.")
    found = mass.reach(answer, everyone())
    assert [one.ticket.pk for one in found.told] == [jasmine.pk, paul.pk]
    assert (found.customers, found.channels) == (2, [("email", 2)])
    assert {why: [ticket.pk for ticket in left] for why, left in found.left_out.items()} == {
        "No value for “customer.first_name”.": [nameless.pk],
        "It is closed.": [closed.pk],
        "It is marked as spam.": [spam.pk],
        "No way to the customer: the channel is off, or there is no address.": [off.pk],
        "Sophie Martin has answered meanwhile.": [overtaken.pk],
    }
    give(answer)
    assert replies() == {
        jasmine.pk: ["Bonjour Jasmine, le paiement marche de nouveau."],
        paul.pk: ["Bonjour Paul, le paiement marche de nouveau."],
        overtaken.pk: ["C’est réparé."],
    }


def test_pressed_twice_it_is_one_answer(agent):
    make.ticket()
    answer = answer_by(agent)
    twin = answer_by(agent, submission=answer.submission)
    assert give(answer).pk == give(twin).pk
    assert mass.say_due() == 0
    assert [len(said) for said in replies().values()] == [1]


def test_a_worker_cut_off_in_the_middle_says_nothing_twice_and_forgets_nobody(agent):
    first, cut, last = make.ticket(), make.ticket(), make.ticket()
    with refusing(cut):
        answer = give(answer_by(agent, "Bonjour."))
        assert replies() == {first.pk: ["Bonjour."], last.pk: ["Bonjour."]}
        assert OutboundMessage.objects.count() == 2
        mass.say_due()
    mass.say_due()
    assert replies() == {ticket.pk: ["Bonjour."] for ticket in (first, cut, last)}
    assert OutboundMessage.objects.count() == 3
    assert answer.parts.exclude(done_at=None).count() == 3


def test_who_wrote_between_the_look_and_the_worker_is_left_out(agent):
    calm, busy = make.ticket(), make.ticket()
    answer = mass.send(answer_by(agent, "Bonjour."), everyone(), expected=2)
    make.message(busy, text="C’est réglé, merci !")
    mass.say_due()
    assert replies() == {calm.pk: ["Bonjour."]}
    assert answer.parts.get(ticket=busy).left_out == "The customer has written meanwhile."


def test_taken_back_it_reaches_nobody_and_touches_no_draft(agent):
    said, waiting = make.ticket(), make.ticket()
    actions.save_draft(said, user=agent, public=True, text="Mon brouillon")
    answer = mass.send(answer_by(agent, "Bonjour.", then="solved"), everyone(), expected=2)
    mass._do(MassPart.objects.get(ticket=said).pk)
    assert Ticket.objects.get(pk=said.pk).state == "solved"
    assert mass.takeable_until(answer) > timezone.now()
    assert mass.take_back(answer, by=agent) == 0
    assert mass.say_due() == 0
    assert list(Message.objects.filter(author="agent").values_list("ticket", "delivery")) == [(said.pk, "cancelled")]
    assert list(Ticket.objects.order_by("pk").values_list("state", flat=True)) == ["new", "new"]
    assert [draft.text for draft in Draft.objects.all()] == ["Mon brouillon"]
    assert answer.parts.get(ticket=waiting).left_out == "Taken back before it was said."
    assert mass.takeable_until(MassAnswer.objects.get()) is None


def test_what_has_left_is_counted_when_the_rest_is_taken_back(agent):
    make.ticket()
    make.ticket()
    answer = give(answer_by(agent, "Bonjour."))
    gone = OutboundMessage.objects.order_by("pk")[0]
    OutboundMessage.objects.filter(pk=gone.pk).update(state="sent", attempts=1, sent_at=timezone.now())
    assert mass.take_back(answer, by=agent) == 1


def test_a_macro_does_its_steps_with_the_words_and_both_are_taken_back(agent):
    ticket, heated = make.ticket(), make.ticket()
    actions.open_complaint(heated, by=Actor.agent(agent))
    macro = macros.define(Macro(), by=make.admin(), name="Réparé", argues=True,
                          texts={"fr": {"text": WORDS}}, steps=[{"do": "tag", "add": ["paiement"]}])  # fmt: skip
    answer = give(answer_by(agent, macro=macro))
    assert (Ticket.objects.get(pk=ticket.pk).tags, Ticket.objects.get(pk=heated.pk).tags) == (["paiement"], [])
    assert answer.parts.get(ticket=heated).left_out == ("Not while the anger rises: listen first, this macro argues.")
    assert Macro.objects.get().used == 1
    mass.take_back(answer, by=agent)
    assert Ticket.objects.get(pk=ticket.pk).tags == []


def test_a_macro_without_words_writes_to_nobody_and_can_be_undone(agent):
    ticket = make.ticket()
    macro = macros.define(Macro(), by=make.admin(), name="Étiquette", steps=[{"do": "tag", "add": ["paiement"]}])
    answer = give(answer_by(agent, "", macro=macro))
    assert (Ticket.objects.get(pk=ticket.pk).tags, replies()) == (["paiement"], {})
    assert mass.take_back(answer, by=agent) == 0
    assert Ticket.objects.get(pk=ticket.pk).tags == []


@pytest.mark.parametrize("count", [1, 3, 30])
def test_looking_costs_the_same_however_many_they_are(agent, django_assert_num_queries, count: int):
    for _ in range(count):
        ticket = make.ticket()
        make.order(ticket.customer)
    answer = answer_by(agent, WORDS + " {{ order.number }}")
    with django_assert_num_queries(6):
        assert len(mass.reach(answer, everyone()).told) == count


# --- the page -------------------------------------------------------------------------------------------------------


def press(client: Client, step: str, *tickets: Ticket, **said: Any):
    fields = {"submission": str(uuid.uuid4()), "seen": "9000000", "step": step, "text_fr": WORDS}
    return client.post("/answers/", fields | {"tickets": " ".join(str(one.pk) for one in tickets)} | said)


def test_from_a_problem_through_the_look_to_its_result(client: Client, agent):
    ticket, closed = make.ticket(), make.ticket()
    actions.close(closed, by=Actor.agent(agent))
    problem = actions.open_problem(
        shop=ticket.shop, title="Paiement refusé", by=Actor.agent(agent), tickets=(ticket, closed)
    )
    assert f"/answers/?problem={problem.pk}" in client.get(f"/problems/{problem.pk}/").content.decode()
    assert "2 tickets" in client.get(f"/answers/?problem={problem.pk}").content.decode()
    looked = press(client, "look", ticket, closed, problem=problem.pk).content.decode()
    assert "1 customer gets this answer" in looked
    assert "It is closed." in looked
    assert "Bonjour Jasmine, le paiement" in looked
    assert replies() == {}
    sent = press(client, "send", ticket, closed, problem=problem.pk, expected=1)
    answer = MassAnswer.objects.get()
    assert (sent["Location"], answer.problem) == (f"/answers/{answer.pk}/?back=%2Fproblems%2F{problem.pk}%2F", problem)
    mass.say_due()
    assert "1 of 1 answered" in client.get(sent["Location"]).content.decode()
    assert "1 of 1 answered" in client.get(f"/problems/{problem.pk}/").content.decode()
    client.post(f"/answers/{answer.pk}/take-back/")
    assert "1 answer taken back" in client.get(sent["Location"]).content.decode()
    assert WORDS.split(",")[1] in client.get(f"/answers/?again={answer.pk}").content.decode()


def test_ticked_tickets_that_are_not_ones_own_to_see_are_not_there(client: Client, agent):
    theirs = make.ticket(team=make.team("orders"))
    assert press(client, "look", theirs)["Location"] == "/"
    assert client.post("/answers/", {"ticket": [theirs.pk]})["Location"] == "/"


def test_the_words_of_a_macro_come_below_typed_ones_and_in_the_place_of_another_macros(client: Client, agent):
    ticket = make.ticket()
    one, other = (
        macros.define(Macro(), by=make.admin(), name=name, texts={"fr": {"text": name}}) for name in ("Un", "Deux")
    )
    first = press(client, "take", ticket, text_fr="À moi.", macro=one.pk).context["form"]
    assert first["text_fr"].value() == "À moi.\n\nUn"
    second = press(client, "take", ticket, text_fr="Un", macro=other.pk, taken=one.pk).context["form"]
    assert (second["text_fr"].value(), second["taken"].value()) == ("Deux", other.pk)


def test_what_the_words_ask_for_is_asked_before_the_look(client: Client, agent):
    ticket = make.ticket()
    text = "Il arrive le {{ input.day }}."
    assert press(client, "look", ticket, text_fr=text).status_code == 422
    assert (
        "Il arrive le 3 mai." in press(client, "look", ticket, text_fr=text, **{"input-day": "3 mai"}).content.decode()
    )


def test_more_than_was_looked_at_is_looked_at_again(client: Client, agent):
    answered = press(client, "send", make.ticket(), make.ticket(), expected=1)
    assert (answered.status_code, MassAnswer.objects.count()) == (422, 0)


def test_a_partner_answers_one_at_a_time(client: Client):
    team = make.team("care")
    client.force_login(make.user(role=Role.PARTNER, teams=(team,)))
    assert press(client, "look", make.ticket(team=team)).status_code == 403
