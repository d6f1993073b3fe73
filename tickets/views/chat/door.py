"""Who stands at the visitor's side of the chat: a signed token in a header, or in a cookie of the frame's own."""

import uuid
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from accounts.access import PUBLIC, TOKEN, policy
from channels_app.adapters.chat.settings import origins_of
from channels_app.models import Channel
from faq.visitor import preferred_language, speaking
from helpdesk.lib.flood import too_many
from tickets.chat import channel_of
from tickets.models import ChatSession

SALT = "comptoir.chat"
COOKIE = "comptoir_chat"
KEPT = 90 * 86_400  # seconds for which a browser is recognised
HEADER = "X-Chat"


def token_of(session: ChatSession) -> str:
    return signing.dumps(str(session.uuid), salt=SALT)


def session_of(token: str, channel: Channel) -> ChatSession | None:
    """The session that a token opens; None for a forged, old or foreign one."""
    try:
        number = uuid.UUID(signing.loads(token, salt=SALT, max_age=KEPT))
    except (signing.BadSignature, ValueError, TypeError, AttributeError):
        return None
    rows = ChatSession.objects.select_related("channel__shop", "ticket__customer", "ticket__merged_into")
    return rows.filter(uuid=number, channel=channel).first()


def remember(response: HttpResponse, token: str) -> None:
    """Set the frame's cookie; over https one for each site that shows the frame (CHIPS), which Django cannot name."""
    life = f"{COOKIE}={token}; Path=/chat/; Max-Age={KEPT}; HttpOnly"
    secure = "; Secure; SameSite=None; Partitioned" if settings.SESSION_COOKIE_SECURE else "; SameSite=Lax"
    response.headers["Set-Cookie"] = life + secure


def chat_page(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponseBase]:
    """For pages of /chat/<shop>/: `view(request, channel, language)`; 404 for a shop without chat."""

    @policy(PUBLIC)
    @wraps(view)
    def page(request: HttpRequest, shop: str, **kwargs: Any) -> HttpResponse:
        channel = _open(shop)
        language = preferred_language(request, channel.shop)
        with speaking(request, channel.shop, language):
            return view(request, channel, language, **kwargs)

    return page


def visitor_call(
    *, most: int, seconds: int
) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponseBase]]:
    """For calls of the frame: `view(request, session)`; 403 without a session, 429 above `most` in `seconds`.

    No CSRF token: nothing here rests on a cookie, and another site cannot send the header.
    """

    def declare(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponseBase]:
        @csrf_exempt
        @policy(TOKEN)
        @require_POST
        @never_cache
        @wraps(view)
        def call(request: HttpRequest, shop: str, **kwargs: Any) -> HttpResponse:
            channel = _open(shop)
            session = session_of(request.headers.get(HEADER, ""), channel)
            if session is None:
                return JsonResponse({"error": "session"}, status=403)
            if too_many(request, f"chat-{view.__name__}", most=most, seconds=seconds):
                return JsonResponse({"error": "flood"}, status=429, headers={"Retry-After": str(seconds)})
            with speaking(request, channel.shop, session.language or channel.shop.default_language):
                return view(request, session, **kwargs)

        return call

    return declare


def framed(response: HttpResponse, channel: Channel) -> HttpResponse:
    """Let the shop's own sites, and nobody else, show this page in a frame."""
    response.xframe_options_exempt = True
    response._csp_replace = {"frame-ancestors": ["'self'", *origins_of(channel)]}  # type: ignore[attr-defined]
    return response


def _open(shop: str) -> Channel:
    channel = channel_of(shop)
    if channel is None:
        raise Http404
    return channel
