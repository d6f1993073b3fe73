"""Chatwoot: pages of GET /api/v1/accounts/{id}/conversations and of .../conversations/{id}/messages.

https://developers.chatwoot.com/api-reference/conversations/conversations-list
"""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from metrics.archive.converters.common import Line, People, body, end, epoch

CHANNELS = {
    "Channel::Email": "email",
    "Channel::WebWidget": "chat",
    "Channel::Whatsapp": "whatsapp",
    "Channel::FacebookPage": "messenger",
    "Channel::Instagram": "instagram",
    "Channel::TwitterProfile": "x",
    "Channel::Telegram": "telegram",
    "Channel::Sms": "sms",
    "Channel::TwilioSms": "sms",
    "Channel::Voice": "voice",
    "Channel::Api": "api",
}
INCOMING, OUTGOING, ACTIVITY, TEMPLATE = range(4)
KINDS = {"incoming": INCOMING, "outgoing": OUTGOING, "activity": ACTIVITY, "template": TEMPLATE}
STATES = {"open": "", "pending": "pending", "resolved": "solved", "snoozed": "on_hold"}
DELIVERIES = {"failed": "failed", "delivered": "delivered", "read": "delivered"}
# Changes are told in words only: those of an account in English.
TOLD = (
    (re.compile(r"marked resolved|resolved by|was resolved"), "solved"),
    (re.compile(r"reopened|marked open"), "open"),
    (re.compile(r"marked as pending|set to pending"), "pending"),
    (re.compile(r"snoozed"), "on_hold"),
)


def convert(pages: Iterable[Any], shop: str) -> Iterator[Line]:
    people = People("chatwoot")
    conversations: dict[int, dict[str, Any]] = {}
    said: dict[int, dict[int, dict[str, Any]]] = {}
    for page in pages:
        for row in page.get("data", page)["payload"]:
            if "message_type" in row:
                said.setdefault(row["conversation_id"], {})[row["id"]] = row
            else:
                conversations[row["id"]] = row
                said.setdefault(row["id"], {}).update({one["id"]: one for one in row.get("messages") or ()})
    for number, conversation in conversations.items():
        messages = sorted(said[number].values(), key=lambda message: (message["created_at"], message["id"]))
        yield _line(conversation, messages, people, shop)
    yield from people.lines()


def _line(conversation: dict[str, Any], said: list[dict[str, Any]], people: People, shop: str) -> Line:
    meta = conversation["meta"]
    opened = epoch(conversation["created_at"])
    first = next((message for message in said if _type(message) in (INCOMING, OUTGOING)), None)
    line: Line = {
        "type": "ticket",
        "key": f"chatwoot-{conversation['id']}",
        "shop": shop,
        "channel": CHANNELS.get(meta.get("channel") or "", "api"),
        "customer": _customer(meta["sender"], people, opened),
        "opened_at": opened,
        "opened_by": "agent" if first and _type(first) == OUTGOING and _is_agent(first) else "customer",
        "subject": (conversation.get("additional_attributes") or {}).get("mail_subject") or "",
        "priority": conversation.get("priority") or "normal",
        "tags": conversation.get("labels") or [],
        "messages": [],
        "events": [],
        "surveys": [],
    }
    for message in said:
        _take(message, line, people)
    if assignee := meta.get("assignee"):
        line["assignee"] = _agent(assignee, people)
    if team := meta.get("team"):
        line["team"] = team["name"]
    last = conversation.get("last_activity_at") or conversation["created_at"]
    return end(line, STATES.get(conversation["status"], ""), epoch(last))


def _take(message: dict[str, Any], line: Line, people: People) -> None:
    kind, at = _type(message), epoch(message["created_at"])
    if kind == ACTIVITY:
        state = next((to for words, to in TOLD if words.search(message.get("content") or "")), None)
        if state:
            line["events"].append({"at": at, "kind": "state", "to": state, "by": "system"})
    elif message.get("content_type") == "input_csat":
        line["surveys"].append(_survey(message, line))
    else:
        line["messages"].append(_message(message, kind, at, people))


def _message(message: dict[str, Any], kind: int, at: str, people: People) -> Line:
    line: Line = {"key": str(message["id"]), "at": at}
    if kind == INCOMING:
        line["from"] = "customer"
    elif kind == OUTGOING and _is_agent(message):
        agent = _agent(message["sender"], people)
        line |= {"from": "agent", "agent": agent, "public": not message.get("private", False)}
    else:
        robot = "bot" if (message.get("sender") or {}).get("type") == "agent_bot" else "auto"
        line |= {"from": robot, "public": not message.get("private", False)}
    if kind != INCOMING and line["public"]:
        line["delivery"] = DELIVERIES.get(message.get("status") or "", "sent")
    return line | body("", message.get("content") or "")


def _survey(message: dict[str, Any], line: Line) -> Line:
    entry: Line = {"key": f"chatwoot-{message['id']}", "kind": "csat", "sent_at": epoch(message["created_at"])}
    values = (message.get("content_attributes") or {}).get("submitted_values") or {}
    answer = values.get("csat_survey_response") if isinstance(values, dict) else None
    if answer and answer.get("rating"):
        at = message.get("updated_at") or message["created_at"]
        answered = epoch(at) if isinstance(at, int | float) else at
        entry |= {"answered_at": answered, "score": answer["rating"], "comment": answer.get("feedback_message") or ""}
    last = next((said for said in reversed(line["messages"]) if said["from"] == "agent" and said["public"]), None)
    return entry | ({"agent": last["agent"]} if last else {})


def _type(message: dict[str, Any]) -> int:
    """A number in the API, a word in webhooks and some exports."""
    kind = message["message_type"]
    return KINDS[kind] if isinstance(kind, str) else int(kind)


def _is_agent(message: dict[str, Any]) -> bool:
    return (message.get("sender") or {}).get("type") == "user"


def _agent(person: dict[str, Any], people: People) -> str:
    return people.agent(f"user-{person['id']}", person.get("name") or "", person.get("email") or "")


def _customer(person: dict[str, Any], people: People, since: str) -> str:
    phone, email = person.get("phone_number") or "", person.get("email") or ""
    return people.customer(person["id"], person.get("name") or "", email, phone, since=since)
