"""Webhooks: signed, repeated until taken, once per event."""

import hashlib
import hmac
import json
from datetime import timedelta
from http.server import BaseHTTPRequestHandler

import pytest
from django.utils import timezone

from tests import factories as make
from tests.fakes import listening
from tickets import actions, reactions, rules, webhooks
from tickets.actors import Actor
from tickets.models import EventKind, Rule, Webhook, WebhookDelivery

pytestmark = pytest.mark.django_db


class Shop(BaseHTTPRequestHandler):
    """The shop's server: takes what comes, answers as told."""

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.got.append((dict(self.headers), body))
        self.send_response(self.server.status)
        self.end_headers()

    def log_message(self, *_args):
        pass


@pytest.fixture
def server(settings):
    settings.ALLOW_PRIVATE_HOSTS = True
    with listening(Shop, 200) as server:
        yield server


def hook(server=None, events=("state",), **fields):
    url = f"http://127.0.0.1:{server.server_port}/in" if server else "http://127.0.0.1:9/"
    made = Webhook(name="Boutique", url=url, events=list(events), **fields)
    secret = webhooks.new_secret(made)
    made.save()
    return made, secret


def solve(ticket):
    actions.solve(ticket, by=Actor.agent(make.user()))
    while reactions.sweep():
        pass


def test_an_event_is_told_once_and_signed(server):
    made, secret = hook(server)
    ticket = make.ticket(subject="Colis perdu")
    solve(ticket)
    assert [webhooks.sweep(), webhooks.sweep()] == [1, 0]
    [(headers, body)] = server.got
    told = json.loads(body)
    assert (told["event"]["kind"], told["event"]["data"], told["ticket"]["number"], told["ticket"]["subject"]) == (
        "state", {"old": "new", "to": "solved"}, ticket.pk, "Colis perdu",
    )  # fmt: skip
    at, mac = (part.partition("=")[2] for part in headers["Comptoir-Signature"].split(","))
    assert mac == hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    row = made.deliveries.get()
    assert (row.state, row.status, row.attempts) == ("sent", 200, 1)


def test_it_is_tried_again_later_and_given_up_at_last(server):
    server.status = 503
    made, _secret = hook(server)
    solve(make.ticket())
    webhooks.sweep()
    row = made.deliveries.get()
    assert (row.state, row.status, row.attempts, row.error) == ("queued", 503, 1, "HTTP 503")
    assert timedelta(seconds=5) < row.next_attempt_at - timezone.now() <= webhooks.WAITS[0]
    assert webhooks.sweep() == 0
    for _n in range(len(webhooks.WAITS)):
        WebhookDelivery.objects.update(next_attempt_at=timezone.now())
        webhooks.sweep()
    row.refresh_from_db()
    assert (row.state, row.attempts, len(server.got)) == ("failed", 9, 9)


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:1/", "http://169.254.169.254/", "http://[::1]/", "http://localhost/"]
)
def test_never_into_our_own_network(url):
    made, _secret = hook()
    Webhook.objects.update(url=url)
    solve(make.ticket())
    webhooks.sweep()
    row = made.deliveries.get()
    assert (row.state, row.status) == ("queued", None)
    assert "not a public address" in row.error


def test_a_redirect_is_not_followed(server):
    server.status = 302
    made, _secret = hook(server)
    solve(make.ticket())
    webhooks.sweep()
    assert (made.deliveries.get().status, len(server.got)) == (302, 1)


def test_a_rule_may_call_one():
    made, _secret = hook(events=())
    when = {"event": "message", "from": "customer"}
    rules.define(Rule(), by=None, name="R", when=when, steps=[{"do": "webhook", "to": str(made.pk)}])
    ticket = make.ticket()
    while reactions.sweep():
        pass
    row = made.deliveries.get()
    assert (row.event.kind, row.event.ticket, row.cause) == (EventKind.MESSAGE, ticket, f"rule:{Rule.objects.get().pk}")


def test_another_shops_events_are_not_told():
    made, _secret = hook(shop=make.shop("other", name="Autre"))
    solve(make.ticket())
    assert made.deliveries.count() == 0
