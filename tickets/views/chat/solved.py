"""POST /chat/<shop>/solved/: an article that the chat offered has answered the question, and nobody was asked."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _

from customers.models import Identity
from faq import actions
from faq.models import ArticleTranslation
from tickets import chat
from tickets.models import ChatSession
from tickets.views.chat.door import visitor_call


@visitor_call(most=10, seconds=60)
def solved(request: HttpRequest, session: ChatSession) -> HttpResponse:
    """One confirmed self-service entry per visitor and article; 404 for an article that nobody may read."""
    number = request.POST.get("article", "")
    shown = ArticleTranslation.objects.filter(shop=session.channel.shop).published().select_related("article")
    read = shown.filter(article=int(number)).first() if number.isdecimal() and len(number) < 10 else None
    if read is None:
        return JsonResponse({"error": "article"}, status=404)
    actions.solved(read.article, visitor=session.uuid, customer_id=_customer(session))
    return JsonResponse({"told": _("Good. Thank you for saying so.")})


def _customer(session: ChatSession) -> int | None:
    """Who the visitor is, if they have written or the shop vouches for them."""
    if ticket := chat.ticket_of(session):
        return ticket.customer_id
    known = Identity.objects.filter(kind=Identity.Kind.VISITOR, value=session.visitor)
    return known.values_list("customer", flat=True).first()
