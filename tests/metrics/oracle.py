"""KPIS section 4 once more, read straight off the lines of an archive: no line of the product is used here."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
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

    @property
    def by_customer(self) -> bool:
        return self.line["opened_by"] == "customer"


class Oracle:
    """The figures of one shop of an archive. `clock`: "calendar" or "business"; `now`: targets due later are out."""

    def __init__(self, lines: list[Line], shop: str, clock: str, now: datetime) -> None:
        def of(kind: str) -> list[Line]:
            return [line for line in lines if line["type"] == kind and line.get("shop", shop) == shop]

        self.zone = ZoneInfo(next(line for line in lines if line["type"] == "shop" and line["key"] == shop)["timezone"])
        self.now = (now - EPOCH) // US
        hours = OpenHours(next(line for line in of("calendar") if line["default"]), date(2020, 1, 1), date(2030, 1, 1))
        self.clocks: dict[str, OpenHours | Always] = {"calendar": Always(), "business": hours}
        self.clock = self.clocks[clock]
        self.targets, self.orders, self.entries = of("target"), of("order"), of("self_service")
        self.tickets = of("ticket")
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
        target = self._target(life)
        first = answers[0] if answers else None
        if target and life.by_customer:
            self._reply_target("first target", life, life.start, first, target["first_response"], target["clock"])
        for since, reply in waits:
            if target and not (life.by_customer and reply is first):
                self._reply_target("next target", life, since, reply, target["next_response"], target["clock"])

    def _target(self, life: Life) -> Line | None:
        fitting = [t for t in self.targets if t.get("channel") == life.line["channel"]]
        fitting += [t for t in self.targets if not t.get("channel")]
        return fitting[0] if fitting else None

    def _reply_target(self, what: str, life: Life, start: int, reply: Line | None, target: int, clock: str) -> None:
        due = self.clocks[clock].after(start, target * 1_000_000)
        if due < self.now:
            met = reply is not None and reply["us"] <= due
            self._say(what, due, life, reply["agent"] if reply else life.assignee, met)

    def _states(self, life: Life, replies: list[Line]) -> None:
        """Solves, reopenings, the backlog and how long the ball was ours."""
        solves: list[dict[str, Any]] = []
        state, began, spans = "new", life.opened, []
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
        if target is None:
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

    def figures(self, since: date, until: date, wanted: Callable[[Row], bool] = lambda row: True) -> dict[str, Any]:
        """The values of a period, of the rows that are wanted."""
        a, b = self.instant(since), self.instant(until)

        def of(*names: str) -> list[Row]:
            return [row for name in names for row in self.rows[name] if a <= row.at < b and wanted(row)]

        def values(name: str) -> list[Any]:
            return [row.value for row in of(name)]

        opened, waits, standing = of("opened"), of("wait"), values("standing")
        asked = sum(1 for row in opened if row.value)
        lost = sum(
            1 for row in opened if row.value and any(e["kind"] == "abandoned" for e in row.ticket.line["events"])
        )
        solves = of("solve")
        back = sum(1 for s in solves if s.value is not None and s.value - s.at <= 14 * 86_400 * 1_000_000)
        orders = sum(1 for order in self.orders if a <= us(order["placed_at"]) < b)
        alone = sum(1 for entry in self.entries if a <= us(entry["at"]) < b and self._settled(entry))
        csat, ces, nps, sent = (values(kind) for kind in ("csat", "ces", "nps", "csat sent"))
        touches = [one[2] for one in standing]
        return {
            "tickets_opened": len(opened),
            "tickets_solved": len(standing),
            "backlog": sum(
                1 for row in self.rows["open"] if row.at < b and (row.value is None or row.value >= b) and wanted(row)
            ),
            "first_response_time": seconds(values("first")),
            "first_response_within_target": percent(values("first target")),
            "response_time": ratio(sum(row.value for row in waits), len({id(row.ticket) for row in waits}) * 1_000_000),
            "time_to_acknowledge": seconds(values("acknowledged")),
            "resolution_time": seconds([one[0] for one in standing]),
            "first_resolution_time": seconds(values("ever solved")),
            "requester_wait_time": seconds([one[1] for one in standing]),
            "one_touch_rate": percent([n == 1 for n in touches]),
            "first_contact_resolution_rate": percent(
                [not self._came_back(row) for row in of("first contact") if row.at <= self.now - WEEK]
            ),
            "reopen_rate": ratio(100 * back, len(solves)),
            "replies_per_resolution": ratio(sum(touches), len(touches)),
            "abandonment_rate": ratio(100 * lost, asked),
            "self_service_rate": ratio(100 * alone, alone + asked),
            "csat": percent([score >= 4 for score in csat]),
            "csat_response_rate": percent(sent),
            "ces": percent([score >= 5 for score in ces]),
            "nps": ratio(100 * sum((score >= 9) - (score <= 6) for score in nps), len(nps)),
            "contact_ratio": ratio(100 * asked, orders),
            "retention_rate": self._retention(a, b),
            "sla_attainment": percent([row.value for row in of("first target", "next target", "resolution target")]),
        }

    def spreads(
        self, since: date, until: date, wanted: Callable[[Row], bool] = lambda row: True
    ) -> dict[str, list[float | None]]:
        """n, median, p90 and maximum of the lengths behind some figures."""
        a, b = self.instant(since), self.instant(until)
        names = {"first_response_time": "first", "response_time": "wait", "first_resolution_time": "ever solved"}
        lengths = {
            slug: [row.value for row in self.rows[name] if a <= row.at < b and wanted(row)]
            for slug, name in names.items()
        }
        return {
            slug: [len(found), *(percentile(found, share) for share in (50, 90, 100))]
            for slug, found in lengths.items()
        }

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
        at = us(entry["at"])
        return not any(
            row.value
            and row.ticket.line["customer"] == entry.get("customer")
            and 0 <= row.at - at <= 72 * 3_600_000_000
            for row in self.rows["opened"]
        )

    def _retention(self, a: int, b: int) -> float | None:
        year = 365 * 86_400 * 1_000_000
        placed: dict[str, list[int]] = defaultdict(list)
        for order in self.orders:
            placed[order["customer"]].append(us(order["placed_at"]))

        def active(at: int) -> set[str]:
            return {customer for customer, bought in placed.items() if any(at - year <= one < at for one in bought)}

        start, end = active(a), active(b)
        new = {customer for customer in end if a <= min(placed[customer]) < b}
        return ratio(100 * (len(end) - len(new)), len(start))


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


def ratio(above: int, below: int) -> float | None:
    return float(Fraction(above, below)) if below else None


def percent(hits: list[bool]) -> float | None:
    return ratio(100 * sum(hits), len(hits))


def seconds(lengths: list[int]) -> float | None:
    return ratio(sum(lengths), len(lengths) * 1_000_000)


def percentile(lengths: list[int], share: int) -> float | None:
    """Continuous, between two neighbours, in seconds."""
    if not lengths:
        return None
    lengths = sorted(lengths)
    whole, part = divmod(share * (len(lengths) - 1), 100)
    low, high = lengths[whole], lengths[min(whole + 1, len(lengths) - 1)]
    return float(Fraction(low * 100 + (high - low) * part, 100_000_000))
