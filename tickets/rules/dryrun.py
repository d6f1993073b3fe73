"""What a rule would have changed on the newest tickets, without doing anything: pure evaluation."""

from dataclasses import dataclass, field

from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from helpdesk.lib.refused import Refused
from tickets.actors import Actor
from tickets.automation import conditions, steps
from tickets.automation.case import Case
from tickets.automation.steps import Change
from tickets.calendars import Calendars
from tickets.models import Event, Rule, RuleRun, Ticket
from tickets.rules.active import active_rules, kinds_of, starts
from tickets.rules.anchors import ANCHORS
from tickets.rules.engine import suits
from tickets.rules.timed import is_due
from tickets.sla import read_orders

LAST = 1000


@dataclass(frozen=True, slots=True)
class Would:
    """One ticket that the rule would have changed, or why it could not. `ran`: it has run there already."""

    ticket: Ticket
    changes: list[Change]
    ran: bool
    refused: str = ""


@dataclass
class DryRun:
    """`fitting` tickets met the conditions; of these `would` lists those that would have changed."""

    looked_at: int = 0
    fitting: int = 0
    heard: set[int] = field(default_factory=set)  # customers who would have been written to, each once
    would: list[Would] = field(default_factory=list)
    refused: list[Would] = field(default_factory=list)


def dry_run(rule: Rule, last: int = LAST) -> DryRun:
    """Try a rule, saved or not, on the newest tickets as they stand now, the oldest of them first."""
    result = DryRun()
    tickets = _newest(rule, last)
    events = _events(rule, [ticket.pk for ticket in tickets])
    done = set(RuleRun.objects.filter(rule=rule.pk).values_list("ticket", flat=True)) if rule.pk else set()
    calendars = Calendars(sorted({ticket.shop_id for ticket in tickets}))
    earlier = _that_stop_before(rule)
    for ticket in tickets:
        result.looked_at += 1
        case = _case(rule, ticket, events.get(ticket.pk), calendars)
        if case is None or not suits(rule, case):
            continue
        result.fitting += 1
        if stopper := _stopped_by(earlier, case):
            words = _("The rule “%(name)s” comes first and stops there.") % {"name": stopper.name}
            result.refused.append(Would(ticket, [], ticket.pk in done, words))
        else:
            _imagine(rule, case, result, ran=ticket.pk in done)
    for rows in (result.would, result.refused):
        rows.reverse()
    return result


def _that_stop_before(rule: Rule) -> list[Rule]:
    """Active rules that may keep this one from running; a new one comes last."""
    last = [one for one in active_rules() if one.stops and one.pk != rule.pk]
    return [one for one in last if not rule.pk or (one.position, one.pk) < (rule.position, rule.pk)]


def _stopped_by(rules: list[Rule], case: Case) -> Rule | None:
    event = case.event
    return next((one for one in rules if event and starts(one, event) and suits(one, case)), None)


def _imagine(rule: Rule, case: Case, result: DryRun, *, ran: bool) -> None:
    """A customer hears an automatic answer once, on the ticket that comes first."""
    try:
        changes = steps.preview(rule.steps, case)
    except Refused as refusal:
        result.refused.append(Would(case.ticket, [], ran, refusal.words))
        return
    customer = case.ticket.customer_id
    changes = [one for one in changes if not (one.heard and customer in result.heard)]
    if changes:
        result.would.append(Would(case.ticket, changes, ran))
    if any(one.heard for one in changes):
        result.heard.add(customer)


def _newest(rule: Rule, last: int) -> list[Ticket]:
    since = ANCHORS.get(rule.when.get("since", ""))
    rows = Ticket.objects.filter(since.among) if since else Ticket.objects.present()
    rows = rows.annotate(anchor=since.expression if since else F("opened_at"))
    rows = rows.filter(shop=rule.shop_id) if rule.shop_id else rows
    related = ("shop", "customer", "channel", "assignee", "team", "reason", "complaint")
    found = list(rows.select_related(*related).order_by("-pk")[:last])
    if any(name.startswith("order.") for name in conditions.fields_used(rule.conditions)):
        read_orders(found)
    return found[::-1]


def _events(rule: Rule, numbers: list[int]) -> dict[int, Event]:
    """For each ticket the newest event that would have started the rule."""
    kinds = kinds_of(rule.when)
    if not kinds:
        return {}
    rows = Event.objects.filter(ticket__in=numbers, kind__in=kinds)
    if rule.when.get("from"):
        rows = rows.filter(actor=rule.when["from"])
    rows = rows.select_related("message").order_by("ticket_id", "-at", "-pk").distinct("ticket_id")
    return {event.ticket_id: event for event in rows}


def _case(rule: Rule, ticket: Ticket, event: Event | None, calendars: Calendars) -> Case | None:
    by = Actor.rule(1)
    if "since" not in rule.when:
        return Case(ticket, by=by, event=event, rule=rule) if event is not None else None
    now, anchor = timezone.now(), getattr(ticket, "anchor", None)
    due = anchor is not None and is_due(rule, ticket, anchor, now, calendars)
    return Case(ticket, by=by, rule=rule, at=now) if due else None
