"""What a ticket was given and keeps whatever the settings say later: `promises` to the customer, `deadlines` for us."""

from typing import Any

from metrics.archive.fields import Fields
from metrics.archive.keys import Keys
from tickets.models import Clock, Deadline, Promise, Ticket


def read_promise(fields: Fields, ticket: Ticket) -> Promise:
    """A reply time that was shown, unsaved. Unjudged ones are judged when the ticket is settled."""
    shown, due = fields.instant("shown_at"), fields.instant("due_at")
    if due < shown:
        raise fields.refuse("due_at", "is before shown_at")
    kept = fields.flag("kept", False) if fields.values.get("kept") is not None else None
    return Promise(
        ticket=ticket,
        place=fields.choice("place", Promise.Place.values, Promise.Place.ACKNOWLEDGEMENT.value),
        channel_kind=ticket.channel_kind,
        shown_at=shown,
        due_at=due,
        text=fields.text("text", "", longest=300),
        kept=kept,
        judged_at=None if kept is None else fields.instant("judged_at", None) or due,
    )


def written_promise(promise: Promise) -> dict[str, Any]:
    judged = promise.judged_at
    return {
        "place": promise.place,
        "shown_at": promise.shown_at.isoformat(),
        "due_at": promise.due_at.isoformat(),
        "text": promise.text,
        **({"kept": promise.kept, "judged_at": judged.isoformat()} if judged else {}),
    }


def read_deadline(fields: Fields, ticket: Ticket, keys: Keys) -> Deadline:
    """The target of a deadline, unsaved: when it falls due and how it ended follows when the ticket is settled."""
    policy, calendar = fields.key("policy", ""), fields.key("calendar", "")
    return Deadline(
        ticket=ticket,
        kind=fields.choice("kind", Deadline.Kind.values),
        policy=keys.policies.get(policy),
        policy_version=fields.whole("version", 1),
        clock=fields.choice("clock", Clock.values),
        calendar=keys.calendars.get(calendar),
        target=fields.whole("target"),
        started_at=fields.instant("started_at"),
        place=fields.whole("place", 0, most=32767),
    )


def written_deadline(deadline: Deadline) -> dict[str, Any]:
    return {
        "kind": deadline.kind,
        "started_at": deadline.started_at.isoformat(),
        **({"place": deadline.place} if deadline.place else {}),
        "target": deadline.target,
        "clock": deadline.clock,
        **({"calendar": deadline.calendar.key} if deadline.calendar else {}),
        **({"policy": deadline.policy.key, "version": deadline.policy_version} if deadline.policy else {}),
    }
