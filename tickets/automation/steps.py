"""Steps: what a macro or rule does. One table over tickets.actions; {"do": "tag", "add": ["vip"]} is one of its rows.

`run` does it and says what it did; `changes` tells what it would change, without doing anything.
"""

from collections.abc import Callable, Iterable
from copy import copy
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from django.utils.functional import Promise as Lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Role, Team, User
from helpdesk.lib.refused import Refused
from hours import clock
from tickets import actions, assignment, escalation, states, webhooks
from tickets.automation import autoreply, kinds
from tickets.automation.case import Case
from tickets.automation.kinds import Kind
from tickets.automation.variables import fill
from tickets.calendars import calendar_for
from tickets.models import Notification, Priority, Problem, Reason, Webhook
from tickets.notifications import notify
from tickets.states import State

MOST = 30  # steps of one macro or rule
NONE = "—"
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Parameter:
    name: str
    label: Lazy | str
    kind: Kind
    required: bool = True


@dataclass(frozen=True, slots=True)
class Change:
    """What would become of one property, in words; without `old` something is added. `heard`: by the customer."""

    label: str
    old: str
    new: str
    heard: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """`changes` tells what `run` would do and leaves the ticket, a copy, as it would be then; refused as `run` is.
    `speaks`: the customer would hear it, so it asks for more care."""

    label: Lazy | str
    icon: str
    parameters: tuple[Parameter, ...]
    run: Callable[[Case, Row], str]
    changes: Callable[[Case, Row], list[Change]]
    speaks: bool = False


def check(rows: Any, *, without: Iterable[str] = ()) -> dict[str, str]:
    """What is wrong with a list of steps, by path ("0.to"); {} when nothing. `without`: steps not allowed here."""
    if not isinstance(rows, list) or len(rows) > MOST:
        return {"": _("Expected a list of at most %(n)d steps.") % {"n": MOST}}
    wrong: dict[str, str] = {}
    for number, row in enumerate(rows):
        wrong |= {f"{number}{path}": words for path, words in _check_row(row, frozenset(without)).items()}
    return wrong


def _check_row(row: Any, without: frozenset[str]) -> dict[str, str]:
    name = row.get("do") if isinstance(row, dict) else None
    if not isinstance(name, str) or name not in STEPS or name in without:
        return {".do": _("There is no such step here.")}
    known = {parameter.name: parameter for parameter in STEPS[name].parameters}
    wrong = {f".{key}"[:60]: _("Unknown field.") for key in row if key != "do" and key not in known}
    for parameter in known.values():
        value = row.get(parameter.name)
        if value in (None, "", []):
            if parameter.required:
                wrong[f".{parameter.name}"] = _("This is required.")
        elif words := parameter.kind.check(value):
            wrong[f".{parameter.name}"] = words
    if name == "tag" and not wrong and not (row.get("add") or row.get("remove")):
        wrong[".add"] = _("Name a tag to add or to remove.")
    if name == "reply" and not wrong and not (row.get("macro") or row.get("text")):
        wrong[".text"] = _("Choose a macro or write the words.")
    return wrong


def run(rows: list[Row], case: Case) -> list[dict[str, str]]:
    """Do them in order, within the caller's transaction: [{"do", "result"}]. Refused when one cannot be done."""
    did = []
    for row in rows:
        did.append({"do": row["do"], "result": STEPS[row["do"]].run(case, row)})
        case.ticket.refresh_from_db()
    return did


def preview(rows: list[Row], case: Case) -> list[Change]:
    """What they would change, one after the other, from the ticket as it stands now. Refused as `run` would be."""
    imagined = replace(case, ticket=copy(case.ticket))
    found: list[Change] = []
    for row in rows:
        for change in STEPS[row["do"]].changes(imagined, row) if row.get("do") in STEPS else ():
            earlier = [one for one in found if change.old and one.label == change.label]
            found = [one for one in found if one not in earlier]
            found.append(replace(change, old=earlier[0].old) if earlier else change)
    return [one for one in found if one.old != one.new]


def sentence(row: Row) -> str:
    """A step in words."""
    step = STEPS.get(row.get("do", ""))
    if step is None:
        return str(row.get("do"))
    values = [
        parameter.kind.words(row[parameter.name])
        for parameter in step.parameters
        if row.get(parameter.name) not in (None, "", [])
    ]
    return " · ".join([str(step.label), *(value if len(value) < 80 else f"{value[:77]}…" for value in values)])


# --- what each of them does ---------------------------------------------------------------------------------------


def _differs(label: Lazy | str, old: object, new: object) -> list[Change]:
    return [Change(str(label), str(old), str(new))] if str(old) != str(new) else []


def _adds(label: Lazy | str, new: object) -> list[Change]:
    return [Change(str(label), "", str(new))]


def _tag(case: Case, row: Row) -> str:
    actions.tag(case.ticket, by=case.by, add=row.get("add", []), remove=row.get("remove", []))
    return ", ".join([*(f"+{one}" for one in row.get("add", [])), *(f"−{one}" for one in row.get("remove", []))])


def _tag_changes(case: Case, row: Row) -> list[Change]:
    old = list(case.ticket.tags)
    have, gone = {one.lower() for one in old}, {one.lower() for one in row.get("remove", [])}
    kept = [one for one in old if one.lower() not in gone]
    new = kept + [one for one in row.get("add", []) if one.lower() not in have]
    case.ticket.tags = new
    return _differs(_("Tags"), ", ".join(old) or NONE, ", ".join(new) or NONE)


def _state(case: Case, row: Row) -> str:
    actions.change_state(case.ticket, State(row["to"]), by=case.by)
    return str(State(row["to"]).label)


def _state_changes(case: Case, row: Row) -> list[Change]:
    old, new = State(case.ticket.state), State(row["to"])
    if new != old:
        states.check(old, new)
    case.ticket.state = new
    return _differs(_("State"), old.label, new.label)


def _taker(case: Case, to: str) -> User | None:
    if to == "me":
        if case.by.user is None:
            raise Refused("to", _("A rule has nobody to be “me”."))
        return case.by.user
    if to in ("turn", "load"):
        return assignment.next_colleague(case.ticket, to)
    if to == "none":
        return None
    found = User.objects.filter(email=to, is_active=True).first()
    if found is None:
        raise Refused("to", _("This colleague no longer works here."))
    return found


def _assign(case: Case, row: Row) -> str:
    person = _taker(case, row["to"])
    if person is None and row["to"] in ("turn", "load"):
        return _("nobody is free")
    actions.assign(case.ticket, to=person, by=case.by)
    return person.full_name if person else _("nobody")


def _assign_changes(case: Case, row: Row) -> list[Change]:
    old = case.ticket.assignee.full_name if case.ticket.assignee else _("nobody")
    if row["to"] in ("turn", "load"):  # whose turn it will be then, nobody knows
        return _differs(_("Assignee"), old, kinds.TAKER.words(row["to"]))
    case.ticket.assignee = person = _taker(case, row["to"])
    return _differs(_("Assignee"), old, person.full_name if person else _("nobody"))


def _named_team(key: str) -> Team | None:
    team = None if key == "none" else Team.objects.filter(key=key).first()
    if team is None and key != "none":
        raise Refused("to", _("There is no such team any more."))
    return team


def _team(case: Case, row: Row) -> str:
    team = _named_team(row["to"])
    actions.move_to_team(case.ticket, to=team, by=case.by)
    return team.name if team else _("no team")


def _team_changes(case: Case, row: Row) -> list[Change]:
    """Who is no member of the new team loses the ticket."""
    ticket, team, nobody = case.ticket, _named_team(row["to"]), _("no team")
    found = _differs(_("Team"), ticket.team.name if ticket.team else nobody, team.name if team else nobody)
    ticket.team = team
    if found and team and ticket.assignee and not team.members.filter(pk=ticket.assignee.pk).exists():
        found += _differs(_("Assignee"), ticket.assignee.full_name, _("nobody"))
        ticket.assignee = None
    return found


def _priority(case: Case, row: Row) -> str:
    priority = Priority.from_key(row["to"])
    actions.prioritise(case.ticket, to=priority, by=case.by)
    return str(priority.label)


def _priority_changes(case: Case, row: Row) -> list[Change]:
    old, new = Priority(case.ticket.priority), Priority.from_key(row["to"])
    case.ticket.priority = new
    return _differs(_("Priority"), old.label, new.label)


def _named_reason(key: str) -> Reason:
    reason = Reason.objects.filter(key=key).first()
    if reason is None:
        raise Refused("to", _("There is no such reason any more."))
    return reason


def _reason(case: Case, row: Row) -> str:
    reason = _named_reason(row["to"])
    actions.choose_reason(case.ticket, to=reason, by=case.by)
    return str(reason)


def _reason_changes(case: Case, row: Row) -> list[Change]:
    old, new = case.ticket.reason, _named_reason(row["to"])
    case.ticket.reason = new
    return _differs(_("Reason"), old or NONE, new)


def _snooze(case: Case, row: Row) -> str:
    until = case.at + timedelta(seconds=row["seconds"])
    if row.get("business") and (calendar := calendar_for(case.ticket.shop, team=case.ticket.team)):
        until = clock.due(calendar, case.at, row["seconds"]) or until
    actions.snooze(case.ticket, until=until, by=case.by)
    return until.isoformat()


def _note(case: Case, row: Row) -> str:
    actions.note(case.ticket, by=case.by, text=fill(row["text"], "", case).text)
    return _("left")


def _told(case: Case, to: str) -> list[User]:
    active = User.objects.filter(is_active=True)
    if to == "assignee":
        return escalation.responsible(case.ticket)
    if to == "leads":
        leads = active.filter(role=Role.LEAD)
        own = list(leads.filter(teams=case.ticket.team)) if case.ticket.team else []
        return own or list(leads) or list(active.filter(role__in=[Role.MANAGER, Role.ADMIN]))
    if to == "managers":
        return list(active.filter(role=Role.MANAGER)) or list(active.filter(role=Role.ADMIN))
    if to.startswith("team:"):
        return list(active.filter(teams__key=to.removeprefix("team:")))
    return list(active.filter(email=to))


def _notify(case: Case, row: Row) -> str:
    told = _told(case, row["to"])
    text = fill(row["text"], "", case).text if row.get("text") else (case.rule.name if case.rule else _("A macro"))
    cause = f"rule:{case.rule.pk if case.rule else 0}:{case.event.pk if case.event else case.at.isoformat()}"
    for person in told:
        words = f"#{case.ticket.pk} · {text}"
        notify(person, Notification.Kind.RULE, ticket=case.ticket, text=words, cause=cause, event=case.event)
    return ", ".join(person.full_name for person in told) or _("nobody")


def _task(case: Case, row: Row) -> str:
    seconds = row.get("seconds")
    due_at = case.at + timedelta(seconds=seconds) if seconds else None
    person = _taker(case, row["to"]) if row.get("to") else case.ticket.assignee
    title = fill(row["title"], "", case).text
    actions.set_task(case.ticket, by=case.by, title=title, user=person, due_at=due_at)
    return title


def _webhook(case: Case, row: Row) -> str:
    webhook = Webhook.objects.filter(pk=int(row["to"]), active=True).first()
    event = case.event or case.ticket.events.order_by("-at", "-pk").first()  # time has passed: since this
    if webhook is None or event is None:
        raise Refused("to", _("There is no such webhook any more."))
    webhooks.queue(webhook, event, cause=f"rule:{case.rule.pk}" if case.rule else "macro")
    return webhook.name


def _escalate(case: Case, row: Row) -> str:
    person = escalation.escalate(case.ticket, why=row["why"], by=case.by)
    return person.full_name if person else _("nobody on duty")


def _fields(case: Case, row: Row) -> str:
    actions.fill_in(case.ticket, by=case.by, values=row["values"])
    return ", ".join(f"{key}: {value}" for key, value in row["values"].items())


def _problem(case: Case, row: Row) -> str:
    problem = Problem.objects.filter(pk=int(row["to"])).first()
    if problem is None:
        raise Refused("to", _("There is no such problem any more."))
    actions.link_problem(case.ticket, problem=problem, by=case.by)
    return problem.title


def _language(case: Case, row: Row) -> str:
    actions.speak(case.ticket, by=case.by, language=row["to"])
    return kinds.LANGUAGE.words(row["to"])


def _no_survey(case: Case, row: Row) -> str:
    actions.skip_survey(case.ticket, by=case.by)
    return _("not asked")


def _reply_changes(case: Case, row: Row) -> list[Change]:
    if autoreply.why_not(case, row):
        return []
    autoreply.words_of(case, row)
    return [Change(_("Automatic answer"), "", _("sent"), heard=True)]


def _language_changes(case: Case, row: Row) -> list[Change]:
    old, case.ticket.language = case.ticket.language, row["to"]
    return _differs(_("Language"), kinds.LANGUAGE.words(old), kinds.LANGUAGE.words(row["to"]))


_TO = gettext_lazy("to")
_NOT_ASKED = gettext_lazy("Survey")


def _param(name: str, label: Lazy | str, kind: Kind, *, required: bool = True) -> Parameter:
    return Parameter(name, label, kind, required)


STEPS: dict[str, Step] = {
    "priority": Step(
        gettext_lazy("Set the priority"), "bars", (_param("to", _TO, kinds.PRIORITY),), _priority, _priority_changes
    ),
    "tag": Step(
        gettext_lazy("Tag"),
        "tag",
        (
            _param("add", gettext_lazy("add"), kinds.TAGS, required=False),
            _param("remove", gettext_lazy("remove"), kinds.TAGS, required=False),
        ),
        _tag,
        _tag_changes,
    ),
    "state": Step(gettext_lazy("Set the state"), "half", (_param("to", _TO, kinds.STATE),), _state, _state_changes),
    "assign": Step(gettext_lazy("Assign"), "user", (_param("to", _TO, kinds.TAKER),), _assign, _assign_changes),
    "team": Step(gettext_lazy("Move to the team"), "users", (_param("to", _TO, kinds.TEAM),), _team, _team_changes),
    "reason": Step(
        gettext_lazy("Choose the reason"), "layers", (_param("to", _TO, kinds.REASON),), _reason, _reason_changes
    ),
    "snooze": Step(
        gettext_lazy("Snooze"),
        "moon",
        (
            _param("seconds", gettext_lazy("for, in seconds"), kinds.SECONDS),
            _param("business", gettext_lazy("only opening hours"), kinds.FLAG, required=False),
        ),
        _snooze,
        lambda case, row: _adds(_("Snooze"), _("%(n)d h") % {"n": row["seconds"] // 3600}),
    ),
    "note": Step(
        gettext_lazy("Leave a note"),
        "note",
        (_param("text", gettext_lazy("words"), kinds.LONG_TEXT),),
        _note,
        lambda case, row: _adds(_("Note"), row["text"][:80]),
    ),
    "reply": Step(
        gettext_lazy("Answer automatically"),
        "reply",
        (
            _param("macro", gettext_lazy("with the macro"), kinds.MACRO, required=False),
            _param("text", gettext_lazy("or with these words"), kinds.LONG_TEXT, required=False),
            _param("days", gettext_lazy("to each customer once in so many days"), kinds.WHOLE, required=False),
        ),
        autoreply.run,
        _reply_changes,
        speaks=True,
    ),
    "notify": Step(
        gettext_lazy("Tell"),
        "at",
        (
            _param("to", gettext_lazy("whom"), kinds.TOLD),
            _param("text", gettext_lazy("words"), kinds.TEXT, required=False),
        ),
        _notify,
        lambda case, row: _adds(_("Told"), kinds.TOLD.words(row["to"])),
    ),
    "task": Step(
        gettext_lazy("Create a task"),
        "check",
        (
            _param("title", gettext_lazy("what"), kinds.TEXT),
            _param("to", gettext_lazy("for"), kinds.TAKER, required=False),
            _param("seconds", gettext_lazy("due in, in seconds"), kinds.SECONDS, required=False),
        ),
        _task,
        lambda case, row: _adds(_("Task"), fill(row["title"], "", case).text),
    ),
    "webhook": Step(
        gettext_lazy("Call the webhook"),
        "link",
        (_param("to", gettext_lazy("named"), kinds.WEBHOOK),),
        _webhook,
        lambda case, row: _adds(_("Webhook"), kinds.WEBHOOK.words(row["to"])),
    ),
    "escalate": Step(
        gettext_lazy("Escalate"),
        "up",
        (_param("why", gettext_lazy("because"), kinds.TEXT),),
        _escalate,
        lambda case, row: _adds(_("Escalated"), row["why"]),
    ),
    "fields": Step(
        gettext_lazy("Fill in fields"),
        "form",
        (_param("values", gettext_lazy("values"), kinds.VALUES),),
        _fields,
        lambda case, row: [
            change
            for key, value in row["values"].items()
            for change in _differs(key, case.ticket.fields.get(key, ""), value)
        ],
    ),
    "problem": Step(
        gettext_lazy("Link to the problem"),
        "case",
        (_param("to", gettext_lazy("named"), kinds.PROBLEM),),
        _problem,
        lambda case, row: _adds(_("Problem"), kinds.PROBLEM.words(row["to"])),
    ),
    "language": Step(
        gettext_lazy("Answer in"),
        "globe",
        (_param("to", gettext_lazy("language"), kinds.LANGUAGE),),
        _language,
        _language_changes,
    ),
    "no_survey": Step(
        gettext_lazy("Ask for no rating"),
        "star",
        (),
        _no_survey,
        lambda case, row: [] if case.ticket.skip_survey else _adds(_NOT_ASKED, _("not asked")),
    ),
}
