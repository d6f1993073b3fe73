"""GET /chat/<shop>/files/<token>/: a picture of a visitor's own conversation, for as long as a page stays open."""

from django.core import signing
from django.http import FileResponse, Http404, HttpRequest
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.access import TOKEN, policy
from faq.images import ENDINGS
from tickets.models import Attachment, ChatSession

SALT = "comptoir.chat.picture"
DAY = 86_400


def picture_url(session: ChatSession, file: Attachment) -> str:
    token = signing.dumps(str(file.uuid), salt=SALT)
    return reverse("chat-picture", kwargs={"shop": session.channel.shop.key, "token": token})


@policy(TOKEN)
@require_safe
def picture(request: HttpRequest, shop: str, token: str) -> FileResponse:
    """404 for a forged or old token, as for a file that is gone."""
    try:
        uuid = signing.loads(token, salt=SALT, max_age=DAY)
    except signing.BadSignature as error:
        raise Http404 from error
    file = Attachment.objects.filter(uuid=uuid, message__ticket__shop__key=shop, content_type__in=ENDINGS).first()
    if file is None:
        raise Http404
    response = FileResponse(file.file.open("rb"), content_type=file.content_type)
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = "private, max-age=3600"
    return response
