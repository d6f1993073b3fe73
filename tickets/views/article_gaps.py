"""/settings/articles/wanted/: what deserves an article next; POST /tickets/<number>/article/ begins one."""

from datetime import timedelta

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.access import policy
from accounts.http import Request
from tickets import actions, article_gaps
from tickets.access import get_ticket
from tickets.models import Ticket

LOOKED_AT = timedelta(days=30)  # a monthly review (S37)
SOLD_WITHIN = timedelta(days=90)


@policy("articles.write")
@require_safe
def wanted_articles(request: Request) -> HttpResponse:
    """Reasons without an article by how often they were asked, and products that no article is about."""
    now = timezone.now()
    context = {
        "gaps": article_gaps.gaps(Ticket.objects.visible_to(request.user), since=now - LOOKED_AT),
        "products": article_gaps.new_products(since=now - SOLD_WITHIN),
    }
    return render(request, "faq/manage/wanted.html", context)


@policy("articles.write")
@require_POST
def begin_article(request: Request, number: int) -> HttpResponse:
    """A draft from this ticket; goes on in the editor."""
    article = actions.begin_article(get_ticket(request.user, number), by=request.user)
    messages.success(request, _("Saved as a draft. Take out what is personal before you publish it."))
    return redirect("article-edit", pk=article.pk, language=article.translations.get().language)
