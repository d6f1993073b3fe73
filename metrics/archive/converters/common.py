"""What every converter needs: people met on the way, and a ticket that ends as the vendor says it stands."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from channels_app.foreign.html_text import html_to_text
from customers.identify import normalise_email, normalise_phone

Line = dict[str, Any]


class People:
    """Agents and customers as they are named in passing; each becomes one line."""

    def __init__(self, vendor: str) -> None:
        self.vendor = vendor
        self._agents: dict[str, Line] = {}
        self._customers: dict[str, Line] = {}

    def agent(self, number: Any, name: str = "", email: str = "", *, team: str = "", active: bool = True) -> str:
        """The key of an agent. One without an e-mail (a deleted account) gets an address that reaches nobody."""
        key = f"{self.vendor}-{number}"
        line = self._agents.setdefault(key, {"type": "agent", "key": key, "name": "", "email": "", "active": active})
        line["name"] = line["name"] or name
        line["email"] = line["email"] or normalise_email(email or "")
        if team:
            line["team"] = team
        return key

    def customer(
        self, number: Any, name: str = "", email: str = "", phone: str = "", *, since: str = "", language: str = ""
    ) -> str:
        key = f"{self.vendor}-{number}"
        line = self._customers.setdefault(
            key, {"type": "customer", "key": key, "name": "", "emails": [], "phones": [], "created_at": since}
        )
        line["name"] = line["name"] or name
        line["created_at"] = min(filter(None, (line["created_at"], since)), default="")
        for field, value in (
            ("emails", normalise_email(email or "")),
            ("phones", normalise_phone(phone or "")),
        ):
            if value and value not in line[field]:
                line[field].append(value)
        if language:
            line["language"] = language[:8]
        return key

    def lines(self) -> Iterator[Line]:
        for line in self._agents.values():
            email = line["email"] or f"{line['key']}@unknown.invalid"
            yield line | {"email": email, "name": line["name"] or email.partition("@")[0]}
        for line in self._customers.values():
            yield {name: value for name, value in line.items() if value != ""}


def end(line: Line, state: str, at: str) -> Line:
    """Close the gap between the changes that the export tells and the state in which it says the ticket is."""
    line["messages"].sort(key=lambda message: instant(message["at"]))
    line["events"].sort(key=lambda event: instant(event["at"]))
    moves = [event["to"] for event in line["events"] if event["kind"] == "state"]
    implied = (
        "open"
        if any(message["from"] == "agent" and message.get("public", True) for message in line["messages"])
        else "new"
    )
    if state and state != (moves[-1] if moves else implied):
        last = max([line["opened_at"], *(entry["at"] for entry in (*line["messages"], *line["events"]))], key=instant)
        line["events"].append({"at": max(at or last, last, key=instant), "kind": "state", "to": state, "by": "system"})
    return line


def body(html: str, text: str = "") -> Line:
    """The words of a message: its text, from its HTML when there is none."""
    html = html or ""
    words = {"text": (text or html_to_text(html)).strip()}
    return words | {"html": html} if "<" in html else words


def epoch(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat()


def instant(text: str) -> datetime:
    """The instant that a vendor wrote; without an offset they mean UTC."""
    at = datetime.fromisoformat(text)
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def moment(text: str) -> str:
    """The same as text, always with an offset; "" stays ""."""
    return instant(text).isoformat() if text else ""
