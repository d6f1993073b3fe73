"""POST /settings/articles/images/: a picture for an article; the answer is the Markdown that shows it."""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST

from accounts.access import policy
from accounts.http import Request
from accounts.models import Shop
from faq import actions
from faq.images import MOST_BYTES
from helpdesk.lib.refused import Refused


@policy("articles.write")
@require_POST
def add(request: Request) -> HttpResponse:
    """Keep the uploaded picture; 422 with the reason when it is none."""
    upload, shop = request.FILES.get("image"), Shop.objects.filter(key=request.POST.get("shop", "")).first()
    if upload is None or shop is None:
        return render(request, "faq/manage/edit.html#picture", {"missing": True}, status=422)
    try:
        image = actions.add_image(shop, upload.read(MOST_BYTES + 1), by=request.user)
    except Refused as refusal:
        return render(request, "faq/manage/edit.html#picture", {"refused": refusal.words}, status=422)
    address = reverse("help-image", kwargs={"shop": shop.key, "uuid": image.uuid})
    return render(request, "faq/manage/edit.html#picture", {"address": address, "image": image})
