"""What a rule says: checked, changed, kept in versions, put in order."""

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from helpdesk.lib.refused import Refused
from tickets.automation import conditions, steps
from tickets.models import Clock, Event, Rule, RuleVersion
from tickets.rules.active import TRIGGERS, kinds_of
from tickets.rules.anchors import ANCHORS

PARTS = ("name", "active", "when", "conditions", "steps", "stops", "hourly_cap")
LONGEST = 366 * 86_400


def check(when: Any, conditioned: Any, done: Any) -> dict[str, str]:
    """What is wrong with a rule, by path ("when.event", "conditions.all.0.value", "steps.1.to"); {} when nothing."""
    wrong = {f"when{path}": words for path, words in _check_when(when).items()}
    wrong |= {f"conditions.{path}".rstrip("."): words for path, words in conditions.check(conditioned).items()}
    wrong |= {f"steps.{path}".rstrip("."): words for path, words in steps.check(done).items()}
    if done == []:
        wrong["steps"] = _("Say what the rule does.")
    return wrong


@transaction.atomic
def define(rule: Rule, *, by: User | None, **parts: Any) -> Rule:
    """Make or change a rule; each change of what it does is a version of its own. Refused, naming the part."""
    for name, value in parts.items():
        setattr(rule, name, value)
    wrong = check(rule.when, rule.conditions, rule.steps)
    if not rule.name.strip():
        wrong["name"] = _("Give it a name.")
    if wrong:
        raise Refused(*next(iter(wrong.items())))
    if rule._state.adding:
        last = Rule.objects.select_for_update().order_by("-position").first()
        rule.position = parts.get("position") or (last.position + 1 if last else 1)
        rule.version = 0
    definition = {name: getattr(rule, name) for name in PARTS}
    newest = rule.versions.first() if rule.pk else None
    if newest is None or newest.definition != definition:
        rule.version += 1
        rule.save()
        RuleVersion.objects.create(rule=rule, version=rule.version, definition=definition, by=by)
    else:
        rule.save()
    return rule


def restore(rule: Rule, version: int, *, by: User | None) -> Rule:
    """Make it say again what it said then: a new version. RuleVersion.DoesNotExist for one that never was."""
    old = rule.versions.get(version=version)
    return define(rule, by=by, **{name: old.definition[name] for name in PARTS if name in old.definition})


@transaction.atomic
def reorder(ids: list[int]) -> None:
    """Put the rules in this order; those not named follow in theirs."""
    rows = list(Rule.objects.select_for_update())
    place = {pk: number for number, pk in enumerate(ids)}
    rows.sort(key=lambda rule: (place.get(rule.pk, len(ids)), rule.position, rule.pk))
    for number, rule in enumerate(rows, start=1):
        if rule.position != number:
            Rule.objects.filter(pk=rule.pk).update(position=number, changed_at=timezone.now())


def _check_when(when: Any) -> dict[str, str]:
    if not isinstance(when, dict):
        return {"": _("Expected an object.")}
    if "since" in when:
        return _check_since(when)
    wrong = {f".{name}"[:60]: _("Unknown field.") for name in when if name not in ("event", "from")}
    events = kinds_of(when)
    known = set(TRIGGERS)
    if not events or any(not isinstance(one, str) or one not in known for one in events):
        wrong[".event"] = _("Choose what happens.")
    if when.get("from") not in (None, "", *Event.Actor.values):
        wrong[".from"] = _("Expected one of: %(names)s.") % {"names": ", ".join(Event.Actor.values)}
    return wrong


def _check_since(when: dict[str, Any]) -> dict[str, str]:
    wrong = {f".{name}"[:60]: _("Unknown field.") for name in when if name not in ("since", "seconds", "clock")}
    if when["since"] not in ANCHORS:
        wrong[".since"] = _("Expected one of: %(names)s.") % {"names": ", ".join(ANCHORS)}
    seconds = when.get("seconds")
    if not isinstance(seconds, int) or isinstance(seconds, bool) or not 0 < seconds <= LONGEST:
        wrong[".seconds"] = _("Expected a number of seconds.")
    if when.get("clock", Clock.CALENDAR) not in Clock.values:
        wrong[".clock"] = _("Expected calendar or business.")
    return wrong
