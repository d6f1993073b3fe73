"""What was said on a ticket: one entry of `messages`."""

from typing import Any

from channels_app.foreign.html import clean_html
from channels_app.models import ChannelKind
from metrics.archive.fields import Fields
from metrics.archive.keys import Keys
from tickets.models import Author, Delivery, Message, Ticket

# On its way when it was exported: here nothing will send it, and nobody knows whether it left.
UNSENT = {Delivery.QUEUED.value: Delivery.UNKNOWN.value, Delivery.SENDING.value: Delivery.UNKNOWN.value}
AUTHORS = (Author.CUSTOMER.value, Author.AGENT.value, Author.AUTO.value, Author.BOT.value)
CHANNELS, DELIVERIES = tuple(ChannelKind.values), tuple(Delivery.values)  # choices make a list each time
ROBOTS = frozenset({Author.AUTO.value, Author.BOT.value})
PLAIN = ("subject", "external_id", "from_name", "from_address", "delivery_error", "joined_by")  # as the columns
LONGEST = {"subject": 998, "external_id": 998, "from_name": 200, "from_address": 320, "joined_by": 12}  # characters


def read(fields: Fields, ticket: Ticket, keys: Keys, into: Message | None) -> Message:
    """The message, unsaved, or `into` with what the entry says."""
    author = fields.choice("from", AUTHORS)
    agent = fields.key("agent", "")
    if author == Author.AGENT and not agent:
        raise fields.refuse("agent", "is required")
    at = fields.instant("at")
    values: dict[str, Any] = {
        "author": author,
        "user_id": keys.agent(fields, "agent", agent).pk if agent else None,
        "customer_id": _customer(fields, ticket, keys) if author == Author.CUSTOMER else None,
        "public": fields.flag("public", True),
        "at": at,
        "stored_at": at,  # what was said then was known then
        "text": fields.text("text", ""),
        "delivery": _delivery(fields),
        "automatic": fields.flag("automatic", author in ROBOTS),
        "thanks": fields.flag("thanks", False),
        "channel_kind": fields.choice("channel", CHANNELS, ticket.channel_kind),
        "key": fields.key(),
    }
    if author == Author.CUSTOMER and not values["public"]:
        raise fields.refuse("public", "a customer's message is always public")
    for name in PLAIN:
        if name in fields.values:
            values[name] = fields.text(name, "", longest=LONGEST.get(name))
    if html := fields.text("html", ""):
        values["html"] = clean_html(html, {})
    if "visible_until" in fields.values:
        values["visible_until"] = fields.whole("visible_until", None)
    if "verified" in fields.values:
        values["verified"] = fields.flag("verified", False)
    if recipients := fields.object("recipients"):
        values["recipients"] = recipients
    if warnings := fields.many("warnings"):
        values["warnings"] = warnings
    if into is None:
        return Message(ticket=ticket, **values)
    for name, value in values.items():
        setattr(into, name, value)
    return into


def written(message: Message, ticket: Ticket, agents: dict[int, str], extra: dict[str, Any]) -> dict[str, Any]:
    """The entry of a message. `extra`: its unknown fields."""
    entry: dict[str, Any] = {"key": message.key, "at": message.at.isoformat(), "from": message.author}
    if message.user_id:
        entry["agent"] = agents[message.user_id]
    if message.customer_id and message.customer_id != ticket.customer_id:
        entry["customer"] = message.customer.key if message.customer else None
    if message.author != Author.CUSTOMER:
        entry["public"] = message.public
    entry["text"] = message.text
    if message.delivery:
        entry["delivery"] = UNSENT.get(message.delivery, message.delivery)
    if message.automatic != (message.author in ROBOTS):
        entry["automatic"] = message.automatic
    if message.thanks:
        entry["thanks"] = True
    if message.channel_kind != ticket.channel_kind:
        entry["channel"] = message.channel_kind
    entry |= {name: getattr(message, name) for name in PLAIN if getattr(message, name)}
    if message.html:
        entry["html"] = clean_html(message.html, {})  # as an import will keep it
    for name in ("recipients", "warnings", "verified"):
        if value := getattr(message, name):
            entry[name] = value
    if message.visible_until is not None:
        entry["visible_until"] = message.visible_until
    return entry | extra


def _customer(fields: Fields, ticket: Ticket, keys: Keys) -> int:
    if fields.take("customer", None) is None:
        return ticket.customer_id
    return keys.customer(fields)


def _delivery(fields: Fields) -> str:
    delivery = fields.choice("delivery", DELIVERIES, Delivery.NONE.value)
    return UNSENT.get(delivery, delivery)
