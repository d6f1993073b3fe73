"""The help centre as shoppers read it. Nothing here changes anything, but for the count of what is searched."""

import re
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import get_object_or_404, render
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from accounts.access import may
from accounts.models import Shop
from faq import addresses, deeds, markdown, readings, search, structured
from faq.actions import note_search
from faq.models import ArticleFeedback, ArticleTranslation, Category
from faq.visitor import public_page
from helpdesk.lib.flood import too_many

FRESH = "public, max-age=60, stale-while-revalidate=600"
PICTURE = re.compile(r"<img [^>]*>")
SUGGESTIONS, RESULTS, PRODUCT_ARTICLES = 6, 30, 50


@require_safe
@gzip_page
@public_page
def home(request: HttpRequest, shop: Shop, language: str) -> HttpResponse:
    """Search, themes, the most useful answers, ways to reach a person."""
    context = {
        "themes": readings.themes(shop, language),
        "asked": readings.most_useful(shop, language),
        "alternates": [(code, addresses.absolute(shop, addresses.home(shop, code))) for code in shop.languages],
        "canonical": addresses.absolute(shop, addresses.home(shop, language)),
        "in_any_language": addresses.absolute(shop, addresses.home(shop)),
    }
    return page(request, "faq/home.html", shop, language, context)


@require_safe
@gzip_page
@public_page
def category(request: HttpRequest, shop: Shop, language: str, topic: str) -> HttpResponse:
    """The answers of one theme, the most useful first."""
    theme = get_object_or_404(Category, shop=shop, slug=topic)
    answers = list(readings.answers(shop, language).filter(article__category=theme))
    context = {
        "theme": theme,
        "name": theme.name_in(language),
        "about": theme.about_in(language),
        "answers": answers,
        "alternates": [(code, addresses.category(shop, code, topic)) for code in shop.languages],
        "structured": structured.questions(shop, answers),
    }
    return page(request, "faq/category.html", shop, language, context)


@require_safe
@gzip_page
@public_page
def article(request: HttpRequest, shop: Shop, language: str, number: int, slug: str = "") -> HttpResponse:
    """One article; an address with another name leads to the right one."""
    translation = published(shop, language, number)
    if slug != translation.slug:
        return HttpResponsePermanentRedirect(addresses.article(shop, translation))
    return page(request, "faq/article.html", shop, language, article_context(request, shop, translation))


@require_safe
@gzip_page
@public_page
def search_page(request: HttpRequest, shop: Shop, language: str) -> HttpResponse:
    """Results for ?q=; ?exact searches the words as typed. Without words, everything by usefulness."""
    words = request.GET.get("q", "")[:200].replace("\0", "")
    found = search.find(shop, language, words, limit=RESULTS, exact="exact" in request.GET)
    if words.strip() and not too_many(request, "help-search", most=30, seconds=60):
        note_search(shop, language, words, found=len(found.articles))
    asked = [] if found.articles else readings.most_useful(shop, language)
    context = {"q": words, "found": found, "asked": asked}
    return page(request, "faq/search.html", shop, language, context)


@require_safe
@gzip_page
@public_page
def suggestions(request: HttpRequest, shop: Shop, language: str) -> HttpResponse:
    """The list under the search field, for what has been typed so far."""
    words = request.GET.get("q", "")[:200].replace("\0", "")
    typed = words if len(words.strip()) > 1 else ""
    found = search.find(shop, language, typed, limit=SUGGESTIONS, exact="exact" in request.GET)
    context = {"q": typed, "found": found, "deeds": deeds.matching(shop, found.words) if typed else []}
    return page(request, "faq/search.html#suggest", shop, language, context)


@require_safe
@gzip_page
@public_page
def product(request: HttpRequest, shop: Shop, language: str, sku: str) -> HttpResponse:
    """The answers about one product: what the QR code on it opens. 404 while there are none."""
    rows = readings.answers(shop, language).filter(article__skus__contains=[sku])
    answers = list(rows.only(*readings.CARD, "html")[:PRODUCT_ARTICLES])
    if not answers:
        raise Http404
    context = {
        "sku": sku,
        "answers": answers,
        "picture": first_picture(answers),
        "alternates": [(code, addresses.product(shop, sku, code)) for code in shop.languages],
        "structured": structured.questions(shop, answers),
    }
    return page(request, "faq/product.html", shop, language, context)


def first_picture(answers: list[ArticleTranslation]) -> SafeString:
    """The first picture that one of these articles shows, as its text has it; "" without any."""
    found = next((tag for tag in map(PICTURE.search, (one.html for one in answers)) if tag), None)
    return mark_safe(found[0]) if found else SafeString()  # noqa: S308  (cleaned by faq.markdown when published)


def published(shop: Shop, language: str, number: int) -> ArticleTranslation:
    """The published translation of an article, or 404."""
    found = readings.published(shop, language, number) if number < 2**63 else None
    if found is None:
        raise Http404
    return found


def article_context(request: HttpRequest, shop: Shop, translation: ArticleTranslation) -> dict[str, Any]:
    """What faq/article.html and its partial show."""
    article, language = translation.article, translation.language
    spoken = readings.translations(article)
    return {
        "translation": translation,
        "article": article,
        "theme_name": article.category.name_in(language) if article.category else "",
        "html": mark_safe(translation.html),  # noqa: S308  (cleaned by faq.markdown when it was published)
        "headings": markdown.headings(translation.html),
        "minutes": markdown.minutes(translation.html),
        "related": readings.related(article, language),
        "neighbours": readings.neighbours(article, language),
        "alternates": [(one.language, addresses.absolute(shop, addresses.article(shop, one))) for one in spoken],
        "canonical": addresses.absolute(shop, addresses.article(shop, translation)),
        "structured": structured.article(shop, translation),
        "voted": request.GET.get("voted", ""),
        "reasons": ArticleFeedback.Reason.choices,
    }


def page(request: HttpRequest, template: str, shop: Shop, language: str, context: dict[str, Any]) -> HttpResponse:
    """A public page. Strangers may share one copy for a minute; a colleague gets their own, with links to edit."""
    colleague = settings.SESSION_COOKIE_NAME in request.COOKIES
    base = {"shop": shop, "language": language, "may_edit": colleague and may(request.user, "articles.write")}
    response = render(request, template, base | context)
    response.headers["Cache-Control"] = "private, no-cache" if colleague else FRESH
    return response
