"""Builders of test data: plain functions, believable defaults, tickets made by the real actions."""

from datetime import datetime
from itertools import count
from typing import Any

from django.utils import timezone

from accounts.models import ApiToken, Role, Shop, Team, User
from channels_app.models import Channel, ChannelKind
from customers.identify import identify
from customers.models import Customer, Order
from hours.models import Calendar
from tickets import actions
from tickets.actors import CUSTOMER
from tickets.models import Message, Ticket

PASSWORD = "a long password for tests"
_number = count(1)


def shop(key: str = "main", **fields: Any) -> Shop:
    """The shop with this key, made on first use, without opening hours."""
    defaults = {"name": "Maison Lune", "languages": ["fr", "en"], "timezone": "Europe/Paris"} | fields
    return Shop.objects.get_or_create(key=key, defaults=defaults)[0]


def calendar(of: Shop | None = None, **fields: Any) -> Calendar:
    """The shop's own hours: Monday to Friday, 9:00-12:00 and 13:30-18:00."""
    of = of or shop()
    weekly = {day: [["09:00", "12:00"], ["13:30", "18:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}
    fields = {"key": f"hours-{of.key}", "timezone": of.timezone, "weekly": weekly, "default": True} | fields
    return Calendar.objects.create(shop=of, **fields)


def team(key: str = "care", *members: User) -> Team:
    made = Team.objects.get_or_create(key=key, defaults={"name": key.capitalize()})[0]
    made.members.add(*members)
    return made


def user(
    email: str = "",
    *,
    role: Role = Role.AGENT,
    teams: tuple[Team, ...] = (),
    password: str | None = None,
    **fields: Any,
) -> User:
    """A colleague; without `password` nobody can log in as them by form (force_login works, and is faster)."""
    number = next(_number)
    fields = {"first_name": "Inès", "last_name": f"Benali-{number}"} | fields
    made = User.objects.create_user(email or f"colleague{number}@example.com", password, role=role, **fields)
    made.teams.add(*teams)
    return made


def admin(**fields: Any) -> User:
    return user(role=Role.ADMIN, **fields)


def token(of: User, *scopes: str) -> str:
    """The secret of a new API token; every scope unless some are named."""
    return ApiToken.issue(of, "tests", list(scopes) or None)[1]


def channel(
    name: str = "support", *, of: Shop | None = None, address: str | None = None, kind: str = "email", **fields: Any
) -> Channel:
    """The channel with this name, made on first use."""
    if there := Channel.objects.select_related("shop").filter(name=name).first():
        return there
    address = f"{name}@maison-lune.example" if address is None else address
    defaults = {"shop": of or shop(), "address": address, "kind": kind, "config": {"address": address}} | fields
    return Channel.objects.create(name=name, **defaults)


def customer(email: str = "", *, name: str = "Jasmine Roy", **fields: Any) -> Customer:
    made = identify("email", email or f"customer{next(_number)}@example.org", name=name)
    for field, value in fields.items():
        setattr(made, field, value)
    if fields:
        made.save()
    return made


def order(of: Customer, **fields: Any) -> Order:
    number = str(1000 + next(_number))
    fields = {
        "shop": shop(),
        "number": number,
        "placed_at": timezone.now(),
        "total": "59.90",
        "currency": "EUR",
    } | fields
    return Order.objects.create(customer=of, **fields)


def ticket(
    by: Customer | None = None,
    *,
    subject: str = "Où est mon colis ?",
    text: str = "Bonjour, je n'ai rien reçu.",
    via: Channel | None = None,
    at: datetime | None = None,
    team: Team | None = None,
    assignee: User | None = None,
    **fields: Any,
) -> Ticket:
    """A ticket that a customer opened with one message on an e-mail channel, as intake would make it."""
    by, via, at = by or customer(), via or channel(), at or timezone.now()
    made = actions.open_ticket(
        shop=via.shop,
        customer=by,
        subject=subject,
        channel=via,
        channel_kind=ChannelKind(via.kind),
        by=CUSTOMER,
        at=at,
        **fields,
    )
    message(made, text=text, at=at)
    if team or assignee:
        Ticket.objects.filter(pk=made.pk).update(team=team, assignee=assignee, assigned_at=at if assignee else None)
    return Ticket.objects.get(pk=made.pk)


def message(
    on: Ticket, *, text: str = "Avez-vous des nouvelles ?", at: datetime | None = None, **fields: Any
) -> Message:
    """One more message from the ticket's customer, on the ticket's channel."""
    fields = {
        "subject": on.subject,
        "from_name": on.customer.name,
        "from_address": on.customer.email,
        "channel": on.channel,
        "channel_kind": on.channel_kind,
    } | fields
    return actions.receive_message(on, customer=on.customer, text=text, at=at or timezone.now(), **fields)
