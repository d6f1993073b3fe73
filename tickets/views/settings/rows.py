"""Conditions and steps as rows of a form that works without a script: one control per value, from the tables of
tickets.automation, read back into the same shapes."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import partial
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from tickets.automation.conditions import FIELDS, GROUPS, OPERATORS, field_of
from tickets.automation.kinds import Kind
from tickets.automation.steps import STEPS
from tickets.models import CustomField
from tickets.views.settings.sla_form import Length, span_in_full

GROUP_WORDS = {"all": gettext_lazy("all"), "any": gettext_lazy("any"), "none": gettext_lazy("none")}
HEADINGS = {
    "ticket": gettext_lazy("Ticket"),
    "message": gettext_lazy("Message"),
    "customer": gettext_lazy("Customer"),
    "order": pgettext_lazy("purchase", "Order"),
    "hours": gettext_lazy("Opening hours"),
    "event": gettext_lazy("Event"),
    "field": gettext_lazy("Own fields"),
}
ROW = re.compile(r"(cond|step)-(\d{1,3})-")
AREAS = ("long_text", "values")
LISTS = ("words", "tags")
Choice = tuple[str, str, bool]


@dataclass(frozen=True, slots=True)
class Control:
    """One value. widget: "select", "text", "area", "number"."""

    name: str
    label: str
    widget: str
    value: str
    choices: list[Choice]
    many: bool
    required: bool


@dataclass(frozen=True, slots=True)
class ConditionRow:
    number: int
    groups: list[Choice]
    fields: list[tuple[str, list[Choice]]]
    operators: list[Choice]
    control: Control | None
    error: str


@dataclass(frozen=True, slots=True)
class StepRow:
    number: int
    icon: str
    steps: list[Choice]
    controls: list[Control]
    speaks: bool
    error: str


def again(url: str) -> SafeString:
    """Attributes of a choice that changes which fields follow: the form is drawn again, nothing is saved."""
    swap = 'hx-trigger="change" hx-target="#editor" hx-swap="outerHTML"'
    return format_html("hx-post=\"{}\" hx-vals='{}' {}", url, '{"do": "again"}', mark_safe(swap))  # noqa: S308


def flat(conditions: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The conditions of all groups as one list, each with its group."""
    return [{"group": group, **row} for group in GROUPS for row in conditions.get(group, [])]


def grouped(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """The inverse of `flat`."""
    found: dict[str, Any] = {}
    for row in rows:
        found.setdefault(row["group"], []).append({name: row[name] for name in ("field", "is", "value") if name in row})
    return found


def condition_rows(rows: list[dict[str, Any]], wrong: Mapping[str, str]) -> list[ConditionRow]:
    seen: dict[str, int] = dict.fromkeys(GROUPS, 0)
    shown = []
    for number, row in enumerate(rows):
        path = f"conditions.{row['group']}.{seen[row['group']]}"
        seen[row["group"]] += 1
        field = field_of(row["field"])
        operators = field.operators if field else ()
        shown.append(
            ConditionRow(
                number,
                [(group, str(GROUP_WORDS[group]), group == row["group"]) for group in GROUPS],
                _fields(row["field"]),
                [(name, str(OPERATORS[name]), name == row.get("is")) for name in operators],
                _control(f"cond-{number}-value", str(field.label), field.kind, row.get("value")) if field else None,
                _error(wrong, path),
            )
        )
    return shown


def step_rows(rows: list[dict[str, Any]], wrong: Mapping[str, str], *, without: tuple[str, ...] = ()) -> list[StepRow]:
    shown = []
    for number, row in enumerate(rows):
        step = STEPS.get(row.get("do", ""))
        controls = [
            _control(f"step-{number}-{one.name}", str(one.label), one.kind, row.get(one.name), required=one.required)
            for one in (step.parameters if step else ())
        ]
        shown.append(
            StepRow(
                number,
                step.icon if step else "plus",
                [(name, str(one.label), name == row.get("do")) for name, one in STEPS.items() if name not in without],
                controls,
                bool(step and step.speaks),
                _error(wrong, f"steps.{number}"),
            )
        )
    return shown


def read_conditions(post: QueryDict) -> list[dict[str, Any]]:
    """The rows as they were sent; a value of the wrong kind stays as it is for the check to refuse."""
    rows = []
    for number in _numbers(post, "cond"):
        name = post.get(f"cond-{number}-field", "")
        field = field_of(name)
        group = post.get(f"cond-{number}-group", "all")
        row: dict[str, Any] = {"group": group if group in GROUPS else "all", "field": name}
        if field:
            asked = post.get(f"cond-{number}-is", "")
            row["is"] = asked if asked in field.operators else field.operators[0]
            row["value"] = _value(post, f"cond-{number}-value", field.kind)
        rows.append(row)
    return rows


def read_steps(post: QueryDict) -> list[dict[str, Any]]:
    rows = []
    for number in _numbers(post, "step"):
        row: dict[str, Any] = {"do": post.get(f"step-{number}-do", "")}
        step = STEPS.get(row["do"])
        for parameter in step.parameters if step else ():
            value = _value(post, f"step-{number}-{parameter.name}", parameter.kind)
            if value not in ("", [], None, {}):
                row[parameter.name] = value
        rows.append(row)
    return rows


def _numbers(post: QueryDict, what: str) -> list[int]:
    found = {int(match[2]) for name in post if (match := ROW.match(name)) and match[1] == what}
    return sorted(found)[:50]


def _fields(chosen: str) -> list[tuple[str, list[Choice]]]:
    found: dict[str, list[Choice]] = {}
    for name, field in FIELDS.items():
        found.setdefault(str(HEADINGS[field.group]), []).append((name, str(field.label), name == chosen))
    own = [(f"field.{key}", label, f"field.{key}" == chosen) for key, label in _own_fields()]
    return [*found.items(), *([(str(HEADINGS["field"]), own)] if own else [])]


def _own_fields() -> list[tuple[str, str]]:
    return list(CustomField.objects.values_list("key", "label"))


def _control(name: str, label: str, kind: Kind, value: Any, *, required: bool = True) -> Control:
    values = [str(one) for one in value] if isinstance(value, list) else [] if value is None else [str(value)]
    if kind.name == "flag":
        choices = [("true", _("yes"), value is not False), ("false", _("no"), value is False)]
        return Control(name, label, "select", "", choices, False, required)
    known = kind.choices() if kind.name not in LISTS else []
    if known:
        blank = [] if required or kind.many else [("", "—", not values)]
        choices = [*blank, *((key, words, key in values) for key, words in known)]
        return Control(name, label, "select", "", choices, kind.many and len(values) > 1, required)
    widget = "area" if kind.name in AREAS else "number" if kind.name in ("number", "whole") else "text"
    return Control(name, label, widget, _written(kind, value), [], False, required)


def _written(kind: Kind, value: Any) -> str:
    if value is None:
        return ""
    if kind.name == "seconds":
        return span_in_full(value) if isinstance(value, int) else str(value)
    if isinstance(value, dict):
        return "\n".join(f"{key}: {one}" for key, one in value.items())
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _value(post: QueryDict, name: str, kind: Kind) -> Any:
    """The posted text as the value of its kind; as it is when it makes no sense, for the check to refuse."""
    if kind.many and kind.name not in LISTS:
        return [one for one in post.getlist(name) if one]
    read = READERS.get("list" if kind.name in LISTS else kind.name, str)
    return read(post.get(name, "").strip())


def _listed(text: str) -> list[str]:
    return [word.strip() for word in re.split(r"[,\n]", text) if word.strip()]


def _pairs(text: str) -> dict[str, str]:
    pairs = (line.partition(":") for line in text.splitlines() if ":" in line)
    return {key.strip(): value.strip() for key, _colon, value in pairs}


def seconds_of(text: str) -> Any:
    """A written length ("4 h") in seconds; the text itself when it is none, for the check to refuse."""
    try:
        return Length(required=False).clean(text)
    except forms.ValidationError:
        return text


def _number(text: str, *, whole: bool) -> Any:
    try:
        number = Decimal(text.replace(",", "."))
    except InvalidOperation:
        return text
    return int(number) if whole and number == int(number) else str(number)


def _error(wrong: Mapping[str, str], path: str) -> str:
    return next((words for name, words in wrong.items() if name == path or name.startswith(f"{path}.")), "")


READERS: dict[str, Callable[[str], Any]] = {
    "flag": lambda text: text == "true",
    "list": _listed,
    "seconds": seconds_of,
    "number": partial(_number, whole=False),
    "whole": partial(_number, whole=True),
    "values": _pairs,
}


def edit(do: str, rows: list[dict[str, Any]], steps: list[dict[str, Any]], *, fresh: dict[str, Any]) -> None:
    """Do in place what a button of the rows asks: "add-cond" (a `fresh` one), "cut-cond-2", "add-step", "cut-step-0",
    "step-up-1". Any other word changes nothing."""
    action, _dash, number = do.rpartition("-")
    place = int(number) if number.isdecimal() and len(number) < 4 else -1
    if do == "add-cond":
        rows.append(dict(fresh))
    elif do == "add-step":
        steps.append({"do": "tag"})
    elif action == "cut-cond" and 0 <= place < len(rows):
        del rows[place]
    elif action == "cut-step" and 0 <= place < len(steps):
        del steps[place]
    elif action == "step-up" and 0 < place < len(steps):
        steps.insert(place - 1, steps.pop(place))
