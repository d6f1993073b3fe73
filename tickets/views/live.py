"""GET /live/token/: a fresh permission to listen, for a page that has been open for a while."""

from django.http import JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from accounts.access import policy
from accounts.http import Request
from helpdesk.lib import live
from tickets.views.desk import topics_for


@policy("desk.use")
@require_GET
@never_cache
def live_token(request: Request) -> JsonResponse:
    return JsonResponse({"token": live.token(topics_for(request.user), request.user.pk)})
