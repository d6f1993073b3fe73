import pytest
from django.conf import settings

from accounts.models import User
from customers.models import Customer
from tests import factories
from tests.caller import Caller, problems
from tickets.models import CustomField, Event, EventKind, Message, Promise, Reason, Ticket

pytestmark = pytest.mark.django_db
FIELDS = {
    *("number", "shop", "channel", "channel_name", "state", "subject", "customer", "assignee", "team", "priority"),
    *("tags", "reason", "language", "orders", "opened_at", "waiting_since", "solved_at", "closed_at", "url", "spam"),
    *("last_activity_at", "merged_into", "follows", "version", "deadlines", "promise", "fields", "requested_outcome"),
}


def opening(**changes: object) -> dict[str, object]:
    return {
        "customer": {"email": "Jasmine@Example.org", "name": "Jasmine Roy"},
        "subject": "Colis",
        "text": "Où ?",
    } | changes


def test_a_ticket_shows_every_field_of_the_contract(api: Caller) -> None:
    ticket = factories.ticket(factories.customer("j@example.org", name="Jasmine Roy"))
    shown = api.get(f"/tickets/{ticket.pk}/").json()
    assert set(shown) == FIELDS
    assert shown["customer"] == {
        "id": ticket.customer_id,
        "name": "Jasmine Roy",
        "email": "j@example.org",
        "phone": None,
    }
    assert shown["url"] == f"{settings.PUBLIC_URL}/tickets/{ticket.pk}/"
    assert (shown["number"], shown["shop"], shown["channel"], shown["channel_name"]) == (
        ticket.pk, "main", "email", "support",
    )  # fmt: skip
    assert (shown["state"], shown["priority"], shown["tags"], shown["reason"]) == ("new", "normal", [], None)
    assert (shown["assignee"], shown["team"], shown["solved_at"], shown["promise"]) == (None, None, None, None)


def test_the_running_wait_is_a_deadline(api: Caller) -> None:
    ticket = factories.ticket()
    deadline = api.get(f"/tickets/{ticket.pk}/").json()["deadlines"]
    assert deadline == [
        {
            "kind": "first_reply",
            "due_at": ticket.due_at.isoformat().replace("+00:00", "Z"),
            "state": "running",
            "target": 4 * 3600,
            "clock": "calendar",
        }
    ]


def test_the_latest_promise_is_shown(api: Caller) -> None:
    ticket = factories.ticket()
    at = ticket.opened_at
    Promise.objects.create(ticket=ticket, place="ack", channel_kind="email", shown_at=at, due_at=at, text="soon")
    instant = at.isoformat().replace("+00:00", "Z")
    assert api.get(f"/tickets/{ticket.pk}/").json()["promise"] == {"shown_at": instant, "due_at": instant, "kept": None}


def test_opening_for_a_customer_waits_for_an_answer(api: Caller) -> None:
    factories.shop()
    answer = api.post("/tickets/", opening(priority="high", tags=["vip"]))
    assert answer.status_code == 201, answer.content
    ticket = Ticket.objects.get(pk=answer.json()["number"])
    message = ticket.messages.get()
    assert ticket.customer.email == "jasmine@example.org"
    assert (ticket.channel, ticket.channel_kind, ticket.state, ticket.tags) == (None, "api", "new", ["vip"])
    assert ticket.waiting_since == message.at
    assert (message.author, message.text, message.customer) == ("customer", "Où ?", ticket.customer)


def test_opening_as_the_agent_writes_to_the_customer(api: Caller, admin: User) -> None:
    factories.channel()
    answer = api.post("/tickets/", opening(**{"from": "agent"}))
    assert answer.status_code == 201, answer.content
    message = Message.objects.get()
    assert (message.author, message.user, message.delivery) == ("agent", admin, "queued")
    assert message.outbound.to == [{"value": "jasmine@example.org", "name": "Jasmine Roy"}]
    assert answer.json()["waiting_since"] is None


def test_opening_on_a_named_channel_or_kind(api: Caller) -> None:
    channel = factories.channel("contact")
    by_name = api.post("/tickets/", opening(channel="contact")).json()
    by_kind = api.post("/tickets/", opening(channel="email")).json()
    form = api.post("/tickets/", opening(channel="form")).json()
    assert [(one["channel"], one["channel_name"]) for one in (by_name, by_kind, form)] == [
        ("email", channel.name), ("email", channel.name), ("form", None),
    ]  # fmt: skip
    assert problems(api.post("/tickets/", opening(channel="nowhere"))) == [("does_not_exist", "channel")]


def test_the_same_address_is_the_same_customer(api: Caller) -> None:
    factories.shop()
    first = api.post("/tickets/", opening(customer={"email": "j@example.org", "phone": "+33 6 12 34 56 78"})).json()
    second = api.post("/tickets/", opening(customer={"email": "J@EXAMPLE.ORG"})).json()
    assert first["customer"]["id"] == second["customer"]["id"]
    assert second["customer"]["phone"] == "+33612345678"


@pytest.mark.parametrize(
    ("change", "attr"),
    [
        ({"text": "", "html": " "}, "text"),
        ({"subject": None}, "subject"),
        ({"customer": {"email": "nobody"}}, "customer.email"),
        ({"customer": {"email": "j@example.org", "phone": "12"}}, "customer.phone"),
        ({"customer": {"email": "j@example.org", "vip": True}}, "customer.vip"),
        ({"priority": "most"}, "priority"),
        ({"shop": "none"}, "shop"),
        ({"colour": "red"}, "colour"),
        ({"tags": ["ok", 3]}, "tags.1"),
    ],
)
def test_a_wrong_opening_names_the_field_and_leaves_nothing(api: Caller, change: dict[str, object], attr: str) -> None:
    factories.shop()
    answer = api.post("/tickets/", opening(**change))
    assert answer.status_code == 400, answer.content
    assert [found for _code, found in problems(answer)] == [attr]
    assert (Ticket.objects.count(), Customer.objects.count()) == (0, 0)


def test_patch_goes_through_the_actions(api: Caller) -> None:
    ticket, care = factories.ticket(), factories.team("care")
    colleague = factories.user(teams=(care,))
    Reason.objects.create(key="late", what="Livraison", why="Retard")
    change = {
        "state": "pending", "assignee": colleague.email, "team": "care", "priority": "urgent",
        "tags": ["b", "a"], "reason": "late", "subject": "Autre",
    }  # fmt: skip
    answer = api.patch(f"/tickets/{ticket.pk}/", change)
    assert answer.status_code == 200, answer.content
    shown = answer.json()
    assert shown["assignee"] == {"id": colleague.pk, "name": colleague.full_name, "email": colleague.email}
    assert {name: shown[name] for name in change} | {"assignee": None} == change | {"assignee": None}
    kinds = set(Event.objects.filter(ticket=ticket).values_list("kind", flat=True))
    assert kinds >= {"state", "assigned", "team", "priority", "tags", "reason", "subject"}


def test_a_refused_step_changes_nothing(api: Caller) -> None:
    ticket = factories.ticket()
    answer = api.patch(f"/tickets/{ticket.pk}/", {"subject": "Autre", "state": "solved"})
    assert answer.status_code == 200
    refused = api.patch(f"/tickets/{ticket.pk}/", {"subject": "Encore", "state": "new"})
    assert (refused.status_code, problems(refused)) == (409, [("refused_transition", "state")])
    ticket.refresh_from_db()
    assert (ticket.subject, ticket.state) == ("Autre", "solved")


def test_the_shops_own_fields_and_what_the_customer_wants_can_be_set(api: Caller) -> None:
    ticket = factories.ticket()
    CustomField.objects.create(key="batch", label="Lot", kind="number")
    path = f"/tickets/{ticket.pk}/"
    shown = api.patch(path, {"fields": {"batch": 12}, "requested_outcome": "Une lampe neuve"}).json()
    assert (shown["fields"], shown["requested_outcome"]) == ({"batch": 12.0}, "Une lampe neuve")
    assert problems(api.patch(path, {"fields": {"lot": 12}})) == [("invalid", "lot")]
    assert api.patch(path, {"fields": {"batch": None}}).json()["fields"] == {}


def test_a_stale_version_is_refused(api: Caller) -> None:
    ticket = factories.ticket()
    assert api.patch(f"/tickets/{ticket.pk}/", {"priority": "high", "version": ticket.version}).status_code == 200
    stale = api.patch(f"/tickets/{ticket.pk}/", {"priority": "low", "version": ticket.version})
    assert (stale.status_code, problems(stale)) == (409, [("stale_version", "version")])


def test_patch_takes_only_its_fields(api: Caller) -> None:
    ticket = factories.ticket()
    answer = api.patch(f"/tickets/{ticket.pk}/", {"number": 7, "spam": True, "subject": "x"})
    assert (answer.status_code, problems(answer)) == (400, [("unknown", "number"), ("unknown", "spam")])
    assert Ticket.objects.get(pk=ticket.pk).subject == ticket.subject


def test_merge_and_unmerge(api: Caller) -> None:
    first, second = factories.ticket(), factories.ticket()
    merged = api.post(f"/tickets/{first.pk}/merge/", {"into": second.pk})
    assert (merged.status_code, merged.json()["number"]) == (200, second.pk)
    assert api.get(f"/tickets/{first.pk}/").json()["merged_into"] == second.pk
    assert len(api.get(f"/tickets/{second.pk}/messages/").json()["results"]) == 2
    again = api.post(f"/tickets/{first.pk}/merge/", {"into": second.pk})
    assert (again.status_code, problems(again)) == (409, [("merge_refused", "into")])
    assert api.post(f"/tickets/{first.pk}/unmerge/").json()["merged_into"] is None
    assert api.post(f"/tickets/{first.pk}/unmerge/").status_code == 409


def test_events_are_the_timeline(api: Caller, admin: User) -> None:
    ticket = factories.ticket()
    api.patch(f"/tickets/{ticket.pk}/", {"state": "pending"})
    events = api.get(f"/tickets/{ticket.pk}/events/").json()["results"]
    assert [event["kind"] for event in events] == ["opened", "message", "state"]
    assert events[2]["data"] == {"old": "new", "to": "pending"}
    assert events[2]["by"] == {"id": admin.pk, "name": admin.full_name, "email": admin.email}
    assert EventKind(events[1]["kind"]) == EventKind.MESSAGE
