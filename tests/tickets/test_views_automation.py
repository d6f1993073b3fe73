"""The settings pages of rules, macros and webhooks, the composer's menu and the notifications: all without a script."""

import pytest
from django.test import Client

from accounts.models import Role
from tests import factories as make
from tickets import actions, macros, notifications, rules
from tickets.actors import Actor
from tickets.models import Macro, Notification, Rule, Ticket, Webhook, WebhookDelivery

pytestmark = pytest.mark.django_db


def enter(user=None) -> Client:
    client = Client()
    client.force_login(user or make.admin())
    return client


EVENT = {"kind": "event", "event": "message", "from": "customer", "hourly_cap": "100"}
CONDITION = {"cond-0-group": "all", "cond-0-field": "order.total", "cond-0-is": "at_least", "cond-0-value": "100"}
STEP = {"step-0-do": "priority", "step-0-to": "high"}


class TestRules:
    def test_a_rule_is_written_row_by_row(self):
        client = enter()
        blank = client.get("/settings/rules/new/")
        assert blank.status_code == 200
        more = client.post("/settings/rules/new/save/", EVENT | {"name": "R", "do": "add-cond"})
        assert (more.status_code, b"cond-0-field" in more.content, Rule.objects.count()) == (200, True, 0)
        saved = client.post("/settings/rules/new/save/", EVENT | CONDITION | STEP | {"name": "R", "active": "on"})
        made = Rule.objects.get()
        assert (saved.status_code, saved["Location"]) == (302, f"/settings/rules/{made.pk}/")
        assert (made.when, made.conditions, made.steps, made.active) == (
            {"event": "message", "from": "customer"},
            {"all": [{"field": "order.total", "is": "at_least", "value": "100"}]},
            [{"do": "priority", "to": "high"}],
            True,
        )
        assert client.get(f"/settings/rules/{made.pk}/").status_code == 200

    def test_time_is_written_as_people_say_it(self):
        timed = {"kind": "time", "since": "waiting_since", "seconds": "1 h 30", "clock": "business", "hourly_cap": "9"}
        enter().post("/settings/rules/new/save/", timed | STEP | {"name": "T"})
        assert Rule.objects.get().when == {"since": "waiting_since", "seconds": 5400, "clock": "business"}

    @pytest.mark.parametrize(
        ("change", "words"),
        [
            ({"name": ""}, "Give it a name."),
            ({"cond-0-value": "much"}, "Expected a number."),
            ({"step-0-to": "gigantic"}, "is not one of the choices"),
            ({"hourly_cap": "many"}, "Expected a whole number."),
        ],
    )
    def test_what_is_wrong_stands_beside_its_row_and_nothing_is_lost(self, change, words):
        answer = enter().post("/settings/rules/new/save/", EVENT | CONDITION | STEP | {"name": "Mine"} | change)
        page = answer.content.decode()
        assert (answer.status_code, words in page, Rule.objects.count()) == (422, True, 0)
        assert 'name="step-0-do"' in page

    def test_trying_changes_nothing(self):
        ticket = make.ticket(make.customer(vip=True))
        vip = {"cond-0-group": "all", "cond-0-field": "customer.vip", "cond-0-is": "is", "cond-0-value": "true"}
        answer = enter().post("/settings/rules/new/save/", EVENT | vip | STEP | {"name": "V", "do": "try"})
        assert (answer.status_code, f"#{ticket.pk}" in answer.content.decode()) == (200, True)
        assert (Rule.objects.count(), Ticket.objects.get().priority) == (0, 2)

    def test_order_by_buttons_and_by_dragging(self):
        made = [self.rule(name) for name in "abc"]
        client = enter()
        client.post("/settings/rules/order/", {"up": made[2].pk})
        assert "".join(Rule.objects.values_list("name", flat=True)) == "acb"
        client.post("/settings/rules/order/", {"order": f"{made[1].pk},{made[0].pk},{made[2].pk}"})
        assert "".join(Rule.objects.values_list("name", flat=True)) == "bac"

    def test_an_old_version_comes_back_and_a_rule_is_switched_off(self):
        made = self.rule("a")
        rules.define(made, by=None, name="b")
        client = enter()
        client.post(f"/settings/rules/{made.pk}/restore/", {"version": "1"})
        client.post(f"/settings/rules/{made.pk}/toggle/")
        made.refresh_from_db()
        assert (made.name, made.active, made.version) == ("a", False, 4)

    def test_the_list_costs_the_same_with_many(self):
        client = enter()
        counts = []
        for rows in (1, 3, 30):
            for _n in range(rows - Rule.objects.count()):
                self.rule("x")
            with CaptureCount() as count:
                client.get("/settings/rules/")
            counts.append(count.value)
        assert len(set(counts)) == 1, counts

    def rule(self, name):
        steps = [{"do": "priority", "to": "high"}]
        return rules.define(Rule(), by=None, name=name, when={"event": "opened"}, steps=steps)


class CaptureCount:
    def __enter__(self):
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        self.context = CaptureQueriesContext(connection)
        self.context.__enter__()
        return self

    def __exit__(self, *args):
        self.context.__exit__(*args)
        self.value = len(self.context)


class TestMacros:
    def test_an_agent_writes_their_own(self):
        make.shop()
        agent = make.user()
        answer = enter(agent).post(
            "/settings/macros/new/save/",
            {
                "name": "Merci",
                "whose": "mine",
                "text-fr": "Merci {{ customer.first_name }}.",
                "step-0-do": "tag",
                "step-0-add": "vu, lu",
            },
        )
        made = Macro.objects.get()
        assert (answer.status_code, made.owner, made.steps) == (302, agent, [{"do": "tag", "add": ["vu", "lu"]}])
        assert made.texts == {"fr": {"text": "Merci {{ customer.first_name }}.", "html": ""}}

    def test_but_not_everybodys(self):
        make.shop()
        answer = enter(make.user()).post("/settings/macros/new/save/", {"name": "M", "whose": "all", "text-fr": "x"})
        assert (answer.status_code, Macro.objects.count()) == (422, 0)

    def test_everybodys_is_read_by_an_agent_and_changed_by_a_manager(self):
        self.macro()
        address = f"/settings/macros/{Macro.objects.get().pk}/"
        offered = [b"/archive/" in enter(make.user(role=role)).get(address).content for role in ("agent", "manager")]
        assert offered == [False, True]

    def test_the_composers_menu_shows_what_it_would_say_and_do(self):
        agent, ticket = make.user(), make.ticket(make.customer(name="Jasmine Roy"))
        self.macro()
        page = enter(agent).get(f"/tickets/{ticket.pk}/macros/", {"q": "bonj"}, headers={"HX-Request": "true"})
        text = page.content.decode()
        assert 'data-text="Bonjour Jasmine, le {{ input.day }}."' in text
        assert 'Bonjour <mark class="place--filled">Jasmine</mark>, le <mark class="place--empty">day</mark>.' in text
        assert "1 empty variable" in text

    def test_its_steps_are_done_with_the_reply(self):
        agent, ticket, macro = make.user(), make.ticket(), self.macro()
        form = {"kind": "reply", "submission": "8d9b4fd2-5f0c-4f39-9f7c-0a8b5a3a8f11", "macro": macro.pk}
        client = enter(agent)
        held = client.post(f"/tickets/{ticket.pk}/say/", form | {"text": "Bonjour, le {{ input.day }}."})
        ticket.refresh_from_db()
        assert (held.status_code, ticket.tags) == (422, [])
        client.post(f"/tickets/{ticket.pk}/say/", form | {"text": "Bonjour, le 12 mai."})
        ticket.refresh_from_db()
        assert (ticket.tags, macro.uses.get().message.text) == (["vu"], "Bonjour, le 12 mai.")

    def test_taken_back_with_the_reply_unless_somebody_went_on_since(self):
        agent, ticket = make.user(), make.ticket()
        macro = self.macro({"do": "tag", "add": ["vu"]}, {"do": "priority", "to": "high"})
        form = {"kind": "reply", "submission": "8d9b4fd2-5f0c-4f39-9f7c-0a8b5a3a8f11", "macro": macro.pk}
        client = enter(agent)
        client.post(f"/tickets/{ticket.pk}/say/", form | {"text": "Bonjour, le 12 mai."})
        client.post(f"/tickets/{ticket.pk}/priority/", {"to": "4"})
        client.post(f"/messages/{ticket.messages.get(user=agent).pk}/take-back/")
        ticket.refresh_from_db()
        assert (ticket.tags, ticket.priority) == ([], 4)

    def test_used_at_once_without_a_script(self):
        agent, ticket, macro = make.user(), make.ticket(make.customer(name="Jasmine Roy")), self.macro()
        client = enter(agent)
        assert client.get(f"/tickets/{ticket.pk}/macros/").status_code == 200
        client.post(f"/tickets/{ticket.pk}/macros/{macro.pk}/use/", {"value-day": "12 mai"})
        assert ticket.messages.order_by("pk").last().text == "Bonjour Jasmine, le 12 mai."

    def test_a_reply_is_kept_as_a_macro(self):
        agent, ticket = make.user(), make.ticket()
        said = actions.reply(ticket, by=Actor.agent(agent), text="C'est parti.")
        answer = enter(agent).post(f"/messages/{said.pk}/macro/")
        assert answer["Location"] == f"/settings/macros/{Macro.objects.get().pk}/"

    def macro(self, *steps):
        texts = {"fr": {"text": "Bonjour {{ customer.first_name }}, le {{ input.day }}.", "html": ""}}
        done = list(steps) or [{"do": "tag", "add": ["vu"]}]
        return macros.define(Macro(), by=make.admin(), name="Bonjour", texts=texts, steps=done)


class TestWebhooks:
    def test_the_secret_is_shown_once(self):
        client = enter()
        form = {"name": "ERP", "url": "https://erp.example/in", "events": ["state"], "active": "on"}
        shown = client.post("/settings/webhooks/new/save/", form)
        row = Webhook.objects.get()
        assert (shown.status_code, row.events, b"<code>" in shown.content) == (200, ["state"], True)
        assert client.get(f"/settings/webhooks/{row.pk}/").status_code == 200
        assert client.post("/settings/webhooks/new/save/", form | {"url": "nowhere at all"}).status_code == 422

    def test_a_hopeless_delivery_is_tried_again(self):
        row = Webhook.objects.create(name="W", url="https://shop.example/")
        ticket = make.ticket()
        failed = WebhookDelivery.objects.create(
            webhook=row, event=ticket.events.first(), state="failed", attempts=9, next_attempt_at=ticket.opened_at
        )
        client = enter()
        assert b"Try again" in client.get("/settings/webhooks/").content
        client.post(f"/settings/deliveries/{failed.pk}/retry/")
        failed.refresh_from_db()
        assert (failed.state, failed.attempts) == ("queued", 0)


class TestNotifications:
    def tell(self, user, ticket=None, cause="a"):
        notifications.notify(user, Notification.Kind.TASK, ticket=ticket, text="À faire", cause=cause)

    def test_listed_counted_and_read(self):
        user, ticket = make.user(), make.ticket()
        self.tell(user, ticket)
        client = enter(user)
        assert client.get("/notifications/unread/").json() == {"unread": 1}
        assert "À faire" in client.get("/notifications/").content.decode()
        opened = client.post("/notifications/read/", {"id": Notification.objects.get().pk})
        assert opened["Location"] == f"/tickets/{ticket.pk}/"
        assert client.get("/notifications/unread/").json() == {"unread": 0}

    def test_of_tickets_that_one_may_no_longer_see_nothing_is_told(self):
        user, ticket = make.user(), make.ticket(subject="secret", team=make.team("other"))
        self.tell(user, ticket)
        assert "À faire" not in enter(user).get("/notifications/").content.decode()

    def test_anothers_are_not_mine_to_read(self):
        user, other = make.user(), make.user(role=Role.LEAD)
        self.tell(other)
        enter(user).post("/notifications/read/", {"id": Notification.objects.get().pk})
        assert Notification.objects.get().read_at is None

    def test_the_mail_is_switched_off(self):
        user = make.user()
        enter(user).post("/notifications/digest/", {})
        user.refresh_from_db()
        assert user.mail_digest is False
