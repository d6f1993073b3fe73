"""V54: filters and orderings are enumerated; no name reaches a column or relation that is not offered."""

import itertools

import pytest

from tests import factories
from tests.caller import Caller

LISTS = ("tickets", "customers", "orders", "users", "teams", "channels", "tags", "reasons", "calendars", "shops")
RELATIONS = ("customer", "assignee", "channel", "team", "user", "api_tokens", "sealed", "shop")
COLUMNS = ("password", "digest", "sealed", "email", "startswith", "id", "pk", "value")


@pytest.mark.django_db
def test_names_across_relations_are_unknown() -> None:
    ticket = factories.ticket()
    api = Caller(factories.token(factories.admin()))
    names = [f"{relation}__{column}" for relation, column in itertools.product(RELATIONS, COLUMNS)]
    names += [f"{name}__startswith" for name in names] + [f"{name}__{name}" for name in RELATIONS]
    assert len(names) >= 136
    for path in ("/tickets/", "/users/"):
        answer = api.get(path, **dict.fromkeys(names[:20], "x"))
        assert answer.status_code == 400
    for path, name in itertools.product(LISTS, [*names[::20], "password", "config", "_connector", "sealed"]):
        for query in ({name: "a"}, {"ordering": name}, {"ordering": f"-{name}"}):
            answer = api.get(f"/{path}/", **query)
            assert (answer.status_code, answer.json()["errors"][0]["attr"]) == (400, next(iter(query)))
    below = api.get(f"/tickets/{ticket.pk}/messages/", ordering="user__password")
    assert below.status_code == 400
