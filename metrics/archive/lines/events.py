"""What happened to a ticket: one entry of `events`, written in the shape in which the actions record it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from metrics.archive.fields import Fields
from metrics.archive.keys import Keys
from tickets.models import Event, EventKind, Message, Priority, Ticket
from tickets.states import State

MARK = "archive"  # the request id of imported events: what a later import may replace
IMPLIED = frozenset({EventKind.OPENED, EventKind.MESSAGE, EventKind.NOTE})  # written from the ticket and its messages
KINDS = tuple(kind.value for kind in EventKind if kind not in IMPLIED)
STATES, PRIORITIES = tuple(State.values), tuple(priority.key for priority in Priority)
BY_CUSTOMER = frozenset({EventKind.CONFIRMED.value, EventKind.ABANDONED.value})
START: dict[str, Any] = {"state": State.NEW.value, "priority": Priority.NORMAL.key}  # before the first event of a kind


def event(ticket: Ticket, kind: EventKind, at: datetime, **columns: Any) -> Event:
    """An imported event: it has been reacted to, so nothing wakes."""
    return Event(ticket=ticket, kind=kind, at=at, reacted_at=at, request_id=MARK, **columns)


class EventReader:
    """Reads the events of one ticket in their order: each knows what stood before (`old`)."""

    def __init__(self, ticket: Ticket, keys: Keys, messages: dict[str, Message]) -> None:
        self.ticket, self.keys, self.messages = ticket, keys, messages
        self._now: dict[str, Any] = dict(START)

    def read(self, fields: Fields) -> Event | None:
        """The event, unsaved; None when it changes nothing (solved -> solved), as the actions would have it."""
        kind, at = fields.choice("kind", KINDS), fields.instant("at")
        if at < self.ticket.opened_at:
            raise fields.refuse("at", f"is before the ticket was opened ({self.ticket.opened_at.isoformat()})")
        data = DATA[kind](self, fields) if kind in DATA else {}
        for name in ("to", "old", "into", "until"):  # understood where they mean something
            fields.take(name, None)
        data = fields.object("data") | data
        actor, user, rule = _by(fields, self.keys, kind)
        if rule:
            data["rule"] = rule
        columns: dict[str, Any] = {"actor": actor, "user_id": user, "message": self._message(fields)}
        fields.take("before", None)
        if rest := fields.rest():
            data["extra"] = rest
        if kind == EventKind.STATE and data["old"] == data["to"]:
            return None
        return event(self.ticket, EventKind(kind), at, data=data, **columns)

    def state(self, fields: Fields) -> dict[str, Any]:
        return self._turn(fields, "state", STATES)

    def priority(self, fields: Fields) -> dict[str, Any]:
        return self._turn(fields, "priority", PRIORITIES)

    def assigned(self, fields: Fields) -> dict[str, Any]:
        key, old = fields.key("to", ""), fields.key("old", "")
        before = self.keys.agent(fields, "old", old).pk if old else None
        user = self.keys.agent(fields, "to", key) if key else None
        was = self._now.get("assigned")
        self._now["assigned"] = user.pk if user else None
        return {"old": before or was, "to": user.pk if user else None, "name": user.full_name if user else ""}

    def team(self, fields: Fields) -> dict[str, Any]:
        key, old = fields.text("to", "", longest=80), fields.text("old", "", longest=80)
        before = self.keys.team(old).pk if old else None
        team = self.keys.team(key) if key else None
        was = self._now.get("team")
        self._now["team"] = team.pk if team else None
        return {"old": before or was, "to": team.pk if team else None, "name": team.name if team else ""}

    def reason(self, fields: Fields) -> dict[str, Any]:
        key = fields.key("to", "")
        reason = self.keys.reason(fields, "to", key) if key else None
        was = self._now.get("reason")
        self._now["reason"] = reason.pk if reason else None
        return {"old": was, "to": reason.pk if reason else None, "name": str(reason) if reason else ""}

    def merged(self, fields: Fields) -> dict[str, Any]:
        """The ticket it went into may stand later in the file: links.py puts its number here."""
        into = fields.key("into")
        if into == self.ticket.key:
            raise fields.refuse("into", "a ticket cannot be merged into itself")
        self._now["merged"] = into
        return {"into": None, "into_key": into}

    def unmerged(self, fields: Fields) -> dict[str, Any]:
        if not self._now.get("merged"):
            raise fields.refuse("kind", "the ticket is not merged then")
        return {"out_of": None, "out_of_key": self._now.pop("merged")}

    def snoozed(self, fields: Fields) -> dict[str, Any]:
        until = fields.instant("until", None)
        return {"until": until.isoformat()} if until else {}

    def _turn(self, fields: Fields, kind: str, words: tuple[str, ...]) -> dict[str, Any]:
        old, to = fields.choice("old", words, self._now[kind]), fields.choice("to", words)
        self._now[kind] = to
        return {"old": old, "to": to}

    def _message(self, fields: Fields) -> Message | None:
        key = fields.key("message", "")
        if key and key not in self.messages:
            raise fields.refuse("message", f"unknown message {key!r}")
        return self.messages[key] if key else None


DATA: dict[str, Callable[[EventReader, Fields], dict[str, Any]]] = {
    EventKind.STATE: EventReader.state,
    EventKind.PRIORITY: EventReader.priority,
    EventKind.ASSIGNED: EventReader.assigned,
    EventKind.TEAM: EventReader.team,
    EventKind.REASON: EventReader.reason,
    EventKind.MERGED: EventReader.merged,
    EventKind.UNMERGED: EventReader.unmerged,
    EventKind.SNOOZED: EventReader.snoozed,
}


def _by(fields: Fields, keys: Keys, kind: str) -> tuple[Event.Actor, int | None, str]:
    """Who did it: the actor, the user's primary key if an agent, the rule's name if a rule."""
    default = "customer" if kind in BY_CUSTOMER else "system"
    word, _colon, name = fields.text("by", default, longest=250).partition(":")
    if word == "agent":
        return Event.Actor.AGENT, keys.agent(fields, "by", name).pk, ""
    if word == "rule":
        return Event.Actor.RULE, None, name
    if word not in ("customer", "system") or name:
        raise fields.refuse("by", f"{word!r}: expected agent:<key>, rule:<name>, customer or system")
    return Event.Actor(word), None, ""


class EventWriter:
    """Writes the events of one ticket in their order; what the events before tell is left out."""

    def __init__(self, agents: dict[int, str], teams: dict[int, str], reasons: dict[int, str]) -> None:
        self.agents, self.teams, self.reasons = agents, teams, reasons
        self._now: dict[str, Any] = dict(START)

    def written(self, event: Event, tickets: dict[int, str | None], messages: dict[int, str]) -> dict[str, Any] | None:
        """The entry; None for what its ticket or the other side of a merge tells."""
        data = dict(event.data)
        if event.kind in IMPLIED or (event.kind in (EventKind.MERGED, EventKind.UNMERGED) and "source" in data):
            return None
        extra = data.pop("extra", {})
        entry: dict[str, Any] = {"at": event.at.astimezone(UTC).isoformat(), "kind": event.kind}
        entry |= self._told(event.kind, data, tickets)
        entry["by"] = self._by(event, data)
        if event.message_id:
            entry["message"] = messages.get(event.message_id)
        if data:
            entry["data"] = data
        entry |= extra
        return entry

    def _told(self, kind: str, data: dict[str, Any], tickets: dict[int, str | None]) -> dict[str, Any]:
        """The fields of a kind, taken out of its data."""
        if kind in (EventKind.STATE, EventKind.PRIORITY):
            return self._step(kind, data.pop("old", None), data.pop("to"), lambda value: value)
        if kind in (EventKind.ASSIGNED, EventKind.TEAM, EventKind.REASON):
            names = {"assigned": self.agents, "team": self.teams, "reason": self.reasons}[kind]
            data.pop("name", None)
            data.pop("left", None)
            step = self._step(kind, data.pop("old", None), data.pop("to", None), names.get)
            return {name: value for name, value in step.items() if name == "to" or kind != EventKind.REASON}
        if kind == EventKind.MERGED:
            waiting = data.pop("into_key", None)
            return {"into": tickets.get(data.pop("into", None) or 0) or waiting}
        if kind == EventKind.UNMERGED:
            data.pop("out_of_key", None)
            data.pop("out_of", None)
        if kind == EventKind.SNOOZED and "until" in data:
            return {"until": data.pop("until")}
        return {}

    def _step(self, kind: str, old: Any, to: Any, name: Callable[[Any], Any]) -> dict[str, Any]:
        told = {} if old == self._now.get(kind) else {"old": name(old)}
        self._now[kind] = to
        return {"to": name(to), **told}

    def _by(self, event: Event, data: dict[str, Any]) -> str:
        if event.actor == Event.Actor.AGENT:
            return f"agent:{self.agents[event.user_id]}" if event.user_id else "system"
        if event.actor == Event.Actor.RULE and "rule" in data:
            return f"rule:{data.pop('rule')}"
        return event.actor
