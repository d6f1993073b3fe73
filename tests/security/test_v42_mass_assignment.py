"""V41, V42: every field of every model sent to every endpoint; only declared ones change."""

from typing import Any

import pytest
from django.db.models import Model
from django.forms.models import model_to_dict

from accounts.models import Role, Shop, Team, User
from channels_app.models import Channel
from customers.models import Customer, Order
from hours.models import Calendar
from tests import factories
from tests.caller import Caller
from tickets.models import Message, Reason, Tag, Ticket

pytestmark = pytest.mark.django_db


def everything(model: type[Model]) -> dict[str, Any]:
    return {
        name: 1 for field in model._meta.get_fields() for name in {field.name, getattr(field, "attname", field.name)}
    }


def test_undeclared_fields_are_refused_and_change_nothing() -> None:
    api = Caller(factories.token(factories.admin()))
    ticket, tag = factories.ticket(), Tag.objects.create(name="vip")
    reason = Reason.objects.create(key="late", what="a", why="b")
    rows = {
        f"/tickets/{ticket.pk}/": ticket,
        f"/customers/{ticket.customer_id}/": ticket.customer,
        f"/orders/{factories.order(ticket.customer).pk}/": Order.objects.get(),
        f"/users/{factories.user().pk}/": User.objects.last(),
        "/teams/care/": factories.team(),
        f"/channels/{ticket.channel_id}/": ticket.channel,
        "/calendars/hours/": factories.calendar(key="hours"),
        "/shops/main/": ticket.shop,
        "/reasons/late/": reason,
    }
    for path, row in rows.items():
        before = model_to_dict(type(row).objects.get(pk=row.pk))
        answer = api.patch(path, everything(type(row)) | {"is_staff": True, "is_superuser": True})
        assert answer.status_code == 400, path
        assert model_to_dict(type(row).objects.get(pk=row.pk)) == before, path
    for path, model in {
        "/tickets/": Ticket, f"/tickets/{ticket.pk}/messages/": Message, "/customers/": Customer, "/orders/": Order,
        "/users/": User, "/teams/": Team, "/channels/": Channel, "/calendars/": Calendar, "/shops/": Shop,
        "/tags/": Tag,
    }.items():  # fmt: skip
        count = model.objects.count()
        assert api.post(path, everything(model)).status_code == 400, path
        assert model.objects.count() == count, path
    assert Tag.objects.get() == tag


@pytest.mark.parametrize(
    "change", [{"role": "admin"}, {"is_active": False}, {"teams": ["orders"]}, {"email": "x@y.fr"}]
)
def test_an_agent_raises_nobody(change: dict[str, Any]) -> None:
    agent = factories.user()
    factories.team("orders")
    api = Caller(factories.token(agent))
    for target in (agent, factories.user()):
        assert api.patch(f"/users/{target.pk}/", change).status_code == 403
        fresh = User.objects.get(pk=target.pk)
        assert (fresh.role, fresh.is_active, fresh.email, fresh.teams.count()) == (Role.AGENT, True, target.email, 0)
    assert api.patch("/teams/orders/", {"members": [agent.pk]}).status_code == 403
