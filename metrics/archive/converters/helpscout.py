"""Help Scout: pages of GET /v2/conversations?embed=threads, or single conversations of it.

https://developer.helpscout.com/mailbox-api/endpoints/conversations/list/
"""

from collections.abc import Iterable, Iterator
from typing import Any

from metrics.archive.converters.common import Line, People, body, end, instant, moment

CHANNELS = {"email": "email", "chat": "chat", "phone": "voice", "beacon-v2": "chat", "api": "api"}
STATES = {"active": "open", "open": "open", "pending": "pending", "closed": "solved"}
SAID = ("customer", "message", "reply", "note", "chat", "phone", "beaconchat")


def convert(pages: Iterable[Any], shop: str) -> Iterator[Line]:
    yield from convert_as("helpscout", pages, shop)


def convert_as(vendor: str, pages: Iterable[Any], shop: str) -> Iterator[Line]:
    """The lines of conversations in Help Scout's shape, their keys beginning with the vendor's name."""
    people = People(vendor)
    for page in pages:
        listed = page.get("_embedded", {}).get("conversations")
        for conversation in [page] if listed is None else listed:
            if conversation.get("state") != "draft":
                yield _line(vendor, conversation, people, shop)
    yield from people.lines()


def _line(vendor: str, conversation: dict[str, Any], people: People, shop: str) -> Line:
    embedded = conversation.get("_embedded", {})
    threads = sorted(embedded.get("threads", ()), key=lambda thread: instant(thread["createdAt"]))
    opened, owner = moment(conversation["createdAt"]), conversation.get("primaryCustomer") or conversation["customer"]
    made_by = (conversation.get("createdBy") or {}).get("type", "customer")
    line: Line = {
        "type": "ticket",
        "key": f"{vendor}-{conversation['id']}",
        "shop": shop,
        "channel": CHANNELS.get(conversation.get("type", "email"), "email"),
        "customer": _customer(owner, people, opened),
        "opened_at": opened,
        "opened_by": "customer" if made_by == "customer" else "agent",
        "subject": conversation.get("subject") or "",
        "tags": [_tag(tag) for tag in conversation.get("tags") or embedded.get("tags") or ()],
        "messages": [],
        "events": [],
    }
    state = "new"
    for thread in threads:
        if thread.get("state", "published") not in ("published", "hidden"):
            continue
        if thread["type"] in SAID:
            line["messages"].append(_message(thread, owner, people))
        state = _follow(thread, state, people, line)
    if assignee := conversation.get("assignee"):
        line["assignee"] = _agent(assignee, people)
    closed = moment(conversation.get("closedAt") or "")
    end(line, STATES.get(conversation["status"], ""), closed)
    last = max([opened, *(entry["at"] for entry in (*line["messages"], *line["events"]))], key=instant)
    if conversation["status"] == "spam":
        line["events"].append({"at": last, "kind": "spam", "by": "system"})
    if conversation.get("state") == "deleted":
        line["events"].append({"at": last, "kind": "deleted", "by": "system"})
    return line


def _follow(thread: dict[str, Any], state: str, people: People, line: Line) -> str:
    """Every thread tells in which state it left the conversation."""
    to = STATES.get(thread.get("status") or "", state)
    if to == state or (state == "new" and to == "open" and thread["type"] == "customer"):
        return state
    event = {"at": moment(thread["createdAt"]), "kind": "state", "to": to, "by": _by(thread, people)}
    line["events"].append(event)
    return to


def _message(thread: dict[str, Any], owner: dict[str, Any], people: People) -> Line:
    author = thread.get("createdBy") or {}
    at = moment(thread["createdAt"])
    line: Line = {"key": str(thread["id"]), "at": at}
    if author.get("type") == "user" and thread["type"] != "customer":
        line |= {"from": "agent", "agent": _agent(author, people), "public": thread["type"] != "note"}
    elif author.get("type") == "customer" or thread["type"] == "customer":
        line["from"] = "customer"
        if author.get("type") == "customer" and author["id"] != owner["id"]:
            line["customer"] = _customer(author, people, at)
    else:
        line |= {"from": "auto", "public": thread["type"] != "note"}
    return line | body(thread.get("body") or "")


def _by(thread: dict[str, Any], people: People) -> str:
    author = thread.get("createdBy") or {}
    if author.get("type") == "user":
        return f"agent:{_agent(author, people)}"
    return "customer" if author.get("type") == "customer" else "system"


def _agent(person: dict[str, Any], people: People) -> str:
    return people.agent(f"user-{person['id']}", _name(person), person.get("email") or "")


def _customer(person: dict[str, Any], people: People, since: str) -> str:
    phone = person.get("phone") or ""
    return people.customer(person["id"], _name(person), person.get("email") or "", phone, since=since)


def _name(person: dict[str, Any]) -> str:
    first = person.get("first") or person.get("firstName") or ""
    return f"{first} {person.get('last') or person.get('lastName') or ''}".strip()


def _tag(tag: Any) -> str:
    return str(tag if isinstance(tag, str) else tag.get("tag") or tag["name"])
