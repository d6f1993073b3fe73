"""V21: XSS from names that colleagues edit (H1 471660 Zendesk, CVE-2020-12629 osTicket, CVE-2023-26982 Trudesk).

Every text column of every model holds a marker of its own; no page of the desk may let one become markup.
"""

import re
from typing import Any

import pytest
from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.test import Client
from django.utils import timezone
from lxml import html

from channels_app.models import Channel
from tests import factories
from tests.access.routes import routes
from tests.access.world import Actor, World, build
from tickets import actions
from tickets.actors import Actor as By
from tickets.models import Reason, Ticket

pytestmark = pytest.mark.django_db
OURS = ("accounts", "customers", "channels_app", "hours", "tickets", "surveys", "faq", "metrics")
SHORTEST = 8
KEPT = {  # columns that the machinery reads, not people
    ("Shop", "key"), ("Shop", "timezone"), ("Team", "key"), ("Reason", "key"), ("Calendar", "key"),
    ("Calendar", "timezone"), ("CalendarVersion", "timezone"), ("Attachment", "file"), ("ApiToken", "digest"),
    ("Word", "word"), ("Word", "language"), ("ArticleTranslation", "html"), ("Goal", "slug"), ("User", "language"),
    ("Alert", "slug"), ("User", "password"), ("User", "timezone"), ("InboundMessage", "dedupe_key"),
}  # fmt: skip


READ_BY_MACHINES = {"icon", "language", "languages", "slug", "host", "colour", "timezone", "token_digest", "digest"}


def marker(number: int) -> str:
    return f"'\"><q{number}>"


def texts(model: type[models.Model]) -> "list[models.Field[Any, Any]]":
    """The columns of this model that hold words: no choices, no keys, long enough for a marker."""
    found = []
    for field in model._meta.concrete_fields:
        if field.name in READ_BY_MACHINES:
            continue
        inner = field.base_field if isinstance(field, ArrayField) else field
        is_text = isinstance(inner, models.CharField | models.TextField) and not inner.choices
        if is_text and (inner.max_length or SHORTEST) >= SHORTEST and (model.__name__, field.name) not in KEPT:
            found.append(field)
    return found


def mark_everything() -> dict[int, str]:
    """Fill them; returns which column got which marker."""
    marks: dict[int, str] = {}
    for label in OURS:
        for model in apps.get_app_config(label).get_models():
            for field in texts(model):
                number = 10 + len(marks)
                marks[number] = f"{model.__name__}.{field.name}"
                fill(model, field, marker(number))
    return marks


def fill(model: type[models.Model], field: "models.Field[Any, Any]", value: str) -> None:
    for row in model._default_manager.values_list("pk", flat=True):
        wanted: Any = f"{value}{row}" if field.unique or shared_key(model, field) else value
        if isinstance(field, models.EmailField):
            wanted = f'"{wanted}"@x.example'
        longest = getattr(field, "max_length", None)
        wanted = [wanted] if isinstance(field, ArrayField) else wanted[:longest]
        model._default_manager.filter(pk=row).update(**{field.name: wanted})


def shared_key(model: type[models.Model], field: "models.Field[Any, Any]") -> bool:
    constraints = [one for one in model._meta.constraints if isinstance(one, models.UniqueConstraint)]
    return any(field.name in one.fields or one.expressions for one in constraints)


def mark_json(world: World) -> None:
    """What JSON columns show: orders, recipients, envelopes; and events made while the names were hostile."""
    evil = marker(999)
    for model, column, value in (
        ("customers.Order", "items", [{"name": evil, "sku": evil, "price": evil, "quantity": evil}]),
        ("customers.Order", "tracking", {"url": f"https://x.example/{evil}", "number": evil, "carrier": evil}),
        ("tickets.Message", "recipients", {"to": [evil], "cc": [evil], "reply_to": evil}),
        ("tickets.Message", "warnings", [evil, "no-sender"]),
        ("channels_app.InboundMessage", "envelope", {"mail_from": evil, "rcpt_to": [evil]}),
        ("channels_app.OutboundMessage", "to", [{"value": evil, "name": evil}]),
        ("channels_app.Channel", "config", {"address": evil}),
    ):
        apps.get_model(model)._default_manager.update(**{column: value})
    for side in world.sides.values():
        ticket, by = Ticket.objects.get(pk=side.ticket.pk), By.agent(factories.user(first_name=evil, last_name=evil))
        actions.assign(ticket, to=by.user, by=by)
        actions.move_to_team(ticket, to=factories.team(f"other-{side.team.key}"), by=by)
        actions.move_to_team(ticket, to=side.team, by=by)
        actions.tag(ticket, add=[evil], remove=[], by=by)


def addresses(world: World) -> list[str]:
    side = world.sides["care"]
    found = [world.address(route, side) for route in routes() if not route.address.startswith(("api/v1/", "hooks/"))]
    lists = [f"/?view={view}" for view in ("open", "mine", "unassigned", "waiting", "solved")]
    searches = [
        f"/?q={side.ticket.pk}",
        "/?q=%27%22%3E%3Cq999%3E",
        "/?view=%27%22%3E%3Cq999%3E&channel=%22%3E%3Cq999%3E",
    ]
    return [
        *found,
        *lists,
        *searches,
        "/intake/?state=processed",
        "/intake/?state=%22%3E%3Cq999%3E",
        "/nowhere/<q999>/",
    ]


def markup(page: str) -> list[str]:
    """The markers that became elements."""
    return [str(element.tag) for element in html.fromstring(page).iter() if re.fullmatch(r"q\d+", str(element.tag))]


def test_no_text_column_becomes_markup() -> None:
    world = build()
    where = addresses(world)
    admin = next(actor for actor in world.actors if actor.name == "admin")
    Ticket.objects.update(reason=Reason.objects.get())
    Channel.objects.update(trouble="x", trouble_since=timezone.now())
    marks = mark_everything()
    mark_json(world)
    assert len(marks) > 60
    seen: set[int] = set()
    for address in where:
        for headers in ({}, {"HX-Request": "true"}):
            page = body(admin, address, headers)
            if page.strip():
                assert markup(page) == [], (address, headers)
            seen |= {int(number) for number in re.findall(r"&lt;q(\d+)&gt;", page)}
    shown = {marks[number] for number in seen if number in marks}
    assert 999 in seen
    assert shown >= {"Shop.name", "Team.name", "Tag.name", "Reason.what", "Reason.why", "Channel.name",
                     "User.first_name", "User.last_name", "Customer.name", "Customer.notes", "Identity.label",
                     "Order.number", "Order.status", "Ticket.subject", "Ticket.tags", "Ticket.snippet", "Message.text",
                     "Message.from_name", "Attachment.name", "Attachment.note", "InboundMessage.error",
                     "OutboundMessage.subject", "OutboundMessage.text"}  # fmt: skip


def body(actor: Actor, address: str, headers: dict[str, str]) -> str:
    """The page as HTML, "" for what is none."""
    client: Client = actor.session
    answer = client.get(address, headers=headers)
    assert answer.status_code < 500, address
    is_html = answer.headers.get("Content-Type", "").startswith("text/html") and not answer.streaming
    return answer.content.decode() if is_html else ""
