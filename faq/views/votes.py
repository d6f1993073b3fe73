"""POST /help/<shop>/<language>/articles/<number>/vote/: did this article answer your question?"""

import uuid

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseForbidden, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from accounts.models import Shop
from faq import actions, addresses
from faq.models import ArticleFeedback
from faq.views.public import article_context, published
from faq.visitor import public_page, remember_visitor, visitor_of
from helpdesk.lib.flood import too_many
from helpdesk.lib.htmx import wants_fragment
from helpdesk.lib.urls import parts

REASONS = frozenset(ArticleFeedback.Reason.values)


# No CSRF token: it would give every reader a page and a cookie of their own. The origin is checked instead.
@csrf_exempt
@require_POST
@public_page
def vote(request: HttpRequest, shop: Shop, language: str, number: int) -> HttpResponse:
    """Yes: the reader's question is answered, one self-service entry. No: why, if they say so. Once per reader."""
    if not from_our_page(request):
        return HttpResponseForbidden(_("This vote came from another site."))
    if too_many(request, "help-vote", most=20, seconds=60):
        return HttpResponse(_("Too many votes from your address. Try again in a minute."), status=429)
    translation = published(shop, language, number)
    answer = request.POST.get("helpful", "")
    if answer not in ("yes", "no"):
        return HttpResponse(_("Say yes or no."), status=422)
    visitor = visitor_of(request) or uuid.uuid4()
    reason, comment = request.POST.get("reason", ""), request.POST.get("comment", "").replace("\0", "")
    actions.vote(
        translation,
        visitor=visitor,
        helpful=answer == "yes",
        reason=reason if reason in REASONS else "",
        comment=comment,
    )
    if answer == "yes":
        actions.solved(translation.article, visitor=visitor)
    said = "why" if answer == "no" and (reason or comment.strip()) else answer
    if wants_fragment(request):
        context = article_context(request, shop, translation) | {"shop": shop, "language": language, "voted": said}
        response = render(request, "faq/article.html#helpful", context)
    else:
        response = HttpResponseRedirect(f"{addresses.article(shop, translation)}?voted={said}#helpful")
    remember_visitor(response, visitor, secure=settings.SECURE)
    return response


def from_our_page(request: HttpRequest) -> bool:
    """Whether a form was sent by a page of this host, as the browser says; true for one that says nothing."""
    if site := request.headers.get("Sec-Fetch-Site"):
        return site in ("same-origin", "none")
    origin = request.headers.get("Origin")
    return not origin or parts(origin).netloc == request.get_host()
