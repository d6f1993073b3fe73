"""KPIS section 4 once more, read straight off the lines of an archive: no line of the product is used here."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DONE, OURS = ("solved", "closed"), ("new", "open", "on_hold")
US = timedelta(microseconds=1)
WEEK = 7 * 86_400 * 1_000_000
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
Line = dict[str, Any]
Told = dict[str, Any]  # what a figure says, by the names of CONTRACT 5


def us(text: str) -> int:
    """An instant of the archive, in microseconds."""
    return (datetime.fromisoformat(text) - EPOCH) // US


def wall(day: date, clock: str, zone: ZoneInfo) -> int:
    """What the clock on the wall says that day; "26:00" is two in the next night."""
    hour, minute = map(int, clock.split(":"))
    day += timedelta(days=hour // 24)
    return (datetime(day.year, day.month, day.day, hour % 24, minute, tzinfo=zone).astimezone(UTC) - EPOCH) // US


class OpenHours:
    """A calendar's open stretches one after the other, overlaps joined."""

    def __init__(self, line: Line, since: date, until: date) -> None:
        zone = ZoneInfo(line["timezone"])
        exceptions = {one["date"]: one["open"] for one in line["exceptions"]}
        stretches = []
        for n in range((until - since).days):
            day = since + timedelta(days=n)
            hours = exceptions.get(day.isoformat(), line["weekly"].get(WEEKDAYS[day.weekday()], []))
            stretches += [(wall(day, a, zone), wall(day, b, zone)) for a, b in hours]
        self.opens: list[int] = []
        self.closes: list[int] = []
        for a, b in sorted(stretches):
            if self.closes and a <= self.closes[-1]:
                self.closes[-1] = max(b, self.closes[-1])
            elif a < b:
                self.opens.append(a)
                self.closes.append(b)
        self.before = [0]
        for a, b in zip(self.opens, self.closes, strict=True):
            self.before.append(self.before[-1] + b - a)

    def upto(self, at: int) -> int:
        n = bisect_right(self.opens, at) - 1
        return 0 if n < 0 else self.before[n] + min(at, self.closes[n]) - self.opens[n]

    def between(self, a: int, b: int) -> int:
        return self.upto(b) - self.upto(a)

    def after(self, start: int, length: int) -> int:
        """The first instant by which so much has passed."""
        wanted = self.upto(start) + length
        n = next(n for n, total in enumerate(self.before) if total >= wanted) - 1
        return self.opens[n] + wanted - self.before[n]


class Always:
    """The calendar clock."""

    def between(self, a: int, b: int) -> int:
        return b - a

    def after(self, start: int, length: int) -> int:
        return start + length


@dataclass(frozen=True)
class Row:
    """Something that a figure counts: when it counts, what it contributes, to whose credit, of which ticket."""

    at: int
    value: Any
    agent: str | None
    ticket: "Life"


@dataclass
class Life:
    """One ticket that counts, with the messages of those merged into it."""

    line: Line
    start: int
    opened: int
    assignee: str | None = None
    team: str | None = None
    said: list[Line] = field(default_factory=list)
    trail: list[tuple[int, str, str]] = field(default_factory=list)  # when, into which state, by whom
    open: list[tuple[int, int | None]] = field(default_factory=list)  # from when to when it was unsolved

    @property
    def by_customer(self) -> bool:
        return bool(self.line["opened_by"] == "customer")


class Oracle:
    """The figures of one shop of an archive. `clock`: "calendar" or "business"; `now`: targets due later are out."""

    def __init__(self, lines: list[Line], shop: str, clock: str, now: datetime) -> None:
        def of(kind: str, at: str = "") -> list[Line]:
            """Lines of the shop; those that happened at an instant with it."""
            found = [line for line in lines if line["type"] == kind and line.get("shop", shop) == shop]
            return [line | {"us": us(line[at])} for line in found] if at else found

        about = next(line for line in lines if line["type"] == "shop" and line["key"] == shop)
        self.zone, self.currency = ZoneInfo(about["timezone"]), about["currency"]
        cards = [line for line in lines if line["type"] == "scorecard"]
        self.categories = {card["key"]: card["versions"][0]["categories"] for card in cards}
        self.now = (now - EPOCH) // US
        hours = OpenHours(next(line for line in of("calendar") if line["default"]), date(2020, 1, 1), date(2030, 1, 1))
        self.clocks: dict[str, OpenHours | Always] = {"calendar": Always(), "business": hours}
        self.clock = self.clocks[clock]
        self.orders, self.entries = of("order", "placed_at"), of("self_service", "at")
        self.targets, self.tickets = of("target"), of("ticket")
        self.rows: dict[str, list[Row]] = defaultdict(list)
        for life in self._lives():
            self._tell(life)

    def length(self, a: int, b: int) -> int:
        return self.clock.between(a, b) if b > a else 0  # edge case 24

    # --- tickets -----------------------------------------------------------------------------------------------------

    def _lives(self) -> Iterable[Life]:
        """Every ticket that is neither a test nor spam, deleted or merged away (4.8)."""
        merged: dict[str, list[Line]] = defaultdict(list)
        fates = {line["key"]: fate(line) for line in self.tickets}
        for line in self.tickets:
            if into := fates[line["key"]]["merged"]:
                merged[into].append(line)
        for line in self.tickets:
            if not (line["test"] or any(fates[line["key"]].values())):
                family = [line]
                for one in family:
                    family += merged[one["key"]]
                yield life_of(line, family, {one["key"]: n for n, one in enumerate(self.tickets)})

    def _tell(self, life: Life) -> None:
        """All rows of one ticket, for every figure."""
        line = life.line
        self._say("opened", life.opened, life, life.assignee, life.by_customer)
        answers = [m for m in life.said if answers_it(m)]
        replies = [m for m in answers if m["from"] == "agent"]
        if life.by_customer and answers:
            one = answers[0]
            self._say("first", one["us"], life, one["agent"], self.length(life.start, one["us"]))
        self._waits(life, answers)
        self._states(life, replies)
        acks = [m["us"] for m in life.said if m["from"] == "auto" and m.get("delivery") != "failed"]
        if life.by_customer and acks:
            self._say("acknowledged", acks[0], life, life.assignee, self.length(life.start, acks[0]))
        self._promises(life, [m["us"] for m in answers])
        for review in line.get("reviews", []):
            score = reviewed(review["marks"], self.categories[review["scorecard"]])
            if score is not None:
                self._say("review", us(review["at"]), life, review["agent"], score)
        for survey in line["surveys"]:
            agent = survey.get("agent")
            if survey.get("answered_at"):
                self._say(survey["kind"], us(survey["answered_at"]), life, agent, survey["score"])
            self._say(survey["kind"] + " sent", us(survey["sent_at"]), life, agent, bool(survey.get("answered_at")))

    def _say(self, what: str, at: int, life: Life, agent: str | None, value: Any) -> None:
        self.rows[what].append(Row(at, value, agent, life))

    def _waits(self, life: Life, answers: list[Line]) -> None:
        waits: list[tuple[int, Line | None]] = []
        since = None
        for m in life.said:
            if m["from"] == "customer":
                since = m["us"] if since is None else since
            elif since is not None and answers_it(m):
                waits.append((since, m))
                self._say("wait", m["us"], life, m["agent"], self.length(since, m["us"]))
                since = None
        if since is not None:
            waits.append((since, None))
        for since, reply in waits:
            self._say("asked", since, life, life.assignee, reply["us"] if reply else None)
        target = self._target(life)
        first = answers[0] if answers else None
        if target and life.by_customer:
            self._reply_target("first target", life, life.start, first, target["first_response"], target["clock"])
        for since, reply in waits:
            if target and "next_response" in target and not (life.by_customer and reply is first):
                self._reply_target("next target", life, since, reply, target["next_response"], target["clock"])

    def _promises(self, life: Life, answers: list[int]) -> None:
        """Kept by an answer from then on that is in time, or when there was nothing left to answer."""
        asked = [row for row in self.rows["asked"] if row.ticket is life]
        nothing_left = bool(asked) and all(row.value is not None for row in asked)
        for promise in life.line.get("promises", []):
            shown, due = us(promise["shown_at"]), us(promise["due_at"])
            answer = next((at for at in answers if at >= shown), shown if nothing_left else None)
            if due < self.now:
                self._say("promise", due, life, life.assignee, answer is not None and answer <= due)

    def _target(self, life: Life) -> Line | None:
        fitting = [t for t in self.targets if t.get("channel") == life.line["channel"]]
        fitting += [t for t in self.targets if not t.get("channel")]
        return fitting[0] if fitting else None

    def _reply_target(self, what: str, life: Life, start: int, reply: Line | None, target: int, clock: str) -> None:
        due = self.clocks[clock].after(start, target * 1_000_000)
        if due < self.now:
            met = reply is not None and reply["us"] <= due
            self._say(what, due, life, reply["agent"] if reply and reply["agent"] else life.assignee, met)

    def _states(self, life: Life, replies: list[Line]) -> None:
        """Solves, reopenings, the backlog and how long the ball was ours."""
        solves: list[dict[str, Any]] = []
        state, began, spans = "new", life.opened, life.open
        for at, to, by in life.trail:
            if state not in DONE and to in DONE:
                spans.append((began, at))
                if to == "solved":
                    solves.append({"at": at, "by": by, "reopened": None})
                else:
                    solves.append({})
            elif state in DONE and to not in DONE:
                began = at
                if solves[-1]:
                    solves[-1]["reopened"] = at
            state = to
        if state not in DONE:
            spans.append((began, None))
        for began, ended in spans:
            self._say("open", began, life, life.assignee, ended)
        real = [one for one in solves if one]
        for solve in real:
            self._say("solve", solve["at"], life, solve["by"], solve["reopened"])
        if real:
            self._say("ever solved", real[0]["at"], life, real[0]["by"], self.length(life.start, real[0]["at"]))
            self._say("first contact", real[0]["at"], life, real[0]["by"], real[0]["reopened"])
        standing = solves[-1] if solves and solves[-1] and solves[-1]["reopened"] is None else None
        if standing:
            at = standing["at"]
            touches = sum(1 for m in replies if m["us"] <= at)
            told = (self.length(life.start, at), self._ours(life, at), touches)
            self._say("standing", at, life, standing["by"], told)
        self._resolution_target(life, standing["by"] if standing else None)

    def _ours(self, life: Life, end: int) -> int:
        steps = [(life.opened, "new"), *((at, to) for at, to, _by in life.trail), (end, "")]
        return sum(self.length(a, min(b, end)) for (a, state), (b, _to) in pairwise(steps) if state in OURS and a < end)

    def _resolution_target(self, life: Life, solver: str | None) -> None:
        """Met when the ticket stands solved at the moment it falls due; waiting for the customer moves that moment."""
        target = self._target(life)
        if target is None or "resolution" not in target:
            return
        clock = self.clocks[target["clock"]]
        due = clock.after(life.start, target["resolution"] * 1_000_000)
        steps = [(at, to) for at, to, _by in life.trail]
        for n, (begin, state) in enumerate(steps):
            if state == "pending" and begin < due:
                end = next((at for at, to in steps[n + 1 :] if to != "pending"), None)
                if end is None:
                    return  # waits for the customer to this day
                left = clock.between(max(begin, life.start), due)
                due = clock.after(max(end, life.start), left)
        if due < self.now:
            standing = ""
            for _at, to in [step for step in steps if step[0] <= due]:
                standing = "solved" if to == "closed" and standing == "solved" else to
            self._say("resolution target", due, life, solver or life.assignee, standing == "solved")

    # --- figures -----------------------------------------------------------------------------------------------------

    def instant(self, day: date) -> int:
        return wall(day, "00:00", self.zone)

    def figures(self, since: date, until: date, wanted: Callable[[Row], bool] = lambda row: True) -> dict[str, Told]:
        """What each figure of a period says, of the rows that are wanted."""
        a, b = self.instant(since), self.instant(until)

        def of(*names: str) -> list[Row]:
            return [row for name in names for row in self.rows[name] if a <= row.at < b and wanted(row)]

        def values(*names: str) -> list[Any]:
            return [row.value for row in of(*names)]

        opened, waits, standing = of("opened"), of("wait"), values("standing")
        asked = [row.ticket for row in opened if row.value]
        lost = [any(event["kind"] == "abandoned" for event in life.line["events"]) for life in asked]
        solves = [row.value is not None and row.value - row.at <= 2 * WEEK for row in of("solve")]
        about_an_order = sum(1 for life in asked if life.line["orders"])
        orders = sum(1 for order in self.orders if a <= order["us"] < b)
        alone = sum(1 for entry in self.entries if a <= entry["us"] < b and self._settled(entry))
        after_a_week = [row for row in of("first contact") if row.at <= self.now - WEEK]
        touches = [one[2] for one in standing]
        praise = [(score >= 9) - (score <= 6) for score in values("nps")]
        still_open = [
            row for row in self.rows["open"] if row.at < b and (row.value is None or row.value >= b) and wanted(row)
        ]
        return {
            "tickets_opened": count(len(opened)),
            "tickets_solved": count(len(standing)),
            "backlog": count(len(still_open)),
            "first_response_time": seconds(values("first")),
            "first_response_within_target": percent(values("first target")),
            "longest_wait": self._longest([row.value for row in waits], min(b, self.now), wanted),
            "response_time": per_ticket(waits, {id(row.ticket) for row in opened}),
            "time_to_acknowledge": seconds(values("acknowledged")),
            "resolution_time": seconds([one[0] for one in standing]),
            "first_resolution_time": seconds(values("ever solved")),
            "requester_wait_time": seconds([one[1] for one in standing]),
            "one_touch_rate": percent([n == 1 for n in touches]) | {"without_reply": touches.count(0)},
            "first_contact_resolution_rate": percent([not self._came_back(row) for row in after_a_week]),
            "reopen_rate": percent(solves),
            "replies_per_resolution": share(sum(touches), len(touches)) | spread(touches, 1),
            "abandonment_rate": percent(lost),
            "self_service_rate": share(100 * alone, alone + len(asked)) | {"numerator": alone},
            "csat": percent([score >= 4 for score in values("csat")]) | mean(values("csat")),
            "csat_response_rate": percent(values("csat sent")),
            "ces": percent([score >= 5 for score in values("ces")]) | mean(values("ces")),
            "nps": share(100 * sum(praise), len(praise)) | {"numerator": sum(praise)} | mean(values("nps")),
            "contact_ratio": contacts(len(asked), orders) | {"post_purchase": contacts(about_an_order, orders)},
            "retention_rate": self._retention(a, b),
            "sla_attainment": percent(values("first target", "next target", "resolution target")),
            "promise_kept_rate": percent(values("promise")),
            "internal_quality_score": quality(values("review")),
            "handle_time": {"value": None, "n": 0},
            "support_revenue": self._revenue(a, b),
        }

    def _longest(self, ended: list[int], moment: int, wanted: Callable[[Row], bool]) -> Told:
        """Of the waits that ended, and of those that ran on at this moment on tickets that were unsolved then."""
        still = [
            self.length(row.at, moment)
            for row in self.rows["asked"]
            if running(row.at, row.value, moment)
            and any(running(*span, moment) for span in row.ticket.open)
            and wanted(row)
        ]
        longest = max([*ended, *still], default=None)
        return {"n": int(longest is not None), "value": None if longest is None else longest / 1_000_000}

    def _revenue(self, a: int, b: int) -> Told:
        """Orders placed in the three days after a ticket on which somebody of ours wrote, less those taken back."""
        after = [
            Decimal(order["total"])
            for order in self.orders
            if a <= order["us"] < b
            and order["currency"] == self.currency
            and order["status"] not in ("cancelled", "refunded")
            and any(
                row.ticket.line["customer"] == order["customer"]
                and 0 <= order["us"] - row.at <= 3 * 86_400_000_000
                and any(m["from"] == "agent" and answers_it(m) for m in row.ticket.said)
                for row in self.rows["opened"]
            )
        ]
        return {"value": str(sum(after, Decimal("0.00"))), "n": len(after)}

    def _came_back(self, solve: Row) -> bool:
        """For the same reason, within a week: by a reopening or another ticket."""
        about = solve.ticket.line
        return (solve.value is not None and solve.value - solve.at <= WEEK) or any(
            row.value
            and 0 < row.at - solve.at <= WEEK
            and row.ticket.line["customer"] == about["customer"]
            and row.ticket.line.get("reason") == about.get("reason")
            for row in self.rows["opened"]
        )

    def _settled(self, entry: Line) -> bool:
        """By the customer alone: no ticket of theirs within 72 hours after."""
        if entry["kind"] == "article_solved" and not entry.get("confirmed"):
            return False
        at = entry["us"]
        return not any(
            row.value
            and row.ticket.line["customer"] == entry.get("customer")
            and 0 <= row.at - at <= 72 * 3_600_000_000
            for row in self.rows["opened"]
        )

    def _retention(self, a: int, b: int) -> Told:
        year = 365 * 86_400 * 1_000_000
        placed: dict[str, list[int]] = defaultdict(list)
        for order in self.orders:
            placed[order["customer"]].append(order["us"])

        def active(at: int) -> set[str]:
            return {customer for customer, bought in placed.items() if any(at - year <= one < at for one in bought)}

        start, end = active(a), active(b)
        new = {customer for customer in end if a <= min(placed[customer]) < b}
        return share(100 * (len(end) - len(new)), len(start)) | {"numerator": len(end) - len(new)}


def fate(line: Line) -> dict[str, Any]:
    """What has become of a ticket by the last of its events."""
    found: dict[str, Any] = {"spam": False, "deleted": False, "merged": None}
    for event in sorted(line["events"], key=lambda event: us(event["at"])):
        match event["kind"]:
            case "spam" | "deleted" as kind:
                found[kind] = True
            case "unspam" | "restored" as kind:
                found[{"unspam": "spam", "restored": "deleted"}[kind]] = False
            case "merged":
                found["merged"] = event["into"]
            case "unmerged":
                found["merged"] = None
    return found


def life_of(line: Line, family: list[Line], order: dict[str, int]) -> Life:
    """Its own states; what was said on all of the family, a call picked up after the messages of its instant."""
    said, starts = [], []
    for one in family:
        spoken = [m | {"us": us(m["at"]), "n": (0, order[one["key"]], n)} for n, m in enumerate(one["messages"])]
        asked = [m["us"] for m in spoken if m["from"] == "customer"]
        starts.append(min(asked) if asked and one["opened_by"] == "customer" else us(one["opened_at"]))
        calls = [event for event in one["events"] if event["kind"] == "answered"]
        said += spoken
        said += [
            {"us": us(e["at"]), "n": (1, order[one["key"]], n), "from": "call", "agent": actor(e)}
            for n, e in enumerate(calls)
        ]
    life = Life(line, min(starts), us(line["opened_at"]), line.get("assignee"), line.get("team"))
    life.said = sorted(said, key=lambda m: (m["us"], m["n"]))
    for event in sorted(line["events"], key=lambda event: us(event["at"])):
        if event["kind"] == "state":
            life.trail.append((us(event["at"]), event["to"], actor(event)))
        elif event["kind"] == "assigned":
            life.assignee = event["to"]
        elif event["kind"] == "team":
            life.team = event["to"]
    return life


def actor(event: Line) -> Any:
    """The agent who did it; None when nobody of ours did."""
    kind, _colon, key = event.get("by", "").partition(":")
    return key if kind == "agent" else None


def answers_it(message: Line) -> bool:
    """A human reply (4.2), or a call picked up."""
    if message["from"] == "call":
        return True
    return message["from"] == "agent" and message.get("public", True) and message.get("delivery") != "failed"


def running(began: int, ended: int | None, moment: int) -> bool:
    return began < moment and (ended is None or ended >= moment)


def reviewed(marks: dict[str, int | None], categories: list[Line]) -> Fraction | None:
    """One review: the weighted mean of what applies; nothing when a critical category is below half."""
    shares = [
        (one, Fraction(100 * (mark - one["from"]), one["to"] - one["from"]))
        for one in categories
        if (mark := marks[one["name"]]) is not None
    ]
    if any(one["critical"] and reached < 50 for one, reached in shares):
        return Fraction(0)
    weight = sum(one["weight"] for one, _reached in shares)
    return sum((one["weight"] * reached for one, reached in shares), Fraction(0)) / weight if weight else None


def ratio(above: int, below: int) -> float | None:
    return float(Fraction(above, below)) if below else None


def count(n: int) -> Told:
    return {"value": n, "n": n}


def share(above: int, below: int) -> Told:
    return {"value": ratio(above, below), "n": below, "denominator": below}


def percent(hits: list[bool]) -> Told:
    return share(100 * sum(hits), len(hits)) | {"numerator": sum(hits)}


def contacts(tickets: int, orders: int) -> Told:
    return {"value": ratio(100 * tickets, orders), "numerator": tickets, "denominator": orders}


def mean(values: list[int]) -> Told:
    return {"mean": ratio(sum(values), len(values))}


def quality(scores: list[Fraction]) -> Told:
    value = float(sum(scores) / len(scores)) if scores else None
    return {"value": value, "mean": value, "n": len(scores)}


def seconds(found: list[int]) -> Told:
    told = lengths(found)
    return {"value": told["mean"]} | told


def lengths(found: list[int]) -> Told:
    return {"mean": ratio(sum(found), len(found) * 1_000_000), "n": len(found)} | spread(found, 1_000_000)


def per_ticket(waits: list[Row], opened: set[int]) -> Told:
    """KPIS 4.11, each reply beside it, and the source taken literally: over the silent tickets too."""
    total, answered = sum(row.value for row in waits), {id(row.ticket) for row in waits}
    told: Told = {"value": ratio(total, len(answered) * 1_000_000), "n": len(answered)}
    told["per_reply"] = lengths([row.value for row in waits])
    literal = len(answered | opened)
    return told | ({"literal": {"value": ratio(total, literal * 1_000_000), "n": literal}} if answered else {})


def spread(values: list[int], unit: int) -> Told:
    if not values:
        return {"median": None, "p90": None, "max": None}
    return {name: percentile(values, at, unit) for name, at in (("median", 50), ("p90", 90), ("max", 100))}


def percentile(values: list[int], at: int, unit: int) -> float:
    """Continuous, between two neighbours."""
    values = sorted(values)
    whole, part = divmod(at * (len(values) - 1), 100)
    low, high = values[whole], values[min(whole + 1, len(values) - 1)]
    return float(Fraction(low * 100 + (high - low) * part, 100 * unit))
