"""Conditions: {"all": [...], "any": [...], "none": [...]} of {"field", "is", "value"}, over one table of fields.

{"field": "order.total", "is": "at_least", "value": "100"}; an empty group asks nothing.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django.utils.functional import Promise as Lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tickets.automation import kinds
from tickets.automation.case import Case
from tickets.automation.kinds import Kind
from tickets.models import Priority

GROUPS = ("all", "any", "none")
MOST = 50  # conditions in one group

OPERATORS: dict[str, Lazy | str] = {
    "is": gettext_lazy("is"),
    "is_not": gettext_lazy("is not"),
    "contains": gettext_lazy("contains one of"),
    "contains_not": gettext_lazy("contains none of"),
    "at_least": gettext_lazy("is at least"),
    "at_most": gettext_lazy("is at most"),
}
CHOICE, SET, TEXTS, NUMBERS, FLAGS = (
    ("is", "is_not"),
    ("contains", "contains_not"),
    ("contains", "contains_not", "is"),
    ("at_least", "at_most"),
    ("is",),
)


@dataclass(frozen=True, slots=True)
class Field:
    """What can be asked of a case. None from `read` means unknown: it fits no condition but a negative one."""

    label: Lazy | str
    group: str
    kind: Kind
    operators: tuple[str, ...]
    read: Callable[[Case], Any]


def _order(read: Callable[[Any], Any]) -> Callable[[Case], Any]:
    return lambda case: read(case.order) if case.order else None


def _said(case: Case) -> str:
    return case.message.visible_text if case.message else ""


def _domain(case: Case) -> str:
    address = case.message.from_address if case.message else ""
    return (address or case.ticket.customer.email).rpartition("@")[2].lower()


T, M, C, O, E = "ticket", "message", "customer", "order", "event"  # noqa: E741 (headings of the table below)
FIELDS: dict[str, Field] = {
    "ticket.state": Field(gettext_lazy("State"), T, kinds.STATES, CHOICE, lambda c: c.ticket.state),
    "ticket.priority": Field(
        gettext_lazy("Priority"), T, kinds.PRIORITIES, CHOICE, lambda c: Priority(c.ticket.priority).key
    ),
    "ticket.team": Field(
        gettext_lazy("Team"), T, kinds.TEAMS, CHOICE, lambda c: c.ticket.team.key if c.ticket.team else "none"
    ),
    "ticket.assignee": Field(
        gettext_lazy("Assignee"),
        T,
        kinds.ASSIGNEES,
        CHOICE,
        lambda c: c.ticket.assignee.email if c.ticket.assignee else "none",
    ),
    "ticket.reason": Field(
        gettext_lazy("Reason"), T, kinds.REASONS, CHOICE, lambda c: c.ticket.reason.key if c.ticket.reason else "none"
    ),
    "ticket.channel": Field(gettext_lazy("Channel"), T, kinds.CHANNELS, CHOICE, lambda c: c.ticket.channel_kind),
    "ticket.channel_on": Field(
        gettext_lazy("The channel is switched on"),
        T,
        kinds.FLAG,
        FLAGS,
        lambda c: c.ticket.channel is None or c.ticket.channel.enabled,
    ),
    "ticket.shop": Field(gettext_lazy("Shop"), T, kinds.SHOPS, CHOICE, lambda c: c.ticket.shop.key),
    "ticket.language": Field(gettext_lazy("Language"), T, kinds.LANGUAGE, CHOICE, lambda c: c.ticket.language),
    "ticket.tags": Field(gettext_lazy("Tags"), T, kinds.TAGS, SET, lambda c: c.ticket.tags),
    "ticket.subject": Field(gettext_lazy("Subject"), T, kinds.WORDS, TEXTS, lambda c: c.ticket.subject),
    "ticket.contacts": Field(gettext_lazy("Contacts about this issue"), T, kinds.NUMBER, NUMBERS, lambda c: c.contacts),
    "ticket.by_customer": Field(
        gettext_lazy("Opened by the customer"), T, kinds.FLAG, FLAGS, lambda c: c.ticket.opened_by_customer
    ),
    "ticket.complaint": Field(
        gettext_lazy("Has a complaint case"), T, kinds.FLAG, FLAGS, lambda c: hasattr(c.ticket, "complaint")
    ),
    "ticket.snoozed": Field(
        gettext_lazy("Is snoozed"), T, kinds.FLAG, FLAGS, lambda c: c.ticket.snoozed_until is not None
    ),
    "message.text": Field(gettext_lazy("Message"), M, kinds.WORDS, TEXTS, _said),
    "message.first": Field(gettext_lazy("First message"), M, kinds.FLAG, FLAGS, lambda c: c.is_first_message),
    "message.automatic": Field(
        gettext_lazy("Written by a robot"), M, kinds.FLAG, FLAGS, lambda c: bool(c.message and c.message.automatic)
    ),
    "message.channel": Field(
        gettext_lazy("Channel of the message"),
        M,
        kinds.CHANNELS,
        CHOICE,
        lambda c: c.message.channel_kind if c.message else None,
    ),
    "message.attachments": Field(
        gettext_lazy("Number of files"),
        M,
        kinds.NUMBER,
        NUMBERS,
        lambda c: c.message.attachments.count() if c.message else 0,
    ),
    "message.length": Field(gettext_lazy("Length of the message"), M, kinds.NUMBER, NUMBERS, lambda c: len(_said(c))),
    "customer.vip": Field(gettext_lazy("VIP"), C, kinds.FLAG, FLAGS, lambda c: c.ticket.customer.vip),
    "customer.domain": Field(gettext_lazy("Domain of the e-mail address"), C, kinds.WORDS, TEXTS, _domain),
    "customer.postcode": Field(gettext_lazy("Postcode"), C, kinds.WORDS, TEXTS, lambda c: c.ticket.customer.postcode),
    "customer.orders": Field(
        gettext_lazy("Number of orders"), C, kinds.NUMBER, NUMBERS, lambda c: c.ticket.customer.orders.count()
    ),
    "customer.tickets": Field(
        gettext_lazy("Number of tickets"), C, kinds.NUMBER, NUMBERS, lambda c: c.ticket.customer.tickets.count()
    ),
    "order.known": Field(gettext_lazy("There is an order"), O, kinds.FLAG, FLAGS, lambda c: c.order is not None),
    "order.status": Field(
        gettext_lazy("State of the order"), O, kinds.WORDS, ("is", "is_not"), _order(lambda order: order.status)
    ),
    "order.total": Field(gettext_lazy("Worth"), O, kinds.NUMBER, NUMBERS, _order(lambda order: order.total)),
    "order.sku": Field(
        gettext_lazy("Product"),
        O,
        kinds.WORDS,
        SET,
        _order(lambda order: [str(item.get("sku", "")) for item in order.items if isinstance(item, dict)]),
    ),
    "order.age_days": Field(
        gettext_lazy("Days since the order"),
        O,
        kinds.NUMBER,
        NUMBERS,
        lambda c: (c.at - c.order.placed_at).days if c.order else None,
    ),
    "hours.open": Field(gettext_lazy("We are open"), "hours", kinds.FLAG, FLAGS, lambda c: c.is_open),
    "event.kind": Field(gettext_lazy("Event"), E, kinds.EVENTS, CHOICE, lambda c: c.event.kind if c.event else None),
    "event.by": Field(gettext_lazy("Done by"), E, kinds.ACTORS, CHOICE, lambda c: c.event.actor if c.event else None),
    "event.to": Field(gettext_lazy("New value"), E, kinds.WORDS, ("is", "is_not"), lambda c: c.new_value or None),
}


def field_of(name: str) -> Field | None:
    """The field of this name; "field.<key>" is one of the shop's own."""
    if name.startswith("field.") and len(name) > len("field."):
        key = name.removeprefix("field.")
        return Field(key, "field", kinds.WORDS, TEXTS, lambda case: case.ticket.fields.get(key))
    return FIELDS.get(name)


def check(conditions: Any) -> dict[str, str]:
    """What is wrong, by path ("all.0.value"); {} when nothing."""
    if not isinstance(conditions, dict):
        return {"": _("Expected an object with all, any or none.")}
    wrong = {str(name)[:40]: _("Expected all, any or none.") for name in conditions if name not in GROUPS}
    for group in GROUPS:
        rows = conditions.get(group, [])
        if not isinstance(rows, list) or len(rows) > MOST:
            wrong[group] = _("Expected a list.")
            continue
        for number, row in enumerate(rows):
            wrong |= {f"{group}.{number}{path}": words for path, words in _check_row(row).items()}
    return wrong


def _check_row(row: Any) -> dict[str, str]:
    if not isinstance(row, dict) or set(row) - {"field", "is", "value"}:
        return {"": _("Expected field, is and value.")}
    field = field_of(str(row.get("field", "")))
    if field is None:
        return {".field": _("There is no such field.")}
    if row.get("is", "is") not in field.operators:
        return {".is": _("Expected one of: %(names)s.") % {"names": ", ".join(field.operators)}}
    value = [row.get("value")] if field.kind.name == "words" and isinstance(row.get("value"), str) else row.get("value")
    words = field.kind.check(value)
    return {".value": words} if words else {}


def fits(conditions: dict[str, Any], case: Case) -> bool:
    """Whether every group is satisfied. An unknown field fits nothing: a broken rule does nothing."""
    every, some, no = (conditions.get(group, []) for group in GROUPS)
    return (
        all(_fits(row, case) for row in every)
        and (not some or any(_fits(row, case) for row in some))
        and not any(_fits(row, case) for row in no)
    )


def sentence(row: dict[str, Any]) -> str:
    """A condition in words."""
    field = field_of(row["field"])
    label = str(field.label) if field else row["field"]
    value = field.kind.words(row.get("value")) if field else row.get("value")
    return f"{label} {OPERATORS.get(row.get('is', 'is'), '')} {value}"


def fields_used(conditions: dict[str, Any]) -> set[str]:
    return {row.get("field", "") for group in GROUPS for row in conditions.get(group, [])}


def _fits(row: dict[str, Any], case: Case) -> bool:
    field = field_of(row.get("field", ""))
    if field is None:
        return False
    return TESTS[row.get("is", "is")](field.read(case), row.get("value"))


def _is(actual: Any, wanted: Any) -> bool:
    if actual is None:
        return False
    if isinstance(wanted, bool):
        return bool(actual) == wanted
    return fold(str(actual)) in {fold(str(one)) for one in _many(wanted)}


def _contains(actual: Any, wanted: Any) -> bool:
    if actual is None:
        return False
    if isinstance(actual, list):
        return bool({fold(str(one)) for one in actual} & {fold(str(one)) for one in _many(wanted)})
    text = fold(str(actual))
    return any(_pattern(str(word)).search(text) for word in _many(wanted))


def _at_least(actual: Any, wanted: Any) -> bool:
    return actual is not None and Decimal(str(actual)) >= Decimal(str(wanted))


def _at_most(actual: Any, wanted: Any) -> bool:
    return actual is not None and Decimal(str(actual)) <= Decimal(str(wanted))


TESTS: dict[str, Callable[[Any, Any], bool]] = {
    "is": _is,
    "is_not": lambda actual, wanted: not _is(actual, wanted),
    "contains": _contains,
    "contains_not": lambda actual, wanted: not _contains(actual, wanted),
    "at_least": _at_least,
    "at_most": _at_most,
}


def _many(value: Any) -> Iterable[Any]:
    return value if isinstance(value, list) else [value]


def fold(text: str) -> str:
    """Lower case, without accents, one kind of apostrophe and blank: how words are compared."""
    bare = unicodedata.normalize("NFKD", text.lower().replace("’", "'").replace("œ", "oe"))
    return " ".join("".join(letter for letter in bare if not unicodedata.combining(letter)).split())


@lru_cache(maxsize=2000)
def _pattern(word: str) -> re.Pattern[str]:
    """A whole word or phrase; "arnaqu*" also fits what begins so."""
    bare = fold(word)
    end = "" if bare.endswith("*") else r"(?!\w)"
    return re.compile(r"(?<!\w)" + re.escape(bare.rstrip("*")) + end)
