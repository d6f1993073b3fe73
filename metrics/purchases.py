"""What an order says of its customer: which orders stand around it, and when a colleague had last helped before it."""

from collections.abc import Collection, Iterator
from typing import Any

from django.db import connection
from django.db.models import Count

from accounts.models import Shop
from customers.merge import SURVIVOR
from customers.orders import UNPAID
from metrics.models import OrderFact
from metrics.scope import Scope

# Whom these customers were merged into and who was merged into them; UNION ends where merges run in a circle.
THEIRS = """
SELECT unnest(%(customers)s::bigint[])
UNION
SELECT CASE WHEN one.id = family.id THEN one.merged_into_id ELSE one.id END
FROM family JOIN customers_customer one ON one.id = family.id OR one.merged_into_id = family.id
"""
ALL = "SELECT id FROM customers_customer"
# `own`: the orders of a customer, with those of whoever was merged into them; `here`: in the order's own shop.
TOLD = f"""
WITH RECURSIVE family(id) AS ({{family}}), buyer AS (
    SELECT one.id, coalesce({SURVIVOR.format("above.merged_into_id")}, one.merged_into_id, one.id) AS root
    FROM family JOIN customers_customer one USING (id)
        LEFT JOIN customers_customer above ON above.id = one.merged_into_id
), told AS (
    SELECT bought.id AS order_id, shop_id, placed_at, currency,
        CASE WHEN status <> ALL(%(unpaid)s) THEN total END AS paid,
        first_value(placed_at) OVER own AS first_at, lead(placed_at) OVER own AS next_at,
        first_value(placed_at) OVER here AS first_here_at, lead(placed_at) OVER here AS next_here_at, (
            SELECT max(helped.opened_at) FROM metrics_ticketfacts helped
            WHERE helped.customer_id = root AND helped.opened_at <= placed_at
              AND helped.excluded = '' AND helped.replies > 0
        ) AS helped_at
    FROM buyer JOIN customers_order bought ON bought.customer_id = buyer.id
    WINDOW own AS (PARTITION BY root ORDER BY placed_at, bought.id),
        here AS (PARTITION BY root, shop_id ORDER BY placed_at, bought.id)
)
"""  # noqa: S608
COLUMNS = ", ".join(field.column for field in OrderFact._meta.concrete_fields)
WRITE = f"""
{TOLD} INSERT INTO metrics_orderfact AS stored ({COLUMNS}) SELECT {COLUMNS} FROM told
ON CONFLICT (order_id) DO UPDATE SET ({COLUMNS}) = ({", ".join(f"excluded.{name}" for name in COLUMNS.split(", "))})
WHERE stored IS DISTINCT FROM excluded
"""  # noqa: S608  (names of our own columns)
WRONG = f"""
{TOLD} SELECT order_id, stored::text, told::text
FROM (SELECT {COLUMNS} FROM told) told FULL JOIN (SELECT {COLUMNS} FROM metrics_orderfact) stored USING (order_id)
WHERE stored IS DISTINCT FROM told ORDER BY order_id
"""  # noqa: S608


def refresh(customers: Collection[int]) -> None:
    """Look again at all orders of these customers. Rows that stay the same are not touched."""
    if customers:
        _ask(WRITE.format(family=THEIRS), customers=sorted(customers))


def refresh_all() -> None:
    _ask(WRITE.format(family=ALL))


def differences() -> Iterator[str]:
    """Of which orders something else is stored: one line each."""
    for order, was, told in _ask(WRONG.format(family=ALL)):
        yield f"order {order}: {was}, should be {told}"


def _ask(statement: str, **values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, {"unpaid": list(UNPAID)} | values)
        return list(cursor.fetchall()) if cursor.description else []


def currency_of(scope: Scope) -> str:
    """The shop's; of several shops that of most of them."""
    if scope.shop:
        return scope.shop.currency
    most = Shop.objects.order_by().values("currency").annotate(n=Count("pk")).order_by("-n", "currency").first()
    return most["currency"] if most else ""
