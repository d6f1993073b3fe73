"""Macros: a prepared answer and what goes with it, used as one transaction."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Count, F, Q, QuerySet
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from accounts.models import Role, Team, User
from helpdesk.lib.refused import Refused
from tickets import actions
from tickets.actors import Actor
from tickets.automation import conditions, steps
from tickets.automation.autoreply import in_language
from tickets.automation.case import Case
from tickets.automation.conditions import fold
from tickets.automation.steps import Change
from tickets.automation.variables import fill, inputs, marked, unknown
from tickets.events import record
from tickets.models import Event, EventKind, Macro, MacroUse, Message, Ticket
from tickets.states import State

OLD = timedelta(days=180)  # unchanged for so long: worth reading again
RECENT = timedelta(days=30)
NOT_IN_MACROS = ("reply",)  # a macro's answer is its text, said by a person


@dataclass(frozen=True, slots=True)
class Prepared:
    """A macro as it would be on this ticket. `preview`: its text with the places marked; `asks`: values that the agent
    gives; `missing`: places still empty."""

    macro: Macro
    text: str
    html: str
    preview: SafeString
    asks: tuple[str, ...]
    missing: tuple[str, ...]
    changes: list[Change]
    refused: str
    hint: str


# --- which ----------------------------------------------------------------------------------------------------------


def visible_to(user: User) -> QuerySet[Macro]:
    """Everybody's, those of the user's teams, their own; for admins all."""
    if user.role == Role.ADMIN:
        return Macro.objects.all()
    shared = Q(team=None, owner=None) | Q(team__in=user.team_ids()) | Q(owner=user)
    return Macro.objects.filter(shared)


def may_edit(user: User, *, team: Team | None, owner: User | None) -> bool:
    """Own ones everybody; a team's its leads; everybody's managers and admins."""
    if user.role == Role.ADMIN:
        return True
    if owner is not None:
        return owner.pk == user.pk
    if team is not None:
        return user.role == Role.MANAGER or (user.role == Role.LEAD and team.pk in user.team_ids())
    return user.role == Role.MANAGER


def search(ticket: Ticket, user: User, words: str, *, most: int = 8) -> list[Macro]:
    """What fits these words, best first: the ticket's reason, then the beginning of a name, then what is used most."""
    rows = visible_to(user).filter(Q(shop=None) | Q(shop=ticket.shop_id), archived=False).prefetch_related("reasons")
    asked = fold(words).split()
    found = [one for one in rows if all(word in fold(_searched(one)) for word in asked)]
    found.sort(key=lambda one: (not _fits_reason(one, ticket), not fold(one.name).startswith(fold(words)), -one.used))
    return found[:most]


def _searched(macro: Macro) -> str:
    return " ".join([macro.name, *(str(text.get("text", "")) for text in macro.texts.values())])


def _fits_reason(macro: Macro, ticket: Ticket) -> bool:
    return ticket.reason_id is not None and ticket.reason_id in {reason.pk for reason in macro.reasons.all()}


# --- using one ------------------------------------------------------------------------------------------------------


def prepare(macro: Macro, ticket: Ticket, *, user: User, values: Mapping[str, str] | None = None) -> Prepared:
    """What it would say and change here, with what stands in its way."""
    case = Case(ticket, by=Actor.agent(user), macro=macro, inputs=values or {})
    text, html = in_language(macro.texts, ticket.language)
    filled = fill(text, html, case)
    changes, refused = _imagined(macro, case)
    return Prepared(
        macro=macro,
        text=filled.text,
        html=filled.html,
        preview=marked(text, case),
        asks=tuple(inputs(text + html)),
        missing=filled.missing,
        changes=changes,
        refused=why_not(macro, case) or refused,
        hint=_mismatch(macro, ticket),
    )


def _imagined(macro: Macro, case: Case) -> tuple[list[steps.Change], str]:
    """What its steps would change, or why they cannot be done."""
    try:
        return steps.preview(macro.steps, case), ""
    except Refused as refusal:
        return [], refusal.words


def why_not(macro: Macro, case: Case) -> str:
    """Why this macro may not be used on this ticket now; "" when it may (S115, S121)."""
    if macro.archived or macro.shop_id not in (None, case.ticket.shop_id):
        return _("This macro is not for this ticket.")
    if macro.argues and actions.is_heated(case.ticket):
        return _("Not while the anger rises: listen first, this macro argues.")
    if not conditions.fits(macro.guard, case):
        rows = [row for group in conditions.GROUPS for row in macro.guard.get(group, [])]
        wanted = "; ".join(conditions.sentence(row) for row in rows)
        return _("Only when: %(conditions)s.") % {"conditions": wanted}
    return ""


def _mismatch(macro: Macro, ticket: Ticket) -> str:
    """A warning when the macro answers another question than this ticket asks (S140)."""
    reasons = list(macro.reasons.all())
    if not reasons or ticket.reason is None or ticket.reason in reasons:
        return ""
    names = ", ".join(str(reason) for reason in reasons[:3])
    return _("Written for: %(reasons)s. This ticket is about: %(reason)s.") % {
        "reasons": names,
        "reason": str(ticket.reason),
    }


@transaction.atomic
def use(
    macro: Macro,
    ticket: Ticket,
    *,
    user: User,
    values: Mapping[str, str] | None = None,
) -> Message | None:
    """Say its text, then do its steps; all of it or nothing. Refused, naming the variable without a value.

    Returns the reply; None for a macro without a text.
    """
    prepared = prepare(macro, ticket, user=user, values=values)
    if prepared.refused:
        raise Refused("macro", prepared.refused)
    if prepared.missing:
        raise Refused(prepared.missing[0], _("No value for “%(name)s”.") % {"name": prepared.missing[0]})
    message = None
    if prepared.text.strip() or prepared.html.strip():
        message = actions.reply(ticket, by=Actor.agent(user), text=prepared.text, html=prepared.html)
    carry_out(macro, ticket, user=user, message=message)
    return message


@transaction.atomic
def carry_out(
    macro: Macro, ticket: Ticket, *, user: User, message: Message | None = None, chosen: State | None = None
) -> Event:
    """Do the steps of a macro whose text has been said (and perhaps reworded), and count the use: the event of it.

    `chosen`: the state that its sender chose ("send and solve"), which the macro's own does not undo.
    """
    by, at = Actor.agent(user), timezone.now()
    case = Case(Ticket.objects.get(pk=ticket.pk), by=by, macro=macro)
    if why := why_not(macro, case):
        raise Refused("macro", why)
    wanted = [row for row in macro.steps if chosen is None or row["do"] != "state"]
    words = [steps.sentence(row) for row in wanted]
    told: dict[str, Any] = {"macro": macro.pk, "name": macro.name, "did": words}
    case.event = record(case.ticket, EventKind.MACRO, by=by, message=message, **told)
    steps.run(wanted, case)
    case.event.data["steps"] = list(case.ticket.events.filter(pk__gt=case.event.pk).values_list("pk", flat=True))
    case.event.save(update_fields=["data"])
    MacroUse.objects.create(macro=macro, ticket=case.ticket, message=message, user=user, at=at)
    Macro.objects.filter(pk=macro.pk).update(used=F("used") + 1, last_used_at=at)
    return case.event


# --- making one -----------------------------------------------------------------------------------------------------


def check(texts: Any, done: Any, guard: Any) -> dict[str, str]:
    """What is wrong, by path ("texts.fr", "steps.0.to"); {} when nothing."""
    wrong: dict[str, str] = {}
    if not isinstance(texts, dict) or not all(_is_text(one) for one in texts.values()):
        wrong["texts"] = _('Expected {"fr": {"text": "..."}}.')
        texts = {}
    for language, said in texts.items():
        names = unknown(said.get("text", "") + said.get("html", ""))
        if names:
            wrong[f"texts.{language}"] = _("There is no variable “%(name)s”.") % {"name": names[0]}
    wrong |= {f"steps.{path}".rstrip("."): words for path, words in steps.check(done, without=NOT_IN_MACROS).items()}
    wrong |= {f"guard.{path}".rstrip("."): words for path, words in conditions.check(guard).items()}
    if not wrong and not done and not any(said.get("text", "").strip() for said in texts.values()):
        wrong["texts"] = _("Write what it says, or say what it does.")
    return wrong


def _is_text(said: Any) -> bool:
    known = isinstance(said, dict) and set(said) <= {"text", "html"}
    return known and all(isinstance(one, str) and len(one) <= 50_000 for one in said.values())


@transaction.atomic
def define(macro: Macro, *, by: User, reasons: Iterable[Any] | None = None, **parts: Any) -> Macro:
    """Make or change a macro. Refused, naming the part, or (field "team") when it is not theirs to change."""
    if macro.pk and not may_edit(by, team=macro.team, owner=macro.owner):
        raise Refused("macro", _("Only its owner may change this macro."))
    for name, value in parts.items():
        setattr(macro, name, value)
    if not may_edit(by, team=macro.team, owner=macro.owner):
        raise Refused("team", _("You may keep a macro for yourself; a lead makes it the team's."))
    if not macro.name.strip():
        raise Refused("name", _("Give it a name."))
    if wrong := check(macro.texts, macro.steps, macro.guard):
        raise Refused(*next(iter(wrong.items())))
    if macro._state.adding:
        macro.created_by = by
    macro.save()
    if reasons is not None:
        macro.reasons.set(reasons)
    return macro


def from_reply(message: Message, *, by: User, name: str) -> Macro:
    """Keep a reply as a macro of one's own: the customer's and agent's names become variables."""
    if not message.public or message.user_id is None:
        raise Refused("message", _("Only a reply of a colleague can become a macro."))
    ticket = message.ticket
    text = message.visible_text
    first = ticket.customer.first_name
    if len(first) > 2:
        text = text.replace(first, "{{ customer.first_name }}")
    for order in ticket.orders.all():
        text = text.replace(order.number, "{{ order.number }}")
    made = Macro(shop=ticket.shop, owner=by)
    texts = {ticket.language: {"text": text, "html": ""}}
    return define(made, by=by, name=name[:120], texts=texts, reasons=[ticket.reason] if ticket.reason else [])


@dataclass(frozen=True, slots=True)
class Usage:
    """How a macro is doing. `stale`: nobody has changed it for half a year; `idle`: nobody has used it for a month."""

    macro: Macro
    recent: int
    stale: bool
    idle: bool


def usage(rows: QuerySet[Macro], at: datetime | None = None) -> list[Usage]:
    """The usage and age report, the most used of the last 30 days first."""
    at = at or timezone.now()
    counted = rows.annotate(recent=Count("uses", filter=Q(uses__at__gt=at - RECENT)))
    related = counted.select_related("shop", "team", "owner").order_by("-recent", "name", "pk")
    return [
        Usage(one, one.recent, stale=one.updated_at < at - OLD, idle=not one.recent and one.created_at < at - RECENT)
        for one in related
    ]
