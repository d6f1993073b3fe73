"""/settings/setup/: what a service has to decide, seven questions with today's answers (S109)."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.access import policy
from accounts.http import Request
from accounts.models import Shop
from tickets.views.settings import shell
from tickets.views.settings.setup_forms import Answer
from tickets.views.settings.setup_questions import FORMS, questions

PAGE = "settings/setup.html"


@policy("settings.write")
@require_GET
def setup(request: Request) -> HttpResponse:
    """For the shop of `?shop=` by key, else the first."""
    return _page(request, _shop(request.GET.get("shop", "")))


@policy("settings.write")
@require_POST
def answer_setup(request: Request, question: str) -> HttpResponse:
    if question not in FORMS:
        raise Http404
    shop = _shop(request.POST.get("shop", ""))
    form = FORMS[question](shop, request.POST)
    if not form.is_valid():
        return _page(request, shop, {question: form}, status=422)
    form.save()
    messages.success(request, _("Saved."))
    return redirect(f"/settings/setup/?shop={shop.key}#{question}")


def _shop(key: str) -> Shop:
    shops = Shop.objects.order_by("pk")
    return shops.filter(key=key).first() or get_object_or_404(shops[:1])


def _page(request: Request, shop: Shop, wrong: dict[str, Answer] | None = None, status: int = 200) -> HttpResponse:
    asked = questions(shop, wrong)
    context = {
        "shop": shop,
        "shops": Shop.objects.all(),
        "questions": asked,
        "answered": sum(one.answered for one in asked),
    }
    return render(request, PAGE, context | shell(request, "settings-setup"), status=status)
