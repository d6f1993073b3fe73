"""KPIS section 4 once more, from plain dicts, sharing no line with the product: slow, naive and separate on purpose."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from statistics import mean
from typing import Any
from zoneinfo import ZoneInfo

from tests.metrics.generator import CALENDAR

PARIS = ZoneInfo("Europe/Paris")
WEEKDAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
Ticket = dict[str, Any]


def open_between(start: datetime, end: datetime) -> float:
    """Open seconds, by walking the days and cutting intervals: overlaps are merged by cutting at every border."""
    spans = []
    day = start.astimezone(PARIS).date() - timedelta(days=3)
    while day <= end.astimezone(PARIS).date() + timedelta(days=1):
        hours = CALENDAR["weekly"].get(WEEKDAYS[day.weekday()], [])
        for exception in CALENDAR["exceptions"]:
            if exception["date"] == day.isoformat():
                hours = exception["open"]
        spans += [(wall(day, a), wall(day, b)) for a, b in hours]
        day += timedelta(days=1)
    borders = sorted({start, end, *(point for span in spans for point in span if start < point < end)})
    total = timedelta()
    for a, b in pairwise(borders):
        if any(opens <= a and b <= closes for opens, closes in spans):
            total += b - a
    return total.total_seconds()


def wall(day: date, clock: str) -> datetime:
    hour, minute = map(int, clock.split(":"))
    day += timedelta(days=hour // 24)
    return datetime(day.year, day.month, day.day, hour % 24, minute, tzinfo=PARIS).astimezone(UTC)


class Oracle:
    """The figures of a list of archive lines. `clock`: "calendar" or "business"."""

    def __init__(self, lines: list[dict[str, Any]], clock: str = "calendar") -> None:
        self.tickets = [line for line in lines if line["type"] == "ticket"]
        self.orders = [line for line in lines if line["type"] == "order"]
        self.entries = [line for line in lines if line["type"] == "self_service"]
        self.by_key = {ticket["key"]: ticket for ticket in self.tickets}
        self.passed: Callable[[datetime, datetime], float] = (
            (lambda a, b: (b - a).total_seconds()) if clock == "calendar" else open_between
        )
        self.kept = [t for t in self.tickets if not (t["test"] or t["spam"] or t["deleted"] or t["merged_into"])]
        self.lives = {t["key"]: self.life(t) for t in self.kept}

    def length(self, start: datetime, end: datetime) -> float:
        return self.passed(start, end) if end > start else 0.0  # edge case 24

    # --- one ticket ------------------------------------------------------------------------------------------------

    def group(self, ticket: Ticket) -> list[Ticket]:
        found = [ticket]
        for one in found:
            found += [t for t in self.tickets if t["merged_into"] == one["key"]]
        return found

    def life(self, ticket: Ticket) -> dict[str, Any]:
        group = self.group(ticket)
        order = {t["key"]: n for n, t in enumerate(self.tickets)}
        calls = [e | {"from": "call"} for t in group for e in t["events"] if e["kind"] == "answered"]
        said = [(m["at"], order[t["key"]], n, m) for t in group for n, m in enumerate(t["messages"])]
        said += [(e["at"], len(order), n, e) for n, e in enumerate(calls)]  # after the messages of the same instant
        messages = [m for *_rest, m in sorted(said, key=lambda x: x[:3])]
        start = min(
            min((m["at"] for m in t["messages"] if m["from"] == "customer"), default=t["opened_at"])
            if t["opened_by"] == "customer"
            else t["opened_at"]
            for t in group
        )
        replies = [m for m in messages if m["from"] == "agent" and m["public"] and m["delivery"] != "failed"]
        answers = [m for m in messages if m in replies or m["from"] == "call"]
        waits, since = [], None
        for m in messages:
            if m["from"] == "customer":
                since = since or m["at"]
            elif m in answers and since is not None:
                waits.append((since, m["at"]))
                since = None
        states = sorted((e for e in ticket["events"] if e["kind"] == "state"), key=lambda e: e["at"])
        return {
            "ticket": ticket,
            "start": start,
            "replies": replies,
            "answers": answers,
            "waits": waits,
            "since": since,
            **self.solving(ticket, states),
        }

    def solving(self, ticket: Ticket, states: list[dict[str, Any]]) -> dict[str, Any]:
        state, solves, trail = "new", [], [(ticket["opened_at"], "new")]
        for event in states:
            done, will = state in ("solved", "closed"), event["to"] in ("solved", "closed")
            if event["to"] == "solved" and not done:
                solves.append({"at": event["at"], "by": event["by"], "reopened": None, "stands": True})
            if done and not will and solves and solves[-1]["stands"]:
                solves[-1] |= {"reopened": event["at"], "stands": False}
            state = event["to"]
            trail.append((event["at"], state))
        standing = solves[-1] if solves and solves[-1]["stands"] and state in ("solved", "closed") else None
        return {"solves": solves, "standing": standing, "trail": trail}

    # --- the figures -----------------------------------------------------------------------------------------------

    def figures(self, since: date, until: date, channel: str = "") -> dict[str, float | None]:
        a, b = wall(since, "00:00"), wall(until, "00:00")

        def inside(at: datetime | None) -> bool:
            return at is not None and a <= at < b

        lives = [life for life in self.lives.values() if not channel or life["ticket"]["channel"] == channel]
        customer = [life for life in lives if life["ticket"]["opened_by"] == "customer"]
        opened = [life for life in customer if inside(life["ticket"]["opened_at"])]
        first = [
            self.length(life["start"], life["answers"][0]["at"])
            for life in customer
            if life["answers"] and inside(life["answers"][0]["at"])
        ]
        waits = [(life["ticket"]["key"], self.length(x, y)) for life in lives for x, y in life["waits"] if inside(y)]
        standing = [life for life in lives if life["standing"] and inside(life["standing"]["at"])]
        ever = [life for life in lives if life["solves"] and inside(life["solves"][0]["at"])]
        solves = [solve for life in lives for solve in life["solves"] if inside(solve["at"])]
        touches = [sum(1 for r in life["replies"] if r["at"] <= life["standing"]["at"]) for life in standing]
        surveys = [s | {"t": life["ticket"]} for life in lives for s in life["ticket"]["surveys"]]
        answers = {
            kind: [s["score"] for s in surveys if s["kind"] == kind and inside(s["answered_at"])]
            for kind in ("csat", "ces", "nps")
        }
        sent = [s for s in surveys if s["kind"] == "csat" and inside(s["sent_at"])]
        orders = [o for o in self.orders if inside(o["placed_at"])]
        alone = [s for s in self.entries if inside(s["at"]) and self.settled(s)]
        return {
            "tickets_opened": sum(1 for life in lives if inside(life["ticket"]["opened_at"])),
            "tickets_solved": len(standing),
            "backlog": sum(1 for life in lives if self.open_at(life, b)),
            "first_response_time": average(first),
            "response_time": ratio(sum(w for _k, w in waits), len({k for k, _w in waits})),
            "resolution_time": average([self.length(x["start"], x["standing"]["at"]) for x in standing]),
            "first_resolution_time": average([self.length(x["start"], x["solves"][0]["at"]) for x in ever]),
            "requester_wait_time": average([self.ours(x) for x in standing]),
            "one_touch_rate": percent(sum(1 for n in touches if n == 1), len(touches)),
            "reopen_rate": percent(
                sum(1 for s in solves if s["reopened"] and s["reopened"] - s["at"] <= timedelta(days=14)), len(solves)
            ),
            "replies_per_resolution": average(touches),
            "abandonment_rate": percent(
                sum(1 for x in opened if any(e["kind"] == "abandoned" for e in x["ticket"]["events"])), len(opened)
            ),
            "self_service_rate": percent(len(alone), len(alone) + len(opened)),
            "csat": percent(sum(1 for s in answers["csat"] if s >= 4), len(answers["csat"])),
            "ces": percent(sum(1 for s in answers["ces"] if s >= 5), len(answers["ces"])),
            "nps": percent(
                sum(1 for s in answers["nps"] if s >= 9) - sum(1 for s in answers["nps"] if s <= 6), len(answers["nps"])
            ),
            "csat_response_rate": percent(sum(1 for s in sent if s["answered_at"]), len(sent)),
            "contact_ratio": percent(len(opened), len(orders)),
            "retention_rate": self.retention(a, b),
        }

    def spreads(self, since: date, until: date) -> dict[str, tuple[float, float]]:
        """median and p90 of the waits that ended in the period and of the first replies."""
        a, b = wall(since, "00:00"), wall(until, "00:00")
        waits = [self.length(x, y) for life in self.lives.values() for x, y in life["waits"] if a <= y < b]
        return {"response_time": (percentile(waits, 0.5), percentile(waits, 0.9))}

    def open_at(self, life: dict[str, Any], at: datetime) -> bool:
        states = [state for moment, state in life["trail"] if moment < at]
        return bool(states) and states[-1] not in ("solved", "closed")

    def ours(self, life: dict[str, Any]) -> float:
        end = life["standing"]["at"]
        trail = [*life["trail"], (end, "end")]
        return sum(
            self.length(x, min(y, end))
            for (x, state), (y, _next) in pairwise(trail)
            if state in ("new", "open", "on_hold") and x < end
        )

    def settled(self, entry: dict[str, Any]) -> bool:
        if entry["kind"] == "article_solved" and not entry["confirmed"]:
            return False
        return not any(
            t["customer"] == entry["customer"]
            and t["opened_by"] == "customer"
            and timedelta() <= t["opened_at"] - entry["at"] <= timedelta(hours=72)
            for t in self.kept
        )

    def retention(self, a: datetime, b: datetime) -> float | None:
        year = timedelta(days=365)
        placed: dict[str, list[datetime]] = {}
        for order in self.orders:
            placed.setdefault(order["customer"], []).append(order["placed_at"])

        def active(at: datetime) -> set[str]:
            return {c for c, all_of in placed.items() if any(at - year <= p < at for p in all_of)}

        start, end = active(a), active(b)
        new = {c for c in end if a <= min(placed[c]) < b}
        return percent(len(end) - len(new), len(start))


def average(numbers: list[float]) -> float | None:
    return mean(numbers) if numbers else None


def ratio(above: float, below: int) -> float | None:
    return above / below if below else None


def percent(above: int, below: int) -> float | None:
    return 100 * above / below if below else None


def percentile(numbers: list[float], share: float) -> float:
    numbers = sorted(numbers)
    place = share * (len(numbers) - 1)
    low = int(place)
    high = min(low + 1, len(numbers) - 1)
    return numbers[low] + (numbers[high] - numbers[low]) * (place - low)
