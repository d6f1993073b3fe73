"""Every route, six actors, own and foreign objects: the status that the declared policy promises (V32-V38, V41).

Customers have no login: to these doors each of them is the anonymous one.
"""

import itertools
import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client

from accounts.access import PUBLIC, TOKEN, may
from helpdesk.api.policy import scope_of
from tests.access.routes import LOGIN, THIRD_PARTY, Route, routes
from tests.access.world import Actor, World, belongs_to_a_team, build
from tests.caller import Caller, problems

pytestmark = pytest.mark.django_db
ROUTES = routes()
OURS = [route for route in ROUTES if not route.is_third_party]
TOUCHED_BY_READING = {"django_session", "usersessions_usersession", "accounts_apitoken", "axes_accessattempt"}
# Figures are brought up to date before they are shown; what is stored for it tells nothing new.
TOUCHED_BY_READING |= {"metrics_dirtyticket", "metrics_ticketfacts", "metrics_waitfact", "metrics_openspan"}
TOUCHED_BY_READING |= {"metrics_dirtycustomer", "metrics_orderfact"}
TOUCHED_BY_READING |= {"tickets_pushkey"}  # a secret of the installation, made when it is first needed
# The original of a mail stands in our page, the chat in the shops'; pictures have a sandbox as their whole policy.
FRAMED = {"message-original", "chat-frame", "help-image", "help-logo", "help-product-qr"}
# pg_stat_xact_user_tables in a fifth of the time: it is asked before and after every reading.
WRITTEN = """
    SELECT relname, pg_stat_get_xact_tuples_inserted(oid) + pg_stat_get_xact_tuples_updated(oid)
                    + pg_stat_get_xact_tuples_deleted(oid)
    FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
"""
LET_IN = frozenset({200, 201, 202, 204, 302, 400, 405, 409, 413, 415, 422})


@pytest.fixture(scope="module")
def built(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """Built once: each test runs in a savepoint within this transaction."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield build()
        transaction.set_rollback(True)


@pytest.fixture
def world(built: World, db: None) -> World:
    return built


def test_every_route_declares_its_policy() -> None:
    undeclared = [
        (route.address, method) for route in ROUTES for method in route.methods() if route.policy(method) is None
    ]
    assert undeclared == []
    assert {route.name for route in ROUTES if route.is_third_party} == set(THIRD_PARTY)


@pytest.mark.parametrize("route", OURS, ids=lambda route: route.address or "/")
def test_the_door_opens_to_whom_the_policy_says(route: Route, world: World) -> None:
    """And whoever comes in sees nothing of another team, changes nothing by reading, and may not be framed."""
    wrong = []
    for method, (side, actor) in itertools.product(route.methods(), visits(world, route)):
        before = written() if method == "GET" else None
        with undone():
            answer = call(actor, route, method, world.address(route, world.sides[side]))
            said = body(answer)
            expected = expected_of(route, method, actor, side)
            if answer.status_code not in expected or not fits(answer, actor, expected):
                wrong.append((method, side, actor.name, answer.status_code, sorted(expected)))
        assert unguarded(route, answer) == {}, (method, actor.name)
        assert not actor.side or canary(other_side(world, actor)) not in said, (method, actor.name)
        assert before is None or written() == before, actor.name
    assert wrong == []


@pytest.mark.parametrize("route", OURS, ids=lambda route: route.address or "/")
def test_no_fragment_shows_what_belongs_to_the_other_team(route: Route, world: World) -> None:
    for side, actor in visits(world, route):
        if not actor.side:
            continue
        answer = call(actor, route, "GET", world.address(route, world.sides[side]), **{"HX-Request": "true"})
        assert canary(other_side(world, actor)) not in body(answer), actor.name
        assert unguarded(route, answer) == {}, actor.name
        if belongs_to_a_team(route) and side != actor.side:
            assert answer.status_code in (403, 404, 405)


@pytest.mark.parametrize("route", [route for route in OURS if not route.is_api], ids=lambda route: route.address or "/")
def test_a_form_of_a_stranger_is_refused(route: Route, world: World) -> None:
    admin = next(actor for actor in world.actors if actor.name == "admin")
    if route.policy("POST") in (TOKEN, PUBLIC):
        return
    browser = Client(enforce_csrf_checks=True, raise_request_exception=False)
    browser.cookies = admin.session.cookies
    before = written()
    answer = browser.post(world.address(route, world.sides["care"]), {"text": "x", "body": "x"})
    assert answer.status_code == 403
    assert written() == before


@pytest.mark.parametrize("route", [route for route in ROUTES if route.is_third_party], ids=lambda route: route.address)
def test_the_pages_of_an_account_are_for_its_owner(route: Route, world: World) -> None:
    address = world.address(route, world.sides["care"])
    for actor in world.actors:
        answer = actor.session.get(address)
        assert answer.status_code < 500, actor.name
        assert unguarded(route, answer) == {}, actor.name
        if THIRD_PARTY[route.name] == LOGIN and not (actor.is_known and actor.cookie):
            assert (answer.status_code, answer.headers["Location"].split("?")[0]) == (302, "/accounts/login/"), (
                actor.name
            )


def test_merging_asks_for_both_tickets(world: World) -> None:
    care, orders = world.sides["care"], world.sides["orders"]
    agent = next(actor for actor in world.actors if actor.side == "care")
    api = Caller(agent.secret)
    missing = api.post(f"/tickets/{care.ticket.pk}/merge/", {"into": 10**9})
    foreign = api.post(f"/tickets/{care.ticket.pk}/merge/", {"into": orders.ticket.pk})
    reverse = api.post(f"/tickets/{orders.ticket.pk}/merge/", {"into": care.ticket.pk})
    assert [(answer.status_code, answer.content) for answer in (foreign, reverse)] == [(404, missing.content)] * 2
    assert problems(missing) == [("not_found", None)]


def test_a_file_or_message_under_another_ticket_is_not_found(world: World) -> None:
    care, orders = world.sides["care"], world.sides["orders"]
    agent = next(actor for actor in world.actors if actor.side == "care")
    for path in (
        f"/tickets/{care.ticket.pk}/files/{orders.attachment.uuid}/",
        f"/tickets/{care.ticket.pk}/messages/{orders.message.pk}/original/",
        f"/messages/{orders.message.pk}/resend/",
    ):
        answer = agent.session.post(path) if "resend" in path else agent.session.get(path)
        assert answer.status_code == 404, path
    assert (
        Caller(agent.secret).get(f"/tickets/{care.ticket.pk}/attachments/{orders.attachment.uuid}/").status_code == 404
    )


# --- What the policy promises --------------------------------------------------------------------------------------


def expected_of(route: Route, method: str, actor: Actor, side: str) -> frozenset[int]:
    policy = route.policy(method)
    assert policy is not None
    if policy == PUBLIC:
        return frozenset({200, 301, 405, 422, 429, 503})
    if policy == TOKEN:
        return frozenset({200, 400, 401, 403, 404, 405})
    by_session = not route.is_api
    if not actor.is_known or (by_session and actor.name == "narrow token"):
        return frozenset({302}) if by_session else frozenset({401})
    assert actor.user is not None
    if not may(actor.user, policy) or (route.is_api and scope_of(policy) not in actor.scopes):
        return frozenset({403})
    if route.name == "api-inbound":  # told to who delivered it, and to leads
        return LET_IN if actor.user.role == "admin" else frozenset({404})
    if belongs_to_a_team(route) and actor.side and actor.side != side:
        return frozenset({404, 405})
    return LET_IN


def unguarded(route: Route, answer: HttpResponse) -> dict[str, str]:
    """The headers that do not protect: against a stranger's frame (V26), against what a page opened from this one
    could do to it or learn from it (V27)."""
    rules = [rule.split(maxsplit=1) for rule in answer.headers.get("Content-Security-Policy", "").split(";")]
    told = dict(answer.headers) | {rule[0]: rule[1] for rule in rules if len(rule) == 2}
    needed = {"Cross-Origin-Opener-Policy": {"same-origin"}, "Referrer-Policy": {"same-origin", "no-referrer"}}
    if not (route.name in FRAMED and answer.status_code == 200):
        needed |= {"X-Frame-Options": {"DENY"}, "frame-ancestors": {"'none'"}}
    elif route.name == "message-original":
        needed |= {"frame-ancestors": {"'self'"}}
    return {name: told.get(name, "") for name, good in needed.items() if told.get(name, "") not in good}


def fits(answer: HttpResponse, actor: Actor, expected: frozenset[int]) -> bool:
    """A redirect of a stranger leads to the login, one of a colleague does not; a 405 says so to admins too."""
    to_login = answer.status_code == 302 and answer.headers["Location"].startswith("/accounts/login/")
    return to_login == (expected == {302})


def visits(world: World, route: Route) -> list[tuple[str, Actor]]:
    """Who calls with whose object: agents with each team's, everybody else with the first one's."""
    first, *others = world.sides
    agents = [actor for actor in world.actors if actor.side]
    strangers = itertools.product(others if belongs_to_a_team(route) else [], agents)
    return [*((first, actor) for actor in world.actors), *strangers]


def other_side(world: World, actor: Actor) -> str:
    return next(side for side in world.sides if side != actor.side)


# --- How it is tried -----------------------------------------------------------------------------------------------


def call(actor: Actor, route: Route, method: str, address: str, **headers: str) -> HttpResponse:
    if not route.is_api:
        return actor.session.generic(method, address, "", "application/x-www-form-urlencoded", headers=headers)
    token = {"Authorization": f"Bearer {actor.secret}"} if actor.secret else {}
    client = Client(raise_request_exception=False)
    return client.generic(method, address, json.dumps({}), "application/json", headers=token | headers)


def body(answer: HttpResponse) -> bytes:
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


def canary(side: str) -> bytes:
    return f"canary-{side}".encode()


class undone:
    """What happens inside is taken back."""

    def __enter__(self) -> None:
        self._atomic = transaction.atomic()
        self._atomic.__enter__()

    def __exit__(self, *exc: object) -> None:
        transaction.set_rollback(True)
        self._atomic.__exit__(None, None, None)


def written() -> dict[str, int]:
    """Rows written in this test's transaction so far, even those taken back, by each table that reading has no
    business with."""
    with connection.cursor() as cursor:
        cursor.execute(WRITTEN)
        return {table: rows for table, rows in cursor.fetchall() if rows and table not in TOUCHED_BY_READING}
