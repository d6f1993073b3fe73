"""/help/<shop>/requests/<token>/: what became of a message, for whoever holds the signed link. Never a note."""

from datetime import timedelta

from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.models import Shop
from channels_app.models import InboundMessage
from faq.visitor import public_page
from tickets.models import Delivery, Message
from tickets.views.public.contact import SALT

VALID = timedelta(days=60)


@never_cache
@require_safe
@public_page
def status(request: HttpRequest, shop: Shop, language: str, token: str) -> HttpResponse:
    """The public messages of the conversation that this link's message opened. 404 for a forged or expired link."""
    stored = _stored(shop, token)
    message = Message.objects.filter(inbound=stored).select_related("ticket").first() if stored else None
    said = Message.objects.filter(ticket=message.ticket, public=True, side=None) if message else Message.objects.none()
    said = said.filter(at__lte=timezone.now()).exclude(delivery=Delivery.CANCELLED).select_related("user")
    context = {"shop": shop, "language": language, "found": stored, "message": message, "said": said.order_by("at")}
    response = render(request, "contact/status.html", context, status=200 if stored else 404)
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def _stored(shop: Shop, token: str) -> InboundMessage | None:
    try:
        number = signing.loads(token, salt=SALT, max_age=VALID)
    except signing.BadSignature:
        return None
    return InboundMessage.objects.defer("raw").filter(uuid=number, channel__shop=shop).first()
