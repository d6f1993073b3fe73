"""GET /demo-shop/: a page of the demo's shop with the chat on it, so that the whole loop can be tried at once."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.access import PUBLIC, policy
from accounts.models import Shop
from faq.frame import Frame
from faq.visitor import speaking

KEY, LANGUAGE = "main", "fr"
WEBSITE = "https://www.maison-lune.example"  # reserved: no real shop has it


@policy(PUBLIC)
@require_safe
def demo_shop(request: HttpRequest) -> HttpResponse:
    """Only while the shop is the demo's."""
    shop = Shop.objects.filter(key=KEY).first()
    if shop is None or not (settings.DEBUG or shop.website == WEBSITE):
        raise Http404
    with speaking(request, shop, LANGUAGE):
        return render(request, "chat/demo_shop.html", {"shop": shop, "frame": Frame(shop, LANGUAGE)})
