"""Fix the cause, not the symptom: contacts for one reason about one product become a task for a lead (S82)."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.models import Role, Shop, User
from metrics.kpis.volume import opened_by_customers
from metrics.products import Items
from metrics.refresh import catch_up
from metrics.scope import Scope
from metrics.windows import DAY, Window
from tickets import actions
from tickets.actors import SYSTEM
from tickets.escalation import LADDER
from tickets.models import Notification, Reason, Task, Ticket
from tickets.notifications import notify

KIND = "cause"  # of Task
MANY, WITHIN = 5, timedelta(days=7)


@dataclass(slots=True)
class Cause:
    """A reason and a product (by its sku), with when each of their contacts was opened, by ticket."""

    reason: int
    sku: str
    name: str
    contacts: dict[int, datetime] = field(default_factory=dict)


def sweep(at: datetime | None = None) -> list[Task]:
    """The new tasks of every shop. Doing it twice makes none twice."""
    catch_up()
    return [task for shop in Shop.objects.all() for task in look(shop, at or timezone.now())]


@transaction.atomic
def look(shop: Shop, at: datetime) -> list[Task]:
    """A task for each cause that has MANY contacts WITHIN the time before `at`. While one is to do there is no second;
    once it is done, only what came after counts."""
    Shop.objects.select_for_update(of=("self",), no_key=True).get(pk=shop.pk)
    found, known = _causes(shop, at), _tasks(shop)
    reasons, made = Reason.objects.in_bulk({one.reason for one in found}), []
    for cause in found:
        reason = reasons[cause.reason]
        earlier = known.get((reason.key, cause.sku))
        if earlier and earlier.done_at is None:
            continue
        since = earlier.done_at if earlier else None
        fresh = [ticket for ticket, opened_at in cause.contacts.items() if since is None or opened_at > since]
        if len(fresh) >= MANY:
            made.append(_task(shop, reason, cause, fresh))
    return made


def _causes(shop: Shop, at: datetime) -> list[Cause]:
    """Every reason and product with at least one contact: one statement."""
    zone = ZoneInfo(shop.timezone)
    window = Window((at - WITHIN).astimezone(zone).date(), at.astimezone(zone).date() + DAY, zone)
    rows = opened_by_customers().counted(Scope(window, shop=shop))
    rows = rows.filter(opened_at__gt=at - WITHIN, opened_at__lte=at, reason__isnull=False, ticket__orders__isnull=False)
    items = rows.order_by().annotate(sku=Items("ticket__orders__items", key="sku"))
    items = items.annotate(called=Items("ticket__orders__items", key="name"))
    found: dict[tuple[int, str], Cause] = {}
    for reason, sku, called, ticket, opened_at in items.values_list("reason", "sku", "called", "ticket", "opened_at"):
        if sku:
            cause = found.setdefault((reason, sku), Cause(reason, sku, called or sku))
            cause.contacts[ticket] = opened_at
    return list(found.values())


def _tasks(shop: Shop) -> dict[tuple[str, str], Task]:
    """The newest task for each reason's key and sku."""
    rows = Task.objects.filter(kind=KIND, data__shop=shop.key).order_by("pk")
    return {(one.data["reason"], one.data["sku"]): one for one in rows}


def _task(shop: Shop, reason: Reason, cause: Cause, tickets: list[int]) -> Task:
    """On the newest of the tickets, so that whoever gets it has an example to begin with."""
    newest = Ticket.objects.select_related("team").get(pk=max(tickets))
    lead = _lead_of(newest)
    told = {"n": len(tickets), "product": cause.name[:60], "reason": str(reason)[:60]}
    with translation.override((lead.language if lead else "") or shop.default_language):
        title = _("Find the cause: %(n)d contacts in 7 days about %(product)s (%(reason)s)") % told
    data = {"shop": shop.key, "reason": reason.key, "sku": cause.sku}
    task = actions.set_task(newest, by=SYSTEM, title=title, user=lead, kind=KIND, data=data)
    if lead is not None:
        notify(lead, Notification.Kind.TASK, ticket=newest, text=title, cause=f"cause:{task.pk}")
    return task


def _lead_of(ticket: Ticket) -> User | None:
    """A lead of its team, or any for a ticket of no team; else who stands higher."""
    people = User.objects.filter(is_active=True, role__in=LADDER)
    if ticket.team is not None:
        people = people.exclude(pk__in=User.objects.filter(role=Role.LEAD).exclude(teams=ticket.team))
    return min(people, key=lambda one: (LADDER[Role(one.role)], one.pk), default=None)
