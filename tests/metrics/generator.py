"""Random histories in the words of the archive (CONTRACT 4): plain dicts, made without any code of the product."""

import random
from datetime import UTC, datetime, timedelta
from typing import Any

CHANNELS = ["email", "chat", "form", "whatsapp", "voice"]
WEEKLY = {
    **{day: [["09:00", "12:00"], ["13:30", "18:00"]] for day in ("mon", "tue", "wed", "thu")},
    "fri": [["09:00", "12:00"], ["22:00", "26:00"]],
    "sat": [["22:00", "26:00"]],
}
EXCEPTIONS = [{"date": "2026-03-27", "open": [["10:00", "12:00"]]}, {"date": "2026-04-06", "open": []}]
SHOP = {"type": "shop", "key": "main", "name": "Maison Lune", "timezone": "Europe/Paris", "currency": "EUR"}
CALENDAR = {"shop": "main", "timezone": "Europe/Paris", "weekly": WEEKLY, "exceptions": EXCEPTIONS, "default": True}
BEGIN = datetime(2026, 3, 20, tzinfo=UTC)  # the night of 29 March lies inside
DAYS = 25


def histories(seed: int, count: int) -> list[dict[str, Any]]:
    """So many tickets with everything that can happen to them; orders, customers and self-service entries too."""
    rng = random.Random(seed)
    customers = [f"c{n}" for n in range(max(3, count // 3))]
    lines: list[dict[str, Any]] = [_ticket(rng, f"k{n}", customers) for n in range(count)]
    for line in lines:
        if rng.random() < 0.08:
            _merge(rng, line, lines)
    for n in range(count):
        placed = BEGIN + timedelta(days=rng.uniform(-500, DAYS))
        lines.append({"type": "order", "key": f"o{n}", "customer": rng.choice(customers), "placed_at": placed})
    for n in range(count // 2):
        lines.append(
            {
                "type": "self_service",
                "key": f"s{n}",
                "at": _sometime(rng),
                "kind": rng.choice(["article_solved", "order_tracked", "order_cancelled", "return_requested"]),
                "customer": rng.choice([*customers, None]),
                "confirmed": rng.random() < 0.7,
            }
        )
    return lines


def _sometime(rng: random.Random) -> datetime:
    at = BEGIN + timedelta(seconds=rng.randrange(DAYS * 86_400))
    return at if rng.random() < 0.5 else at + timedelta(microseconds=rng.randrange(1_000_000))


def _ticket(rng: random.Random, key: str, customers: list[str]) -> dict[str, Any]:
    opened = at = _sometime(rng)
    by_customer = rng.random() < 0.85
    messages: list[dict[str, Any]] = []
    events: list[dict[str, Any]] = []
    state = "new"
    if by_customer:
        messages.append({"at": at, "from": "customer"})
    for _n in range(rng.randrange(12)):
        at += timedelta(seconds=rng.choice([0, 1, 59, 600, 3600, 20_000, 90_000, 400_000]) * rng.random())
        at = at if rng.random() < 0.5 else at.replace(microsecond=0)
        at = max(at, opened)
        roll = rng.random()
        if roll < 0.25:
            messages.append({"at": at, "from": "customer"})
        elif roll < 0.55:
            delivery = rng.choice(["sent", "sent", "sent", "failed"])
            messages.append(
                {
                    "at": at,
                    "from": "agent",
                    "agent": rng.choice("ab"),
                    "public": rng.random() < 0.85,
                    "delivery": delivery,
                }
            )
        elif roll < 0.65:
            messages.append({"at": at, "from": rng.choice(["auto", "bot"]), "delivery": "sent"})
        else:
            steps = {"new", "open", "pending", "on_hold", "solved", "closed"} - {state, "new"}
            state = rng.choice(sorted(steps))
            by = f"agent:{rng.choice('ab')}" if rng.random() < 0.8 else "customer"
            events.append({"at": at, "kind": "state", "to": state, "by": by})
    flags = {name: rng.random() < 0.04 for name in ("test", "spam", "deleted")}
    if rng.random() < 0.1:
        events.append({"at": at, "kind": "abandoned"})
    line = {
        "type": "ticket",
        "key": key,
        "channel": rng.choice(CHANNELS),
        "customer": rng.choice(customers),
        "opened_at": opened,
        "opened_by": "customer" if by_customer else "agent",
        "reason": rng.choice(["late", "broken", None]),
        "messages": messages,
        "events": events,
        "surveys": _surveys(rng, at),
        "merged_into": None,
    }
    return line | flags


def _surveys(rng: random.Random, after: datetime) -> list[dict[str, Any]]:
    if rng.random() < 0.6:
        return []
    kind, most, least = rng.choice([("csat", 5, 1), ("csat", 5, 1), ("ces", 7, 1), ("nps", 10, 0)])
    sent = after + timedelta(minutes=rng.randrange(600))
    answered = sent + timedelta(hours=rng.randrange(60)) if rng.random() < 0.6 else None
    score = rng.randint(least, most) if answered else None
    return [
        {"kind": kind, "sent_at": sent, "answered_at": answered, "score": score, "agent": rng.choice(["a", "b", None])}
    ]


def _merge(rng: random.Random, line: dict[str, Any], lines: list[dict[str, Any]]) -> None:
    """Into another ticket, itself perhaps merged, never in a circle."""
    target = rng.choice(lines)
    above, seen = target, {line["key"]}
    while above is not None:
        if above["key"] in seen:
            return
        seen.add(above["key"])
        above = next((one for one in lines if one["key"] == above["merged_into"]), None)
    line["merged_into"] = target["key"]
