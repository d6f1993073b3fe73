"""Targets: written as people write them, shown with their effect before they are saved, or taken from a set."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests import factories
from tests.tickets.histories import happen, past, policy
from tickets.forecast import due_now, effect_of
from tickets.models import Reason, SlaPolicy
from tickets.sla import CHECKS, fits
from tickets.sla_presets import PRESETS, apply
from tickets.views.settings.sla_form import Length, SlaForm, span_in_full

pytestmark = pytest.mark.django_db
DAY_AGO = timezone.now() - timedelta(days=1)
FORM = {
    "name": "Chat", "shop": "main", "channels": ["chat"], "tags": "vip, cadeau", "clock": "calendar",
    "first_reply": "1 min", "next_reply": "90 s", "resolution": "1 h 30", "warn_at_percent": 75,
    "escalate_every": "30 min", "position": 3, "active": "on",
}  # fmt: skip


@pytest.fixture
def desk(client: Client) -> Client:
    factories.shop()
    client.force_login(factories.admin())
    return client


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        ("4 h", 14_400), ("4h", 14_400), ("1 h 30", 5400), ("90 min", 5400), ("45 s", 45), ("2 d", 172_800),
        ("2 jours", 172_800), ("1 d 4 h", 100_800), ("30", 1800), ("", None),
    ],
)  # fmt: skip
def test_lengths_as_people_write_them(written, seconds):
    assert Length(required=False).clean(written) == seconds
    if seconds:
        assert Length(required=False).clean(span_in_full(seconds)) == seconds


@pytest.mark.parametrize("written", ["soon", "4 weeks", "-1 h", "0 min", "99999 d", "4 h and more"])
def test_a_length_that_is_none_is_refused(written):
    from django.forms import ValidationError

    with pytest.raises(ValidationError):
        Length(required=False).clean(written)


@pytest.mark.parametrize(
    ("conditions", "fitting"),
    [
        ({}, True),
        ({"channels": ["email", "form"]}, True),
        ({"channels": ["chat"]}, False),
        ({"priorities": ["high"]}, True),
        ({"priorities": ["low"]}, False),
        ({"teams": ["care"]}, True),
        ({"teams": ["orders"]}, False),
        ({"tags": ["Cadeau"]}, True),
        ({"tags": ["vip"]}, False),
        ({"reasons": ["late"]}, True),
        ({"reasons": ["broken"]}, False),
        ({"vip": True}, True),
        ({"vip": False}, False),
        ({"order_over": "50.00"}, True),
        ({"order_over": "59.90"}, False),
        ({"vip": True, "channels": ["chat"]}, False),
    ],
)
def test_conditions(conditions, fitting):
    customer = factories.customer(vip=True)
    ticket = factories.ticket(customer, team=factories.team("care"), priority=3, tags=["cadeau"])
    ticket.reason = make_reason("late")
    ticket.orders.add(factories.order(customer, total="59.90"))
    assert fits(policy(conditions=conditions), ticket) is fitting


def make_reason(key):
    return Reason.objects.get_or_create(key=key, defaults={"what": "Livraison", "why": key})[0]


def test_without_an_order_of_its_own_a_ticket_is_about_its_customers():
    customer = factories.customer()
    factories.order(customer, total="120.00")
    ticket = factories.ticket(customer)
    assert fits(policy(conditions={"order_over": "100"}), ticket) is True
    ticket.orders.add(factories.order(customer, total="9.90"))
    assert fits(policy(conditions={"order_over": "100"}), ticket) is False


def test_a_policy_is_written_changed_and_deleted_on_its_page(desk):
    assert desk.post("/settings/sla/new/save/", FORM).status_code == 302
    made = SlaPolicy.objects.get()
    assert (made.name, made.first_reply, made.next_reply, made.resolution) == ("Chat", 60, 90, 5400)
    assert made.conditions == {"channels": ["chat"], "tags": ["vip", "cadeau"]}
    assert made.escalate_every == 1800
    assert made.valid_from is not None
    page = desk.get(f"/settings/sla/{made.key}/").content.decode()
    assert 'value="1 min"' in page
    assert 'value="vip, cadeau"' in page
    assert desk.post(f"/settings/sla/{made.key}/save/", FORM | {"first_reply": "2 min"}).status_code == 302
    made.refresh_from_db()
    assert (made.first_reply, made.version) == (120, 2)
    assert desk.post(f"/settings/sla/{made.key}/delete/").status_code == 302
    assert not SlaPolicy.objects.exists()


def test_every_condition_is_on_the_page_and_comes_back_as_it_was(desk):
    """What the API can ask, the page can show: saving it untouched changes nothing."""
    factories.team("care")
    make_reason("late")
    conditions = {
        "channels": ["email"], "priorities": ["high"], "teams": ["care"], "reasons": ["late"], "tags": ["gift"],
        "vip": False, "order_over": "100.00",
    }  # fmt: skip
    assert set(conditions) == set(CHECKS)
    made = policy(conditions=conditions, shop=factories.shop("second"))
    page = desk.get(f"/settings/sla/{made.key}/")
    assert page.status_code == 200
    bound = SlaForm.of(made)
    desk.post(f"/settings/sla/{made.key}/save/", {name: value for name, value in sent_by(bound) if value is not None})
    made.refresh_from_db()
    assert (made.conditions, made.version, made.shop.key) == (conditions, 1, "second")


def sent_by(form):
    """What a browser sends back of a form as it stands."""
    for field in form:
        value = field.value()
        yield field.name, field.field.prepare_value(value) if value not in (None, False) else None


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"first_reply": "soon"}, "Write a length of time"),
        ({"first_reply": "", "next_reply": "", "resolution": ""}, "Give at least one target."),
        ({"name": ""}, "This field is required."),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_lost(desk, change, words):
    answer = desk.post("/settings/sla/new/save/", FORM | change)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert 'value="vip, cadeau"' in answer.content.decode()
    assert not SlaPolicy.objects.exists()


def test_the_effect_is_shown_before_anything_is_saved(desk):
    for minutes in (30, 90):
        ticket = past("C", at=DAY_AGO)
        happen(ticket, "A", DAY_AGO + timedelta(minutes=minutes))
    past("C", at=DAY_AGO - timedelta(days=40))
    form = FORM | {"channels": ["email"], "tags": "", "first_reply": "1 h", "effect": "1"}
    page = desk.post("/settings/sla/new/save/", form)
    assert "50 %" in page.content.decode()
    assert not SlaPolicy.objects.exists()
    part = desk.post("/settings/sla/new/save/", form, headers={"HX-Request": "true"}).content.decode()
    assert "50 %" in part
    assert "<html" not in part


def test_what_a_message_arriving_now_would_be_given():
    """Friday 17:00: four open hours end on Monday at 12:00, counted from 9:00; two days by the calendar on Sunday."""
    factories.calendar()
    friday = datetime(2026, 3, 6, 16, tzinfo=UTC)
    business = policy(clock="business", first_reply=4 * 3600, next_reply=None, resolution=None)
    assert due_now(business, at=friday) == {"first_reply": datetime(2026, 3, 9, 11, tzinfo=UTC)}
    always = policy(clock="calendar", first_reply=None, next_reply=None, resolution=2 * 86_400)
    assert due_now(always, at=friday) == {"resolution": datetime(2026, 3, 8, 16, tzinfo=UTC)}


def test_the_effect_counts_each_kind_and_costs_three_queries():
    terms = policy(resolution=7200)
    ticket = past("C  A C       A  S", at=DAY_AGO)
    with CaptureQueriesContext(connection) as found:
        effect = effect_of(terms, at=timezone.now())
    assert len(found) == 2  # without hours to read
    assert (effect.looked_at, effect.fitting) == (1, 1)
    assert effect.judged == {"first_reply": (1, 1), "next_reply": (0, 1), "resolution": (0, 1)}
    assert effect.share("next_reply") == 0
    assert ticket.deadlines.count() == 0


def test_a_set_is_shown_then_put_in_force_and_another_takes_its_place(desk):
    past("CA", at=DAY_AGO)
    page = desk.get("/settings/sla/?preset=expected").content.decode()
    assert "100 %" in page
    assert not SlaPolicy.objects.exists()
    for name in ("expected", "level-4", "level-4"):
        assert desk.post("/settings/sla/preset/", {"preset": name}).status_code == 302
    rows = SlaPolicy.objects.order_by("position").values_list("first_reply", "version")
    assert list(rows) == [(14_399, 2), (14_399, 2), (299, 2)]
    assert desk.post("/settings/sla/preset/", {"preset": "level-9"}).status_code == 400


def test_just_within_24_hours_is_within(time_machine):
    """S99: 24:00:00 is in time, a second more is not."""
    shop = factories.shop()
    apply(PRESETS[0], shop, at=DAY_AGO - timedelta(days=9))
    written = SlaPolicy.objects.get(key="main-preset-written")
    for seconds in (86_400, 86_401):
        ticket = past("C", at=DAY_AGO - timedelta(days=2))
        happen(ticket, "A", ticket.opened_at + timedelta(seconds=seconds))
    assert effect_of(written, at=timezone.now()).judged["first_reply"] == (1, 2)


def test_the_page_costs_the_same_for_one_policy_and_thirty(desk):
    counts = []
    for more in (1, 2, 27):
        for _number in range(more):
            policy()
        with CaptureQueriesContext(connection) as found:
            desk.get("/settings/sla/")
        counts.append(len(found))
    assert len(set(counts)) == 1


def test_only_admins(client: Client):
    client.force_login(factories.user(role="manager"))
    assert client.get("/settings/sla/").status_code == 403
