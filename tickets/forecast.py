"""What a policy would have meant for the last month, before anybody saves it."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from accounts.models import Team
from tickets import verdicts
from tickets.calendars import Timer, calendar_for
from tickets.models import Clock, Deadline, SlaPolicy, Ticket
from tickets.sla import Policies, fits, read_orders, target_of
from tickets.timelines import Timeline, timelines_of

PAST = timedelta(days=30)
MOST = 1000  # tickets looked at, the newest


@dataclass
class Effect:
    """How many of the tickets looked at a policy fits, and per kind of deadline (met, judged)."""

    looked_at: int = 0
    fitting: int = 0
    judged: dict[str, tuple[int, int]] = field(default_factory=dict)

    def share(self, kind: str) -> float | None:
        """Percent met, 0 to 100; None when nothing fell due."""
        met, all_of_them = self.judged.get(kind, (0, 0))
        return 100 * met / all_of_them if all_of_them else None


def effect_of(policy: SlaPolicy, *, at: datetime) -> Effect:
    """Judge the tickets of the last 30 days by a policy, saved or not. A few queries for any number."""
    rows = Ticket.objects.present().filter(shop=policy.shop, opened_at__gte=at - PAST, opened_at__lte=at)
    tickets = list(rows.select_related("shop", "customer", "channel", "team", "reason").order_by("-pk")[:MOST])
    effect, policies = Effect(looked_at=len(tickets)), Policies([policy.shop.pk])
    if "order_over" in policy.conditions:
        read_orders(tickets)
    fitting = [one for one in tickets if fits(policy, one)]
    timelines = timelines_of([one.pk for one in fitting])
    for ticket in fitting:
        effect.fitting += 1
        timer = policies.timer(ticket, policy.clock)
        _count(effect, policy, timer, ticket=ticket, timeline=timelines[ticket.pk], at=at)
    return effect


def due_now(policy: SlaPolicy, *, at: datetime) -> dict[Deadline.Kind, datetime | None]:
    """When each of a policy's targets would be due for a message that arrives now, by the hours of the first team or
    channel that it names, else of its shop; None: its opening hours never come."""
    teams, kinds = policy.conditions.get("teams", []), policy.conditions.get("channels", [])
    team = Team.objects.filter(key__in=teams).first()
    channel = policy.shop.channels.filter(kind__in=kinds).order_by("kind", "name").first()
    calendar = calendar_for(policy.shop, channel=channel, team=team) if policy.clock == Clock.BUSINESS else None
    targets = {kind: target_of(policy, kind) for kind in Deadline.Kind}
    return {kind: Timer(calendar).due(at, target) for kind, target in targets.items() if target}


def _count(
    effect: Effect, policy: SlaPolicy, timer: Timer, *, ticket: Ticket, timeline: Timeline, at: datetime
) -> None:
    for wait in timeline.awaited(ticket, timeline.waits(ticket, until=at), until=at):
        kind = verdicts.kind_of(wait)
        if target := target_of(policy, kind):
            _add(effect, kind, verdicts.of_reply(wait, timer.due(wait.start, target), at))
    if target := target_of(policy, Deadline.Kind.RESOLUTION):
        due_at = verdicts.due_with_pauses(timer, timeline.start, target, timeline.states, at)
        _add(effect, Deadline.Kind.RESOLUTION, verdicts.of_resolution(timeline.states, due_at, at))


def _add(effect: Effect, kind: str, verdict: verdicts.Verdict) -> None:
    if verdict.state in (Deadline.State.MET, Deadline.State.MISSED):
        met, judged = effect.judged.get(kind, (0, 0))
        effect.judged[kind] = (met + (verdict.state == Deadline.State.MET), judged + 1)
