"""How long until it is solved, and whether it stays so."""

from dataclasses import replace
from functools import cache

from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from metrics.kpis.registry import kpi
from metrics.measures import Average, Lengths, Measure, Share
from metrics.models import OpenSpan
from metrics.populations import Beyond, Population, children, tickets
from metrics.returns import CAME_BACK_WITHIN
from metrics.scope import Scope

REOPENED_WITHIN = 14 * 86_400 * 1_000_000  # microseconds


@kpi(
    "seconds",
    _("Resolution time"),
    _("From the customer's first message to the solve that still stands: the mean of the period's."),
    better="lower",
)
def resolution_time(scope: Scope) -> Measure:
    return Lengths(solved(), scope.column("resolution"))


@kpi(
    "seconds",
    _("First resolution time"),
    _("From the customer's first message to the first solve ever, whatever came after: the mean of the period's."),
    better="lower",
)
def first_resolution_time(scope: Scope) -> Measure:
    first = tickets("first_solved_at", agent="first_solved_by", late="unsolved")
    return Lengths(first, scope.column("first_resolution"))


@kpi(
    "seconds",
    _("Requester wait"),
    _("How long a ticket was new, open or on hold before the solve that still stands: the mean of the period's."),
    better="lower",
)
def requester_wait_time(scope: Scope) -> Measure:
    return Lengths(solved(), scope.column("requester_wait"))


@kpi(
    "percent",
    _("One-touch rate"),
    _("Of the tickets solved in the period, the share that took exactly one reply by a person."),
    better="higher",
)
def one_touch_rate(scope: Scope) -> Measure:
    return Share(solved(), Q(replies_to_solve=1), beside={"without_reply": Q(replies_to_solve=0)})


@kpi(
    "percent",
    _("First-contact resolution"),
    _(
        "Of the tickets first solved in the period and at least seven days ago, the share after which the customer did"
        " not come back for the same reason within seven days, on any channel."
    ),
    better="higher",
)
def first_contact_resolution_rate(scope: Scope) -> Measure:
    left_out = {"too_recent": Q(first_solved_at__gt=Now() - CAME_BACK_WITHIN)}
    first = tickets("first_solved_at", agent="first_solved_by", left_out=left_out, late="unsolved")
    return Share(first, Q(came_back=False))


@kpi(
    "percent",
    _("Reopen rate"),
    _("Of the solves in the period, the share followed by a reopening within fourteen days."),
    better="lower",
)
def reopen_rate(scope: Scope) -> Measure:
    ended = children(OpenSpan, "ended_at")
    closed = Beyond(ended.rows, {"closed_unsolved": Q(solved=False)})
    solves = replace(ended, rows=ended.rows.filter(solved=True), beyond=closed)
    return Share(solves, Q(reopened_us__lte=REOPENED_WITHIN))


@kpi(
    "ratio",
    _("Replies per resolution"),
    _("Replies by people up to the solve that still stands, per ticket solved in the period."),
    better="lower",
)
def replies_per_resolution(scope: Scope) -> Measure:
    return Average(solved(), "replies_to_solve")


@cache
def solved() -> Population:
    """Tickets by the solve that still stands."""
    return tickets("solved_at", agent="solved_by", late="unsolved")
