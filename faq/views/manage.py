"""/settings/articles/: where the help centre is written."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.access import policy
from accounts.http import Request
from accounts.models import Shop
from faq import actions, differences, markdown
from faq.actions.writing import image_sizes
from faq.forms import DraftForm, FilingForm, NewArticleForm
from faq.frame import language_name
from faq.models import Article, ArticleTranslation, ArticleVersion, State
from helpdesk.lib.htmx import go
from helpdesk.lib.refused import Refused

PAGE_SIZE = 50


@policy("articles.write")
@require_safe
def articles(request: Request) -> HttpResponse:
    """Every article in every language, with what is to do; ?show= narrows it."""
    rows = ArticleTranslation.objects.select_related("article__category", "article", "shop", "updated_by")
    rows = rows.defer("html", "body", "summary", "search", "heading").order_by("-updated_at", "-pk")
    show = request.GET.get("show", "")
    narrowed = {
        "draft": rows.filter(state=State.DRAFT),
        "outdated": rows.filter(is_outdated=True),
        "review": rows.review_overdue(),
    }
    page = Paginator(narrowed.get(show, rows), PAGE_SIZE).get_page(request.GET.get("page"))
    labels = (("", _("All")), ("draft", _("Drafts")), ("outdated", _("Out of date")), ("review", _("To read again")))
    bare = Shop.objects.filter(categories=None)
    return render(request, "faq/manage/list.html", {"page": page, "show": show, "filters": labels, "bare": bare})


@policy("articles.write")
def new_article(request: Request) -> HttpResponse:
    """An empty article; saving makes a draft and goes to its page."""
    form = NewArticleForm(request.POST or None, initial={"shop": Shop.objects.values_list("key", flat=True).first()})
    if request.method == "POST" and form.is_valid():
        shop = form.cleaned_data["shop"]
        try:
            article = actions.create_article(shop, form.text(), by=request.user)
        except Refused as refusal:
            blame(form, refusal)
        else:
            return go(request, editor_of(article, shop.default_language))
    status = 422 if form.is_bound else 200
    return render(request, "faq/manage/new.html", {"form": form}, status=status)


@policy("articles.write")
def edit_article(request: Request, pk: int, language: str) -> HttpResponse:
    """One article in one language: its newest words, a preview, the original beside it. POST saves a draft."""
    article = article_or_404(pk, language)
    translation = article.translations.filter(language=language).first()
    form = DraftForm(request.POST or None, initial=newest_words(translation))
    if request.method == "POST" and form.is_valid():
        try:
            keep(request, article, language, form)
        except Refused as refusal:
            blame(form, refusal)
        else:
            return go(request, editor_of(article, language))
    status = 422 if form.is_bound else 200
    return render(request, "faq/manage/edit.html", editor(article, language, translation, form), status=status)


@policy("articles.write")
@require_POST
def preview(request: Request) -> HttpResponse:
    """What the typed words will look like; nothing is kept."""
    body = request.POST.get("body", "")[: markdown.MOST]
    shop = Shop.objects.filter(key=request.POST.get("shop", "")).first()
    html = markdown.to_html(body, image_sizes(shop, body) if shop else {})
    context = {"title": request.POST.get("title", ""), "summary": request.POST.get("summary", "")}
    return render(request, "faq/manage/edit.html#preview", context | {"html": mark_safe(html)})  # noqa: S308


@policy("articles.write")
@require_POST
def publish(request: Request, pk: int, language: str) -> HttpResponse:
    translation = translation_or_404(pk, language)
    try:
        actions.publish(translation)
    except Refused as refusal:
        messages.error(request, refusal.words)
    else:
        messages.success(request, _("Published."))
    return go(request, editor_of(translation.article, language))


@policy("articles.write")
@require_POST
def withdraw(request: Request, pk: int, language: str) -> HttpResponse:
    translation = translation_or_404(pk, language)
    actions.withdraw(translation)
    messages.success(request, _("Readers no longer see it."))
    return go(request, editor_of(translation.article, language))


@policy("articles.write")
@require_safe
def versions(request: Request, pk: int, language: str) -> HttpResponse:
    """Every version, and what ?of= changed against the one before it (or ?against=)."""
    translation = translation_or_404(pk, language)
    kept = list(translation.versions.select_related("by"))
    chosen = _numbered(kept, request.GET.get("of")) or (kept[0] if kept else None)
    before = _numbered(kept, request.GET.get("against")) or next(
        (one for one in kept if chosen and one.number < chosen.number), None
    )
    lines = differences.compare(before.text if before else "", chosen.text) if chosen else []
    context = {"translation": translation, "versions": kept, "chosen": chosen, "before": before, "lines": lines}
    return render(request, "faq/manage/versions.html", context)


@policy("articles.write")
@require_POST
def restore(request: Request, pk: int, language: str) -> HttpResponse:
    """Save the words of version `number` again; readers see them after publishing."""
    translation = translation_or_404(pk, language)
    number = request.POST.get("number", "")
    if not (number.isascii() and number.isdigit() and len(number) < 9):
        return HttpResponse(_("Which version?"), status=422)
    try:
        actions.restore(translation, int(number), by=request.user)
    except ArticleVersion.DoesNotExist:
        raise Http404 from None
    messages.success(request, _("Restored as a draft."))
    return go(request, editor_of(translation.article, language))


@policy("articles.write")
@require_POST
def file_article(request: Request, pk: int) -> HttpResponse:
    """Theme, products, related articles, review date."""
    article = get_object_or_404(Article.objects.select_related("shop"), pk=pk)
    language = request.POST.get("language", "")
    language = language if language in article.shop.languages else article.shop.default_language
    form = FilingForm(request.POST, article=article, language=language)
    if form.is_valid():
        try:
            actions.file_article(article, **form.cleaned_data)
        except Refused as refusal:
            blame(form, refusal)
        else:
            return go(request, editor_of(article, language))
    translation = article.translations.filter(language=language).first()
    words = DraftForm(initial=newest_words(translation))
    context = editor(article, language, translation, words) | {"filing": form}
    return render(request, "faq/manage/edit.html", context, status=422)


@policy("articles.write")
@require_POST
def delete_article(request: Request, pk: int) -> HttpResponse:
    actions.delete_article(get_object_or_404(Article, pk=pk))
    messages.success(request, _("Deleted."))
    return go(request, reverse("articles"))


# --- What the editor shows -----------------------------------------------------------------------------------------


def editor(article: Article, language: str, translation: ArticleTranslation | None, form: DraftForm) -> dict[str, Any]:
    original = article.shop.default_language
    source = article.translations.filter(language=original).first() if language != original else None
    spoken = {one.language: one for one in article.translations.defer("html", "body", "search", "heading")}
    body = str(form["body"].value() or "")
    filing = {
        "category": article.category_id,
        "review_at": article.review_at,
        "skus": ", ".join(article.skus),
        "reason": article.reason,
        "related": ", ".join(str(pk) for pk in article.related.values_list("pk", flat=True)),
    }
    return {
        "article": article,
        "shop": article.shop,
        "language": language,
        "language_name": language_name(language),
        "translation": translation,
        "source": source,
        "tabs": [(code, language_name(code), spoken.get(code)) for code in article.shop.languages],
        "form": form,
        "filing": FilingForm(initial=filing, article=article, language=language),
        "title": form["title"].value() or "",
        "summary": form["summary"].value() or "",
        "html": mark_safe(markdown.to_html(body, image_sizes(article.shop, body))),  # noqa: S308
    }


def newest_words(translation: ArticleTranslation | None) -> dict[str, str]:
    newest = translation.versions.first() if translation else None
    return {"title": newest.title, "summary": newest.summary, "body": newest.body} if newest else {}


def keep(request: Request, article: Article, language: str, form: DraftForm) -> None:
    """Save the words; `then=publish` also shows them. Refused as the actions do."""
    said = form.cleaned_data
    version = actions.save_draft(
        article, language, form.text(), by=request.user, note=said["note"], minor=said["minor"]
    )
    if request.POST.get("then") == "publish":
        actions.publish(version.translation)
        messages.success(request, _("Published."))
    else:
        messages.success(request, _("Saved as a draft."))


def blame(form: forms.Form, refusal: Refused) -> None:
    form.add_error(refusal.field if refusal.field in form.fields else None, refusal.words)


def editor_of(article: Article, language: str) -> str:
    return reverse("article-edit", kwargs={"pk": article.pk, "language": language})


def article_or_404(pk: int, language: str) -> Article:
    article = get_object_or_404(Article.objects.select_related("shop", "category"), pk=pk)
    if language not in article.shop.languages:
        raise Http404
    return article


def translation_or_404(pk: int, language: str) -> ArticleTranslation:
    rows = ArticleTranslation.objects.select_related("article__shop", "shop")
    return get_object_or_404(rows, article_id=pk, language=language)


def _numbered(kept: list[ArticleVersion], number: str | None) -> ArticleVersion | None:
    return next((one for one in kept if str(one.number) == number), None)
