"""What customers ask that the help centre does not answer: reasons without an article (S9), new products (S71)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from celery import shared_task
from django.db import connection, transaction
from django.db.models import Count, Exists, Max, OuterRef, QuerySet
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.models import Shop
from faq.models import Article, ArticleTranslation, State
from tickets.models import Reason, Task, Ticket

WRITE = "article"  # the kind of task that asks for one
FRESH = timedelta(days=7)
MOST = 500  # products looked at in one night
NEW_PRODUCTS = """
    SELECT shop_id, sku, max(item ->> 'name'), count(*), min(placed_at)
    FROM customers_order, jsonb_array_elements(items) AS item, LATERAL (SELECT left(item ->> 'sku', 80) AS sku) AS named
    WHERE placed_at >= %s AND sku <> ''
        AND NOT EXISTS (
            SELECT FROM faq_article AS known
            WHERE known.shop_id = customers_order.shop_id AND skus @> ARRAY[sku]::varchar[]
        )
    GROUP BY shop_id, sku ORDER BY count(*) DESC, sku LIMIT %s
"""
SOLD_BEFORE = """
    SELECT DISTINCT shop_id, sku
    FROM customers_order, jsonb_array_elements(items) AS item, LATERAL (SELECT left(item ->> 'sku', 80) AS sku) AS named
    WHERE placed_at < %s
"""


@dataclass(frozen=True, slots=True)
class Gap:
    """A reason for which customers of a shop write, and no article that they could read instead."""

    shop: Shop
    reason: Reason
    tickets: int
    newest: int  # the ticket to begin with
    draft: Article | None


@dataclass(frozen=True, slots=True)
class NewProduct:
    shop: Shop
    sku: str
    name: str
    orders: int
    since: datetime


def gaps(tickets: QuerySet[Ticket], *, since: datetime, limit: int = 50) -> list[Gap]:
    """The reasons of tickets opened since then that no published article names, the most frequent first."""
    answered = ArticleTranslation.objects.filter(
        state=State.PUBLISHED, shop=OuterRef("shop"), article__reason=OuterRef("reason__key")
    )
    asked = tickets.filter(opened_at__gte=since, spam=False, deleted_at=None, merged_into=None, is_test=False)
    rows = asked.exclude(reason=None).filter(~Exists(answered)).order_by().values("shop", "reason")
    found = list(rows.annotate(n=Count("pk"), newest=Max("pk")).order_by("-n", "reason")[:limit])
    shops, reasons = _by_pk(Shop, found, "shop"), _by_pk(Reason, found, "reason")
    begun = Article.objects.filter(reason__in=[one.key for one in reasons.values()])
    drafts = {(one.shop_id, one.reason): one for one in begun}
    return [_gap(row, shops[row["shop"]], reasons[row["reason"]], drafts) for row in found]


def new_products(*, since: datetime, limit: int = 20) -> list[NewProduct]:
    """What has been ordered since then and no article is about, the most ordered first."""
    with connection.cursor() as cursor:
        cursor.execute(NEW_PRODUCTS, [since, limit])
        rows = cursor.fetchall()
    shops = Shop.objects.in_bulk({row[0] for row in rows})
    return [NewProduct(shops[shop], sku, name or sku, orders, first) for shop, sku, name, orders, first in rows]


@shared_task(name="tickets.article_gaps.ask_for_articles")
def ask_for_articles() -> int:
    """One task for each product that a shop began to sell within the last week and that no article is about (S71).
    A shop that has itself just begun is left alone: there everything is new. Returns how many tasks."""
    since = timezone.now() - FRESH
    found = new_products(since=since, limit=MOST)
    if not found:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(SOLD_BEFORE, [since])
        sold = set(cursor.fetchall())
    shops = {shop for shop, _sku in sold}
    return sum(_ask(one) for one in found if one.shop.pk in shops and (one.shop.pk, one.sku) not in sold)


@transaction.atomic
def _ask(product: NewProduct) -> bool:
    shop = Shop.objects.select_for_update().get(pk=product.shop.pk)  # two of us ask once
    about = {"shop": shop.key, "sku": product.sku}
    if Task.objects.filter(kind=WRITE, data__contains=about).exists():
        return False
    with translation.override(shop.default_language):
        title = _("Write help for “%(product)s”") % {"product": product.name[:120]}
    Task.objects.create(kind=WRITE, title=title, due_at=timezone.now() + FRESH, data=about)
    return True


def _gap(row: dict[str, Any], shop: Shop, reason: Reason, drafts: dict[tuple[int, str], Article]) -> Gap:
    return Gap(shop, reason, row["n"], row["newest"], drafts.get((shop.pk, reason.key)))


def _by_pk(model: type[Any], rows: Iterable[dict[str, Any]], name: str) -> dict[int, Any]:
    found: dict[int, Any] = model.objects.in_bulk({row[name] for row in rows})
    return found
