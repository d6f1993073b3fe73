"""Causes that tickets share: the tickets close, the problem stays until its cause is gone (S20, S84)."""

from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Shop, Team, User
from helpdesk.lib import compiled
from helpdesk.lib.refused import Refused
from tickets.actions.locking import locked, touch
from tickets.actors import Actor
from tickets.events import record
from tickets.models import EventKind, Problem, Reason, Ticket


@transaction.atomic
def open_problem(
    *,
    shop: Shop,
    title: str,
    by: Actor,
    description: str = "",
    reason: Reason | None = None,
    sku: str = "",
    team: Team | None = None,
    owner: User | None = None,
    tickets: tuple[Ticket, ...] = (),
) -> Problem:
    """Begin the record of a cause, with the tickets that showed it. Refused without a title."""
    title = " ".join(title.split())[:200]
    if not title:
        raise Refused("title", _("Say in a few words what goes wrong."))
    problem = Problem.objects.create(
        shop=shop, title=title, description=description, reason=reason, sku=sku, team=team, owner=owner
    )
    for ticket in tickets:
        link_problem(ticket, problem=problem, by=by)
    return problem


@transaction.atomic
def edit_problem(problem: Problem, **fields: Any) -> Problem:
    """Describe it: title, description, shop, reason, sku, team, owner. Its shop stays once tickets are linked."""
    problem = _locked(problem)
    if fields["shop"] != problem.shop and problem.tickets.exists():
        raise Refused("shop", _("Its tickets belong to this shop."))
    for name, value in fields.items():
        setattr(problem, name, value)
    problem.save(update_fields=list(fields))
    return problem


@transaction.atomic
def link_problem(ticket: Ticket, *, problem: Problem, by: Actor) -> Ticket:
    """Note that this ticket comes from that cause. Refused across shops."""
    if ticket.shop_id != problem.shop_id:
        raise Refused("problem", _("It belongs to another shop."))
    ticket = locked(ticket)
    if not problem.tickets.filter(pk=ticket.pk).exists():
        problem.tickets.add(ticket)
        touch(ticket)
        record(ticket, EventKind.PROBLEM, by=by, problem=problem.pk, title=problem.title, linked=True)
    return ticket


@transaction.atomic
def unlink_problem(ticket: Ticket, *, problem: Problem, by: Actor) -> Ticket:
    ticket = locked(ticket)
    if problem.tickets.filter(pk=ticket.pk).exists():
        problem.tickets.remove(ticket)
        touch(ticket)
        record(ticket, EventKind.PROBLEM, by=by, problem=problem.pk, title=problem.title, linked=False)
    return ticket


@transaction.atomic
def mark_fixed(problem: Problem) -> Problem:
    """The cause is gone from now on: contacts before and after are compared from here. It is not closed yet."""
    problem = _locked(problem)
    problem.state, problem.fixed_at = Problem.State.FIXED, problem.fixed_at or timezone.now()
    problem.save(update_fields=["state", "fixed_at"])
    return problem


@transaction.atomic
def close_problem(problem: Problem) -> Problem:
    """Refused before the cause is fixed: a found workaround is not the end (S84)."""
    problem = _locked(problem)
    if problem.fixed_at is None:
        raise Refused("state", _("Mark it as fixed first: a workaround for one customer is not the end."))
    problem.state, problem.closed_at = Problem.State.CLOSED, timezone.now()
    problem.save(update_fields=["state", "closed_at"])
    return problem


@transaction.atomic
def reopen_problem(problem: Problem) -> Problem:
    """It came back: the fix did not hold."""
    problem = _locked(problem)
    problem.state, problem.fixed_at, problem.closed_at = Problem.State.OPEN, None, None
    problem.save(update_fields=["state", "fixed_at", "closed_at"])
    return problem


@transaction.atomic
def report_problem(ticket: Ticket, *, title: str, by: Actor) -> None:
    """Link the ticket to the problem of this title, opened with it if there is none. Refused without a title."""
    title = " ".join(title.split())
    Shop.objects.select_for_update(no_key=True).get(pk=ticket.shop_id)  # two who report it at once mean one problem
    unclosed = Problem.objects.filter(shop=ticket.shop).exclude(state=Problem.State.CLOSED)
    known = next((one for one in unclosed if one.title.casefold() == title.casefold()), None)
    if known:
        link_problem(ticket, problem=known, by=by)
    else:
        open_problem(
            shop=ticket.shop, title=title, by=by, reason=ticket.reason, team=ticket.team, tickets=(ticket,)
        )  # fmt: skip


def open_problems(ticket: Ticket) -> list[Problem]:
    """The shop's problems that are not closed, but for those of this ticket."""
    return compiled.found(_not_linked, "problems not linked", ticket.shop_id, ticket.pk)


def suggested_problems(ticket: Ticket, known: list[Problem]) -> list[Problem]:
    """Those of the ticket's reason or products: the second occurrence suggests linking."""
    orders = ticket.orders.all() if any(one.sku for one in known) else []
    skus = {item.get("sku") for order in orders for item in order.items} - {None, ""}
    by_sku = [one for one in known if one.sku in skus]
    by_reason = [one for one in known if one.reason_id and one.reason_id == ticket.reason_id]
    return list(dict.fromkeys([*by_sku, *by_reason]))


def _not_linked(shop: int, ticket: int) -> QuerySet[Problem]:
    """The shop's problems that are not closed, but for those of this ticket."""
    here = Problem.tickets.through.objects.filter(problem=OuterRef("pk"), ticket=ticket)
    return Problem.objects.filter(~Exists(here), shop=shop).exclude(state=Problem.State.CLOSED)


def _locked(problem: Problem) -> Problem:
    return Problem.objects.select_for_update().get(pk=problem.pk)
