"""A ticket opened through the API: by a customer of whom a shop's own page tells us, or by the token's user."""

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError

from accounts.models import Shop, User
from channels_app.foreign.html_text import html_to_text
from channels_app.models import Channel, ChannelKind
from customers.identify import add_phone, identify
from customers.models import Customer, Identity
from helpdesk.lib.refused import Refused
from tickets import actions
from tickets.actors import CUSTOMER, Actor
from tickets.api.taken import KINDS
from tickets.models import Priority, Ticket


@transaction.atomic
def open_from_api(form: dict[str, Any], user: User) -> Ticket:
    """The new ticket with its first message. `form` is what TicketIn lets through. ValueError as in actions."""
    channel, kind = _channel(form.get("channel", ""), form.get("shop"))
    shop = form.get("shop") or (channel.shop if channel else _first_shop())
    by_customer = form["from"] == "customer"
    hint = form["customer"]
    customer = identify(Identity.Kind.EMAIL, hint["email"], name=hint.get("name", ""))
    if hint.get("phone"):
        add_phone(customer, hint["phone"])
    ticket = actions.open_ticket(
        shop=shop,
        customer=customer,
        subject=form["subject"],
        channel=channel,
        channel_kind=kind,
        by=CUSTOMER if by_customer else Actor.agent(user),
        priority=Priority.from_key(form["priority"]),
    )
    if form.get("tags"):
        actions.tag(ticket, add=form["tags"], by=CUSTOMER if by_customer else Actor.agent(user))
    text, html = form.get("text", ""), form.get("html", "")
    if by_customer:
        _say(ticket, customer, hint["email"], text, html)
    else:
        actions.reply(ticket, by=Actor.agent(user), text=text, html=html)
    return ticket


def _say(ticket: Ticket, customer: Customer, email: str, text: str, html: str) -> None:
    text = text.strip() or html_to_text(html)
    if not text:
        raise Refused("text", _("Write something first."))
    actions.receive_message(
        ticket,
        customer=customer,
        text=text,
        raw_html=html,
        at=timezone.now(),
        channel=ticket.channel,
        channel_kind=ticket.channel_kind,
        subject=ticket.subject,
        from_name=customer.name,
        from_address=email,
    )


def _channel(name: str, shop: Shop | None) -> tuple[Channel | None, ChannelKind]:
    """The channel of this name, or a channel of this kind (the shop's first, if it has one)."""
    if not name:
        return None, ChannelKind.API
    channels = Channel.objects.select_related("shop")
    channels = channels.filter(shop=shop) if shop else channels
    if channel := channels.filter(name=name).first():
        return channel, ChannelKind(channel.kind)
    if name in KINDS:
        return channels.filter(kind=name, enabled=True).order_by("pk").first(), ChannelKind(name)
    raise ValidationError({"channel": "There is no such channel."}, "does_not_exist")


def _first_shop() -> Shop:
    shop = Shop.objects.order_by("pk").first()
    if shop is None:
        raise ValidationError({"shop": "There is no shop yet."}, "does_not_exist")
    return shop
