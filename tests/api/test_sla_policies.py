"""/sla-policies/ and the `deadlines` of a ticket."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import factories
from tickets.models import SlaPolicy

pytestmark = pytest.mark.django_db
GOOD = {
    "key": "chat",
    "name": "Chat",
    "shop": "main",
    "conditions": {"channels": ["chat"], "priorities": ["high", "urgent"], "vip": True, "order_over": "100.00"},
    "clock": "calendar",
    "first_reply": 60,
    "next_reply": 60,
    "resolution": None,
}


def test_a_policy_is_made_read_changed_and_deleted(api):
    factories.shop()
    made = api.post("/sla-policies/", GOOD)
    assert made.status_code == 201
    shown = made.json()
    assert {name: shown[name] for name in GOOD} == GOOD
    assert (shown["version"], shown["warn_at_percent"], shown["active"]) == (1, 75, True)
    changed = api.patch("/sla-policies/chat/", {"first_reply": 120}).json()
    assert (changed["first_reply"], changed["version"]) == (120, 2)
    renamed = api.patch("/sla-policies/chat/", {"name": "Chat first", "first_reply": 120}).json()
    assert (renamed["version"], renamed["valid_from"]) == (2, changed["valid_from"])
    assert [row["key"] for row in api.get("/sla-policies/", shop="main").json()["results"]] == ["chat"]
    assert api.delete("/sla-policies/chat/").status_code == 204
    assert not SlaPolicy.objects.exists()


def test_key_and_shop_are_optional(api):
    factories.shop()
    keys = [api.post("/sla-policies/", {"name": "E-mail, 4 h", "first_reply": 14400}).json()["key"] for _ in "ab"]
    assert keys == ["e-mail-4-h", "e-mail-4-h-2"]


@pytest.mark.parametrize(
    ("field", "value", "wrong"),
    [
        ("first_reply", 0, "first_reply"),
        ("clock", "lunar", "clock"),
        ("warn_at_percent", 101, "warn_at_percent"),
        ("shop", "nobody", "shop"),
        ("conditions", {"channels": ["pigeon"]}, "conditions.channels"),
        ("conditions", {"channels": []}, "conditions.channels"),
        ("conditions", {"teams": ["nobody"]}, "conditions.teams"),
        ("conditions", {"vip": "yes"}, "conditions.vip"),
        ("conditions", {"order_over": 100}, "conditions.order_over"),
        ("conditions", {"order_over": "NaN"}, "conditions.order_over"),
        ("conditions", {"moon": "full"}, "conditions.moon"),
    ],
)
def test_bad_values_name_their_field_and_leave_nothing(api, field, value, wrong):
    factories.shop()
    answer = api.post("/sla-policies/", GOOD | {field: value})
    assert answer.status_code == 400
    assert [error["attr"].partition(".0")[0] for error in answer.json()["errors"]] == [wrong]
    assert not SlaPolicy.objects.exists()


def test_a_ticket_shows_its_deadlines(api):
    factories.shop()
    api.post("/sla-policies/", {"name": "All", "clock": "calendar", "first_reply": 3600, "resolution": 86400})
    ticket = factories.ticket()
    shown = api.get(f"/tickets/{ticket.pk}/").json()["deadlines"]
    assert [(row["kind"], row["state"], row["target"], row["clock"]) for row in shown] == [
        ("first_reply", "running", 3600, "calendar"),
        ("resolution", "running", 86400, "calendar"),
    ]
    api.post(f"/tickets/{ticket.pk}/messages/", {"text": "Bonjour.", "public": True})
    api.patch(f"/tickets/{ticket.pk}/", {"state": "pending"})
    shown = api.get(f"/tickets/{ticket.pk}/").json()["deadlines"]
    assert [(row["kind"], row["state"], row["due_at"] is None) for row in shown] == [
        ("first_reply", "met", False),
        ("resolution", "paused", True),
    ]


def test_a_list_of_tickets_costs_the_same_for_one_and_thirty(api):
    factories.shop()
    api.post("/sla-policies/", {"name": "All", "first_reply": 3600, "resolution": 86400})
    counts = []
    for more in (1, 2, 27):
        for _number in range(more):
            factories.ticket()
        with CaptureQueriesContext(connection) as found:
            api.get("/tickets/", page_size=50)
        counts.append(len(found))
    assert len(set(counts)) == 1
