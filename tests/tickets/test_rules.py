"""Rules: when an event comes, if the ticket is so, then do this; in order, each cause once."""

import threading
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import Role
from channels_app.models import OutboundMessage
from helpdesk.lib.refused import Refused
from tests import factories as make
from tests.tickets.histories import policy
from tickets import actions, reactions, rules
from tickets.actors import SYSTEM, Actor
from tickets.models import Author, Event, EventKind, Message, Notification, Priority, Reason, Rule, RuleRun, Ticket
from tickets.states import State

pytestmark = pytest.mark.django_db
FROM_CUSTOMER = {"event": "message", "from": "customer"}


def rule(*steps, when=None, name="Règle", **parts):
    return rules.define(Rule(), by=None, name=name, when=when or FROM_CUSTOMER, steps=list(steps), **parts)


def react():
    """What the worker does: until nothing is left."""
    while reactions.sweep():
        pass


def fresh(ticket):
    return Ticket.objects.get(pk=ticket.pk)


def test_a_rule_runs_once_for_a_cause_and_says_so_on_the_ticket():
    made = rule(
        {"do": "tag", "add": ["lent"]},
        conditions={"all": [{"field": "message.text", "is": "contains", "value": ["retard"]}]},
    )
    ticket = make.ticket(text="Encore du RETARD !")
    react()
    run = RuleRun.objects.get(ticket=ticket)
    assert (fresh(ticket).tags, run.did, run.refused) == (["lent"], [{"do": "tag", "result": "+lent"}], "")
    told = ticket.events.get(kind=EventKind.RULE)
    assert (told.data["rule"], told.data["name"], told.data["run"], told.depth) == (made.pk, "Règle", run.pk, 1)
    Event.objects.filter(ticket=ticket, kind=EventKind.MESSAGE).update(reacted_at=None)  # the mark was lost in a crash
    actions.tag(ticket, by=Actor.agent(make.user()), remove=["lent"])
    react()
    assert (fresh(ticket).tags, RuleRun.objects.filter(ticket=ticket).count()) == ([], 1)


def test_the_conversation_says_why_it_happened_and_why_it_is_on_top(client):
    """The rule by its name with what it did; since when somebody waits, and by which target."""
    policy(clock="calendar", name="Chat and mail", first_reply=3600)
    rule({"do": "tag", "add": ["seen"]}, name="Look at once")
    ticket = make.ticket()
    react()
    client.force_login(make.user(language="en"))
    page = client.get(f"/tickets/{ticket.pk}/")
    assert "Rule <b>Look at once</b>" in page.content.decode()
    assert page.context["targets"].why.startswith("Waiting since ")
    assert "Chat and mail" in page.context["targets"].why


def test_what_does_not_fit_leaves_no_trace():
    rule(
        {"do": "tag", "add": ["x"]}, conditions={"none": [{"field": "ticket.channel", "is": "is", "value": ["email"]}]}
    )
    ticket = make.ticket()
    react()
    assert (fresh(ticket).tags, RuleRun.objects.count()) == ([], 0)


def test_rules_run_in_their_order_and_one_may_be_the_last():
    rule({"do": "priority", "to": "high"}, name="1")
    rule(
        {"do": "tag", "add": ["second"]},
        name="2",
        stops=True,
        conditions={"all": [{"field": "ticket.priority", "is": "is", "value": ["high"]}]},
    )
    rule({"do": "tag", "add": ["third"]}, name="3")
    ticket = make.ticket()
    react()
    assert (fresh(ticket).priority, fresh(ticket).tags) == (Priority.HIGH, ["second"])
    rules.reorder([Rule.objects.get(name="3").pk])
    assert list(Rule.objects.values_list("name", flat=True)) == ["3", "1", "2"]


def test_all_steps_or_none_and_the_others_go_on():
    rule({"do": "tag", "add": ["half"]}, {"do": "assign", "to": "me"}, name="broken")
    rule({"do": "tag", "add": ["whole"]}, name="good")
    ticket = make.ticket()
    react()
    assert fresh(ticket).tags == ["whole"]
    refused = RuleRun.objects.get(ticket=ticket, rule__name="broken")
    assert (refused.did, refused.refused) == ([], "A rule has nobody to be “me”.")


def test_rules_that_start_each_other_end():
    """Two rules toggling a tag for ever: the depth of an event stops them."""
    has = {"all": [{"field": "ticket.tags", "is": "contains", "value": ["ping"]}]}
    has_not = {"none": has["all"]}
    rule({"do": "tag", "add": ["ping"]}, when={"event": ["message", "tags"]}, conditions=has_not)
    rule({"do": "tag", "remove": ["ping"]}, when={"event": "tags"}, conditions=has)
    ticket = make.ticket()
    react()
    assert max(ticket.events.values_list("depth", flat=True)) == 4
    assert RuleRun.objects.filter(refused="loop: too many rules behind this").exists()


def test_an_hourly_cap_holds_and_the_admins_hear_of_it():
    admin = make.admin()
    rule({"do": "priority", "to": "high"}, hourly_cap=2)
    tickets = [make.ticket() for _n in range(4)]
    react()
    assert [fresh(ticket).priority for ticket in tickets] == [3, 3, 2, 2]
    assert Notification.objects.filter(user=admin).count() == 1


def test_imported_history_starts_nothing():
    rule({"do": "tag", "add": ["x"]})
    ticket = make.ticket()
    Event.objects.update(reacted_at=timezone.now())
    react()
    assert fresh(ticket).tags == []


def test_a_shop_has_its_own_rules():
    rule({"do": "tag", "add": ["x"]}, shop=make.shop("other", name="Autre"))
    ticket = make.ticket()
    react()
    assert fresh(ticket).tags == []


class TestAutomaticAnswers:
    @pytest.fixture(autouse=True)
    def _quiet(self):
        make.shop(acknowledges=False)

    STEP = {"do": "reply", "text": 'Bonjour {{ customer.first_name | "et merci" }} !', "days": 7}

    def answers(self, ticket):
        return list(ticket.messages.filter(author=Author.AUTO).values_list("text", "automatic"))

    def test_once_to_a_customer_in_its_days(self):
        rule(self.STEP)
        customer = make.customer(name="Jasmine Roy")
        first, second = make.ticket(customer), make.ticket(customer)
        react()
        assert self.answers(first) + self.answers(second) == [("Bonjour Jasmine !", True)]
        assert RuleRun.objects.get(ticket=second).did == [{"do": "reply", "result": "held back: told before"}]
        assert first.messages.get(text="Bonjour Jasmine !").outbound.automatic is True

    def test_never_to_a_robot(self):
        rule(self.STEP)
        ticket = make.ticket()
        ticket.messages.update(automatic=True)
        react()
        assert self.answers(ticket) == []

    def test_a_variable_without_a_value_says_nothing(self):
        rule({"do": "reply", "text": "Bonjour, commande {{ order.number }}"})
        ticket = make.ticket()
        react()
        assert (self.answers(ticket), RuleRun.objects.get().refused) == ([], "No value for order.number.")


class TestTime:
    def silent(self, days, state=State.PENDING):
        agent = Actor.agent(make.user())
        ticket = make.ticket()
        actions.reply(ticket, by=agent, text="Voici.", then=state)
        return ticket, timezone.now() + timedelta(days=days)

    def test_solve_after_silence_once(self):
        when = {"since": "last_reply", "seconds": 5 * 86400, "clock": "calendar"}
        rule(
            {"do": "state", "to": "solved"},
            when=when,
            conditions={"all": [{"field": "ticket.state", "is": "is", "value": "pending"}]},
        )
        ticket, later = self.silent(5)
        assert rules.sweep(later - timedelta(minutes=1)) == 0
        assert rules.sweep(later) == 1
        assert rules.sweep(later) == 0
        assert fresh(ticket).state == State.SOLVED

    def test_each_wait_of_a_customer_starts_it_again(self):
        rule({"do": "notify", "to": "leads"}, when={"since": "waiting_since", "seconds": 3600})
        lead = make.user(role=Role.LEAD)
        ticket = make.ticket()
        assert [rules.sweep(timezone.now() + timedelta(hours=2)) for _n in range(2)] == [1, 0]
        actions.reply(ticket, by=Actor.agent(lead), text="Voici.")
        make.message(ticket)
        assert [rules.sweep(timezone.now() + timedelta(hours=2)) for _n in range(2)] == [1, 0]
        assert Notification.objects.filter(user=lead, kind="rule").count() == 2

    def test_after_silence_a_notice_then_two_days_later_the_solve_and_never_without_the_notice(self, time_machine):
        """A robot is given no notice: so its ticket is not solved either. Who answers the notice starts it anew."""
        rules.install(make.shop(acknowledges=False))
        Rule.objects.filter(key__contains="silence").update(active=True, changed_at=timezone.now())
        monday = timezone.datetime.fromisoformat("2026-11-23T10:00:00+01:00")
        time_machine.move_to(monday, tick=False)
        (told, _later), (robot, _late), (talks, _on) = self.silent(0), self.silent(0), self.silent(0)
        robot.messages.filter(author=Author.CUSTOMER).update(automatic=True)
        states = []
        for days in (4, 5, 6, 8):
            time_machine.move_to(monday + timedelta(days=days), tick=False)
            rules.sweep()
            if days == 6:
                make.message(talks, text="Non, rien.")
                actions.reply(fresh(talks), by=Actor.agent(make.user()), text="Voici.", then=State.PENDING)
            states.append([fresh(one).state for one in (told, robot, talks)])
        assert states == [["pending"] * 3, ["pending"] * 3, ["pending"] * 3, ["solved", "pending", "pending"]]
        assert [one.messages.filter(author=Author.AUTO).count() for one in (told, robot, talks)] == [1, 0, 1]

    def test_time_since_any_event_counts_from_the_last_of_its_kind(self):
        rule({"do": "tag", "add": ["rien"]}, when={"since": "event:assigned", "seconds": 7200})
        ticket, ines = make.ticket(), make.user()
        assert rules.sweep(timezone.now() + timedelta(days=1)) == 0
        for to in (ines, None, ines):
            actions.assign(ticket, to=to, by=SYSTEM)
        last = ticket.events.filter(kind=EventKind.ASSIGNED).latest("at").at
        assert [rules.sweep(last + timedelta(seconds=n)) for n in (7199, 7200, 7300)] == [0, 1, 0]

    @pytest.mark.django_db(transaction=True)
    def test_two_sweepers_run_it_once(self):
        rule({"do": "tag", "add": ["tard"]}, when={"since": "waiting_since", "seconds": 3600})
        tickets = [make.ticket() for _n in range(12)]
        at = timezone.now() + timedelta(hours=2)

        def run():
            rules.sweep(at)
            connection.close()

        sweepers = [threading.Thread(target=run) for _number in range(2)]
        for one in sweepers:
            one.start()
        for one in sweepers:
            one.join()
        rules.sweep(at)
        told = Event.objects.filter(kind=EventKind.RULE).count()
        assert (RuleRun.objects.count(), told) == (12, 12)
        assert [fresh(one).tags for one in tickets] == [["tard"]] * 12

    def test_business_time_waits_for_the_hours(self, time_machine):
        make.calendar()
        time_machine.move_to("2026-11-20T16:30:00+01:00", tick=False)  # a Friday; closed at 18:00
        rule({"do": "tag", "add": ["tard"]}, when={"since": "waiting_since", "seconds": 2 * 3600, "clock": "business"})
        ticket = make.ticket()
        monday = timezone.datetime.fromisoformat("2026-11-23T09:30:00+01:00")
        assert rules.sweep(monday - timedelta(seconds=1)) == 0
        assert rules.sweep(monday) == 1
        assert fresh(ticket).tags == ["tard"]


def test_a_dry_run_changes_nothing_and_tells_everything():
    made = rule(
        {"do": "priority", "to": "high"},
        {"do": "tag", "add": ["vip"]},
        active=False,
        conditions={"all": [{"field": "customer.vip", "is": "is", "value": True}]},
    )
    vip, _other = make.ticket(make.customer(vip=True)), make.ticket()
    found = rules.dry_run(made)
    assert (found.looked_at, found.fitting, found.heard) == (2, 1, set())
    [would] = found.would
    assert (would.ticket, [(change.label, change.old, change.new) for change in would.changes]) == (
        vip,
        [("Priority", "Normal", "High"), ("Tags", "—", "vip")],
    )
    assert (fresh(vip).priority, RuleRun.objects.count()) == (Priority.NORMAL, 0)


def test_a_dry_run_knows_the_rule_that_comes_first_and_stops():
    urgent = {"all": [{"field": "ticket.priority", "is": "is", "value": ["high"]}]}
    rule({"do": "tag", "add": ["first"]}, name="Urgent", stops=True, conditions=urgent)
    made = rule({"do": "tag", "add": ["second"]})
    taken, left = make.ticket(priority=Priority.HIGH), make.ticket()
    found = rules.dry_run(made)
    assert [one.ticket for one in found.would] == [left]
    assert [(one.ticket, one.refused) for one in found.refused] == [
        (taken, "The rule “Urgent” comes first and stops there.")
    ]
    react()
    assert (fresh(taken).tags, fresh(left).tags) == (["first"], ["second"])


STEPS = st.sampled_from(
    [
        {"do": "priority", "to": "high"},
        {"do": "priority", "to": "low"},
        {"do": "tag", "add": ["lent", "Vip"]},
        {"do": "tag", "add": ["colis"], "remove": ["LENT"]},
        {"do": "state", "to": "pending"},
        {"do": "state", "to": "solved"},
        {"do": "team", "to": "care"},
        {"do": "team", "to": "none"},
        {"do": "assign", "to": "ines@maison-lune.example"},
        {"do": "assign", "to": "none"},
        {"do": "assign", "to": "me"},  # refused: a rule is nobody
        {"do": "reason", "to": "late"},
        {"do": "language", "to": "en"},
        {"do": "reply", "text": "Bonjour."},
        {"do": "reply", "text": "Commande {{ order.number }}"},  # nobody has ordered: refused
    ]
)
TICKETS = st.fixed_dictionaries(
    {"priority": st.sampled_from([1, 2, 3]), "tags": st.sampled_from([[], ["lent"], ["vip", "colis"]])}
)


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(steps=st.lists(STEPS, min_size=1, max_size=4), drawn=st.lists(TICKETS, min_size=2, max_size=3))
def test_the_dry_run_says_what_the_rule_then_does(steps, drawn):
    """The same tickets, the same properties, the same customers written to; two of the tickets are one customer's."""
    with transaction.atomic():
        make.shop(acknowledges=False)
        ines = make.user(first_name="Inès", email="ines@maison-lune.example")
        make.team("care"), make.team("orders", ines)
        Reason.objects.create(key="late", what="Livraison", why="Retard")
        jasmine = make.customer()
        tickets = [make.ticket(jasmine if n < 2 else None, **fields) for n, fields in enumerate(drawn)]
        actions.assign(tickets[0], to=ines, by=SYSTEM)
        high = {"none": [{"field": "ticket.priority", "is": "is", "value": ["high"]}]}
        made = rule(*steps, conditions=high)
        found, before = rules.dry_run(made), {one.pk: shown(one) for one in tickets}
        react()
        changed = {one.pk: differences(before[one.pk], shown(one)) for one in tickets}
        said = {one.ticket.pk: [change for change in one.changes if not change.heard] for one in found.would}
        told = {pk: {one.label: (one.old, one.new) for one in changes} for pk, changes in said.items()}
        assert {pk: parts for pk, parts in told.items() if parts} == {pk: one for pk, one in changed.items() if one}
        written_to = set(Message.objects.filter(author=Author.AUTO).values_list("ticket__customer", flat=True))
        assert found.heard == written_to
        refused = set(RuleRun.objects.exclude(refused="").values_list("ticket", flat=True))
        assert {one.ticket.pk for one in found.refused} == refused
        transaction.set_rollback(True)


def differences(before, after):
    return {label: (before[label], after[label]) for label in before if before[label] != after[label]}


def shown(ticket):
    """A ticket's properties in words."""
    ticket = fresh(ticket)
    return {
        "Priority": str(Priority(ticket.priority).label),
        "Tags": ", ".join(ticket.tags) or "—",
        "State": str(State(ticket.state).label),
        "Team": ticket.team.name if ticket.team else "no team",
        "Assignee": ticket.assignee.full_name if ticket.assignee else "nobody",
        "Reason": str(ticket.reason or "—"),
        "Language": {"fr": "French", "en": "English"}[ticket.language],
    }


def test_versions_are_kept_and_come_back():
    admin = make.admin()
    made = rule({"do": "priority", "to": "high"})
    rules.define(made, by=admin, steps=[{"do": "priority", "to": "urgent"}])
    rules.define(made, by=admin, position=9)  # no other words, no other version
    assert [one.version for one in made.versions.all()] == [2, 1]
    rules.restore(made, 1, by=admin)
    assert (made.version, made.steps) == (3, [{"do": "priority", "to": "high"}])


@pytest.mark.parametrize(
    ("parts", "field"),
    [
        ({"when": {"event": "rain"}}, "when.event"),
        ({"when": {"since": "waiting_since"}}, "when.seconds"),
        ({"steps": []}, "steps"),
        ({"steps": [{"do": "priority", "to": "gigantic"}]}, "steps.0.to"),
        ({"steps": [{"do": "dance"}]}, "steps.0.do"),
        ({"steps": [{"do": "reply"}]}, "steps.0.text"),
        ({"conditions": {"all": [{"field": "moon", "is": "is", "value": "full"}]}}, "conditions.all.0.field"),
        (
            {"conditions": {"all": [{"field": "order.total", "is": "at_least", "value": "much"}]}},
            "conditions.all.0.value",
        ),
        ({"name": " "}, "name"),
    ],
)
def test_what_is_wrong_is_named(parts, field):
    whole = {"name": "R", "when": FROM_CUSTOMER, "steps": [{"do": "priority", "to": "high"}]} | parts
    with pytest.raises(Refused) as refusal:
        rules.define(Rule(), by=None, **whole)
    assert (refusal.value.field, Rule.objects.count()) == (field, 0)


class TestShipped:
    def test_installed_once_and_never_brought_back(self):
        shop = make.shop()
        assert rules.install(shop) == (13, 9)
        Rule.objects.filter(key="main/vip-priority").update(name="À nous")
        assert rules.install(shop) == (0, 0)
        assert Rule.objects.get(key="main/vip-priority").name == "À nous"

    def test_a_vip_comes_first_an_angry_one_reaches_a_lead(self):
        rules.install(make.shop())
        lead = make.user(role=Role.LEAD)
        vip = make.ticket(make.customer(vip=True))
        angry = make.ticket(text="C'est INADMISSIBLE, troisième fois que j'écris !")
        react()
        assert (fresh(vip).priority, fresh(angry).priority, fresh(angry).tags) == (3, 3, ["réclamation"])
        assert Notification.objects.filter(user=lead, kind="rule").count() == 1

    def test_who_writes_to_a_channel_that_is_off_learns_once_where_to_write(self):
        """S148: one redirect to a person in a period, from the shop's mailbox."""
        rules.install(make.shop())
        mailbox, old = make.channel(), make.channel("old", enabled=False)
        jasmine = make.customer("jasmine@example.org")
        first, again = make.ticket(jasmine, via=old), make.ticket(jasmine, via=old)
        react()
        sent = OutboundMessage.objects.values_list("channel", "to")
        assert [(channel, [one["value"] for one in to]) for channel, to in sent] == [
            (mailbox.pk, ["jasmine@example.org"])
        ]
        assert "support@maison-lune.example" in first.messages.get(author="auto").text
        assert (fresh(first).tags, again.messages.filter(author="auto").count()) == (["redirigé"], 0)

    def test_the_fourth_contact_alerts_a_lead_once(self):
        rules.install(make.shop())
        lead = make.user(role=Role.LEAD)
        ticket = make.ticket()
        for _n in range(2):
            make.message(ticket)
        react()
        assert Notification.objects.filter(user=lead, kind="rule").count() == 0
        for _n in range(2):
            make.message(ticket)
            react()
        assert (fresh(ticket).tags, Notification.objects.filter(user=lead, kind="rule").count()) == (
            ["contacts-répétés"],
            1,
        )


@pytest.mark.parametrize(
    ("text", "state"),
    [
        ("Merci beaucoup !", State.SOLVED),
        ("Super, merci, bonne journée. Jasmine Roy", State.SOLVED),
        ("Thank you so much for your help", State.SOLVED),
        ("Merci, mais ça ne marche pas", State.OPEN),
        ("Merci. Et la facture ?", State.OPEN),
        ("Merci d'avance pour le remboursement", State.OPEN),
        ("ça ne marche pas", State.OPEN),
    ],
)
def test_a_thank_you_leaves_a_solved_ticket_solved(text, state):
    ticket = make.ticket(make.customer(name="Jasmine Roy"))
    actions.reply(ticket, by=Actor.agent(make.user()), text="Voici.", then=State.SOLVED)
    make.message(ticket, text=text)
    assert (fresh(ticket).state, fresh(ticket).waiting_since is None) == (state, state == State.SOLVED)
