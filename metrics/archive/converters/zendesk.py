"""Zendesk: pages of the incremental exports (tickets, users, ticket_events?include=comment_events), plus groups and
satisfaction_ratings, in any order. Tickets may also carry their `comments`, as many dumps do.

https://developer.zendesk.com/api-reference/ticketing/ticket-management/incremental_exports/
"""

from collections.abc import Iterable, Iterator
from typing import Any

from metrics.archive.converters.common import Line, People, body, end, epoch, moment

CHANNELS = {
    "web": "form",
    "help_center": "form",
    "mobile": "chat",
    "mobile_sdk": "chat",
    "chat": "chat",
    "native_messaging": "chat",
    "messaging": "chat",
    "email": "email",
    "mail": "email",
    "sms": "sms",
    "voice": "voice",
    "whatsapp": "whatsapp",
    "facebook": "messenger",
    "any_channel": "api",
    "instagram_dm": "instagram",
    "twitter": "x",
    "twitter_dm": "x",
    "telegram": "telegram",
}
STATES = {"hold": "on_hold", "deleted": ""}
SCORES = {"good": 5, "bad": 1}
STAFF = ("agent", "admin")
Rows = dict[Any, dict[str, Any]]


def convert(pages: Iterable[Any], shop: str) -> Iterator[Line]:
    export = Export()
    for page in pages:
        export.read(page)
    for ticket in export.tickets.values():
        yield export.line(ticket, shop)
    yield from export.people.lines()


class Export:
    """Everything of the export by id: events and ratings come in pages of their own."""

    def __init__(self) -> None:
        self.people = People("zendesk")
        self.tickets: Rows = {}
        self.users: Rows = {}
        self.groups: dict[Any, str] = {}
        self.events: dict[Any, dict[Any, dict[str, Any]]] = {}
        self.ratings: dict[Any, list[dict[str, Any]]] = {}

    def read(self, page: dict[str, Any]) -> None:
        self.tickets |= {ticket["id"]: ticket for ticket in page.get("tickets", ())}  # a later page has the newer one
        self.users |= {user["id"]: user for user in page.get("users", ())}
        self.groups |= {group["id"]: group["name"] for group in page.get("groups", ())}
        for event in page.get("ticket_events", ()):
            self.events.setdefault(event["ticket_id"], {})[event["id"]] = event
        for rating in page.get("satisfaction_ratings", ()):
            self.ratings.setdefault(rating["ticket_id"], []).append(rating)

    def line(self, ticket: dict[str, Any], shop: str) -> Line:
        requester = ticket["requester_id"]
        line: Line = {
            "type": "ticket",
            "key": f"zendesk-{ticket['id']}",
            "shop": shop,
            "channel": CHANNELS.get((ticket.get("via") or {}).get("channel", ""), "api"),
            "customer": self._customer(requester),
            "opened_at": moment(ticket["created_at"]),
            "opened_by": "agent" if self._is_staff(ticket.get("submitter_id") or requester) else "customer",
            "subject": ticket.get("raw_subject") or ticket.get("subject") or "",
            "priority": ticket.get("priority") or "normal",
            "tags": ticket.get("tags", []),
            "messages": [self._message(one, ticket, one["created_at"]) for one in ticket.get("comments", ())],
            "events": [],
            "surveys": [self._survey(one) for one in self.ratings.get(ticket["id"], ()) if one.get("score") in SCORES],
        }
        for audit in sorted(self.events.get(ticket["id"], {}).values(), key=lambda event: event["timestamp"]):
            self._audit(audit, ticket, line)
        if not line["messages"] and ticket.get("description"):
            said = {"id": "description", "author_id": requester, "body": ticket["description"]}
            line["messages"].append(self._message(said, ticket, ticket["created_at"]))
        self._place(ticket, line)
        end(line, STATES.get(ticket["status"], ticket["status"]), moment(ticket.get("updated_at", "")))
        if ticket["status"] == "deleted":
            line["events"].append({"at": moment(ticket["updated_at"]), "kind": "deleted", "by": "system"})
        return line

    def _audit(self, audit: dict[str, Any], ticket: dict[str, Any], line: Line) -> None:
        at, by = epoch(audit["timestamp"]), self._by(audit.get("updater_id"))
        for child in audit.get("child_events", ()):
            if child.get("event_type") == "Comment" or child.get("type") == "Comment":
                if not ticket.get("comments"):
                    line["messages"].append(self._message(child, ticket, child.get("created_at") or at))
            elif child.get("event_type") in ("Change", "Create"):
                line["events"] += [{"at": at, "by": by} | change for change in self._changes(child)]

    def _changes(self, child: dict[str, Any]) -> Iterator[Line]:
        made = child["event_type"] == "Create"
        if (state := child.get("status")) and not (made and state == "new"):
            if state == "deleted":
                yield {"kind": "deleted"}
            else:
                yield {"kind": "state", "to": STATES.get(state, state)}
        if "assignee_id" in child and not (made and not child["assignee_id"]):
            yield {"kind": "assigned", "to": self._agent(child["assignee_id"]) if child["assignee_id"] else None}
        if child.get("group_id") in self.groups:
            yield {"kind": "team", "to": self.groups[child["group_id"]]}
        if child.get("priority"):
            yield {"kind": "priority", "to": child["priority"]}

    def _place(self, ticket: dict[str, Any], line: Line) -> None:
        """Where it lies now, when no change tells."""
        if ticket.get("assignee_id"):
            line["assignee"] = self._agent(ticket["assignee_id"])
        if ticket.get("group_id") in self.groups:
            line["team"] = self.groups[ticket["group_id"]]

    def _message(self, comment: dict[str, Any], ticket: dict[str, Any], at: str) -> Line:
        author = comment.get("author_id")
        message: Line = {"key": str(comment["id"]), "at": moment(at)}
        if author and author > 0 and self._is_staff(author):
            message |= {"from": "agent", "agent": self._agent(author), "public": comment.get("public", True)}
        elif author and author > 0 and comment.get("public", True):
            message["from"] = "customer"
            if author != ticket["requester_id"]:
                message["customer"] = self._customer(author)
        else:  # -1: the system
            message |= {"from": "auto", "public": comment.get("public", True)}
        return message | body(comment.get("html_body", ""), comment.get("plain_body") or comment.get("body", ""))

    def _survey(self, rating: dict[str, Any]) -> Line:
        """Good or bad, on our scale of five: the best and the worst."""
        answer = {"answered_at": moment(rating["updated_at"]), "score": SCORES[rating["score"]]}
        line: Line = {
            "key": f"zendesk-{rating['id']}",
            "kind": "csat",
            "sent_at": moment(rating["created_at"]),
            **answer,
        }
        if rating.get("assignee_id"):
            line["agent"] = self._agent(rating["assignee_id"])
        return line | {"comment": rating.get("comment") or ""}

    def _is_staff(self, number: Any) -> bool:
        return self.users.get(number, {}).get("role") in STAFF

    def _by(self, number: Any) -> str:
        if number in self.users:
            return f"agent:{self._agent(number)}" if self._is_staff(number) else "customer"
        return "system"

    def _agent(self, number: Any) -> str:
        user = self.users.get(number, {})
        active = user.get("active", False) and not user.get("suspended", False)
        return self.people.agent(number, user.get("name", ""), user.get("email") or "", active=active)

    def _customer(self, number: Any) -> str:
        user = self.users.get(number, {})
        return self.people.customer(
            number,
            user.get("name", ""),
            user.get("email") or "",
            user.get("phone") or "",
            since=moment(user.get("created_at", "")),
            language=user.get("locale") or "",
        )
