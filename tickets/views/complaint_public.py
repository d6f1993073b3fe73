"""/confirm/<token>/: the customer says whether their complaint is settled. Looking at it changes nothing (V45)."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from accounts.access import TOKEN, policy
from faq.visitor import speaking
from tickets import complaints
from tickets.models import Complaint

PAGE = "tickets/complaint_confirm.html"
UNKNOWN = "tickets/complaint_unknown.html"
LONGEST = 4000


@policy(TOKEN)
@csrf_exempt  # the token is the proof, and shoppers need no cookie
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def complaint_confirmation(request: HttpRequest, token: str) -> HttpResponse:
    """Two buttons; POST says which. The same answer again changes nothing."""
    try:
        found = complaints.named_by(token)
    except complaints.ExpiredLink:
        return _private(render(request, UNKNOWN, {"expired": True}, status=410))
    if found is None:
        return _private(render(request, UNKNOWN, status=404))
    solved = {"yes": True, "no": False}.get(request.POST.get("solved", "")) if request.method == "POST" else None
    if solved is None:
        return _say(request, found, {"saying": request.GET.get("said", "")}, 422 if request.method == "POST" else 200)
    complaints.answer(found, solved=solved, words=request.POST.get("words", "").replace("\0", "")[:LONGEST])
    return _private(HttpResponseRedirect(f"{request.path}?said={'yes' if solved else 'no'}"))


def _say(request: HttpRequest, found: Complaint, context: dict[str, Any], status: int) -> HttpResponse:
    shop, ticket = found.ticket.shop, found.ticket
    wanted = request.GET.get("lang", "")
    language = wanted if wanted in shop.languages else shop.language_for(ticket.language)
    with speaking(request, shop, language):
        page = {"complaint": found, "ticket": ticket, "shop": shop, "language": language, "wrong": status == 422}
        return _private(render(request, PAGE, page | context, status=status))


def _private(response: HttpResponse) -> HttpResponse:
    """The address is a secret: no search engine, no next page may learn it."""
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
