"""Gorgias: pages of GET /api/tickets (with `messages` inside) and, if fetched apart, of GET /api/messages.

https://developers.gorgias.com/reference/the-ticket-object
"""

from collections.abc import Iterable, Iterator
from typing import Any

from metrics.archive.converters.common import Line, People, body, end, moment

CHANNELS = {
    "email": "email",
    "contact_form": "form",
    "contact-form": "form",
    "help-center": "form",
    "chat": "chat",
    "sms": "sms",
    "phone": "voice",
    "aircall": "voice",
    "whatsapp": "whatsapp",
    "facebook": "messenger",
    "facebook-messenger": "messenger",
    "instagram": "instagram",
    "instagram-direct-message": "instagram",
    "twitter": "x",
    "twitter-direct-message": "x",
}
PRIORITIES = {"critical": "urgent"}
STATES = {"closed": "solved"}  # a customer's answer opens it again: what we call solved


def convert(pages: Iterable[Any], shop: str) -> Iterator[Line]:
    people = People("gorgias")
    tickets: dict[Any, dict[str, Any]] = {}
    said: dict[Any, dict[Any, dict[str, Any]]] = {}
    for page in pages:
        for row in page["data"]:
            if "ticket_id" in row:
                said.setdefault(row["ticket_id"], {})[row["id"]] = row
            else:
                tickets[row["id"]] = row
                said.setdefault(row["id"], {}).update({one["id"]: one for one in row.get("messages") or ()})
    for number, ticket in tickets.items():
        yield _line(ticket, list(said[number].values()), people, shop)
    yield from people.lines()


def _line(ticket: dict[str, Any], said: list[dict[str, Any]], people: People, shop: str) -> Line:
    opened = moment(ticket["created_datetime"])
    line: Line = {
        "type": "ticket",
        "key": f"gorgias-{ticket['id']}",
        "shop": shop,
        "channel": CHANNELS.get(ticket["channel"], "api"),
        "customer": _customer(ticket["customer"], people, opened),
        "opened_at": opened,
        "opened_by": "agent" if ticket.get("from_agent") else "customer",
        "subject": ticket.get("subject") or "",
        "priority": PRIORITIES.get(ticket.get("priority") or "normal", ticket.get("priority") or "normal"),
        "tags": [tag["name"] for tag in ticket.get("tags") or ()],
        "messages": [_message(one, ticket, people) for one in said],
        "events": [],
        "surveys": [],
    }
    if ticket.get("language"):
        line["language"] = ticket["language"][:8]
    if user := ticket.get("assignee_user"):
        line["assignee"] = people.agent(user["id"], user.get("name") or "", user.get("email") or "")
    if team := ticket.get("assignee_team"):
        line["team"] = team["name"]
    end(line, STATES.get(ticket["status"], ticket["status"]), moment(ticket.get("closed_datetime") or ""))
    for kind, at in (("spam", opened if ticket.get("spam") else ""), ("deleted", ticket.get("trashed_datetime"))):
        if at:
            line["events"].append({"at": moment(at), "kind": kind, "by": "system"})
    if survey := ticket.get("satisfaction_survey"):
        line["surveys"].append(_survey(survey, line))
    return line


def _message(message: dict[str, Any], ticket: dict[str, Any], people: People) -> Line:
    sender = message.get("sender") or {}
    at = moment(message.get("sent_datetime") or message["created_datetime"])
    line: Line = {"key": str(message["id"]), "at": at}
    if not message["from_agent"]:
        line["from"] = "customer"
        if sender.get("id") and sender["id"] != ticket["customer"]["id"]:
            line["customer"] = _customer(sender, people, at)
    elif message.get("rule_id") or not sender.get("id"):
        line |= {"from": "auto", "public": message["public"]}
    else:
        agent = people.agent(sender["id"], sender.get("name") or "", sender.get("email") or "")
        line |= {"from": "agent", "agent": agent, "public": message["public"]}
    if message["from_agent"] and message["public"]:
        line["delivery"] = "failed" if message.get("failed_datetime") else "sent"
    return line | body(message.get("body_html") or "", message.get("body_text") or "")


def _survey(survey: dict[str, Any], line: Line) -> Line:
    entry: Line = {"key": f"gorgias-{survey['id']}", "kind": "csat"}
    if survey.get("sent_datetime"):
        entry["sent_at"] = moment(survey["sent_datetime"])
    if survey.get("score") and survey.get("scored_datetime"):
        entry |= {"answered_at": moment(survey["scored_datetime"]), "score": survey["score"]}
    if "assignee" in line:
        entry["agent"] = line["assignee"]
    return entry | {"comment": survey.get("body_text") or ""}


def _customer(person: dict[str, Any], people: People, since: str) -> str:
    name = person.get("name") or " ".join(filter(None, (person.get("firstname"), person.get("lastname"))))
    key = people.customer(person["id"], name, person.get("email") or "", since=since)
    for channel in person.get("channels") or ():
        if channel.get("type") == "email":
            people.customer(person["id"], email=channel["address"])
        elif channel.get("type") == "phone":
            people.customer(person["id"], phone=channel["address"])
    return key
