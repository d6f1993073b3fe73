"""/macros/, /rules/ and /webhooks/ through the API."""

import pytest

from accounts.models import User
from tests import factories
from tests.caller import Caller, problems
from tickets.models import Macro, Rule, Webhook

pytestmark = pytest.mark.django_db
RULE = {"name": "VIP", "when": {"event": "opened"}, "steps": [{"do": "priority", "to": "high"}]}


def test_a_macro_is_written_and_used(api: Caller, admin: User) -> None:
    factories.shop()
    body = {"key": "hello", "name": "Bonjour", "texts": {"fr": {"text": "Bonjour {{ customer.first_name }}."}}}
    made = api.post("/macros/", body | {"steps": [{"do": "tag", "add": ["vu"]}]})
    assert (made.status_code, made.json()["used"]) == (201, 0)
    ticket = factories.ticket(factories.customer(name="Jasmine Roy"))
    used = api.post(f"/tickets/{ticket.pk}/macro/", {"macro": "hello"})
    assert (used.status_code, used.json()["tags"]) == (200, ["vu"])
    assert ticket.messages.order_by("pk").last().text == "Bonjour Jasmine."
    assert api.get(f"/macros/{made.json()['id']}/").json()["used"] == 1
    assert problems(api.post(f"/tickets/{ticket.pk}/macro/", {"macro": "other"})) == [("does_not_exist", "macro")]


def test_a_macro_without_its_value_is_refused(api: Caller) -> None:
    made = api.post("/macros/", {"name": "M", "texts": {"fr": {"text": "Le {{ input.day }}."}}}).json()
    ticket = factories.ticket()
    address = f"/tickets/{ticket.pk}/macro/"
    assert api.post(address, {"macro": made["id"]}).status_code == 400
    assert ticket.messages.count() == 1
    assert api.post(address, {"macro": made["id"], "values": {"day": "12 mai"}}).status_code == 200


@pytest.mark.parametrize(
    ("body", "attr"),
    [
        ({"name": "M", "texts": {"fr": {"text": "{{ customer.shoe }}"}}}, "texts.fr"),
        ({"name": "M", "steps": [{"do": "reply", "text": "x"}]}, "steps.0.do"),
        ({"name": "M", "texts": {"fr": "x"}}, "texts"),
        ({"name": "M"}, "texts"),
        ({"texts": {"fr": {"text": "x"}}}, "name"),
    ],
)
def test_a_wrong_macro_names_its_field(api: Caller, body: dict, attr: str) -> None:
    answer = api.post("/macros/", body)
    assert (answer.status_code, [found for _code, found in problems(answer)], Macro.objects.count()) == (400, [attr], 0)


def test_an_agent_keeps_their_own(api: Caller) -> None:
    caller = Caller(factories.token(factories.user()))
    body = {"name": "M", "texts": {"fr": {"text": "x"}}}
    assert caller.post("/macros/", body).status_code == 400
    mine = caller.post("/macros/", body | {"mine": True})
    assert mine.status_code == 201
    other = Caller(factories.token(factories.user()))
    assert other.get(f"/macros/{mine.json()['id']}/").status_code == 404
    assert caller.delete(f"/macros/{mine.json()['id']}/").status_code == 204


def test_rules_with_versions_and_a_dry_run(api: Caller) -> None:
    ticket = factories.ticket()
    made = api.post("/rules/", RULE)
    assert (made.status_code, made.json()["version"], made.json()["position"]) == (201, 1, 1)
    address = f"/rules/{made.json()['id']}/"
    tried = api.post(f"{address}dry-run/").json()
    assert (tried["looked_at"], tried["fitting"], tried["changed"]) == (1, 1, 1)
    assert tried["tickets"] == [
        {
            "number": ticket.pk,
            "subject": ticket.subject,
            "changes": [{"property": "Priority", "old": "Normal", "new": "High"}],
            "ran": False,
        }
    ]
    assert api.patch(address, {"steps": [{"do": "priority", "to": "urgent"}]}).json()["version"] == 2
    assert [one["version"] for one in api.get(f"{address}versions/").json()] == [2, 1]
    assert api.post(f"{address}restore/", {"version": 1}).json()["steps"] == RULE["steps"]
    assert problems(api.post(f"{address}restore/", {"version": 9})) == [("does_not_exist", "version")]
    assert api.delete(address).status_code == 204
    assert Rule.objects.count() == 0


@pytest.mark.parametrize(
    ("change", "attr"),
    [
        ({"when": {"event": "rain"}}, "when.event"),
        ({"steps": [{"do": "priority", "to": 7}]}, "steps.0.to"),
        ({"steps": []}, "steps"),
        ({"conditions": {"some": []}}, "conditions.some"),
        ({"surprise": 1}, "surprise"),
    ],
)
def test_a_wrong_rule_names_its_field(api: Caller, change: dict, attr: str) -> None:
    answer = api.post("/rules/", RULE | change)
    assert (answer.status_code, [found for _code, found in problems(answer)], Rule.objects.count()) == (400, [attr], 0)


def test_webhooks_show_their_secret_once(api: Caller) -> None:
    made = api.post("/webhooks/", {"name": "ERP", "url": "https://erp.example/in", "events": ["state"]})
    assert (made.status_code, len(made.json()["secret"]) > 20) == (201, True)
    address = f"/webhooks/{made.json()['id']}/"
    assert "secret" not in api.get(address).json()
    assert made.json()["secret"] not in Webhook.objects.get().sealed_secret
    assert api.post(f"{address}renew/").json()["secret"] != made.json()["secret"]
    assert api.get(f"{address}deliveries/").json() == []
    for url in ("ftp://x.example/", "https://user:pw@x.example/", "nothing", "http://[bad"):
        assert problems(api.patch(address, {"url": url})) == [("invalid", "url")]
