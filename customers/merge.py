"""Two records of one person become one, and two again: nothing is lost either way (S146)."""

from collections.abc import Iterator
from typing import Any

from django.db import models, transaction
from django.db.models import F, Func, Subquery
from django.db.models.functions import Upper
from django.utils import timezone
from django.utils.translation import gettext as _

from customers.models import Customer, CustomerMerge, Identity
from helpdesk.lib import compiled
from helpdesk.lib.refused import Refused

BORROWED = ("name", "language", "postcode", "timezone")  # taken over where the one that stays has none
OFFERED = 3


# Whom the customer {} has been merged into in the end; null where there is none, or merges run in a circle.
SURVIVOR = """(
    WITH RECURSIVE up(id, next) AS (
        SELECT id, merged_into_id FROM customers_customer WHERE id = {}
        UNION
        SELECT one.id, one.merged_into_id FROM up JOIN customers_customer one ON one.id = up.next
    ) SELECT id FROM up WHERE next IS NULL
)"""


@transaction.atomic
def merge(source: Customer, *, into: Customer) -> CustomerMerge:
    """Everything that names `source` names `into` from now on; what was moved is written down, for `unmerge`.

    Refused (field "customer") for the same customer, and for one that has been merged already.
    """
    rows = {row.pk: row for row in _locked(source, into)}
    source, into = rows[source.pk], rows[into.pk]
    if source.pk == into.pk or source.merged_into_id or into.merged_into_id:
        raise Refused("customer", _("These two cannot be merged: one of them is merged already."))
    moved = {name: _move(rows_of, field, into) for name, rows_of, field in _holders(source)}
    before = {name: getattr(into, name) for name in (*BORROWED, "vip", "notes")}
    for name in BORROWED:
        setattr(into, name, getattr(into, name) or getattr(source, name))
    into.vip = into.vip or source.vip
    into.notes = "\n".join(part for part in (into.notes, source.notes) if part)
    into.save(update_fields=list(before))
    after = {name: getattr(into, name) for name in before}
    source.merged_into = into
    source.save(update_fields=["merged_into"])
    changed = {name: [before[name], after[name]] for name in before if before[name] != after[name]}
    kept = {name: pks for name, pks in moved.items() if pks}
    return CustomerMerge.objects.create(source=source, into=into, at=timezone.now(), moved=kept, changed=changed)


@transaction.atomic
def unmerge(source: Customer) -> Customer:
    """Give `source` back what the merge took, and the other one the words it had. Returns the one that it was merged
    into. What arrived since stays where it is. Refused (field "customer") when it is not merged."""
    row = CustomerMerge.objects.filter(source=source, undone_at=None).select_related("into").first()
    if row is None:
        raise Refused("customer", _("This customer is not merged."))
    locked = {one.pk: one for one in _locked(source, row.into)}
    source, into = locked[source.pk], locked[row.into_id]
    for name, rows_of, field in _holders(into):
        rows_of.filter(pk__in=row.moved.get(name, [])).update(**{field: source})
    restored = [name for name, (_old, new) in row.changed.items() if getattr(into, name) == new]
    for name in restored:
        setattr(into, name, row.changed[name][0])
    into.save(update_fields=restored)
    source.merged_into = None
    source.save(update_fields=["merged_into"])
    row.undone_at = timezone.now()
    row.save(update_fields=["undone_at"])
    return into


def suggested(customer: Customer) -> list[Customer]:
    """Other customers who may be the same person: the same name and postcode, or the same phone or address on another
    kind of channel. At most three."""
    found: list[Customer] = compiled.found(_alike, "alike", customer.pk)
    models.prefetch_related_objects([one for one in found if not one.name], "identities")  # they go by their address
    return found


def _alike(customer: int) -> models.QuerySet[Customer]:
    told = Identity.objects.filter(customer=customer).order_by().values("value")
    same: models.QuerySet[Any, Any] = Identity.objects.filter(value__in=told).order_by().values_list("customer")
    # A question and an index each: an OR over the join would read every customer.
    them = Customer.objects.filter(pk=customer).exclude(name="").exclude(postcode="").order_by()
    folded, upper = _folded(F("postcode")), Upper("name")
    there = Customer.objects.exclude(postcode="").alias(folded=folded, upper=upper)
    named = there.filter(folded=Subquery(them.values(one=folded)), upper=Subquery(them.values(one=upper)))
    everybody = same.union(named.order_by().values_list("pk"))
    others = Customer.objects.filter(pk__in=everybody, merged_into=None).exclude(pk=customer)
    return others[:OFFERED]


def _folded(text: F) -> Func:
    """As the index on postcodes has it."""
    return Func(text, function="comptoir_fold", output_field=models.TextField())


def _locked(*customers: Customer) -> models.QuerySet[Customer]:
    """Their rows, locked in one order for all: no deadlock."""
    return Customer.objects.select_for_update(of=("self",)).filter(pk__in=[one.pk for one in customers]).order_by("pk")


def _holders(customer: Customer) -> Iterator[tuple[str, models.QuerySet[Any], str]]:
    """Everything of any app that names this customer: its name, its rows, the field."""
    for relation in Customer._meta.related_objects:
        model: Any = relation.related_model
        if model in (CustomerMerge, Customer) or relation.many_to_many:
            continue
        name = relation.field.name
        yield f"{model._meta.label_lower}.{name}", model._base_manager.filter(**{name: customer}), name


def _move(rows: models.QuerySet[Any], field: str, into: Customer) -> list[Any]:
    pks = list(rows.values_list("pk", flat=True))
    rows.model._base_manager.filter(pk__in=pks).update(**{field: into})
    return pks
