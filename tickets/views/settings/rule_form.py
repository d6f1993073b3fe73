"""A rule as its form: read from what was sent or from the rule, changed by the form's own buttons."""

from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Shop
from tickets import rules
from tickets.models import Clock, Event, Rule
from tickets.rules.active import TRIGGERS, kinds_of
from tickets.rules.anchors import ANCHORS
from tickets.views.settings.rows import (
    Choice,
    condition_rows,
    edit,
    flat,
    grouped,
    read_conditions,
    read_steps,
    seconds_of,
    step_rows,
)
from tickets.views.settings.sla_form import span_in_full

USUAL = {  # as a sentence goes on: "as soon as a message arrives"
    "message": gettext_lazy("a message arrives"),
    "opened": gettext_lazy("a ticket is opened"),
    "note": gettext_lazy("a note is left"),
    "state": gettext_lazy("the state changes"),
    "assigned": gettext_lazy("the assignee changes"),
    "team": gettext_lazy("the team changes"),
    "reason": gettext_lazy("the reason is chosen"),
    "tags": gettext_lazy("the tags change"),
    "priority": gettext_lazy("the priority changes"),
    "warned": gettext_lazy("a deadline is near"),
    "breached": gettext_lazy("a deadline is missed"),
    "rated": gettext_lazy("the customer rates us"),
    "delivery_failed": gettext_lazy("an answer is not delivered"),
}


class RuleForm:
    """`wrong` names what cannot be saved, by the paths of rules.check."""

    def __init__(self, post: QueryDict) -> None:
        self.name = post.get("name", "").strip()[:120]
        self.stops = "stops" in post
        self.active = "active" in post
        self.shop_key = post.get("shop", "")
        self.cap = post.get("hourly_cap", "")
        self.when = _read_when(post)
        self.rows = read_conditions(post)
        self.steps = read_steps(post)
        self.wrong = self._check()

    @classmethod
    def of(cls, rule: Rule) -> "RuleForm":
        form = cls(QueryDict())
        form.name, form.stops, form.active = rule.name, rule.stops, rule.active
        form.shop_key, form.cap = rule.shop.key if rule.shop else "", str(rule.hourly_cap)
        form.when = rule.when or {"event": "message", "from": "customer"}
        form.rows, form.steps = flat(rule.conditions), list(rule.steps) or [{"do": "tag"}]
        form.wrong = {}
        return form

    def after(self, do: str) -> "RuleForm":
        """The form after one of its buttons: "add-cond", "cut-cond-2", "add-step", "cut-step-0", "step-up-1", "try"."""
        edit(do, self.rows, self.steps, fresh={"group": "all", "field": "message.text", "is": "contains"})
        self.wrong = self._check() if do == "try" else {}
        return self

    @property
    def parts(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "when": self.when,
            "conditions": grouped(self.rows),
            "steps": self.steps,
            "stops": self.stops,
            "active": self.active,
            "shop": self._shop(),
            "hourly_cap": int(self.cap),
        }

    def on(self, rule: Rule) -> Rule:
        """The rule as the form has it, not saved."""
        for name, value in self.parts.items():
            setattr(rule, name, value)
        return rule

    # --- what the page shows ---

    @property
    def is_timed(self) -> bool:
        return "since" in self.when

    @property
    def triggers(self) -> list[Choice]:
        """Events that can start it, the usual ones first."""
        chosen = kinds_of(self.when)
        others = [kind for kind in TRIGGERS if kind.value not in USUAL]
        named = [*USUAL.items(), *((kind.value, kind.label) for kind in others)]
        return [(value, str(words), value in chosen) for value, words in named]

    @property
    def many_triggers(self) -> bool:
        return len(kinds_of(self.when)) > 1

    @property
    def senders(self) -> list[Choice]:
        chosen = self.when.get("from", "")
        return [("", _("anybody"), not chosen), *((v, str(label), v == chosen) for v, label in Event.Actor.choices)]

    @property
    def anchors(self) -> list[Choice]:
        return [(name, str(anchor.label), name == self.when.get("since")) for name, anchor in ANCHORS.items()]

    @property
    def wait(self) -> str:
        seconds = self.when.get("seconds")
        return span_in_full(seconds) if isinstance(seconds, int) else str(seconds or "")

    @property
    def clocks(self) -> list[Choice]:
        return [(one.value, str(one.label), one.value == self.when.get("clock")) for one in Clock]

    @property
    def shops(self) -> list[Choice]:
        rows = Shop.objects.values_list("key", "name")
        return [("", _("every shop"), not self.shop_key), *((key, name, key == self.shop_key) for key, name in rows)]

    @property
    def condition_rows(self) -> list[Any]:
        return condition_rows(self.rows, self.wrong)

    @property
    def step_rows(self) -> list[Any]:
        return step_rows(self.steps, self.wrong)

    @property
    def when_error(self) -> str:
        return next((words for path, words in self.wrong.items() if path.startswith("when")), "")

    @property
    def steps_error(self) -> str:
        return self.wrong.get("steps", "")

    def _shop(self) -> Shop | None:
        return Shop.objects.filter(key=self.shop_key).first() if self.shop_key else None

    def _check(self) -> dict[str, str]:
        wrong = rules.check(self.when, grouped(self.rows), self.steps)
        if not self.name:
            wrong["name"] = _("Give it a name.")
        if not (self.cap.isdecimal() and int(self.cap[:9] or 0) > 0 and len(self.cap) < 8):
            wrong["hourly_cap"] = _("Expected a whole number.")
        return wrong


def _read_when(post: QueryDict) -> dict[str, Any]:
    if post.get("kind") == "time":
        seconds = seconds_of(post.get("seconds", "").strip())
        return {"since": post.get("since", ""), "seconds": seconds, "clock": post.get("clock", Clock.CALENDAR)}
    events = [one for one in post.getlist("event") if one]
    when: dict[str, Any] = {"event": events[0] if len(events) == 1 else events}
    return when | ({"from": post["from"]} if post.get("from") else {})
