"""Events told as sentences."""

from collections.abc import Callable
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from tickets.models import Event, EventKind, Priority
from tickets.states import State
from tickets.views.clock import exact

ICONS = {
    EventKind.OPENED: "split",
    EventKind.STATE: "half",
    EventKind.ASSIGNED: "user",
    EventKind.TEAM: "users",
    EventKind.PRIORITY: "bars",
    EventKind.TAGS: "tag",
    EventKind.REASON: "layers",
    EventKind.SUBJECT: "pencil",
    EventKind.MERGED: "merge",
    EventKind.UNMERGED: "split",
    EventKind.SPAM: "shield",
    EventKind.UNSPAM: "shield",
    EventKind.DELETED: "trash",
    EventKind.RESTORED: "refresh",
    EventKind.PROMISED: "hand",
    EventKind.RESENT: "send",
    EventKind.HELD_BACK: "eye",
    EventKind.ESCALATED: "up",
    EventKind.SNOOZED: "moon",
    EventKind.CONFIRMED: "check",
    EventKind.ABANDONED: "x",
    EventKind.ANSWERED: "phone",
    EventKind.RULE: "bolt",
    EventKind.MACRO: "bolt",
    EventKind.TASK: "check",
    EventKind.SCHEDULED: "clock",
    EventKind.TAKEN_BACK: "back",
    EventKind.SURVEYED: "star",
    EventKind.RATED: "star",
    EventKind.WOKEN: "sun",
    EventKind.SPLIT: "split",
    EventKind.FIELDS: "form",
    EventKind.PROBLEM: "link",
    EventKind.CUSTOMER: "people",
    EventKind.ORDER: "bag",
}
STATE_ICONS = {State.SOLVED: "solved", State.CLOSED: "lock", State.PENDING: "three", State.ON_HOLD: "pause"}


def worth_telling(event: Event) -> bool:
    """An opening goes without saying (its message stands there), unless it follows another ticket; so does a step
    that was undone together with its reply, and a question to the customer.
    """
    if event.data.get("taken_back"):
        return False
    if event.kind == EventKind.SURVEYED:
        return bool(event.data.get("skipped"))
    return event.kind != EventKind.OPENED or bool(event.data.get("follows"))


def icon_of(event: Event) -> str:
    if event.kind == EventKind.STATE:
        return STATE_ICONS.get(State(event.data["to"]), ICONS[EventKind.STATE])
    return ICONS[EventKind(event.kind)]


def sentence(event: Event) -> SafeString:
    """Who did what, the telling words in bold. Values are escaped."""
    if event.kind == EventKind.TAKEN_BACK and event.actor == Event.Actor.CUSTOMER:
        return _held_for_customer(event.data)
    return SENTENCES[EventKind(event.kind)](_who(event), event.data)


def _who(event: Event) -> SafeString:
    name = event.user.full_name if event.user else str(Event.Actor(event.actor).label)
    return _bold(name)


def _bold(value: object) -> SafeString:
    return format_html("<b>{}</b>", value)


def _state(who: SafeString, data: dict[str, Any]) -> SafeString:
    return format_html(_("{who} set it to {state}"), who=who, state=_bold(State(data["to"]).label))


def _assigned(who: SafeString, data: dict[str, Any]) -> SafeString:
    if not data.get("to"):
        return format_html(_("{who} took the assignee off"), who=who)
    return format_html(_("{who} assigned it to {name}"), who=who, name=_bold(data.get("name", "")))


def _team(who: SafeString, data: dict[str, Any]) -> SafeString:
    if not data.get("to"):
        return format_html(_("{who} took it out of its team"), who=who)
    return format_html(_("{who} moved it to the team {name}"), who=who, name=_bold(data.get("name", "")))


def _priority(who: SafeString, data: dict[str, Any]) -> SafeString:
    return format_html(_("{who} set the priority to {name}"), who=who, name=_bold(Priority.from_key(data["to"]).label))


def _tags(who: SafeString, data: dict[str, Any]) -> SafeString:
    added, removed = data.get("added", []), data.get("removed", [])
    if added and removed:
        words = {"added": _bold(", ".join(added)), "removed": _bold(", ".join(removed))}
        return format_html(_("{who} added {added} and removed {removed}"), who=who, **words)
    if removed:
        return format_html(_("{who} removed the tag {names}"), who=who, names=_bold(", ".join(removed)))
    return format_html(_("{who} added the tag {names}"), who=who, names=_bold(", ".join(added)))


def _reason(who: SafeString, data: dict[str, Any]) -> SafeString:
    if not data.get("to"):
        return format_html(_("{who} removed the reason"), who=who)
    return format_html(_("{who} chose the reason {name}"), who=who, name=_bold(data.get("name", "")))


def _subject(who: SafeString, data: dict[str, Any]) -> SafeString:
    return format_html(_("{who} changed the subject to “{subject}”"), who=who, subject=_bold(data.get("to", "")))


def _opened(who: SafeString, data: dict[str, Any]) -> SafeString:
    return format_html(_("Follows the closed ticket {number}"), number=_bold(f"#{data['follows']}"))


def _merged(who: SafeString, data: dict[str, Any]) -> SafeString:
    if data.get("into"):
        return format_html(_("{who} merged it into {number}"), who=who, number=_bold(f"#{data['into']}"))
    return format_html(_("{who} merged {number} into it"), who=who, number=_bold(f"#{data.get('source', '')}"))


def _promised(who: SafeString, data: dict[str, Any]) -> SafeString:
    due_at = parse_datetime(data.get("due_at", ""))
    when = exact(due_at) if due_at else data.get("text", "")
    return format_html(_("Promised to the customer: a reply before {when}"), when=_bold(when))


def _held_back(who: SafeString, data: dict[str, Any]) -> SafeString:
    return format_html(_("No automatic acknowledgement: {why}"), why=_bold(data.get("why", "")))


def _not_asked(who: SafeString, data: dict[str, Any]) -> SafeString:
    if data.get("why"):
        return format_html(_("{who} chose not to ask for a rating: “{why}”"), who=who, why=data["why"])
    return format_html(_("{who} chose not to ask for a rating"), who=who)


def _rated(who: SafeString, data: dict[str, Any]) -> SafeString:
    names = {"ces": _("effort"), "nps": _("recommendation"), "post_purchase": _("purchase")}
    words = {
        "who": who,
        "score": _bold(f"{data['score']} / {data['most']}"),
        "asked": names.get(data.get("survey", ""), _("satisfaction")),
        "comment": data.get("comment", ""),
    }
    if words["comment"]:
        return format_html(_("{who} gave {score} ({asked}): “{comment}”"), **words)
    return format_html(_("{who} gave {score} ({asked}), without a comment"), **words)


def _taken_back(who: SafeString, data: dict[str, Any]) -> SafeString:
    return format_html(_("{who} took a reply back"), who=who)


def _held_for_customer(data: dict[str, Any]) -> SafeString:
    name = _bold(data.get("name", ""))
    return format_html(_("The customer wrote first: the reply of {name} is back in its draft"), name=name)


def _scheduled(who: SafeString, data: dict[str, Any]) -> SafeString:
    at = parse_datetime(data.get("leaves_at", ""))
    return format_html(_("{who} scheduled a reply for {when}"), who=who, when=_bold(exact(at) if at else ""))


def _rule(who: SafeString, data: dict[str, Any]) -> SafeString:
    did = "; ".join(data.get("did", []))
    return format_html(_("Rule {name}: {did}"), name=_bold(data.get("name", "")), did=did)


def _macro(who: SafeString, data: dict[str, Any]) -> SafeString:
    return format_html(_("{who} used the macro {name}"), who=who, name=_bold(data.get("name", "")))


def _task(who: SafeString, data: dict[str, Any]) -> SafeString:
    if data.get("done"):
        return format_html(_("{who} has done: {title}"), who=who, title=_bold(data.get("title", "")))
    return format_html(_("{who} set a task: {title}"), who=who, title=_bold(data.get("title", "")))


def _snoozed(who: SafeString, data: dict[str, Any]) -> SafeString:
    until = parse_datetime(data.get("until", ""))
    when = _bold(exact(until) if until else "")
    if data.get("wakes_on"):
        return format_html(_("{who} snoozed it until its order moves, {when} at the latest"), who=who, when=when)
    return format_html(_("{who} snoozed it until {when}"), who=who, when=when)


def _woken(_who: SafeString, data: dict[str, Any]) -> SafeString:
    if data.get("why") == "third":
        return SafeString(_("It woke up: a third party answered"))
    if data.get("why") == "shipped":
        return SafeString(_("It woke up: its order is on the way"))
    return SafeString(_("It woke up: its order is delivered") if data.get("why") == "delivered" else _("It woke up"))


def _escalated(who: SafeString, data: dict[str, Any]) -> SafeString:
    words = {"who": who, "name": _bold(data.get("name") or _("nobody on duty")), "why": data.get("why", "")}
    return format_html(_("{who} escalated it to {name}: {why}"), **words)


def _split(who: SafeString, data: dict[str, Any]) -> SafeString:
    if data.get("into"):
        return format_html(_("{who} made a message the ticket {number}"), who=who, number=_bold(f"#{data['into']}"))
    number = _bold(f"#{data.get('out_of', '')}")
    return format_html(_("{who} split it off from {number}"), who=who, number=number)


def _fields(who: SafeString, data: dict[str, Any]) -> SafeString:
    values = dict(data.get("values", {}))
    if "requested_outcome" in values:
        wants = _bold(values["requested_outcome"] or "—")
        return format_html(_("{who} noted what the customer wants: {wants}"), who=who, wants=wants)
    told = ", ".join(f"{key}: {'—' if value is None else value}" for key, value in values.items())
    return format_html(_("{who} filled in {fields}"), who=who, fields=_bold(told))


def _problem(who: SafeString, data: dict[str, Any]) -> SafeString:
    if data.get("linked", True):
        return format_html(_("{who} linked it to the problem {title}"), who=who, title=_bold(data.get("title", "")))
    return format_html(_("{who} unlinked it from the problem {title}"), who=who, title=_bold(data.get("title", "")))


def _customer(who: SafeString, data: dict[str, Any]) -> SafeString:
    if data.get("merged"):
        return format_html(_("{who} merged the customer {name} into this one"), who=who, name=_bold(data["merged"]))
    if data.get("unmerged"):
        return format_html(_("{who} took the customer {name} out again"), who=who, name=_bold(data["unmerged"]))
    return format_html(_("{who} changed what we know of the customer"), who=who)


def _order(who: SafeString, data: dict[str, Any]) -> SafeString:
    sentences = {
        "named": _("{who} named the order {number}"),
        "cancel": _("{who} cancelled the order {number}"),
        "return": _("{who} set up a return of the order {number}"),
        "change_address": _("{who} changed the delivery address of the order {number}"),
    }
    sentence = sentences.get(data.get("deed", ""), _("{who} acted on the order {number}"))
    told = format_html(sentence, who=who, number=_bold(data.get("number", "")))
    return format_html(_("{told}, beyond the shop’s rules"), told=told) if data.get("beyond_rules") else told


def _plain(text: Callable[[], str]) -> Callable[[SafeString, dict[str, Any]], SafeString]:
    return lambda who, data: format_html(text(), who=who)


SENTENCES: dict[EventKind, Callable[[SafeString, dict[str, Any]], SafeString]] = {
    EventKind.OPENED: _opened,
    EventKind.STATE: _state,
    EventKind.ASSIGNED: _assigned,
    EventKind.TEAM: _team,
    EventKind.PRIORITY: _priority,
    EventKind.TAGS: _tags,
    EventKind.REASON: _reason,
    EventKind.SUBJECT: _subject,
    EventKind.MERGED: _merged,
    EventKind.PROMISED: _promised,
    EventKind.SCHEDULED: _scheduled,
    EventKind.TAKEN_BACK: _taken_back,
    EventKind.HELD_BACK: _held_back,
    EventKind.UNMERGED: _plain(lambda: _("{who} undid the merge")),
    EventKind.RULE: _rule,
    EventKind.MACRO: _macro,
    EventKind.TASK: _task,
    EventKind.SPAM: _plain(lambda: _("{who} marked it as spam")),
    EventKind.UNSPAM: _plain(lambda: _("{who} took it out of spam")),
    EventKind.DELETED: _plain(lambda: _("{who} put it in the bin")),
    EventKind.RESTORED: _plain(lambda: _("{who} took it out of the bin")),
    EventKind.RESENT: _plain(lambda: _("{who} sent the message again")),
    EventKind.ESCALATED: _escalated,
    EventKind.SNOOZED: _snoozed,
    EventKind.WOKEN: _woken,
    EventKind.SPLIT: _split,
    EventKind.FIELDS: _fields,
    EventKind.PROBLEM: _problem,
    EventKind.CUSTOMER: _customer,
    EventKind.ORDER: _order,
    EventKind.CONFIRMED: _plain(lambda: _("The customer confirmed the solution")),
    EventKind.ABANDONED: _plain(lambda: _("The customer left")),
    EventKind.ANSWERED: _plain(lambda: _("{who} picked up")),
    EventKind.SURVEYED: _not_asked,
    EventKind.RATED: _rated,
}
# The rest of the timeline shows on the messages themselves.
TOLD = tuple(SENTENCES)
