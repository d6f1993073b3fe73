"""Random histories as archive lines: plain dicts, no code of ours, the same for the same seed.

Two shops in two zones, nights on which the clock changes, merges (of merged, undone), reopenings, failed deliveries,
robots, spam, bins, tests, agent-started tickets, abandoned chats, calls without a word, same-second and unordered
entries, surveys asked twice, promises, reviews with nothing to judge, orders that were taken back.
"""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")
SINCE, UNTIL = datetime(2026, 2, 20, tzinfo=UTC), datetime(2026, 11, 10, tzinfo=UTC)
NIGHTS = (datetime(2026, 3, 28, 22, tzinfo=UTC), datetime(2026, 10, 24, 21, tzinfo=UTC))  # before the clock changes
CHANNELS = ("email", "form", "chat", "sms", "whatsapp", "messenger", "instagram", "x", "telegram", "voice", "api")
AGENTS = ("a1", "a2", "a3", "a4")
TEAMS = ("care", "orders")
REASONS = ("late-carrier", "broken")
Line = dict[str, Any]


def archive(seed: int, tickets: int) -> list[Line]:
    """A whole archive with so many tickets. Lines are in no helpful order: references run both ways."""
    rng = random.Random(seed)
    people = list(_people(rng, tickets // 3 + 2))
    lines = [*_house(), *people, *_tickets(rng, tickets, _bought(people))]
    lines += _self_service(rng, tickets // 4, tickets // 3 + 2)
    rng.shuffle(lines)
    return lines


def _house() -> Iterator[Line]:
    yield _shop("main", "Europe/Paris", "EUR")
    yield _shop("loft", "America/New_York", "USD")
    always = {day: [["00:00", "24:00"]] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}
    yield {
        "type": "calendar",
        "key": "always",
        "shop": "loft",
        "timezone": "America/New_York",
        "weekly": always,
        "exceptions": [],
        "default": True,
    }
    days = ("mon", "tue", "wed", "thu", "fri")
    yield {
        "type": "calendar",
        "key": "hours",
        "shop": "main",
        "timezone": "Europe/Paris",
        "weekly": {day: [["09:00", "12:00"], ["13:30", "18:00"]] for day in days} | {"sat": [["22:00", "26:00"]]},
        "exceptions": [
            {"date": "2026-07-14", "open": []},
            {"date": "2026-05-01", "open": []},
            {"date": "2026-03-29", "open": [["01:00", "05:00"]]},
            {"date": "2026-10-25", "open": [["00:00", "24:00"]]},
        ],
        "default": True,
    }
    for n, key in enumerate(AGENTS):
        name = ("Michèle Durand", "Inès Benali", "Paul Morel", "Zoé")[n]
        yield {"type": "agent", "key": key, "name": name, "email": f"{key}@example.com", "team": TEAMS[n % 2]}
    for key, why in (("late-carrier", "Retard du transporteur"), ("broken", "Colis abîmé")):
        yield {"type": "reason", "key": key, "what": "Livraison", "why": why}
    yield _scorecard()
    yield _target("t-email", 14400, 172800, "business", channel="email")
    yield _target("t-chat", 600, 86400, "calendar", channel="chat")
    yield _target("t-all", 28800, 259200, "business")
    yield _target("t-loft", 7200, 86400, "calendar", shop="loft")
    whole = _target("t-sms", 1800, 0, "calendar", channel="sms")
    yield {name: value for name, value in whole.items() if name not in ("next_response", "resolution")}


def _scorecard() -> Line:
    """Tone counts twice; an answer that is wrong spoils the whole review."""
    named = (("Tone", 20, 1, 5, False), ("Answer", 10, 0, 4, True), ("Form", 10, 0, 3, False))
    names = ("name", "weight", "from", "to", "critical")
    version = {"number": 1, "published_at": SINCE.isoformat(), "published_by": "a1"}
    version |= {"categories": [{"help": ""} | dict(zip(names, one, strict=True)) for one in named]}
    return {"type": "scorecard", "key": "Usual", "name": "Usual", "versions": [version]}


def _shop(key: str, zone: str, currency: str) -> Line:
    about = {"name": "Maison Lune", "timezone": zone, "languages": ["fr", "en"], "currency": currency}
    return {"type": "shop", "key": key, **about}


def _target(key: str, reply: int, resolution: int, clock: str, **more: str) -> Line:
    numbers = {"first_response": reply, "next_response": 2 * reply, "resolution": resolution, "clock": clock}
    return {"type": "target", "key": key, "shop": "main", **more, **numbers}


def shop_of(customer: int) -> str:
    """Where somebody buys: every fifth in the second shop."""
    return "loft" if customer % 5 == 0 else "main"


def _people(rng: random.Random, count: int) -> Iterator[Line]:
    for n in range(count):
        yield {
            "type": "customer",
            "key": f"c{n}",
            "name": f"Jasmine Roy {n}",
            "emails": [f"c{n}@example.com", f"c{n}@example.net"][: rng.randint(1, 2)],
            "phones": [f"+336{n:08}"] if rng.random() < 0.5 else [],
            "created_at": _iso(rng, SINCE - timedelta(days=rng.randrange(400))),
            "vip": rng.random() < 0.1,
        }
        for m in range(rng.randrange(4)):
            yield {
                "type": "order",
                "key": f"o{n}-{m}",
                "shop": shop_of(n),
                "customer": f"c{n}",
                "number": f"{n}{m:03}",
                "placed_at": _iso(rng, SINCE + timedelta(days=rng.uniform(-700, 260))),
                "total": f"{rng.randrange(10, 300)}.{rng.randrange(100):02}",
                "currency": "USD" if n % 5 == 0 else rng.choice(("EUR", "EUR", "EUR", "CHF")),
                "status": rng.choice(("delivered", "delivered", "paid", "cancelled", "refunded")),
                "items": [{"sku": "K2", "name": "Clavier", "quantity": 1, "price": "59.90"}],
            }


def _bought(people: list[Line]) -> list[list[str]]:
    """The orders of each customer."""
    found: dict[str, list[str]] = {line["key"]: [] for line in people if line["type"] == "customer"}
    for line in people:
        if line["type"] == "order":
            found[line["customer"]].append(line["key"])
    return list(found.values())


def _tickets(rng: random.Random, count: int, bought: list[list[str]]) -> Iterator[Line]:
    lines = [_ticket(rng, n, bought) for n in range(count)]
    for n, line in enumerate(lines):
        if n > 20 and rng.random() < 0.08:
            older = [one["key"] for one in lines[:n] if one["shop"] == line["shop"]]  # never in a circle
            _merge(rng, line, rng.choice(older))
    yield from lines


def _merge(rng: random.Random, line: Line, into: str) -> None:
    at = max(_at(entry["at"]) for entry in (*line["messages"], *line["events"], {"at": line["opened_at"]}))
    line["events"].append({"at": _iso(rng, at + _pause(rng)), "kind": "merged", "into": into, "by": "agent:a1"})
    if rng.random() < 0.2:
        at += timedelta(days=9)
        line["events"].append({"at": _iso(rng, at), "kind": "unmerged", "by": "agent:a2"})


def _ticket(rng: random.Random, n: int, bought: list[list[str]]) -> Line:
    at = rng.choice(NIGHTS) + timedelta(hours=rng.uniform(0, 8)) if rng.random() < 0.1 else _moment(rng)
    opened, channel, customer = _whole(rng, at), rng.choice(CHANNELS), rng.randrange(len(bought))
    started_by_agent = rng.random() < 0.08
    line: Line = {
        "type": "ticket",
        "key": f"k{n}",
        "shop": shop_of(customer),
        "channel": channel,
        "customer": f"c{customer}",
        "opened_at": _text(rng, opened),
        "opened_by": "agent" if started_by_agent else "customer",
        "subject": rng.choice(("Où est mon colis ?", "Remboursement", "Question\u00a0: taille", "")),
        "language": rng.choice(("fr", "en")),
        "priority": rng.choice(("low", "normal", "normal", "high", "urgent")),
        "tags": rng.sample(["vip", "retour", "Noël"], rng.randrange(3)),
        "orders": bought[customer][: rng.randrange(3)],
        "test": rng.random() < 0.04,
    }
    if rng.random() < 0.7:
        line["reason"] = rng.choice(REASONS)
    line |= _history(rng, opened, channel, started_by_agent)
    if rng.random() < 0.3:
        line["promises"] = [_promise(rng, opened)]
    if rng.random() < 0.15:
        line["reviews"] = [_review(rng, opened)]
    return line


def _promise(rng: random.Random, shown: datetime) -> Line:
    """A reply time that was told; whether it was kept is for the reader to see."""
    due = shown + timedelta(minutes=rng.choice((30, 240, 1440)))
    return {"place": "widget", "shown_at": _text(rng, shown), "due_at": _text(rng, due), "text": "demain"}


def _review(rng: random.Random, opened: datetime) -> Line:
    """Some categories do not apply, now and then none does."""
    agent, reviewer = rng.sample(AGENTS, 2)
    none = rng.random() < 0.1
    marks = {
        name: None if none or rng.random() < 0.2 else rng.randint(least, most)
        for name, least, most in (("Tone", 1, 5), ("Answer", 0, 4), ("Form", 0, 3))
    }
    at = _iso(rng, opened + timedelta(days=rng.uniform(1, 20)))
    about = {"scorecard": "Usual", "version": 1, "agent": agent, "reviewer": reviewer}
    return about | {"at": at, "marks": marks}


def _history(rng: random.Random, opened: datetime, channel: str, started_by_agent: bool) -> Line:
    """Messages and events of one ticket; the state is followed so that its steps make sense."""
    story = Story(rng, opened)
    if channel == "voice" and rng.random() < 0.6:
        story.event("answered", **({"by": f"agent:{rng.choice(AGENTS)}"} if rng.random() < 0.9 else {}))
    if channel != "voice" or rng.random() < 0.7:
        story.say("agent" if started_by_agent else "customer")
    if rng.random() < 0.3:
        story.say("auto")
    for _turn in range(rng.randrange(7)):
        story.turn()
    if rng.random() < 0.6 and story.state not in ("solved", "closed"):
        story.move("solved")
        if rng.random() < 0.25:
            story.say("customer")
            story.move("open")
            if rng.random() < 0.6:
                story.say("agent")
                story.move("solved")
        elif rng.random() < 0.5:
            story.move("closed")
    _fate(rng, story)
    if rng.random() < 0.1:
        rng.shuffle(story.messages)
        rng.shuffle(story.events)
    return {"messages": story.messages, "events": story.events, "surveys": story.surveys()}


def _fate(rng: random.Random, story: "Story") -> None:
    for kind, back, chance in (("spam", "unspam", 0.05), ("deleted", "restored", 0.05)):
        if rng.random() < chance:
            story.event(kind, by="agent:a3")
            if rng.random() < 0.4:
                story.event(back, by="agent:a3")
    if rng.random() < 0.05 and story.events:
        story.event("abandoned", by="customer")
    if rng.random() < 0.05 and story.state == "solved":
        story.event("confirmed")


class Story:
    """One conversation as it grows."""

    def __init__(self, rng: random.Random, opened: datetime) -> None:
        self.rng, self.at, self.state = rng, opened, "new"
        self.messages: list[Line] = []
        self.events: list[Line] = []
        self.solves: list[tuple[datetime, str]] = []

    def turn(self) -> None:
        rng = self.rng
        self.at = _whole(rng, self.at + _pause(rng))
        what = rng.random()
        if what < 0.3:
            self.say("customer")
            if self.state in ("pending", "solved") and rng.random() < 0.7:
                self.move("open")
        elif what < 0.65:
            self.say("agent")
            if rng.random() < 0.5:
                self.move(rng.choice(("open", "pending", "on_hold", "solved")))
        elif what < 0.72:
            self.say("agent", public=False)
        elif what < 0.77:
            self.say("bot")
        elif what < 0.82:
            self.event("assigned", to=rng.choice((*AGENTS, None)), by=f"agent:{rng.choice(AGENTS)}")
        elif what < 0.87:
            self.event("team", to=rng.choice((*TEAMS, None)), by="rule:dispatch")
        elif what < 0.9:
            self.event("priority", to=rng.choice(("low", "normal", "high", "urgent")), by="system")
        elif what < 0.93:
            self.event("snoozed", by="agent:a1", until=_text(rng, self.at + timedelta(days=1)))
        elif what < 0.95:
            self.event("escalated", by="system")
        elif self.state in ("open", "pending", "on_hold"):
            self.move("closed")  # unsolved

    def say(self, who: str, *, public: bool = True) -> None:
        rng, line = self.rng, {"key": f"m{len(self.messages)}", "at": _text(self.rng, self.at), "from": who}
        if who == "agent":
            line |= {"agent": rng.choice(AGENTS), "public": public}
            if public:
                line["delivery"] = "failed" if rng.random() < 0.1 else rng.choice(("sent", "delivered"))
        self.messages.append(line | {"text": f"Bonjour {rng.randrange(1000)}, ça va ? “été” 🙂"})
        if rng.random() < 0.6:
            self.at = _whole(rng, self.at + timedelta(minutes=rng.uniform(0.1, 300)))

    def move(self, to: str) -> None:
        if to == self.state or (self.state == "closed" and to != "open"):
            return
        others = ("customer", "agent:a1") if to == "open" else ("customer", "rule:tidy", "system")
        by = self.rng.choice(others) if self.rng.random() < 0.3 else f"agent:{self.rng.choice(AGENTS)}"
        self.event("state", to=to, by=by)
        self.state = to
        if to == "solved":
            self.solves.append((self.at, by))

    def event(self, kind: str, **fields: Any) -> None:
        self.events.append({"at": _text(self.rng, self.at), "kind": kind, **fields})
        if self.rng.random() < 0.5:
            self.at = _whole(self.rng, self.at + timedelta(minutes=self.rng.uniform(0.1, 3000)))

    def surveys(self) -> list[Line]:
        rng = self.rng
        return [self.survey(*solve) for solve in self.solves[-rng.randint(1, 2) :] if rng.random() < 0.5]

    def survey(self, solved: datetime, by: str) -> Line:
        rng, sent = self.rng, solved + timedelta(hours=1)
        kind, most = rng.choice((("csat", 5), ("csat", 5), ("ces", 7), ("nps", 10)))
        line: Line = {"kind": kind, "sent_at": _text(rng, sent)}
        if rng.random() < 0.6:
            score = rng.randint(0 if kind == "nps" else 1, most)
            line |= {"answered_at": _iso(rng, sent + _pause(rng)), "score": score, "comment": "merci"}
        return line | ({"agent": by[6:]} if by.startswith("agent:") else {})


def _self_service(rng: random.Random, count: int, customers: int) -> Iterator[Line]:
    for n in range(count):
        kind = rng.choice(("article_solved", "order_tracked", "order_cancelled", "return_requested"))
        customer = rng.randrange(customers)
        line: Line = {"type": "self_service", "key": f"s{n}", "shop": shop_of(customer), "kind": kind}
        line["at"] = _iso(rng, _moment(rng))
        if rng.random() < 0.8:
            line["customer"] = f"c{customer}"
        yield line | {"confirmed": rng.random() < 0.7}


def _moment(rng: random.Random) -> datetime:
    return SINCE + (UNTIL - SINCE) * rng.random()


def _pause(rng: random.Random) -> timedelta:
    """Mostly hours, sometimes minutes or days."""
    return timedelta(minutes=min(rng.lognormvariate(4.5, 1.7), 60 * 24 * 12))


def _whole(rng: random.Random, at: datetime) -> datetime:
    """Mostly whole seconds, now and then with a fraction."""
    return at if rng.random() < 0.2 else at.replace(microsecond=0)


def _iso(rng: random.Random, at: datetime) -> str:
    return _text(rng, _whole(rng, at))


def _text(rng: random.Random, at: datetime) -> str:
    """The instant as this or that sender writes it."""
    return at.astimezone(rng.choice((UTC, PARIS, PARIS))).isoformat()


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text)
