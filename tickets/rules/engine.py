"""Running rules: in order, each once per ticket and cause, all of a rule's steps or none."""

import logging
from datetime import timedelta

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.models import Role, User
from helpdesk.lib.refused import Refused
from tickets.actors import Actor
from tickets.automation import conditions, steps
from tickets.automation.case import Case
from tickets.events import record
from tickets.models import Event, EventKind, Notification, Rule, RuleRun, Ticket
from tickets.notifications import notify
from tickets.rules.active import rules_for

log = logging.getLogger(__name__)
DEEPEST = 4  # rules started by rules started by rules ...: beyond, nothing starts


def run(event: Event) -> None:
    """Run the rules that this event starts. Within the transaction of its reactions: a crash leaves nothing behind."""
    if event.kind in (EventKind.RULE, EventKind.MACRO):
        return
    for rule in rules_for(event):
        case = Case(_fresh(event.ticket_id), event=event, rule=rule, by=Actor.rule(event.depth + 1))
        if run_once(rule, case, cause=f"event:{event.pk}") and rule.stops:
            return


def run_once(rule: Rule, case: Case, *, cause: str) -> bool:
    """Run one rule for one cause, if it concerns this ticket and has not run for it. Whether its conditions fitted."""
    if not suits(rule, case):
        return False
    at = timezone.now()
    entry, new = RuleRun.objects.get_or_create(
        rule=rule,
        ticket=case.ticket,
        cause=cause,
        defaults={"version": rule.version, "event": case.event, "at": at},
    )
    if not new:
        return True
    entry.refused = _held(rule, case)
    if not entry.refused:
        _do(rule, case, entry)
    entry.save(update_fields=["did", "refused"])
    return True


def suits(rule: Rule, case: Case) -> bool:
    """A shop's rules are for its own tickets, merged-away and deleted ones are nobody's, and the conditions hold."""
    ticket = case.ticket
    own = rule.shop_id in (None, ticket.shop_id)
    return own and not ticket.deleted_at and not ticket.merged_into_id and conditions.fits(rule.conditions, case)


def _fresh(number: int) -> Ticket:
    related = ("shop", "customer", "channel", "assignee", "team", "reason")
    return Ticket.objects.select_related(*related).get(pk=number)


def _held(rule: Rule, case: Case) -> str:
    """Why this rule may not run now; "" when it may."""
    if case.by.depth > DEEPEST:
        return "loop: too many rules behind this"
    hour = timezone.now() - timedelta(hours=1)
    if RuleRun.objects.filter(rule=rule, at__gt=hour, refused="").count() > rule.hourly_cap:
        _tell_of_cap(rule)
        return "cap: enough runs in this hour"
    return ""


def _do(rule: Rule, case: Case, entry: RuleRun) -> None:
    try:
        with transaction.atomic():
            entry.did = steps.run(rule.steps, case)
            with translation.override(case.ticket.shop.default_language):
                words = [steps.sentence(row) for row in rule.steps]
            record(case.ticket, EventKind.RULE, by=case.by, rule=rule.pk, name=rule.name, run=entry.pk, did=words)
    except Refused as refusal:
        entry.did, entry.refused = [], refusal.words
    except Exception as error:  # one rule that breaks must stop neither the others nor the event's other reactions
        log.exception("rule %s on ticket %s", rule.pk, case.ticket.pk)
        entry.did, entry.refused = [], f"{type(error).__name__}: {error}"[:500]


def _tell_of_cap(rule: Rule) -> None:
    hour = timezone.now().strftime("%Y-%m-%dT%H")
    text = _("The rule “%(name)s” has stopped for this hour: it ran %(n)d times.") % {
        "name": rule.name,
        "n": rule.hourly_cap,
    }
    for admin in User.objects.filter(is_active=True, role=Role.ADMIN):
        notify(admin, Notification.Kind.RULE, ticket=None, text=text, cause=f"cap:{rule.pk}:{hour}")
