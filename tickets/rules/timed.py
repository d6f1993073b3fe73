"""Rules that wait for time to pass: each anchor of a ticket starts them once, when its time has come."""

import logging
import time
from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from tickets.actors import Actor
from tickets.automation.case import Case
from tickets.calendars import Calendars, Timer
from tickets.models import Clock, Rule, RuleRun, Ticket
from tickets.rules.active import active_rules
from tickets.rules.anchors import ANCHORS
from tickets.rules.engine import run_once, suits

log = logging.getLogger(__name__)
BATCH = 20_000
READ = 500  # tickets looked at together
RELATED = ("shop", "customer", "channel", "assignee", "team", "reason")
BUDGET = 20.0  # seconds for one rule in one sweep
LOOK_BACK = timedelta(days=30)  # an anchor that came due longer ago is history: nothing starts any more


def sweep(at: datetime | None = None) -> int:
    """Run what has come due, the oldest first. Returns how many rules ran."""
    at = at or timezone.now()
    return sum(_sweep_rule(rule, at) for rule in active_rules() if "since" in rule.when)


def _sweep_rule(rule: Rule, at: datetime) -> int:
    ran, end = 0, time.monotonic() + BUDGET
    for number, anchor in _due(rule, at):
        try:
            ran += _run(rule, number, anchor, at)
        except Exception:  # one ticket must not stop the others
            log.exception("rule %s on ticket %s", rule.pk, number)
        if time.monotonic() > end:
            break
    return ran


def _due(rule: Rule, at: datetime) -> Iterator[tuple[int, datetime]]:
    """Those whose time has come and that the conditions fit, read together: what does not fit costs no lock."""
    candidates = _candidates(rule, at)
    for first in range(0, len(candidates), READ):
        anchors = dict(candidates[first : first + READ])
        tickets = Ticket.objects.select_related(*RELATED).in_bulk(list(anchors))
        calendars = Calendars(sorted({one.shop_id for one in tickets.values()}))
        for number, anchor in anchors.items():
            ticket = tickets.get(number)
            if ticket is None or not is_due(rule, ticket, anchor, at, calendars):
                continue
            if suits(rule, Case(ticket, by=Actor.rule(1), rule=rule, at=at)):
                yield number, anchor


def _candidates(rule: Rule, at: datetime) -> list[tuple[int, datetime]]:
    """Tickets whose anchor may be old enough. Opening hours pass no faster than the calendar, so this misses none."""
    wait, anchor = timedelta(seconds=rule.when["seconds"]), ANCHORS[rule.when["since"]]
    rows = Ticket.objects.filter(anchor.among).annotate(anchor=anchor.expression)
    rows = rows.filter(anchor__lte=at - wait, anchor__gt=at - wait - LOOK_BACK)
    if rule.shop_id:
        rows = rows.filter(shop=rule.shop_id)
    for row in rule.conditions.get("all", []):
        if row["field"] == "ticket.state" and row.get("is", "is") == "is":  # most of what waits is told apart by it
            rows = rows.filter(state__in=row["value"] if isinstance(row["value"], list) else [row["value"]])
    done = RuleRun.objects.filter(rule=rule, ticket=OuterRef("pk"), at__gte=OuterRef("anchor"))
    rows = rows.exclude(Exists(done)).order_by("anchor")
    return list(rows.values_list("pk", "anchor")[:BATCH])


@transaction.atomic
def _run(rule: Rule, number: int, anchor: datetime, at: datetime) -> bool:
    since = ANCHORS[rule.when["since"]]
    rows = Ticket.objects.filter(since.among, pk=number).annotate(anchor=since.expression)  # it may have moved on
    locked = rows.filter(anchor=anchor).select_for_update(skip_locked=True, of=("self",))
    ticket = locked.select_related(*RELATED).first()
    if ticket is None or not is_due(rule, ticket, anchor, at, Calendars([ticket.shop_id])):
        return False
    case = Case(ticket, by=Actor.rule(1), rule=rule, at=at)
    return run_once(rule, case, cause=f"{rule.when['since']}:{anchor.isoformat()}")


def is_due(rule: Rule, ticket: Ticket, anchor: datetime, at: datetime, calendars: Calendars) -> bool:
    business = rule.when.get("clock") == Clock.BUSINESS
    calendar = calendars.of(ticket.shop_id, channel=ticket.channel, team=ticket.team) if business else None
    due_at = Timer(calendar).due(anchor, rule.when["seconds"])
    return due_at is not None and due_at <= at
