"""For machines that read: the sitemap, and the feed of what is new."""

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.access import PUBLIC, policy
from accounts.models import Shop
from faq import addresses
from faq.models import ArticleTranslation, Category
from faq.visitor import public_page

MOST_ADDRESSES = 45_000  # the protocol allows 50,000 a file
FEED = 30


@policy(PUBLIC)
@require_safe
def sitemap(request: HttpRequest, shop: str) -> HttpResponse:
    """Every public page of the shop's help centre, each language with its siblings."""
    found = get_object_or_404(Shop.objects.select_related("help_centre"), key=shop)
    rows = ArticleTranslation.objects.filter(shop=found, language__in=found.languages).published()
    rows = rows.order_by("article_id", "language").only("article_id", "language", "slug", "updated_at")
    topics = Category.objects.filter(shop=found).values_list("slug", flat=True)
    entries: list[tuple[str, datetime | None]] = [
        *((addresses.absolute(found, addresses.home(found, code)), None) for code in found.languages),
        *((addresses.absolute(found, f"{addresses.home(found)}{page}/"), None) for page in ("contact", "orders")),
        *((addresses.category(found, code, slug), None) for slug in topics for code in found.languages),
        *((addresses.absolute(found, addresses.article(found, row)), row.updated_at) for row in rows[:MOST_ADDRESSES]),
    ]
    response = render(request, "faq/sitemap.xml", {"entries": entries}, content_type="application/xml")
    response.headers["Cache-Control"] = "public, max-age=3600"
    return response


@require_safe
@public_page
def feed(request: HttpRequest, shop: Shop, language: str) -> HttpResponse:
    """The articles changed last, as Atom."""
    home = addresses.absolute(shop, addresses.home(shop, language))
    made = Atom1Feed(
        title=_("Help of %(shop)s") % {"shop": shop.name},
        link=home,
        description=_("What is new in the help centre."),
        language=language,
        feed_url=addresses.absolute(shop, request.path),
        feed_guid=home,
    )
    rows = ArticleTranslation.objects.of(shop, language).published().order_by("-updated_at", "pk")
    for row in rows.only("article_id", "language", "slug", "title", "summary", "updated_at", "published_at")[:FEED]:
        link = addresses.absolute(shop, addresses.article(shop, row))
        made.add_item(
            title=row.title, link=link, description=row.summary, unique_id=link, updateddate=row.updated_at,
            pubdate=row.published_at,
        )  # fmt: skip
    response = HttpResponse(made.writeString("utf-8"), content_type="application/atom+xml; charset=utf-8")
    response.headers["Cache-Control"] = "public, max-age=600"
    return response
