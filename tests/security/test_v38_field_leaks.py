"""V37, V38: what each role is shown is an allow-list; counts, searches and snippets hold nothing foreign."""

import pytest

from accounts.models import Role
from tests import factories
from tests.caller import Caller
from tickets import actions
from tickets.actors import Actor

pytestmark = pytest.mark.django_db
CUSTOMER = {
    *("id", "name", "email", "phone", "language", "postcode", "timezone", "vip", "notes", "identities", "created_at"),
}
USER = {
    *(
        "id",
        "email",
        "name",
        "first_name",
        "last_name",
        "role",
        "teams",
        "presence",
        "language",
        "timezone",
        "is_active",
    ),
}
CHANNEL = {
    *("id", "uuid", "kind", "name", "shop", "address", "config", "enabled", "calendar", "trouble", "trouble_since"),
}


@pytest.mark.parametrize("role", list(Role))
def test_the_keys_shown_are_these_and_no_more(role: Role) -> None:
    care = factories.team("care")
    ticket = factories.ticket(team=care)
    api = Caller(factories.token(factories.user(role=role, teams=(care,))))
    for path, keys in (("customers", CUSTOMER), ("users", USER), ("channels", CHANNEL)):
        assert set(api.get(f"/{path}/").json()["results"][0]) == keys
    assert set(api.get(f"/tickets/{ticket.pk}/").json()["customer"]) == {"id", "name", "email", "phone"}


def test_secrets_and_digests_are_in_no_answer() -> None:
    admin = factories.admin()
    secret = factories.token(admin)
    api = Caller(secret)
    factories.channel(config={"address": "a@b.example"}, sealed={"imap.password": "gAAAA-sealed"})
    for path in ("users", "channels", "shops", "teams", "tickets", "customers"):
        content = api.get(f"/{path}/").content
        for word in (b"gAAAA", b"password", b"digest", b"scrypt", secret.encode(), admin.password.encode()):
            assert word not in content, (path, word)


def test_searches_and_lists_hold_nothing_foreign() -> None:
    foreign = factories.ticket(
        factories.customer("canary@example.org", name="Canary Roy"), subject="canary", team=factories.team("orders")
    )
    actions.note(foreign, by=Actor.agent(factories.user()), text="canary note")
    factories.order(foreign.customer, number="CANARY-1")
    api = Caller(factories.token(factories.user(teams=(factories.team("care"),))))
    for path in ("/tickets/", "/tickets/?q=canary", "/customers/", "/customers/?q=canary", "/orders/",
                 "/search/?q=canary",
                 "/customers/?email=canary@example.org", f"/tickets/?customer={foreign.customer_id}",
                 f"/orders/?customer={foreign.customer_id}", "/orders/?number=CANARY-1"):  # fmt: skip
        answer = api.get(path)
        assert answer.status_code == 200, path
        assert b"canary" not in answer.content.lower(), path
