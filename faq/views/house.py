"""/settings/articles/…: votes, searches, synonyms, banners and the look of the public pages."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.access import policy
from accounts.http import Request
from accounts.models import Shop
from faq import actions, tasks
from faq.forms import BannerForm, SynonymsForm, ThemeForm
from faq.models import ArticleFeedback, Banner, LinkFault, SearchQuery, Synonyms
from faq.views.manage import blame
from helpdesk.lib.htmx import go
from helpdesk.lib.refused import Refused
from helpdesk.lib.wakeup import wake

PAGE_SIZE = 50


@policy("articles.write")
@require_safe
def feedback(request: Request) -> HttpResponse:
    """Votes against with their reasons, the newest first."""
    rows = ArticleFeedback.objects.filter(helpful=False).select_related("translation__article", "translation__shop")
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "faq/manage/feedback.html", {"page": page})


@policy("articles.write")
@require_safe
def searches(request: Request) -> HttpResponse:
    """Searches that found nothing, the most frequent first: each wants an article or a synonym."""
    rows = SearchQuery.objects.filter(found=0).select_related("shop")
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "faq/manage/searches.html", {"page": page})


@policy("articles.write")
@require_safe
def links(request: Request) -> HttpResponse:
    """What the nightly check found: links of articles that lead nowhere, shops' pages that do not lead here."""
    rows = LinkFault.objects.select_related("translation", "shop")
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "faq/manage/links.html", {"page": page})


@policy("articles.write")
@require_POST
def check_links(request: Request) -> HttpResponse:
    """Do not wait for the night."""
    if wake(tasks.check_links):
        messages.success(request, _("The links are being checked. Look again in a minute."))
    else:
        messages.error(request, _("They cannot be checked right now."))
    return go(request, "/settings/articles/links/")


@policy("articles.write")
def synonyms(request: Request) -> HttpResponse:
    """The synonyms of ?shop= in ?language=, one group a line."""
    shop = Shop.objects.filter(key=request.GET.get("shop", "")).first() or Shop.objects.first()
    language = request.GET.get("language") or (shop.default_language if shop else "")
    known = Synonyms.objects.filter(shop=shop, language=language)
    initial = {"shop": shop.key if shop else "", "language": language, "synonyms": "\n".join(map(str, known))}
    form = SynonymsForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            actions.set_synonyms(said["shop"], said["language"], said["synonyms"].splitlines())
        except Refused as refusal:
            blame(form, refusal)
        else:
            messages.success(request, _("Saved."))
            return go(request, f"{request.path}?shop={said['shop'].key}&language={said['language']}")
    context = {"form": form, "shops": Shop.objects.all(), "shop": shop, "language": language}
    return render(request, "faq/manage/synonyms.html", context, status=422 if form.is_bound else 200)


@policy("articles.write")
@require_POST
def furnish_shop(request: Request) -> HttpResponse:
    """Give every shop without themes the five usual ones."""
    made = [actions.furnish(shop) for shop in Shop.objects.filter(categories=None)]
    messages.success(request, _("Done.") if any(made) else _("Every shop has its themes."))
    return go(request, "/settings/articles/")


@policy("articles.write")
def banners(request: Request) -> HttpResponse:
    """What is announced, and a form for the next banner of ?shop=, which may begin with a ?title=."""
    shops = Shop.objects.all()
    shop = shops.filter(key=request.GET.get("shop", "")).first() or get_object_or_404(shops[:1])
    form = BannerForm(request.POST or None, shop=shop, title=request.GET.get("title", ""))
    if request.method == "POST" and form.is_valid():
        try:
            actions.announce(shop, **form.values())
        except Refused as refusal:
            blame(form, refusal)
        else:
            return go(request, request.get_full_path())
    rows = Banner.objects.select_related("shop")[:PAGE_SIZE]
    context = {"form": form, "banners": rows, "now": timezone.now(), "shop": shop, "shops": shops}
    return render(request, "faq/manage/banners.html", context, status=422 if form.is_bound else 200)


@policy("articles.write")
@require_POST
def withdraw_banner(request: Request, pk: int) -> HttpResponse:
    actions.withdraw_banner(get_object_or_404(Banner, pk=pk))
    return go(request, "/settings/articles/banners/")


@policy("settings.write")
def theme(request: Request) -> HttpResponse:
    """Colours, logo and domain of ?shop='s public pages."""
    shop = Shop.objects.select_related("help_centre").filter(key=request.GET.get("shop", "")).first()
    shop = shop or Shop.objects.select_related("help_centre").first()
    worn = getattr(shop, "help_centre", None)
    initial = {name: getattr(worn, name) or "" for name in ("accent", "accent_dark", "host")} if worn else {}
    form = ThemeForm(request.POST or None, request.FILES or None, initial=initial | {"shop": shop.key if shop else ""})
    if request.method == "POST" and form.is_valid():
        said = dict(form.cleaned_data)
        upload, removed = said.pop("logo"), said.pop("remove_logo")
        try:
            actions.wear(said.pop("shop"), **said, logo=upload.read() if upload else b"" if removed else None)
        except Refused as refusal:
            blame(form, refusal)
        else:
            messages.success(request, _("Saved."))
            return go(request, request.get_full_path())
    context = {"form": form, "worn": worn, "shop": shop, "shops": Shop.objects.all()}
    return render(request, "faq/manage/theme.html", context, status=422 if form.is_bound else 200)
